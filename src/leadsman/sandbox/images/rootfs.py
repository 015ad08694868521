"""The root file system below a sample image: a few Debian packages, put together by mmdebstrap and kept in the cache.

It comes from the machine's own package sources, whatever mirror those name, and carries nothing of the machine: no
sources, no host name, no resolver, no logs. To have newer packages, delete the cache folder.
"""

import contextlib
import errno
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import platformdirs
from filelock import FileLock

from leadsman.sandbox.errors import BuildFailed, SandboxError, Unsupported
from leadsman.sandbox.parts.process import last_lines

RECIPE: Final = "1"
"""Part of the cache key: raise it when the options below change."""

BUILD_WITHIN_SECONDS: Final = 900.0
END_WITHIN_SECONDS: Final = 30.0
OS_RELEASE: Final = Path("/etc/os-release")
APT: Final = Path("/etc/apt")
SOURCES: Final = ("sources.list", "sources.list.d/*debian.sources", "sources.list.d/*ubuntu.sources")
"""The distribution's own; third parties' are left out, since nothing of theirs is asked for."""

OPTIONS: Final = (
    "--variant=essential",
    "--format=tar",
    "--skip=output/dev",  # device nodes: the runtime makes them, and unpacking them needs rights that not everyone has
    *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "info", "locale", "man")),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    '--customize-hook=cd "$1"/etc/apt && rm -f sources.list sources.list.d/* apt.conf.d/99mmdebstrap',
    '--customize-hook=rm -rf "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/var/log/* "$1"/var/cache/*',
)
NEXT_STEPS: Final = (
    (r"no space left on device", "the disk is full: free some space (about 1 GB in {tmp}), then run the command again"),
    (
        r"temporary failure|could not (resolve|connect)|failed to fetch|network is unreachable",
        "the package sources do not answer: check the network and `apt-get update`, then run the command again",
    ),
    (r"unable to locate package|no packages found", "check the names: {packages}"),
    (r"subuid|unshare|not permitted|permission denied", "run the command as root, or give this user subordinate uids"),
)


def cache_folder() -> Path:
    return platformdirs.user_cache_path("leadsman") / "rootfs"


def debian_rootfs(packages: Sequence[str], cache: Path | None = None) -> Path:
    """An uncompressed tar with these packages and what they need; made once, then taken from the cache."""
    release = suite()
    folder = (cache or cache_folder()) / _key(release, packages)
    tarball = folder / "rootfs.tar"
    if tarball.exists():
        return tarball
    mmdebstrap = _mmdebstrap()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock"):
            if not tarball.exists():
                _make(tarball, (mmdebstrap, *OPTIONS, f"--include={','.join(packages)}", release), packages)
    except OSError as error:
        step = (
            "the disk is full: free some space" if error.errno == errno.ENOSPC else f"check that {folder} is writable"
        )
        raise BuildFailed(f"the root file system could not be kept: {error}", next_step=step) from error
    return tarball


def _key(release: str, packages: Sequence[str]) -> str:
    parts = (RECIPE, release, platform.machine(), *sorted(set(packages)))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _mmdebstrap() -> str:
    found = shutil.which("mmdebstrap")
    if not found:
        raise Unsupported("mmdebstrap is not installed", next_step="apt-get install mmdebstrap")
    return found


def suite(os_release: Path | None = None) -> str:
    """The code name of the release that this machine runs, which is the one that images are made of."""
    os_release = os_release or OS_RELEASE
    text = os_release.read_text(encoding="utf-8") if os_release.exists() else ""
    codename = re.search(r"^VERSION_CODENAME=\"?(\w+)", text, re.MULTILINE)
    if not codename or not re.search(r"^ID(_LIKE)?=.*debian", text, re.MULTILINE):
        raise Unsupported(
            "root file systems are made from Debian packages, and this is no Debian",
            next_step="build the image on Debian or Ubuntu and copy the archive here",
        )
    return codename[1]


def _sources(apt: Path) -> list[str]:
    named = [file for pattern in SOURCES for file in sorted(apt.glob(pattern))]
    found = [str(file) for file in named if file.exists() and re.search(r"(?m)^\s*[^#\s]", file.read_text("utf-8"))]
    if not found:
        raise Unsupported(
            f"the distribution's package sources are not in {apt}, under any of {', '.join(SOURCES)}",
            next_step=f"write or link them to {apt / 'sources.list'} or {apt / 'sources.list.d' / 'debian.sources'}",
        )
    return found


def _proxies() -> list[str]:
    """The proxies of the machine's apt configuration: mmdebstrap starts from an empty one."""
    listed = subprocess.run(
        ("apt-config", "dump", "--no-empty", "--format", '%F "%v";%n', "Acquire"),
        capture_output=True,
        text=True,
        check=False,
    )
    return [f"--aptopt={line}" for line in listed.stdout.splitlines() if re.match(r"Acquire::\w+::Proxy", line)]


def _make(tarball: Path, command: Sequence[str], packages: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="unfinished.", dir=tarball.parent) as scratch:
        unfinished, log = Path(scratch) / "rootfs.tar", tarball.parent / "mmdebstrap.log"
        argv = (*command[:1], *_proxies(), *command[1:], str(unfinished), *_sources(APT))
        if _run(argv, log) != 0:
            raise _failed(log, packages)
        unfinished.replace(tarball)


def _run(argv: Sequence[str], log: Path) -> int:
    """In a session of its own, so that Ctrl-C and the time limit end apt and dpkg with it."""
    # Not 0, which Perl takes for unset. Python byte-compiles by content, not by time, once this is set (PEP 552).
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1", "LC_ALL": "C.UTF-8"}
    with log.open("wb") as output:
        child = subprocess.Popen(argv, stdout=output, stderr=output, env=environment, start_new_session=True)
        try:
            return child.wait(BUILD_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            output.write(f"E: ended after {BUILD_WITHIN_SECONDS:.0f} s\n".encode())
            return 1
        finally:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """SIGTERM first: mmdebstrap then unmounts and removes its scratch folder."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is None:
            os.killpg(child.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(END_WITHIN_SECONDS)


def _failed(log: Path, packages: Sequence[str]) -> SandboxError:
    text = log.read_text("utf-8", errors="replace").lower()
    steps = (step for pattern, step in NEXT_STEPS if re.search(pattern, text))
    step = next(steps, "read {log}").format(tmp=tempfile.gettempdir(), packages=", ".join(packages), log=log)
    return BuildFailed(f"mmdebstrap failed; its last lines:\n{last_lines(log, 5)}", next_step=step)
