"""The one long-lived process of a local sandbox: it starts the parts, watches them, and takes them down.

`python -m leadsman.sandbox.supervisor FOLDER` is started by `leadsman sandbox up`. It reads the request in the folder,
holds the folder's lock for as long as it lives, keeps `status.json` true, and writes each new status as a line to
standard output, so that whoever started it can show the progress. SIGTERM takes everything down in order. However it
dies, the kernel takes its children along (parts/process.py).
"""

import asyncio
import signal
import sys
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from os import getpid
from pathlib import Path

from filelock import FileLock, Timeout

from leadsman.sandbox.errors import SandboxError, StartFailed
from leadsman.sandbox.kind import provider as kind_provider
from leadsman.sandbox.local import provider as local
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import PartState, Provider, Request, Status, read_request, write

STARTS = {Provider.LOCAL: local.start, Provider.KIND: kind_provider.start}


class Supervisor:
    def __init__(self, place: Place, request: Request) -> None:
        self.place = place
        self.request = request
        self.status = Status(supervisor=getpid(), started=datetime.now(UTC))
        self._stop = asyncio.Event()
        self._fatal: str | None = None

    async def run(self) -> None:
        """Until a signal asks to stop, or a part dies that the sandbox cannot do without.

        Raises:
            SandboxError: a part did not come up, or died for good.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        async with AsyncExitStack() as stack:
            start = STARTS[self.request.provider]
            starting = asyncio.create_task(start(self.request, self.place, self.notice, stack))
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                self._update(ready=True, **starting.result().model_dump())
                await self._stop.wait()
                self._update(ready=False)
            else:
                starting.cancel()
                with suppress(asyncio.CancelledError):
                    await starting
        if self._fatal:
            raise StartFailed(self._fatal, next_step=f"read the logs in {self.place.logs}, then start it again")

    def notice(self, part: str, state: PartState) -> None:
        self._update(parts={**self.status.parts, part: state})
        if state.state == "Failed":
            self._fatal = f"{part} {state.message}, and the sandbox cannot go on without it"
            self._stop.set()

    def failed(self, error: SandboxError) -> None:
        self._update(ready=False, error=error.what, next_step=error.next_step)

    def _update(self, **changes: object) -> None:
        self.status = self.status.model_copy(update=changes)
        write(self.place.status, self.status)
        # Whoever started us may have left: then nobody listens, and that is fine.
        with suppress(BrokenPipeError, ValueError):
            sys.stdout.write(self.status.model_dump_json() + "\n")
            sys.stdout.flush()


def supervise(place: Place) -> int:
    request = read_request(place.request)
    if request is None:
        raise SystemExit(f"{place.request} is missing: this is started by `leadsman sandbox up`")
    lock = FileLock(place.lock)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise SystemExit(f"sandbox {place.name} has a supervisor already") from None
    with lock:
        place.pid.write_text(str(getpid()))
        return asyncio.run(_supervise(place, request))


async def _supervise(place: Place, request: Request) -> int:
    supervisor = Supervisor(place, request)
    try:
        await supervisor.run()
    except SandboxError as error:
        supervisor.failed(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(supervise(Place(Path(sys.argv[1]))))
