"""Somebody at a terminal: `leadsman` as a process, and the operator's part played by hand."""

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from harness.cluster import Object, Space
from harness.manifests import EXAMPLES
from harness.moments import GENERATION
from harness.pods import Script, deployment
from harness.processes import INTERRUPTIBLE

SERVICE = "assistant"


@dataclass(frozen=True)
class User:
    space: Space
    kubeconfig: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "KUBECONFIG": self.kubeconfig, "NO_COLOR": "1"}

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """In the test's namespace; `code` is the exit code that is expected."""
        done = subprocess.run(
            self._argv(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        return done

    def start(self, *words: str) -> subprocess.Popen[str]:
        argv = [*INTERRUPTIBLE, *self._argv(*words)]
        return subprocess.Popen(argv, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def at_terminal(self, *words: str, typed: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """With a keyboard. What is typed waits until it is asked for."""
        keyboard, stdin = pty.openpty()
        try:
            os.write(keyboard, typed.encode())
            done = subprocess.run(
                self._argv(*words), env=self.environment, capture_output=True, text=True, check=False, stdin=stdin
            )
        finally:
            os.close(keyboard)
            os.close(stdin)
        assert done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        return done

    def _argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "leadsman", *words, "-n", self.space.name]


@dataclass(frozen=True)
class Operator:
    """Writes what the operator would write."""

    space: Space

    def declare(self, **spec: Any) -> None:
        example = EXAMPLES["aiservice-minimal"]
        self.space.apply({**example, "metadata": {"name": SERVICE}, "spec": example["spec"] | spec})

    def say(self, moment: Object) -> None:
        """Bring the service to this moment (harness.moments), for the generation that it has."""
        generation = self.space.get("aiservice", SERVICE)["metadata"]["generation"]
        behind = moment["metadata"]["generation"] - GENERATION
        status = json.loads(json.dumps(moment["status"]))
        if status["observedGeneration"] == GENERATION:
            status["observedGeneration"] = generation - behind
        for condition in status.get("conditions", []):
            condition["observedGeneration"] = generation
        self._write("aiservice", SERVICE, status)

    def record(self, revision: Object) -> None:
        """An AIRevision with its dossier."""
        self.space.apply({key: value for key, value in revision.items() if key != "status"})
        self._write("airevision", revision["metadata"]["name"], revision["status"])

    def look_at(self, suite: Object, digest: str) -> None:
        """An EvalSuite, whose digest is known then."""
        self.space.apply(suite)
        name = suite["metadata"]["name"]
        generation = self.space.get("evalsuite", name)["metadata"]["generation"]
        self._write("evalsuite", name, {"observedGeneration": generation, "digest": digest})

    def evaluate(self, run: Object) -> None:
        """An EvalRun, as far as its status says."""
        name = run["metadata"]["name"]
        self.space.apply({**run, "metadata": {"name": name}, "status": {}})
        self.judge(name, run["status"])

    def judge(self, run: str, status: Object) -> None:
        self._write("evalrun", run, status)

    def run_pods(self, revision: str, replicas: int, script: Script) -> None:
        labels = {"leadsman.dev/service": SERVICE, "leadsman.dev/revision": revision}
        made = deployment(revision, Script(outcome=script.outcome, labels=labels), replicas=replicas)
        made["metadata"]["labels"] = labels
        self.space.apply(made)

    def _write(self, kind: str, name: str, status: Object) -> None:
        """As a whole: what the status said before is gone."""
        found = self.space.get(kind, name) | {"status": status}
        self.space.kubectl("replace", "--subresource=status", "-f", "-", stdin=json.dumps(found))
