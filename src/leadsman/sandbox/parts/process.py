"""One process of a sandbox: started so that it cannot outlive its parent, watched, and stopped.

A process that dies is started again with growing pauses, as a kubelet would do with a static pod, so that a test may
kill the API server and see it come back.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from leadsman.sandbox.errors import StartFailed
from leadsman.sandbox.status import PartState, State

Probe = Callable[[], Awaitable[bool]]
Notice = Callable[[str, PartState], None]
"""Told whenever a part's state changes."""

PROBE_EVERY_SECONDS = 0.05
STOP_WITHIN_SECONDS = 10.0
RESTART_PAUSES_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0, 20.0)
STEADY_AFTER_SECONDS = 60.0
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run, and how to tell that it is ready."""

    name: str
    argv: tuple[str, ...]
    ready: Probe | None = None
    ready_within_seconds: float = 60.0
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    restart: bool = True
    """False where the sandbox makes no sense without this very process: its death ends the sandbox."""


class Process:
    """An async context manager: entered once ready, left once gone."""

    def __init__(self, command: Command, *, logs: Path, notice: Notice) -> None:
        self.command = command
        self.log = logs / f"{command.name}.log"
        self._notice = notice
        self._restarts = 0
        self._child: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        if self._child is None:
            raise RuntimeError(f"{self.command.name} was never started")
        return self._child.pid

    async def __aenter__(self) -> Self:
        try:
            await self._launch()
            await self._until_ready()
        except BaseException:
            await self._end()
            raise
        self._tell("Running")
        self._keeper = asyncio.create_task(self._keep_running(), name=f"keep {self.command.name}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._end()
        self._tell("Stopped")

    def _tell(self, state: State, message: str = "") -> None:
        pid = self._child.pid if self._child and state == "Running" else None
        self._notice(self.command.name, PartState(state=state, pid=pid, restarts=self._restarts, message=message))

    async def _launch(self) -> None:
        self._tell("Starting")
        with self.log.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                # The kernel kills the child when the supervisor dies, whatever killed the supervisor.
                *("setpriv", "--pdeathsig", "KILL", "--", *self.command.argv),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**without_proxies(os.environ), **self.command.environment},
                start_new_session=True,
            )

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + self.command.ready_within_seconds
        while self._child and self._child.returncode is None:
            if self.command.ready is None or await self.command.ready():
                return
            if time.monotonic() > deadline:
                raise self._failed(f"was not ready within {self.command.ready_within_seconds:.0f} s")
            await asyncio.sleep(PROBE_EVERY_SECONDS)
        raise self._failed(f"ended {self._how()}")

    async def _keep_running(self) -> None:
        while self._child:
            started = time.monotonic()
            await self._child.wait()
            how = self._how()
            if not self.command.restart:
                self._tell("Failed", f"ended {how}")
                return
            steady = time.monotonic() - started > STEADY_AFTER_SECONDS
            pause = RESTART_PAUSES_SECONDS[0 if steady else min(self._restarts, len(RESTART_PAUSES_SECONDS) - 1)]
            self._restarts += 1
            self._tell("Restarting", f"ended {how}; again in {pause} s")
            await asyncio.sleep(pause)
            await self._launch()
            with contextlib.suppress(StartFailed):  # not ready is not dead: the next turn waits for its end
                await self._until_ready()
                self._tell("Running")

    async def _end(self) -> None:
        child = self._child
        if child is None or child.returncode is not None:
            return
        for number, seconds in ((signal.SIGTERM, STOP_WITHIN_SECONDS), (signal.SIGKILL, STOP_WITHIN_SECONDS)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), seconds)
                return

    def _how(self) -> str:
        code = self._child.returncode if self._child else None
        if code is None:
            return "never"
        return f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"

    def _failed(self, what: str) -> StartFailed:
        tail = last_lines(self.log, 5)
        next_step = f"read {self.log}"
        if "address already in use" in tail:
            next_step = "another program took the port: run the command again, or name a free one with --api-port"
        elif "no space left on device" in tail:
            next_step = "the disk is full: free some space, then run the command again"
        return StartFailed(f"{self.command.name} {what}; its last lines:\n{tail}", next_step=next_step)


def without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Go's HTTP clients leave out the proxy for loopback, but not for 198.18.0.0/15, where real nodes live."""
    return {name: value for name, value in environment.items() if name.upper() not in PROXIES}


def last_lines(log: Path, count: int) -> str:
    if not log.exists():
        return "(it wrote nothing)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-count:]) or "(it wrote nothing)"
