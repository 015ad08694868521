"""Up and down, as seen from outside: starting a supervisor, finding it again, ending it, leaving nothing behind."""

import contextlib
import os
import select
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout

from leadsman.sandbox import existing
from leadsman.sandbox.context import UsersContext, users_kubeconfig
from leadsman.sandbox.errors import NotRunning, SandboxError, StartFailed
from leadsman.sandbox.kind.provider import forget
from leadsman.sandbox.local.nodes.real import sweep
from leadsman.sandbox.place import Place, sandboxes
from leadsman.sandbox.status import Provider, Request, Status, read_request, read_status, write

STOP_WITHIN_SECONDS = 60.0


def names() -> list[str]:
    """Of all sandboxes on this machine, running or not."""
    return sorted(path.parent.name for path in sandboxes().glob("*/request.json"))


def is_supervised(place: Place) -> bool:
    """Does its supervisor live? A process id in a file may be stale; a lock is let go by the kernel."""
    if not place.lock.exists():
        return False
    try:
        with FileLock(place.lock, blocking=False):
            return False
    except Timeout:
        return True


def up(request: Request, report: Callable[[Status], None]) -> Status:
    """Start what was asked for and return once it is ready; doing it again finds it running.

    Raises:
        SandboxError: it did not come up. Its folder stays for its logs; the next `up` starts from nothing.
    """
    place = Place.of(request.name)
    busy = StartFailed(
        f"sandbox {place.name} is being started or stopped by another command",
        next_step=f"wait for it, or end it with: leadsman sandbox down {place.name}",
    )
    place.root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with FileLock(place.starting, blocking=False):
            if not is_supervised(place):
                return _up(place, request, report)
    except Timeout:
        raise busy from None
    status = read_status(place.status)
    if not status.ready:
        raise busy
    return status


def _up(place: Place, request: Request, report: Callable[[Status], None]) -> Status:
    _remove(place)  # of one that was killed, or did not come up
    if request.provider is Provider.EXISTING:
        existing.check(request.binaries["kubectl"], request.context or "")
        write(place.request, request)
        return Status(ready=True)
    write(place.request, request)
    return _start_supervisor(place, report)


def _start_supervisor(place: Place, report: Callable[[Status], None]) -> Status:
    place.make()
    pid, told = _spawn(place)
    status = Status()
    try:
        with told:
            for line in told:
                status = Status.model_validate_json(line)
                report(status)
                if status.ready:
                    return status
    except BaseException:  # Ctrl-C above all: nothing half-started stays behind
        _end(pid)
        raise
    _end(pid)
    if not place.root.exists():
        raise StartFailed(
            f"another command ended sandbox {place.name} while it was being started",
            next_step=f"start it again: leadsman sandbox up {place.name}",
        )
    raise StartFailed(
        status.error or "the supervisor ended without a word",
        next_step=status.next_step or f"read {place.logs / 'supervisor.log'}",
    )


def _spawn(place: Place) -> tuple[int, TextIO]:
    """Its process id, and what it tells. It is to outlive us, so it is no subprocess.Popen, which would mind."""
    reading, writing = os.pipe()
    log = os.open(place.logs / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "leadsman.sandbox.supervisor", str(place.root)],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, source, target) for target, source in enumerate((nothing, writing, log))
            ],
            setsid=True,
        )
    finally:
        for descriptor in (writing, log, nothing):
            os.close(descriptor)
    return pid, os.fdopen(reading)


def down(place: Place) -> bool:
    """End it and remove all of it. False: there was nothing to end or remove.

    Raises:
        SandboxError: it does not end.
    """
    existed = place.root.exists()
    if is_supervised(place):
        pid = int(place.pid.read_text())
        if not _end(pid):
            raise SandboxError(
                f"the supervisor of {place.name} (process {pid}) does not end",
                next_step=f"kill -9 {pid}, then: leadsman sandbox down {place.name}",
            )
    clean(place)
    return existed


def clean(place: Place) -> None:
    """Remove what a sandbox left on this machine, also where it was killed and could not do so itself."""
    _remove(place)
    place.starting.unlink(missing_ok=True)
    for folder in (place.root.parent, place.root.parent.parent):
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()


def _remove(place: Place) -> None:
    sweep()
    problem = None
    request = _request_of(place)
    if request and request.provider is Provider.KIND:
        forget(request, place)  # where that fails the folder stays, so that it can be tried again
    if request and "kubectl" in request.binaries:
        try:
            UsersContext(place, request.binaries["kubectl"]).restore()
        except SandboxError as error:  # not in the way of removing what is ours
            problem = error
    if place.root.is_symlink():
        place.root.unlink()
    elif place.root.exists():
        shutil.rmtree(place.root)
    if problem:
        raise problem


def _request_of(place: Place) -> Request | None:
    with contextlib.suppress(SandboxError):  # a damaged one is removed like everything else
        return read_request(place.request)
    return None


def running(name: str) -> tuple[Place, Request, Status]:
    """The sandbox of this name.

    Raises:
        NotRunning: there is none, or it is not up.
    """
    place = Place.of(name)
    request = read_request(place.request)
    if request is None:
        raise NotRunning(f"there is no sandbox {name}", next_step=f"leadsman sandbox up {name}")
    if request.provider is Provider.EXISTING:
        return place, request, Status(ready=True)
    if not is_supervised(place):
        raise NotRunning(
            f"sandbox {name} is not running: its supervisor is gone",
            next_step=f"start it again: leadsman sandbox up {name}; or remove its rest: leadsman sandbox down {name}",
        )
    return place, request, read_status(place.status)


def _end(pid: int) -> bool:
    """Ask, wait for the end (not for a while), and insist where it takes too long."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        for number in (signal.SIGTERM, signal.SIGKILL):
            signal.pidfd_send_signal(descriptor, number)
            if select.select([descriptor], [], [], STOP_WITHIN_SECONDS)[0]:
                with contextlib.suppress(ChildProcessError):  # another process started it
                    os.waitpid(pid, 0)
                return True
    except ProcessLookupError:
        return True
    finally:
        os.close(descriptor)
    return False


def kubeconfig_of(place: Place, request: Request) -> Path:
    """The sandbox's own; the user's where the cluster is the user's."""
    return users_kubeconfig() if request.provider is Provider.EXISTING else place.kubeconfig
