"""One look at a service, on an API server that refuses some of it."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from leadsman.clients.errors import ApiError, Forbidden, TooManyRequests, Unreachable
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.apply.apply import Apply
from leadsman.controller.apply.records import Records
from leadsman.controller.governance.judge import Judge
from leadsman.controller.metrics import Metrics
from leadsman.controller.provenance.signatures import Signatures
from leadsman.controller.reconcile import Reconciler
from leadsman.controller.store import Key
from leadsman.planner.plan import Watch
from unit.clients.playing import Playing, playing
from unit.controller.recordings import NAMESPACE, SERVICE
from unit.controller.store.telling import KEY, KINDS, Object, Telling

RULE = {"name": "pinned", "expression": "has(object.spec.model.digest)", "message": "pin it"}
INPUT = "ConfigMap/support-prompts"
Refuses = Callable[[web.Request], int | None]
"""The status that a request is refused with. None: it is taken."""


@dataclass
class Watching:
    """What was asked of the signals."""

    watched: list[Key] = field(default_factory=list[Key])

    def current(self, _: Key) -> Mapping[tuple[str, str], Any]:
        return {}

    def watch(self, key: Key, _: Iterable[Watch]) -> None:
        self.watched.append(key)


@dataclass
class Operator:
    telling: Telling
    server: Playing
    signals: Watching
    look: Reconciler

    def asked(self, method: str) -> list[str]:
        """Kinds and subresources, with the dry runs marked."""
        return [
            one.path.rpartition(f"/{NAMESPACE}/")[2] + ("?" if "dryRun" in one.query else "")
            for one in self.server.asked
            if one.method == method
        ]


class Keeping:
    """What an API server keeps, by path. Of writes it does as much as one look needs: fields replace fields."""

    def __init__(self, telling: Telling, refuses: Refuses) -> None:
        self._telling = telling
        self._refuses = refuses
        self._kept = {
            KINDS[raw["kind"]].path(raw["metadata"].get("namespace"), raw["metadata"]["name"]): raw
            for raw in telling.objects.values()
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if (code := self._refuses(request)) is not None:
            return web.json_response({"kind": "Status", "message": "not now"}, status=code)
        if request.method == "GET":
            return web.json_response({"kind": "Status", "code": 404, "reason": "NotFound"}, status=404)
        sent: Object = await request.json()
        path = request.path.removesuffix("/status")
        old = self._kept.get(path) or {"metadata": sent["metadata"] | {"uid": path}}
        fields = {name: old.get(name, {}) | of for name, of in sent.items() if isinstance(of, dict)}
        self._kept[path] = {**old, **fields, "metadata": old["metadata"]}
        return web.json_response(self._telling.stamp(self._kept[path]))


@asynccontextmanager
async def operator(telling: Telling, refuses: Refuses) -> AsyncGenerator[Operator]:
    async with playing(Keeping(telling, refuses).answer) as server, aiohttp.ClientSession() as session:
        api, metrics, signals = Kubernetes(session, server.address), Metrics(), Watching()
        apply = Apply(api, telling.store, Records(api, telling.store), metrics, instance="test")
        judge = Judge(api, telling.store, lambda _: None)
        signatures = Signatures(telling.store.policies.signatures, lambda _: None, trusted_root=None)
        look = Reconciler(telling.store, cast("Any", signals), api, apply, metrics, judge=judge, signatures=signatures)
        yield Operator(telling, server, signals, look)


@pytest.mark.asyncio
async def test_whatever_is_refused_what_runs_is_not_left_unwatched() -> None:
    async with operator(Telling(), lambda _: 403) as here:
        with pytest.raises(Forbidden):
            await here.look(KEY)

        assert here.signals.watched == [KEY]


@pytest.mark.asyncio
async def test_while_an_input_cannot_be_looked_up_all_else_goes_on_and_nothing_is_said_of_it() -> None:
    telling = Telling()
    telling.tell(telling.stamp(telling.objects[INPUT]), "DELETED")
    async with operator(telling, lambda request: 403 if request.method == "GET" else None) as here:
        rest = await here.look(KEY)

        assert isinstance(rest.trouble, ApiError)
        assert f"airevisions/{telling.world().revisions[0].name}/status" in here.asked("PUT")
        assert f"aiservices/{SERVICE}/status" not in here.asked("PUT")


@pytest.mark.asyncio
async def test_while_a_template_cannot_be_tried_all_else_goes_on_and_is_told() -> None:
    async with operator(Telling(), lambda request: 500 if "dryRun" in request.query else None) as here:
        rest = await here.look(KEY)

        assert isinstance(rest.trouble, Unreachable)
        assert here.asked("POST").count("deployments?") == 1
        assert f"aiservices/{SERVICE}/status" in here.asked("PUT")


def with_rules() -> Telling:
    """A policy with rules, in force at the API server, is about the service."""
    telling = Telling()
    telling.tell(telling.change("GovernancePolicy/high-risk", "spec", match={"tiers": ["Limited"]}, rules=[RULE]))
    policies = telling.store.policies
    policies.enforcement.operator = "leadsman"
    policy = policies.scope("high-risk")
    assert policy is not None
    for one in policies.enforcement.wanted(policy):
        telling.tell(
            telling.stamp(
                {**one, "metadata": {**one["metadata"], "uid": f"uid-{one['kind']}-{one['metadata']['name']}"}}
            )
        )
    assert len(telling.store.unjudged(KEY)) == 1
    return telling


@pytest.mark.asyncio
@pytest.mark.parametrize("code", [200, 403, 500])
async def test_while_rules_are_not_judged_what_serves_or_goes_back_does_not_wait(code: int) -> None:
    telling = with_rules()
    async with operator(telling, lambda request: code if request.path.endswith("/aiservices") else None) as here:
        rest = await here.look(KEY)

        assert isinstance(rest.trouble, ApiError)
        order = [(one.method, one.path.rpartition(f"/{NAMESPACE}/")[2]) for one in here.server.asked]
        asked = order.index(("POST", "aiservices"))
        assert order.count(("POST", "aiservices")) == 1
        assert ("PUT", f"airevisions/{telling.world().revisions[0].name}/status") in order[:asked]
        assert any(method == "PATCH" and path.startswith("deployments/") for method, path in order[:asked])
        assert ("PUT", f"aiservices/{SERVICE}/status") in order[asked:]


@pytest.mark.asyncio
@pytest.mark.parametrize("code", [403, 422, 500, 504])
async def test_a_child_that_is_refused_is_told_of_and_the_others_are_changed(code: int) -> None:
    telling = Telling()
    refused, *others = sorted(telling.world().workloads)
    async with operator(telling, lambda request: code if request.path.endswith(refused) else None) as here:
        rest = await here.look(KEY)

        assert str(rest.trouble) == f"Deployment {refused}: not now"
        assert [telling.world().workloads[name].replicas for name in others] == [0]


@pytest.mark.asyncio
async def test_an_api_server_that_has_too_much_to_do_refuses_no_child() -> None:
    async with operator(Telling(), lambda request: 429 if request.method == "PATCH" else None) as here:
        with pytest.raises(TooManyRequests):
            await here.look(KEY)

        assert len(here.asked("PATCH")) == 1
