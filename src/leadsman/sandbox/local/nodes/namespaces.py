"""The namespaces that a real node lives in, and its first process, which holds them open.

When the supervisor dies, however it dies, the kernel kills `unshare`, then `pause`, its child, and as that is the first
process of a pid namespace, with it everything in there: kubelet, containerd, every container. Mounts, interfaces and
firewall rules go with their namespaces (pid_namespaces(7), PR_SET_PDEATHSIG in prctl(2), unshare(1) --kill-child).
"""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from leadsman.sandbox.errors import NotRunning, Unsupported
from leadsman.sandbox.local.nodes.link import Link, linked
from leadsman.sandbox.local.nodes.node_config import init_script
from leadsman.sandbox.local.nodes.preflight import search_path
from leadsman.sandbox.parts.process import Command, Notice, Process
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import read_status

PART = "node"
PROC = Path("/proc")
HIDDEN = (Path("/var"), Path("/run"))
"""Of these a node has its own."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a node stands on."""

    init: int
    """The process id, as this machine counts, of the first process in its namespaces."""
    link: Link


def var(place: Place) -> Path:
    """What is /var for the node: its containers, images, volumes and logs."""
    return place.data / "node"


@contextlib.asynccontextmanager
async def ground(place: Place, pause: Path, notice: Notice) -> AsyncGenerator[Ground]:
    """Namespaces and a link to them. The API server listens at `link.host`, so this comes before the control plane.

    Raises:
        SandboxError: this machine does not allow it, or all slots are taken.
    """
    _make_var(place)
    holder: Process | None = None

    async def is_there() -> bool:
        return holder is not None and first_process(holder.pid) is not None

    script = init_script(var(place), pause)
    namespaces = ("--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc", "--propagation", "private")
    command = Command(
        name=PART,
        argv=("unshare", *namespaces, "--", "sh", "-c", script),
        ready=is_there,
        ready_within_seconds=10.0,
        environment=environment(),
        restart=False,
    )
    holder = Process(command, logs=place.logs, notice=notice)
    async with holder:
        init = first_process(holder.pid)
        if init is None:
            raise NotRunning("the node's first process is gone", next_step=f"read {holder.log}")
        with linked(init) as link:
            yield Ground(init, link)


def environment() -> dict[str, str]:
    """For every process of a node: programs of the system, also where sudo and su do not look."""
    return {"PATH": search_path()}


def inside(init: int, *argv: str) -> tuple[str, ...]:
    """`argv`, run in the node's namespaces, and dead when the `nsenter` is that waits for it outside."""
    return (
        # --root: where this runs in a chroot, the mount namespace's own root is another one (setns(2)).
        *("nsenter", f"--target={init}", "--net", "--pid", "--mount", "--root", "--"),
        *("setpriv", "--pdeathsig", "KILL", "--", *argv),
    )


def init_of(place: Place) -> int:
    """The first process of this sandbox's node, as seen from another process than its supervisor.

    Raises:
        NotRunning: there is no real node.
    """
    part = read_status(place.status).parts.get(PART)
    init = first_process(part.pid) if part and part.pid else None
    if init is None:
        raise NotRunning(
            f"sandbox {place.name} has no real node that runs",
            next_step=f"leadsman sandbox up {place.name} --nodes real",
        )
    return init


def first_process(holder: int) -> int | None:
    """The child of `unshare` once it has become `pause`: then its namespaces are furnished."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for child in (PROC / str(holder) / "task" / str(holder) / "children").read_text().split():
            if (PROC / child / "comm").read_text().strip() == "pause":
                return int(child)
    return None


def _make_var(place: Place) -> None:
    if any(place.root.resolve().is_relative_to(folder) for folder in HIDDEN):
        raise Unsupported(
            f"a real node cannot be kept in {place.root}: it has a /var and a /run of its own",
            next_step="set XDG_STATE_HOME to a folder elsewhere",
        )
    folder = var(place)
    for name in ("lib", "log", "tmp"):
        (folder / name).mkdir(mode=0o755, parents=True, exist_ok=True)
    run = folder / "run"
    if not run.is_symlink():
        run.symlink_to("/run")
