"""A cluster that the user has already: asked whether it answers, never made, changed or deleted."""

import subprocess
from pathlib import Path

from leadsman.sandbox.errors import NotRunning, Unsupported

ANSWER_WITHIN_SECONDS = 10


def check(kubectl: Path, context: str) -> None:
    """Raise a SandboxError unless the context is in the user's kubeconfig and its API server is ready."""
    contexts = _run(kubectl, "config", "get-contexts", "--output=name").stdout.split()
    if context not in contexts:
        there = f"there are {', '.join(contexts)}" if contexts else "your kubeconfig has none"
        raise Unsupported(f"no context is called {context}: {there}", next_step="name one of those with --context")
    answer = _run(
        kubectl, f"--context={context}", f"--request-timeout={ANSWER_WITHIN_SECONDS}s", "get", "--raw=/readyz"
    )
    if answer.returncode:
        raise NotRunning(
            f"the cluster of context {context} does not answer: {answer.stderr.strip()}",
            next_step=f"see that this works: kubectl --context {context} get nodes",
        )


def _run(kubectl: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([kubectl, *words], capture_output=True, text=True, check=False)
