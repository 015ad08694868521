"""A process of a sandbox: readiness, restarts, ends. Real processes, no sleeps."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from leadsman.sandbox.errors import StartFailed
from leadsman.sandbox.parts.process import Command, Probe, Process
from leadsman.sandbox.status import PartState

Told = list[PartState]


def process(tmp_path: Path, script: str, told: Told, *, ready: Probe | None = None, within: float = 60) -> Process:
    command = Command(name="part", argv=("sh", "-c", script), ready=ready, ready_within_seconds=within)
    return Process(command, logs=tmp_path, notice=lambda _, state: told.append(state))


def exists(path: Path) -> Probe:
    async def probe() -> bool:
        return await asyncio.to_thread(path.exists)

    return probe


def test_entering_returns_once_the_probe_holds(tmp_path: Path) -> None:
    flag, told = tmp_path / "ready", Told()

    async def story() -> None:
        async with process(tmp_path, f"touch {flag}; exec sleep 60", told, ready=exists(flag)):
            assert flag.exists()

    asyncio.run(story())
    assert [state.state for state in told] == ["Starting", "Running", "Stopped"]


def test_a_part_that_ends_before_it_is_ready_is_reported_with_its_last_words(tmp_path: Path) -> None:
    async def story() -> None:
        async with process(
            tmp_path, "echo bind: address already in use >&2; exit 3", Told(), ready=exists(tmp_path / "x")
        ):
            pytest.fail("it never got ready")

    with pytest.raises(StartFailed, match=r"part ended with exit code 3(.|\n)*address already in use") as failed:
        asyncio.run(story())
    assert "--api-port" in failed.value.next_step


def test_a_full_disk_is_named_as_such(tmp_path: Path) -> None:
    async def story() -> None:
        async with process(
            tmp_path, "echo write wal: no space left on device; exit 1", Told(), ready=exists(tmp_path / "x")
        ):
            pytest.fail("it never got ready")

    with pytest.raises(StartFailed) as failed:
        asyncio.run(story())
    assert "disk is full" in failed.value.next_step


def test_a_part_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    child = tmp_path / "pid"

    async def story() -> None:
        late = process(
            tmp_path,
            f"echo $$ > {child}; exec sleep 60",
            Told(),
            ready=exists(tmp_path / "x"),
            within=0.2,
        )
        async with late:
            pytest.fail("it never got ready")

    with pytest.raises(StartFailed, match="was not ready within"):
        asyncio.run(story())
    assert not Path(f"/proc/{child.read_text().strip()}").exists()


def test_a_killed_part_is_started_again(tmp_path: Path) -> None:
    async def story() -> None:
        again = asyncio.Event()

        def notice(_: str, state: PartState) -> None:
            if state.state == "Running" and state.restarts == 1:
                again.set()

        command = Command(name="part", argv=("sleep", "60"))
        async with Process(command, logs=tmp_path, notice=notice) as part:
            first = part.pid
            os.kill(first, signal.SIGKILL)
            await asyncio.wait_for(again.wait(), 10)
            assert part.pid != first

    asyncio.run(story())


def test_a_part_that_must_not_die_says_so_when_it_does(tmp_path: Path) -> None:
    async def story() -> PartState:
        failed = asyncio.get_running_loop().create_future()

        def notice(_: str, state: PartState) -> None:
            if state.state == "Failed":
                failed.set_result(state)

        command = Command(name="part", argv=("sleep", "60"), restart=False)
        async with Process(command, logs=tmp_path, notice=notice) as part:
            os.kill(part.pid, signal.SIGKILL)
            return await asyncio.wait_for(failed, 10)

    assert asyncio.run(story()).message == "ended by SIGKILL"


def test_a_part_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadsman.sandbox.parts.process.STOP_WITHIN_SECONDS", 0.2)
    flag = tmp_path / "ready"

    async def story() -> int:
        script = f"trap '' TERM; touch {flag}; while :; do sleep 60; done"
        async with process(tmp_path, script, Told(), ready=exists(flag)) as part:
            return part.pid

    assert not Path(f"/proc/{asyncio.run(story())}").exists()


def test_no_proxy_of_the_users_reaches_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example.com:3128")
    seen = tmp_path / "seen"

    async def story() -> None:
        async with process(
            tmp_path, f"env > {seen}.tmp; mv {seen}.tmp {seen}; exec sleep 60", Told(), ready=exists(seen)
        ):
            pass

    asyncio.run(story())
    assert "PATH=" in seen.read_text()
    assert "proxy.example.com" not in seen.read_text()


def test_a_part_dies_with_its_parent_however_the_parent_dies(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = os.pidfd_open(int(parent.stdout.readline()))

    parent.kill()
    parent.communicate()

    assert select.select([child], [], [], 10)[0], "the child outlived its parent"
    os.close(child)


# The parent speaks once the child has become `sleep`: by then the kernel knows that it is to die with its parent.
PARENT = """
import asyncio, sys
from pathlib import Path
from leadsman.sandbox.parts.process import Command, Process

async def main():
    part = None
    async def is_sleep():
        return Path(f"/proc/{part.pid}/comm").read_text() == "sleep\\n"
    command = Command(name="part", argv=("sleep", "60"), ready=is_sleep)
    part = Process(command, logs=Path(sys.argv[1]), notice=lambda *_: None)
    async with part:
        print(part.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
