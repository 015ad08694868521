"""With a `go` that only pretends: what `ensure` does around it."""

import os
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest

from harness.programs import program
from leadsman.sandbox.binaries import cache as binary_cache
from leadsman.sandbox.binaries import disk
from leadsman.sandbox.binaries import errors as build_errors
from leadsman.sandbox.binaries.cache import folder_of, log_of, path_of
from leadsman.sandbox.binaries.catalogue import ALL, ETCD, KUBECTL, PAUSE, SCHEDULER, SIMULATED, Binary
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.binaries.errors import BuildInterrupted
from leadsman.sandbox.binaries.events import Built, Compiling, Downloading, Event, Found, Origin, Planned, Step, Waiting
from leadsman.sandbox.binaries.pace import Pace, jobs
from leadsman.sandbox.errors import BuildFailed, Unsupported

LIST = "echo 'go: downloading k8s.io/api v0.37.2' >&2; echo 'stale k8s.io/api/core/v1'; echo 'stale fmt'"
BUILD = """while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done
echo fmt >&2; echo k8s.io/api/core/v1 >&2; echo made > "$out"; /bin/chmod +x "$out" """


class Bench:
    """A cache, a `go` that does what it is told to, and what was reported."""

    def __init__(self, root: Path) -> None:
        self.cache = root / "cache"
        self.calls = root / "calls"
        self.bin = root / "bin"
        self.events: list[Event] = []
        self.modules = root / "modules"
        self.modules.mkdir()
        self.go()

    def go(self, *, listing: str = LIST, building: str = BUILD) -> None:
        program(
            self.bin / "go",
            f"""
echo "$@" >> {self.calls}
case $1 in
version) echo go version go1.99.0 linux/amd64;;
env) printf '\\n%s\\n%s\\n' {self.cache.parent} {self.modules};;
list) {listing};;
build) {building};;
esac
""",
        )

    def ensure(self, *binaries: Binary, report: Callable[[Event], None] | None = None) -> dict[str, Path]:
        return ensure(binaries, cache=self.cache, report=report or self.events.append)

    @property
    def built(self) -> list[str]:
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [call.split()[-1] for call in calls if call.startswith("build")]

    def events_of(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench(tmp_path)
    monkeypatch.setenv("PATH", str(bench.bin))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    return bench


def give(folder: Path, name: str) -> Path:
    return program(folder / name, "")


def test_what_is_missing_is_built_and_its_path_returned(bench: Bench) -> None:
    paths = bench.ensure(PAUSE, ETCD)

    assert paths == {"pause": path_of(PAUSE, bench.cache), "etcd": path_of(ETCD, bench.cache)}
    assert all(os.access(path, os.X_OK) for path in paths.values())


def test_progress_is_told_from_the_download_to_the_last_binary(bench: Bench) -> None:
    bench.ensure(ETCD)

    downloads = [event.modules for event in bench.events if isinstance(event, Downloading)]
    compiled = [(event.done, event.total) for event in bench.events if isinstance(event, Compiling)]
    assert downloads == [0, 1]
    assert compiled == [(0, 2), (1, 2), (2, 2)]
    assert [type(event) for event in bench.events_of(Planned, Built)] == [Planned, Built]


def test_a_second_time_everything_comes_from_the_cache_even_where_there_is_no_go(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.ensure(ETCD)
    monkeypatch.setenv("PATH", "")
    bench.events.clear()

    bench.ensure(ETCD)

    assert bench.events == [Found(names=("etcd",), origin=Origin.CACHE, folder=bench.cache)]


def test_the_folder_of_assets_comes_first_and_only_the_rest_is_built(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = tmp_path / "assets"
    etcd = give(assets, "etcd")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(assets))

    paths = bench.ensure(ETCD, PAUSE)

    assert paths["etcd"] == etcd
    assert bench.built == ["."]
    assert bench.events[0] == Found(names=("etcd",), origin=Origin.ASSETS, folder=assets)


def test_a_folder_of_assets_with_nothing_of_use_is_an_error(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))

    with pytest.raises(Unsupported, match="holds none of etcd"):
        bench.ensure(ETCD)


def test_a_folder_of_assets_that_is_not_there_is_an_error(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", "/nowhere")

    with pytest.raises(Unsupported, match="KUBEBUILDER_ASSETS names /nowhere"):
        bench.ensure(ETCD)


def test_after_a_failure_only_what_is_missing_is_built(bench: Bench) -> None:
    bench.go(building='case "$*" in *kubectl) echo broken >&2; exit 1;; esac; ' + BUILD)
    with pytest.raises(BuildFailed, match="kubectl was not built"):
        bench.ensure(SCHEDULER, KUBECTL)
    bench.go()
    bench.calls.unlink()

    bench.ensure(SCHEDULER, KUBECTL)

    assert bench.built == [KUBECTL.package]


def test_a_failure_shows_the_last_lines_and_leaves_the_whole_log(bench: Bench) -> None:
    bench.go(building="i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done; exit 1")

    with pytest.raises(BuildFailed) as caught:
        bench.ensure(ETCD)

    assert "line 11\n" in caught.value.what
    assert "line 10\n" not in caught.value.what
    assert str(log_of(ETCD, bench.cache)) in caught.value.next_step
    assert "line 1\n" in log_of(ETCD, bench.cache).read_text()


def test_a_success_leaves_nothing_but_the_binary(bench: Bench) -> None:
    bench.ensure(ETCD)

    assert [path.name for path in folder_of(ETCD, bench.cache).iterdir()] == ["etcd"]


def test_half_a_binary_is_never_taken_for_a_whole_one(bench: Bench) -> None:
    bench.go(building=BUILD + "; exit 1")

    with pytest.raises(BuildFailed):
        bench.ensure(ETCD)

    assert not path_of(ETCD, bench.cache).exists()


def test_ctrl_c_ends_go_and_says_that_running_again_goes_on(bench: Bench, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    bench.go(building=f"echo $$ > {pid}; echo fmt >&2; exec /bin/sleep 600")

    def press_ctrl_c(event: Event) -> None:
        if isinstance(event, Compiling) and event.done:
            raise KeyboardInterrupt

    with pytest.raises(BuildInterrupted) as caught:
        bench.ensure(ETCD, report=press_ctrl_c)

    assert "goes on where it stopped" in caught.value.next_step
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_what_a_killed_build_left_behind_is_removed(bench: Bench) -> None:
    left = give(folder_of(ETCD, bench.cache) / ".building", "go-build123")

    bench.ensure(ETCD)

    assert not left.exists()


def test_while_another_builds_we_wait_and_use_what_it_made(bench: Bench) -> None:
    bench.cache.mkdir()
    lock = filelock.FileLock(bench.cache / binary_cache.LOCK)
    lock.acquire()

    def finish_the_other(event: Event) -> None:
        bench.events.append(event)
        if isinstance(event, Waiting):
            give(folder_of(ETCD, bench.cache), "etcd")
            lock.release()

    bench.ensure(ETCD, report=finish_the_other)

    assert [type(event) for event in bench.events] == [Waiting, Found]
    assert bench.built == []


def test_a_cache_that_cannot_be_written_is_an_error_with_a_next_step(bench: Bench) -> None:
    bench.cache.write_text("not a folder")

    with pytest.raises(BuildFailed, match="cannot be written") as caught:
        bench.ensure(ETCD)

    assert "XDG_CACHE_HOME" in caught.value.next_step


def test_a_disk_without_room_is_noticed_before_it_is_full(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="GB are free") as caught:
        disk.check(tmp_path / "not" / "made" / "yet", 10**18)

    assert "GOCACHE" in caught.value.next_step


def test_a_first_build_for_simulated_nodes_needs_about_six_gigabytes() -> None:
    groups = [binary.group for binary in SIMULATED]

    everything = disk.download_bytes(groups) + disk.build_bytes(packages=3400, binaries=len(SIMULATED))

    assert 5.5e9 < everything < 7e9


def test_the_room_that_a_download_takes_is_known_for_each_group() -> None:
    assert set(disk.DOWNLOADS) == {binary.group for binary in ALL}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("compile: writing output: write $WORK/b009/_pkg_.a: no space left on device", "the disk is full"),
        ("module lookup disabled by GOPROXY=off", "GOPROXY=off"),
        ('Get "http://proxy.example/a/@v/v1.zip": dial tcp: lookup proxy.example: no such host', "not be downloaded"),
        ('Get "http://proxy.example/a/@v/v1.zip": dial tcp 192.0.2.1:80: connect: connection refused', "downloaded"),
        ("a@v1: reading http://proxy.example/a/@v/v1.zip: 404 File not found", "modules could not be downloaded"),
        ("verifying a@v1: checksum mismatch", "not the one that go.sum pins"),
        ("k8s.io/api/core/v1: /go/pkg/tool/linux_amd64/compile: signal: killed", "memory ran out"),
        ("open /cache/go-build/00: permission denied", "may not write"),
        ('./main.go:23:13: cannot use "a" (untyped string constant) as int value', "the last lines of go"),
    ],
)
def test_what_go_complains_about_is_explained(line: str, what: str) -> None:
    error = build_errors.explain("etcd", ["go: downloading a v1", line], Path("/cache/etcd.log"))

    assert what in error.what
    assert line in error.what
    assert error.next_step


def test_pruning_removes_what_other_sources_made_and_nothing_else(bench: Bench) -> None:
    kept = give(folder_of(ETCD, bench.cache), "etcd")
    old = give(bench.cache / "etcd-0123456789ab", "etcd")
    foreign = give(bench.cache / "some-thing", "else")

    assert binary_cache.prune(bench.cache) == (old.parent,)
    assert (kept.exists(), old.exists(), foreign.exists()) == (True, False, True)


def test_the_list_says_what_is_outdated(bench: Bench) -> None:
    give(folder_of(ETCD, bench.cache), "etcd")
    give(bench.cache / "etcd-0123456789ab", "etcd")

    assert {cached.path.parent.name: cached.binary for cached in binary_cache.cached(bench.cache)} == {
        folder_of(ETCD, bench.cache).name: ETCD,
        "etcd-0123456789ab": None,
    }


def steps(*binaries: Binary) -> list[Step]:
    return [Step(binary=binary, number=number, count=len(binaries)) for number, binary in enumerate(binaries, 1)]


def test_a_package_is_counted_for_the_first_binary_that_needs_it() -> None:
    shared = frozenset({"fmt", "k8s.io/api/core/v1"})

    plan = jobs(
        steps(SCHEDULER, KUBECTL, ETCD),
        {SCHEDULER: shared, KUBECTL: shared | {"k8s.io/kubectl"}, ETCD: frozenset({"fmt", "go.etcd.io/etcd"})},
    )

    assert [job.packages for job in plan] == [2, 1, 1]


def test_a_machine_half_as_fast_as_expected_doubles_what_is_left() -> None:
    first, second = jobs(steps(ETCD, PAUSE), {ETCD: frozenset(), PAUSE: frozenset()})
    pace = Pace(to_come=1000, done=1000, spent=2000)

    assert pace.seconds_left(first, compiled=0, linked=0, elapsed=0) == pytest.approx(2000, rel=0.02)
    assert pace.after(first, elapsed=10).to_come == 1000 - first.seconds
    assert second.seconds <= first.seconds


def test_what_is_left_shrinks_while_packages_are_compiled_and_while_it_links() -> None:
    (job,) = jobs(steps(KUBECTL), {KUBECTL: frozenset(f"k8s.io/{number}" for number in range(100))})
    pace = Pace.of([job])

    left = [
        pace.seconds_left(job, compiled=0, linked=0, elapsed=0),
        pace.seconds_left(job, compiled=50, linked=0, elapsed=12),
        pace.seconds_left(job, compiled=100, linked=0, elapsed=24),
        pace.seconds_left(job, compiled=100, linked=5, elapsed=29),
    ]

    assert left == sorted(left, reverse=True)
    assert left[-1] > 0
