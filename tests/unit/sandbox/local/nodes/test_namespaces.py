"""The namespaces of a real node: finding their first process, and what runs inside."""

from pathlib import Path

import pytest

from leadsman.sandbox.errors import NotRunning, Unsupported
from leadsman.sandbox.local.nodes import namespaces
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import PartState, Status, write


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A /proc in which 100 is `unshare` and 101 its child."""
    folder = tmp_path / "proc"
    (folder / "100/task/100").mkdir(parents=True)
    (folder / "100/task/100/children").write_text("101 ")
    (folder / "101").mkdir()
    monkeypatch.setattr(namespaces, "PROC", folder)
    return folder


def test_the_first_process_is_there_once_it_has_become_pause(proc: Path) -> None:
    (proc / "101/comm").write_text("sh\n")
    assert namespaces.first_process(100) is None

    (proc / "101/comm").write_text("pause\n")
    assert namespaces.first_process(100) == 101


def test_a_process_that_is_gone_has_no_child(proc: Path) -> None:
    assert namespaces.first_process(99) is None


def test_another_process_finds_it_through_the_status(proc: Path, tmp_path: Path) -> None:
    (proc / "101/comm").write_text("pause\n")
    place = Place(tmp_path / "alpha")
    write(place.status, Status(parts={"node": PartState(state="Running", pid=100)}))

    assert namespaces.init_of(place) == 101


def test_a_sandbox_without_a_real_node_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(NotRunning) as refused:
        namespaces.init_of(Place(tmp_path / "alpha"))
    assert "--nodes real" in refused.value.next_step


def test_a_program_inside_dies_with_the_one_that_waits_for_it_outside() -> None:
    argv = namespaces.inside(101, "kubelet", "--config=x")

    assert argv == (
        *("nsenter", "--target=101", "--net", "--pid", "--mount", "--root", "--"),
        *("setpriv", "--pdeathsig", "KILL", "--", "kubelet", "--config=x"),
    )


def test_the_nodes_var_has_what_programs_expect(tmp_path: Path) -> None:
    place = Place(tmp_path)

    namespaces._make_var(place)
    namespaces._make_var(place)

    assert sorted(path.name for path in namespaces.var(place).iterdir()) == ["lib", "log", "run", "tmp"]
    assert (namespaces.var(place) / "run").readlink() == Path("/run")


def test_a_node_that_would_hide_its_own_folder_is_refused() -> None:
    with pytest.raises(Unsupported, match="/var/lib/leadsman"):
        namespaces._make_var(Place(Path("/var/lib/leadsman/alpha")))
