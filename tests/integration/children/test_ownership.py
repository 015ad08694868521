"""What stands in the way, on a real API server: strangers, what is handed over, and what an earlier service left."""

import json
from typing import Any

import pytest

from harness.children import COPY_OF_OLD, OLD, RESTING, narrow
from harness.cluster import Object
from harness.live import Live, Serve
from leadsman.clients.errors import Conflict
from leadsman.planner.children import foreign

pytestmark = pytest.mark.integration


def legacy(**spec: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "assistant", "annotations": {"team": "legacy"}, "labels": {"app": "legacy"}},
        "spec": {"selector": {"app": "legacy"}, "ports": [{"port": 8080}], **spec},
    }


@pytest.mark.asyncio
async def test_a_service_of_somebody_else_is_left_as_it_is(serve: Serve) -> None:
    live = serve()
    live.space.apply(legacy())
    before = live.space.get("Service", "assistant")

    await live.settle(RESTING)

    assert foreign(live.world()) == "assistant"
    assert live.space.get("Service", "assistant") == before


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "spec",
    [{}, {"clusterIP": "None"}, {"type": "NodePort"}, {"type": "ExternalName", "externalName": "old.example.com"}],
    ids=["usual", "headless", "with node ports", "a name elsewhere"],
)
async def test_a_service_that_is_handed_over_keeps_its_address_and_what_others_wrote_on_it(
    serve: Serve, spec: Object
) -> None:
    live = serve()
    live.space.apply(legacy(**spec))
    live.space.kubectl("annotate", "service", "assistant", "leadsman.dev/adopt=true")
    before = live.space.get("Service", "assistant")

    done = await live.settle(RESTING)

    after = live.space.get("Service", "assistant")
    assert done[0] == "change Service assistant"
    assert after["spec"]["selector"] == narrow(OLD)
    assert after["spec"]["type"] == "ClusterIP"
    assert before["spec"].get("clusterIP") in {None, after["spec"]["clusterIP"]}
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["metadata"]["labels"]["app"] == "legacy"
    assert after["metadata"]["annotations"].items() >= {"team": "legacy", "leadsman.dev/adopt": "true"}.items()


@pytest.mark.asyncio
async def test_a_service_that_appears_at_the_same_moment_is_found_when_ours_is_refused(serve: Serve) -> None:
    live = serve()
    planned = live.planned(RESTING)
    live.space.apply(legacy())

    with pytest.raises(Conflict, match="assistant"):
        await live.carry_out(planned)

    assert live.space.get("Service", "assistant")["spec"]["selector"] == {"app": "legacy"}


def replaced(live: Live, *words: str) -> Live:
    """The AIService once more, after it was deleted."""
    again = {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "AIService",
        "metadata": {"name": live.of.name},
        "spec": dict(live.of.raw),
    }
    live.space.kubectl(*words, "-f", "-", stdin=json.dumps(again))
    return live.again(live.space.get("AIService", live.of.name)["metadata"]["uid"])


@pytest.mark.asyncio
async def test_what_a_deleted_service_left_behind_is_taken_up_by_the_next_of_its_name(serve: Serve) -> None:
    live = serve()
    await live.settle(RESTING)
    pods = live.space.get("Deployment", OLD)["metadata"]["uid"]
    live.space.kubectl("delete", "aiservice", "assistant", "--cascade=orphan")

    again = replaced(live, "create")
    await again.settle(RESTING)

    taken = live.space.get("Deployment", OLD)["metadata"]
    assert taken["uid"] == pods
    assert taken["ownerReferences"][0]["uid"] == again.of.uid


@pytest.mark.asyncio
async def test_after_a_replacement_by_force_everything_is_there_again(serve: Serve) -> None:
    """The garbage collector and Leadsman race for each object; whoever wins, the end is the same."""
    live = serve()
    await live.settle(RESTING)
    copy = live.space.get("ConfigMap", COPY_OF_OLD)["metadata"]["uid"]

    again = replaced(live, "replace", "--force")
    await again.settle(RESTING)

    owners = {
        f"{one['kind']}/{one['metadata']['name']}": one["metadata"]["ownerReferences"][0]["uid"]
        for one in again.listed()
        if "ownerReferences" in one["metadata"]
    }
    assert len(owners) == 5
    assert {uid for key, uid in owners.items() if not key.startswith("ConfigMap")} == {again.of.uid}
    assert live.space.get("ConfigMap", COPY_OF_OLD)["metadata"]["uid"] == copy
