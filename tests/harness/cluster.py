"""A test's view of a cluster: kubectl as a user has it, and waiting by watches."""

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from kubernetes import config, dynamic

from harness.prometheus import Prometheus

Object = dict[str, Any]
WITHIN_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Of a whole test session."""

    name: str
    kubeconfig: Path
    binary: Path
    """kubectl."""
    logs: Path
    prometheus: Prometheus

    def kubectl(self, *words: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [self.binary, f"--kubeconfig={self.kubeconfig}", *words],
            env={"KUBECACHEDIR": str(self.kubeconfig.parent / ".kube-cache"), "PATH": "/usr/bin:/bin"},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done

    @cached_property
    def client(self) -> dynamic.DynamicClient:
        api = config.new_client_from_config(str(self.kubeconfig))
        return dynamic.DynamicClient(api, cache_file=str(self.kubeconfig.with_name("discovery.json")))


@dataclass(frozen=True)
class Space:
    """A namespace of a test's own."""

    cluster: Cluster
    name: str
    seen: list[str] = field(default_factory=list[str])
    """What `wait` saw last, for the report of a test that fails."""

    def kubectl(self, *words: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.cluster.kubectl(f"--namespace={self.name}", *words, stdin=stdin, check=check)

    def apply(self, *objects: Object | str) -> None:
        """Dictionaries or YAML text, as a user applies them."""
        texts = [text if isinstance(text, str) else json.dumps(text) for text in objects]
        self.kubectl("apply", "--server-side", "-f", "-", stdin="\n---\n".join(texts))

    def get(self, kind: str, name: str) -> Object:
        return json.loads(self.kubectl("get", kind, name, "-o", "json").stdout)

    def list(self, kind: str, *, selector: str = "") -> list[Object]:
        return json.loads(self.kubectl("get", kind, "-l", selector, "-o", "json").stdout)["items"]

    def wait(
        self, kind: str, name: str, until: Callable[[Object], bool], *, within_seconds: float = WITHIN_SECONDS
    ) -> Object:
        """The object as it was when `until` first held; it may not be there yet. Watches, never sleeps.

        Args:
            kind: `Kind` or `group/version/Kind`.
            name: of the object.
            until: over the object as JSON.
            within_seconds: then the test fails, with what was seen last.
        """
        resource = self._resource(kind)
        deadline = time.monotonic() + within_seconds
        last: Object | None = None
        while (left := deadline - time.monotonic()) > 0:
            selector = f"metadata.name={name}"
            for event in resource.watch(namespace=self.name, field_selector=selector, timeout=max(1, round(left))):
                seen: Object = event["raw_object"]
                last = seen
                if event["type"] != "DELETED" and until(seen):
                    return seen
        self.seen.append(yaml.safe_dump(last))
        raise AssertionError(
            f"{kind} {name} did not get there within {within_seconds:.0f} s; last seen:\n{self.seen[-1]}"
        )

    def wait_condition(self, kind: str, name: str, condition: str, *, within_seconds: float = WITHIN_SECONDS) -> Object:
        return self.wait(kind, name, lambda seen: status_of(seen, condition) == "True", within_seconds=within_seconds)

    def _resource(self, kind: str) -> Any:
        group_version, _, bare = kind.rpartition("/")
        found = {"kind": bare, **({"api_version": group_version} if group_version else {})}
        return self.cluster.client.resources.get(**found)


def status_of(seen: Object, condition: str) -> str | None:
    """`True`, `False`, `Unknown`, or None where the condition is not there."""
    conditions = seen.get("status", {}).get("conditions", [])
    return next((entry["status"] for entry in conditions if entry["type"] == condition), None)
