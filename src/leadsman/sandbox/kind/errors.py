"""What went wrong in kind, read from what it wrote, with the next step for the person who meets it."""

import re
from pathlib import Path
from typing import Final

from leadsman.sandbox.errors import Cause, StartFailed, find_cause

SHOWN_LINES: Final = 20
KNOWN_ISSUES: Final = "https://kind.sigs.k8s.io/docs/user/known-issues"


# The first that matches; {sandbox} is its name. The texts are those of kind 0.33 and of Docker and podman behind it.
CAUSES: Final = (
    Cause(
        re.compile(r"permission denied.*(docker daemon|docker\.sock|podman\.sock)", re.IGNORECASE),
        "you may not use the container engine",
        "join its group (sudo usermod -aG docker $USER, then log in again), or use --provider local",
    ),
    Cause(
        re.compile(r"Cannot connect to the Docker daemon|Cannot connect to Podman|executable file not found"),
        "the container engine does not answer",
        "start Docker or podman, then run the command again; or use --provider local",
    ),
    Cause(
        re.compile(r"already exist for a cluster with the name"),
        "there is a cluster of that name already",
        "remove it (leadsman sandbox down {sandbox}), or choose another name: leadsman sandbox up NAME",
    ),
    Cause(
        re.compile(r"no space left on device"),
        "the disk is full",
        "free some space (docker system df shows what the engine holds), then run the command again",
    ),
    Cause(
        re.compile(r"failed to pull image"),
        "the image of the node could not be pulled",
        "look at the network and the engine's proxy settings; or pull it elsewhere and `docker load` it here; "
        "or use --provider local, which needs no images",
    ),
    Cause(
        re.compile(r"port is already allocated|address already in use"),
        "a port that it needs is taken",
        "run the command again: another one is chosen",
    ),
    Cause(
        re.compile(r"requires cgroup v2|Delegate=yes"),
        "the container engine runs without root, and lacks what kind then needs",
        "see https://kind.sigs.k8s.io/docs/user/rootless, or use --provider local",
    ),
    Cause(
        re.compile(r"too many open files|inotify"),
        "the limits of this machine are too low for another node",
        "raise them: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512",
    ),
    Cause(
        re.compile(r"no nodes found for cluster|unknown cluster"),
        "there is no such cluster",
        "leadsman sandbox up {sandbox}",
    ),
)


def explain(sandbox: str, output: str, log: Path) -> StartFailed:
    shown = "\n".join(_told(output).splitlines()[-SHOWN_LINES:]) or "(it said nothing)"
    if cause := find_cause(CAUSES, output):
        return StartFailed(f"kind: {cause.what}\n{shown}", next_step=cause.next_step.format(sandbox=sandbox))
    return StartFailed(f"kind failed\n{shown}", next_step=f"read {log} and {KNOWN_ISSUES}")


def _told(output: str) -> str:
    """From the error on. What `docker info` answers as JSON, in a line of kilobytes, tells a person nothing."""
    found = re.search(r"^ERROR: .*", output, re.MULTILINE | re.DOTALL)
    lines = (found[0] if found else output).splitlines()
    return "\n".join(line for line in lines if line.strip() and not re.match(r"(Command Output: )?\{", line))
