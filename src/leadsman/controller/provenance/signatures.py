"""Has signatures verified, many at once and beside everything else: a service is woken by its answer."""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from leadsman.controller.provenance.verifier import MODULE, read, written
from leadsman.controller.store import AnyKey, Key, PolicyKey
from leadsman.controller.store.signatures import Signatures as Known
from leadsman.controller.store.signatures import Unverified
from leadsman.planner.governance import Question, Signed

log = logging.getLogger(__name__)

AT_ONCE: Final = 64
"""Questions to one process."""
SECONDS: Final = 60.0
"""For one process."""
AGAIN_SECONDS: Final = 60.0
"""After a question that no process could answer."""


class Unanswered(Exception):
    """The process ended without its answers."""


class Signatures:
    def __init__(self, known: Known, wake: Callable[[AnyKey], None], *, trusted_root: Path | None) -> None:
        self._known = known
        self._wake = wake
        self._root = trusted_root
        self._askers: dict[Question, set[AnyKey]] = {}
        self._texts: dict[Question, str] = {}
        """Of questions that wait, oldest first."""
        self._news = asyncio.Event()

    def want(self, key: Key, questions: Iterable[Unverified]) -> None:
        """Soon they are answered, and it is woken."""
        for one in questions:
            if one.question not in self._askers:
                self._texts[one.question] = one.text
            self._askers.setdefault(one.question, set()).update((key, PolicyKey(one.policy)))
            self._news.set()

    async def forever(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while batch := dict(list(self._texts.items())[:AT_ONCE]):
                for question in batch:
                    del self._texts[question]
                await self._answer(batch)

    async def _answer(self, batch: dict[Question, str]) -> None:
        try:
            answers = await self._verify(batch)
        except (OSError, Unanswered) as error:
            if len(batch) > 1:  # one of them may be to blame: by halves it is found in a few minutes
                asked, half = list(batch.items()), len(batch) // 2
                await self._answer(dict(asked[:half]))
                await self._answer(dict(asked[half:]))
                return
            log.warning("a signature could not be verified", extra={"error": str(error)})
            self._fail(next(iter(batch)), error)
            return
        for question, found in zip(batch, answers, strict=True):
            self._tell(question, found)

    def _fail(self, question: Question, error: Exception) -> None:
        """For a while: whatever went wrong may not go wrong again."""
        askers = self._askers.get(question, set())
        self._tell(question, Signed(problem=f"it could not be verified, which is tried again: {error}"))
        asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._again, question, askers)

    def _again(self, question: Question, askers: Iterable[AnyKey]) -> None:
        self._known.forget(question)
        for key in askers:
            self._wake(key)

    def _tell(self, question: Question, found: Signed) -> None:
        self._known.answer(question, found)
        for key in self._askers.pop(question, ()):
            self._wake(key)

    async def _verify(self, batch: dict[Question, str]) -> list[Signed]:
        asked = b"".join(written(text, question.signer) for question, text in batch.items())
        root = (str(self._root),) if self._root is not None else ()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, *root, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(asked), SECONDS)
        except TimeoutError as error:
            raise Unanswered(f"the verifier took longer than {SECONDS:.0f} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        try:
            answers = [read(line) for line in said.splitlines()]
        except (ValueError, TypeError) as error:
            raise Unanswered("the verifier gave no answer") from error
        if process.returncode or len(answers) != len(batch):
            raise Unanswered(f"the verifier ended with {process.returncode}")
        return answers
