from pathlib import Path
from typing import Protocol

import pytest

from leadsman.sandbox.local.nodes import cgroups


class Mount(Protocol):
    def __call__(self, *names: str) -> list[Path]: ...


@pytest.fixture
def mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mount:
    """Makes folders which are then all of the cgroup hierarchies of this machine."""

    def mounted(*names: str) -> list[Path]:
        folders = [tmp_path / name for name in names]
        for folder in folders:
            folder.mkdir()
        mounts = tmp_path / "mountinfo"
        mounts.write_text("".join(f"26 25 0:24 / {folder} rw,relatime - cgroup cgroup rw\n" for folder in folders))
        monkeypatch.setattr(cgroups, "MOUNTS", mounts)
        return folders

    return mounted
