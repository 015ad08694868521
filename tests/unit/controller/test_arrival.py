"""When the operator may begin to decide."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from leadsman.clients.errors import TooManyRequests
from leadsman.clients.kinds import AI_REVISION, AI_SERVICE
from leadsman.controller.arrival import Arrival
from leadsman.controller.watched import Watched


class Lists:
    """What the API server lists, one answer a time."""

    def __init__(self, *answers: dict[str, set[str]]) -> None:
        self.answers = list(answers)
        self.asked = asyncio.Event()

    async def __call__(self, watched: Watched) -> AsyncIterator[str]:
        for uid in self.answers[0].get(watched.kind.name, set()):
            yield uid
        if watched.kind.name == "ConfigMap":  # the last kind
            self.asked.set()
            if len(self.answers) > 1:
                del self.answers[0]


@pytest.mark.asyncio
async def test_an_empty_cluster_has_arrived_once_it_was_listed() -> None:
    arrival = Arrival()
    assert arrival.problem() == "what there is has not been listed yet"
    await arrival.wait(Lists({}))
    assert arrival.problem() == ""


@pytest.mark.asyncio
async def test_it_waits_for_what_is_listed_and_has_not_been_seen() -> None:
    arrival = Arrival()
    arrival.saw(AI_SERVICE, "early")
    lists = Lists({"AIService": {"early"}, "AIRevision": {"late"}})
    waiting = asyncio.create_task(arrival.wait(lists))
    await lists.asked.wait()
    await asyncio.sleep(0)
    assert arrival.problem() == "not all airevisions have arrived yet"
    arrival.saw(AI_REVISION, "late")
    await waiting


@pytest.mark.asyncio
async def test_what_was_deleted_before_it_could_arrive_is_not_waited_for_forever() -> None:
    arrival = Arrival()
    await arrival.wait(Lists({"AIService": {"gone"}}, {}), again_after=0.0)
    assert arrival.problem() == ""


@pytest.mark.asyncio
async def test_kinds_that_were_just_installed_are_asked_for_again_when_the_api_server_says() -> None:
    arrival, lists = Arrival(), Lists({})
    answers = iter([TooManyRequests("storage is (re)initializing", status=429, retry_after=0.0), None])

    async def uids(watched: Watched) -> AsyncIterator[str]:
        if refusal := next(answers, None):
            raise refusal
        async for uid in lists(watched):
            yield uid

    await arrival.wait(uids)
    assert arrival.problem() == ""
