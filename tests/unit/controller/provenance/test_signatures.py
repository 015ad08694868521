"""Signatures are verified in a process of its own; whoever waits for an answer is woken by it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from harness.signed_models import FILES, a_key, digest_of, signed
from leadsman.controller.provenance import signatures
from leadsman.controller.store import AnyKey, Key, PolicyKey
from leadsman.controller.store.signatures import Signatures as Known
from leadsman.controller.store.signatures import Unverified
from leadsman.planner.governance import Keyless, Question, Signed, Signer

CHAT, HOUSE = Key("support", "chat"), PolicyKey("house")
CI = Keyless(identity="ci@example.com", issuer="https://token.example.com")


class Answers(Known):
    def __init__(self) -> None:
        super().__init__(lambda _, __: None)
        self.found: dict[str, Signed] = {}

    def answer(self, asked: Question, found: Signed) -> None:
        super().answer(asked, found)
        self.found[asked.content] = found


class Verifying:
    def __init__(self) -> None:
        self.answers, self.woken, self.news = Answers(), list[AnyKey](), asyncio.Event()
        self.signatures = signatures.Signatures(self.answers, self._wake, trusted_root=None)

    def _wake(self, key: AnyKey) -> None:
        self.woken.append(key)
        self.news.set()

    async def asked(self, bundles: Mapping[str, tuple[str, Signer]]) -> dict[str, Signed]:
        for name, (text, by) in bundles.items():
            question = Question(content=name, key="model.sig", signer=by)
            self.signatures.want(CHAT, [Unverified(question, text, HOUSE.name)])
        while set(bundles) - set(self.answers.found):
            self.news.clear()
            await self.news.wait()
        return self.answers.found


@asynccontextmanager
async def verifying() -> AsyncGenerator[Verifying]:
    made = Verifying()
    task = asyncio.create_task(made.signatures.forever())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.mark.asyncio
async def test_each_question_gets_its_own_answer(tmp_path: Path) -> None:
    key = a_key(tmp_path)
    bundle = signed(tmp_path, key)
    asked = {
        "good": (bundle, key.pinned()),
        "garbage": ("{}", key.pinned()),
        "another's": (bundle, a_key(tmp_path / "other").pinned("dana")),
        "by an identity": (bundle, CI),
    }
    async with verifying() as here:
        found = await here.asked(asked)

        assert found["good"] == Signed(digest=digest_of(FILES))
        assert not any(found[name].digest for name in asked if name != "good")
        assert "no signed DSSE envelope" in found["garbage"].problem
        assert "not by the key dana" in found["another's"].problem
        assert "the operator was given no trusted root" in found["by an identity"].problem
        assert set(here.woken) == {CHAT, HOUSE}


@pytest.mark.asyncio
async def test_a_verifier_that_dies_verifies_nothing_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = a_key(tmp_path)
    asked = {"one": (signed(tmp_path, key), key.pinned()), "two": ("{}", key.pinned())}
    monkeypatch.setattr(signatures, "MODULE", "leadsman.no_such_module")
    monkeypatch.setattr(signatures, "AGAIN_SECONDS", 0.0)
    async with verifying() as here:
        found = await here.asked(asked)
        assert all("could not be verified" in one.problem and not one.digest for one in found.values())
        monkeypatch.undo()
        here.answers.found.clear()

        assert (await here.asked(asked))["one"].digest == digest_of(FILES)


@pytest.mark.asyncio
async def test_a_verifier_that_hangs_is_ended_and_verifies_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = a_key(tmp_path)
    monkeypatch.setattr(signatures, "MODULE", "http.server")  # it ends when it is told to
    monkeypatch.setattr(signatures, "SECONDS", 0.0)
    async with verifying() as here:
        found = await here.asked({"one": (signed(tmp_path, key), key.pinned())})

        assert not found["one"].digest
        assert "the verifier took longer than" in found["one"].problem
