"""What is shown of a failed test's namespace: objects, events, what its pods and the control plane said."""

from collections.abc import Iterator

from harness.cluster import Space
from leadsman.sandbox.parts.process import last_lines

LINES = 40
CONTROL_PLANE_LINES = 10


def sections(space: Space) -> Iterator[tuple[str, str]]:
    """Title and text of each section; one that cannot be had says why."""
    for title, words in (
        ("objects", ("get", "all,configmaps", "-o", "wide")),
        ("governed", ("get", "leadsman", "-o", "yaml")),
        ("events", ("get", "events", "--sort-by=.lastTimestamp")),
        ("pods", ("describe", "pods")),
    ):
        yield f"{space.name}: {title}", _said(space, *words)
    for pod in _said(space, "get", "pods", "-o", "name").split():
        yield f"{space.name}: logs of {pod}", _said(space, "logs", pod, "--all-containers", f"--tail={LINES}")
    for log in sorted(space.cluster.logs.glob("*.log")):
        if log.stem != "audit":
            yield f"{log.stem}", last_lines(log, CONTROL_PLANE_LINES)


def _said(space: Space, *words: str) -> str:
    done = space.kubectl(*words, check=False)
    return done.stdout or done.stderr
