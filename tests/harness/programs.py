"""Stand-ins for programs of the machine: small scripts that a test puts where they are found."""

from pathlib import Path


def program(path: Path, script: str, *, mode: int = 0o755) -> Path:
    """A shell script at `path`, unless `script` names another interpreter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script if script.startswith("#!") else f"#!/bin/sh\n{script}\n")
    path.chmod(mode)
    return path
