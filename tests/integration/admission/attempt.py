"""What somebody tries with kubectl, and what the API server says."""

import json
import subprocess
from dataclasses import dataclass
from typing import Final

from harness.cluster import Object
from integration.admission.scene import Scene

POLICY: Final = "AdmissionPolicy"
"""In the answer of every policy, and in no other refusal: one by RBAC would prove nothing about policies."""
SCHEMA: Final = "is invalid"
"""In the answer where what is asked is no valid object."""


@dataclass(frozen=True, slots=True)
class Attempt:
    title: str
    """A row of the table in docs/security.md."""
    who: tuple[str, ...]
    words: tuple[str, ...]
    """Of kubectl; <namespace> and what else is in angle brackets are the scene's, also in `given`."""
    told: str
    """Stands in the answer."""
    given: Object | None = None
    """What `-f -` reads."""
    by: str = POLICY

    def on(self, scene: Scene) -> subprocess.CompletedProcess[str]:
        known = {"namespace": scene.space.name, **scene.names}

        def filled(text: str) -> str:
            for mark, value in known.items():
                text = text.replace(f"<{mark}>", value)
            return text

        words = [filled(word) for word in (*self.who, *self.words)]
        text = filled(json.dumps(self.given)) if self.given is not None else None
        return scene.space.kubectl(*words, stdin=text, check=False)


def merge(kind: str, name: str, patch: Object, *words: str) -> tuple[str, ...]:
    return ("patch", kind, name, "--type=merge", *words, "-p", json.dumps(patch))


def strategic(kind: str, name: str, patch: Object, *words: str) -> tuple[str, ...]:
    """Of lists only what is named in them, such as one container."""
    return ("patch", kind, name, *words, "-p", json.dumps(patch))


def all_of(plural: str, api: str = "leadsman.dev/v1alpha1") -> tuple[str, ...]:
    """In one request, which names none of them."""
    return ("delete", "--raw", f"/apis/{api}/namespaces/<namespace>/{plural}")
