"""What Python needs in an image: packages from pinned wheels, and the bytecode of what is in it.

Nothing of the image runs to make it: pip takes wheels for another Python than its own, and bytecode (PEP 552, unchecked
hashes: it goes by no file's time) is the same for each 3.x. With it, what imports much starts in half the time.
"""

import compileall
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

import platformdirs
from filelock import FileLock

from leadsman.sandbox.errors import BuildFailed, Unsupported

PYTHON_AT: Final = "/opt/python"
PIP: Final = ("install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--no-compile")
PINNED: Final = ("--only-binary=:all:", "--require-hashes")
PURE: Final = ("--platform=any", "--implementation=py", "--abi=none")
PYTHONS: Final[Mapping[str, str]] = {"bookworm": "3.11", "noble": "3.12", "trixie": "3.13"}
"""Of the suites below an image (rootfs.py)."""
GLIBC: Final = range(5, 37)
"""Minor versions whose wheels these suites run (PEP 600): the oldest of them has glibc 2.36."""


class Wheels(StrEnum):
    """Which wheels an image's requirements are."""

    PURE = "Pure"
    """For any machine and any Python."""
    LINUX = "Linux"
    """Compiled ones too, for the image's Python and the architecture of the machine that builds it."""


def python_of(suite: str) -> str:
    if suite not in PYTHONS:
        raise Unsupported(
            f"nobody has told which Python {suite} has, so no compiled wheels can be chosen for it",
            next_step=f"build the image on one of {', '.join(PYTHONS)}, or use pure-Python wheels only (wheels: Pure)",
        )
    return PYTHONS[suite]


def python_packages(requirements: Path, python: str | None, cache: Path | None = None) -> Path:
    """A folder with these packages, for this Python (3.x) or for any; made once by pip, then taken from the cache."""
    if not requirements.exists():
        raise BuildFailed(f"there is no {requirements}", next_step="write it, or correct `requirements` in image.yaml")
    chosen = _compiled_for(python) if python else PURE
    key = hashlib.sha256(requirements.read_bytes() + "\n".join(chosen).encode()).hexdigest()[:16]
    folder = (cache or platformdirs.user_cache_path("leadsman") / "python") / key
    packages = folder / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not packages.exists():
            with tempfile.TemporaryDirectory(prefix="unfinished.", dir=folder) as scratch:
                made = Path(scratch) / "packages"
                _install(requirements, chosen, made)
                if python:
                    add_bytecode(made, PYTHON_AT, python)
                made.replace(packages)
    return packages


def add_bytecode(folder: Path, at: str, python: str) -> None:
    """Beside each module of a folder that will lie there in the image. Another Python's bytecode nobody could make."""
    if python != f"{sys.version_info.major}.{sys.version_info.minor}":
        return
    mode = PycInvalidationMode.UNCHECKED_HASH
    # A module that this Python cannot compile, or compiles with a warning, is the affair of whoever imports it.
    with warnings.catch_warnings(action="ignore"):
        compileall.compile_dir(folder, quiet=2, stripdir=str(folder), prependdir=at, invalidation_mode=mode)


def _compiled_for(python: str) -> tuple[str, ...]:
    machine = platform.machine()
    newest_first = (f"--platform=manylinux_2_{minor}_{machine}" for minor in reversed(GLIBC))
    older = (f"--platform={name}_{machine}" for name in ("manylinux2014", "manylinux2010", "manylinux1"))
    return (
        *newest_first,
        *older,
        "--implementation=cp",
        f"--python-version={python}",
        f"--abi=cp{python.replace('.', '')}",
    )


def _install(requirements: Path, chosen: tuple[str, ...], target: Path) -> None:
    argv = (sys.executable, "-m", "pip", *PIP, *PINNED, *chosen, f"--requirement={requirements}", f"--target={target}")
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode == 0:
        _forget_the_machine(target)
        return
    step = (
        "check that each line is a wheel with its hash, pure Python unless `wheels: Linux`, and that the index answers"
    )
    if "No module named pip" in done.stderr:
        step = f"{sys.executable} -m ensurepip"
    raise BuildFailed(f"pip could not install {requirements}:\n{done.stderr.strip()[-1000:]}", next_step=step)


def _forget_the_machine(target: Path) -> None:
    """Scripts name the Python that pip ran with, and RECORD has their hashes: the image would differ by machine."""
    target.mkdir(exist_ok=True)
    shutil.rmtree(target / "bin", ignore_errors=True)
    for record in target.glob("*.dist-info/RECORD"):
        record.unlink()
