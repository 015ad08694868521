"""With the real toolchain: the smallest of the binaries, built and run."""

import signal
import subprocess
from pathlib import Path

import pytest

from leadsman.sandbox.binaries.catalogue import PAUSE
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.binaries.events import Built, Compiling, Event, Found, Planned

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def no_assets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)


def built(cache: Path, events: list[Event]) -> Path:
    return ensure([PAUSE], cache=cache, report=events.append)["pause"]


def test_a_binary_is_built_once(cache: Path) -> None:
    first, second = list[Event](), list[Event]()

    assert built(cache, first) == built(cache, second)

    assert {type(event) for event in first} >= {Planned, Compiling, Built}
    assert [type(event) for event in second] == [Found]


def test_packages_are_counted_right_where_nothing_is_compiled_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOCACHE", str(tmp_path / "go"))
    events = list[Event]()

    built(tmp_path / "cache", events)

    last = [event for event in events if isinstance(event, Compiling)][-1]
    (plan,) = [event for event in events if isinstance(event, Planned)]
    assert plan.packages > 30
    assert last.done == last.total == plan.packages


def test_flags_of_the_user_that_would_break_a_build_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "GOFLAGS": "-mod=vendor -tags=ignore",
        "GOROOT": "/nowhere",
        "GOOS": "plan9",
        "GO111MODULE": "off",
        "GOWORK": "/nowhere/go.work",
    }.items():
        monkeypatch.setenv(name, value)

    assert built(tmp_path, []).exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_pause_waits_for_a_signal_and_leaves_well(cache: Path, number: signal.Signals) -> None:
    with subprocess.Popen([built(cache, [])]) as pause:
        with pytest.raises(subprocess.TimeoutExpired):
            pause.wait(0.5)
        pause.send_signal(number)

        assert pause.wait(10) == 0
