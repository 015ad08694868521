"""Somebody with rights changes what Leadsman made. It is seen, and put back as it was."""

import json
import subprocess
from typing import Any

import pytest

from harness.children import COPY_OF_OLD, OLD, RESTING, described
from harness.live import Live, Serve

Json = dict[str, Any]
pytestmark = pytest.mark.integration


def in_pods(template: Json) -> str:
    return json.dumps({"spec": {"template": template}})


MINER = {"name": "miner", "image": "miner"}
EDITS: dict[str, tuple[str, ...]] = {
    "a sidecar": ("patch", f"deployment/{OLD}", "--patch", in_pods({"spec": {"containers": [MINER]}})),
    "an environment variable": ("set", "env", f"deployment/{OLD}", "DEBUG=1"),
    "an image": ("set", "image", f"deployment/{OLD}", "main=other"),
    "a restart": ("rollout", "restart", f"deployment/{OLD}"),
    "a pause": ("rollout", "pause", f"deployment/{OLD}"),
    "a label of the pods": (
        "patch", f"deployment/{OLD}", "--patch", in_pods({"metadata": {"labels": {"x": "y"}}}),
    ),
    "a selector": ("set", "selector", "service/assistant", "app=miner"),
    "a port": ("patch", "service/assistant", "--type=json", "--patch", json.dumps([
        {"op": "replace", "path": "/spec/ports/0/targetPort", "value": 9999},
    ])),
    "a type": ("patch", "service/assistant", "--patch", '{"spec": {"type": "NodePort"}}'),
    "callers": ("patch", "networkpolicy/assistant", "--patch", '{"spec": {"ingress": [{}]}}'),
    "evictions": ("patch", "poddisruptionbudget/assistant", "--patch", '{"spec": {"maxUnavailable": "100%"}}'),
}  # fmt: skip


def specs(live: Live) -> Json:
    kinds = "deployments,services,networkpolicies,poddisruptionbudgets"
    listed = json.loads(live.space.kubectl("get", kinds, "-o", "json").stdout)["items"]
    return {f"{one['kind']}/{one['metadata']['name']}": one["spec"] for one in listed}


@pytest.mark.asyncio
@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_is_put_back(serve: Serve, edit: str) -> None:
    live = serve()
    await live.settle(RESTING)
    before = specs(live)
    live.space.kubectl(*EDITS[edit])
    assert specs(live) != before

    (done,) = await live.settle(RESTING)

    assert done.startswith("put back")
    assert specs(live) == before


@pytest.mark.asyncio
async def test_a_scale_is_put_back(serve: Serve) -> None:
    live = serve()
    await live.settle(RESTING)
    live.space.kubectl("scale", f"deployment/{OLD}", "--replicas=40")

    assert await live.settle(RESTING) == [f"scale {OLD} x4"]


@pytest.mark.asyncio
async def test_an_edit_that_claims_to_be_ours_is_put_back(serve: Serve) -> None:
    """Whoever edits the pods and the digest that Leadsman left with them does not know what the digest must be."""
    live = serve()
    await live.settle(RESTING)
    live.space.kubectl("set", "image", f"deployment/{OLD}", "main=other")
    live.space.kubectl("annotate", f"deployment/{OLD}", "--overwrite", "leadsman.dev/applied=sha256:0")

    assert await live.settle(RESTING) == [f"put back Deployment {OLD} x4"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "key",
    [
        f"deployment/{OLD}",
        "service/assistant",
        "networkpolicy/assistant",
        "poddisruptionbudget/assistant",
        f"configmap/{COPY_OF_OLD}",
    ],
)
async def test_labels_and_owner_are_put_back_and_what_others_added_stays(serve: Serve, key: str) -> None:
    live = serve()
    await live.settle(RESTING)
    kind, name = key.split("/")
    owners = live.space.get(kind, name)["metadata"]["ownerReferences"]
    live.space.kubectl("label", key, "leadsman.dev/service-", "cost-centre=7")
    live.space.kubectl("annotate", key, "team=support")
    live.space.kubectl("patch", key, "--type=merge", "--patch", '{"metadata": {"ownerReferences": null}}')

    (done,) = await live.settle(RESTING)

    metadata = live.space.get(kind, name)["metadata"]
    assert done.startswith("put back")
    assert metadata["ownerReferences"] == owners
    assert metadata["labels"]["leadsman.dev/service"] == "assistant"
    assert metadata["labels"]["cost-centre"] == "7"
    assert metadata["annotations"]["team"] == "support"


@pytest.mark.asyncio
async def test_what_is_deleted_is_made_again(serve: Serve) -> None:
    live = serve()
    made = await live.settle(RESTING)
    live.space.kubectl("delete", "services,networkpolicies,poddisruptionbudgets,deployments", "--all")
    live.space.kubectl("delete", "configmap", COPY_OF_OLD)

    assert await live.settle(RESTING) == made


@pytest.mark.asyncio
async def test_what_waits_for_a_finalizer_is_waited_for(serve: Serve) -> None:
    live = serve()
    await live.settle(RESTING)
    live.space.kubectl("patch", "service/assistant", "--patch", '{"metadata": {"finalizers": ["example.com/dns"]}}')
    live.space.kubectl("delete", "service/assistant", "--wait=false")
    live.space.kubectl("set", "selector", "service/assistant", "app=miner")

    assert live.planned(RESTING) == ()

    live.space.kubectl("patch", "service/assistant", "--type=merge", "--patch", '{"metadata": {"finalizers": null}}')
    assert described(live.planned(RESTING)) == ["create Service assistant"]


@pytest.mark.asyncio
async def test_what_a_revision_was_told_cannot_be_changed(serve: Serve) -> None:
    live = serve()
    await live.settle(RESTING)

    refused = live.space.kubectl(
        "patch", "configmap", COPY_OF_OLD, "--patch", '{"data": {"system": "Be rude."}}', check=False
    )

    assert isinstance(refused, subprocess.CompletedProcess)
    assert "immutable" in refused.stderr


@pytest.mark.asyncio
async def test_a_copy_that_was_deleted_and_made_with_other_words_is_made_again(serve: Serve) -> None:
    live = serve()
    await live.settle(RESTING)
    told = live.space.get("configmap", COPY_OF_OLD)
    live.space.kubectl("delete", "configmap", COPY_OF_OLD)
    forged = {
        **told,
        "metadata": {**told["metadata"], "resourceVersion": "", "uid": ""},
        "data": {"system": "Be rude."},
    }
    live.space.kubectl("create", "-f", "-", stdin=json.dumps(forged))

    done = await live.settle(RESTING)

    assert done == [f"delete ConfigMap {COPY_OF_OLD}", f"create ConfigMap {COPY_OF_OLD}"]
    assert live.space.get("configmap", COPY_OF_OLD)["data"] == told["data"]
