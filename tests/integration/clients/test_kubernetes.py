"""The API server as the operator talks to it."""

import asyncio
import json
from typing import Any

import pytest

from harness.cluster import Object, Space
from harness.manifests import EXAMPLES, ROOT
from harness.pods import deployment
from leadsman.clients import kinds
from leadsman.clients import kubernetes as module
from leadsman.clients.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from leadsman.clients.kubernetes import Kubernetes, Request

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


def config_map(space: Space, name: str, **data: str) -> Object:
    metadata = {"name": name, "namespace": space.name, "labels": {"leadsman.dev/service": name}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def in_space(space: Space, manifest: Object) -> Object:
    return manifest | {"metadata": manifest["metadata"] | {"namespace": space.name}}


def is_managed_by(answer: Object, manager: str) -> bool:
    return manager in {entry["manager"] for entry in answer["metadata"]["managedFields"]}


async def test_what_is_created_can_be_read_and_says_who_wrote_it(kubernetes: Kubernetes, space: Space) -> None:
    answer = await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "prompts", system="be kind"))

    seen = await kubernetes.get(kinds.CONFIG_MAP, space.name, "prompts")
    assert seen == answer.object
    assert seen["data"] == {"system": "be kind"}
    assert is_managed_by(seen, "leadsman")
    assert answer.warnings == ()


async def test_a_name_that_is_taken_is_no_conflict_of_versions(kubernetes: Kubernetes, space: Space) -> None:
    await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "prompts"))

    with pytest.raises(AlreadyExists, match='configmaps "prompts" already exists') as caught:
        await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "prompts"))

    assert (caught.value.status, caught.value.reason) == (409, "AlreadyExists")
    assert not isinstance(caught.value, Conflict)


async def test_of_two_who_replace_the_same_version_the_second_is_told(kubernetes: Kubernetes, space: Space) -> None:
    read = (await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "prompts"))).object
    await kubernetes.replace(kinds.CONFIG_MAP, read | {"data": {"by": "first"}})

    with pytest.raises(Conflict, match="the object has been modified"):
        await kubernetes.replace(kinds.CONFIG_MAP, read | {"data": {"by": "second"}})

    assert (await kubernetes.get(kinds.CONFIG_MAP, space.name, "prompts"))["data"] == {"by": "first"}


async def test_a_replacement_without_a_version_is_not_even_sent(
    kubernetes: Kubernetes, space: Space, requests: list[Request]
) -> None:
    with pytest.raises(ValueError, match=r"metadata\.resourceVersion is missing"):
        await kubernetes.replace(kinds.CONFIG_MAP, config_map(space, "prompts"))

    assert requests == []


async def test_a_misspelt_field_is_refused_with_its_path(kubernetes: Kubernetes, space: Space) -> None:
    wrong = in_space(space, deployment("web"))
    wrong["spec"]["template"]["spec"]["containers"][0]["imagePullPolice"] = "Always"

    with pytest.raises(Invalid, match=r'unknown field "spec\.template\.spec\.containers\[0\]\.imagePullPolice"'):
        await kubernetes.create(kinds.DEPLOYMENT, wrong)


async def test_a_wrong_value_is_refused_with_its_path_and_cause(kubernetes: Kubernetes, space: Space) -> None:
    with pytest.raises(Invalid, match=r"spec\.replicas") as caught:
        await kubernetes.create(kinds.DEPLOYMENT, in_space(space, deployment("web", replicas=-1)))

    assert caught.value.status == 422
    assert [(cause.field, cause.reason) for cause in caught.value.causes] == [("spec.replicas", "FieldValueInvalid")]


async def test_a_dry_run_warns_and_creates_nothing(kubernetes: Kubernetes, space: Space) -> None:
    doubtful = in_space(space, deployment("web"))
    twice = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    doubtful["spec"]["template"]["spec"]["containers"][0]["env"] = twice

    answer = await kubernetes.create(kinds.DEPLOYMENT, doubtful, dry_run=True)

    assert any("hides previous definition" in warning for warning in answer.warnings)
    with pytest.raises(NotFound):
        await kubernetes.get(kinds.DEPLOYMENT, space.name, "web")


async def test_a_replacement_can_be_tried_and_changes_nothing(kubernetes: Kubernetes, space: Space) -> None:
    read = (await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "prompts", by="user"))).object

    tried = await kubernetes.replace(kinds.CONFIG_MAP, read | {"data": {"by": "operator"}}, dry_run=True)

    assert tried.object["data"] == {"by": "operator"}
    assert await kubernetes.get(kinds.CONFIG_MAP, space.name, "prompts") == read


async def test_what_changed_after_the_decision_is_not_deleted(kubernetes: Kubernetes, space: Space) -> None:
    read = (await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "prompts"))).object
    metadata = (await kubernetes.replace(kinds.CONFIG_MAP, read | {"data": {"by": "user"}})).object["metadata"]
    uid, stale, fresh = metadata["uid"], read["metadata"]["resourceVersion"], metadata["resourceVersion"]

    with pytest.raises(Conflict, match="the ResourceVersion in the precondition"):
        await kubernetes.delete(kinds.CONFIG_MAP, space.name, "prompts", uid=uid, resource_version=stale)
    with pytest.raises(Conflict, match="the UID in the precondition"):
        await kubernetes.delete(kinds.CONFIG_MAP, space.name, "prompts", uid="another", resource_version=fresh)
    await kubernetes.delete(kinds.CONFIG_MAP, space.name, "prompts", uid=uid, resource_version=fresh)

    with pytest.raises(NotFound):
        await kubernetes.get(kinds.CONFIG_MAP, space.name, "prompts")


async def test_a_status_is_patched_only_on_the_version_that_was_read(kubernetes: Kubernetes, space: Space) -> None:
    read = (await kubernetes.create(kinds.DEPLOYMENT, in_space(space, deployment("web", replicas=0)))).object
    name = read["metadata"]["name"]
    seen = space.wait("Deployment", name, lambda found: found.get("status", {}).get("observedGeneration") == 1)
    version = seen["metadata"]["resourceVersion"]

    def patch(collisions: int) -> dict[str, Any]:
        return {"metadata": {"resourceVersion": version}, "status": {"collisionCount": collisions}}

    first = await kubernetes.patch_merge(kinds.DEPLOYMENT, space.name, name, patch(1), subresource="status")
    with pytest.raises(Conflict):
        await kubernetes.patch_merge(kinds.DEPLOYMENT, space.name, name, patch(2), subresource="status")

    assert first.object["status"]["collisionCount"] == 1
    assert first.object["metadata"]["generation"] == 1


async def test_a_long_list_comes_whole_page_by_page(
    kubernetes: Kubernetes, space: Space, requests: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    names = {f"prompts-{number}" for number in range(8)}
    await asyncio.gather(*(kubernetes.create(kinds.CONFIG_MAP, config_map(space, name)) for name in names))
    requests.clear()

    listed = [item async for item in kubernetes.list(kinds.CONFIG_MAP, space.name, labels="leadsman.dev/service")]

    assert {item["metadata"]["name"] for item in listed} == names
    assert {(item["apiVersion"], item["kind"]) for item in listed} == {("v1", "ConfigMap")}
    assert [(request.verb, request.code) for request in requests] == [("list", 200)] * 3


async def test_a_list_of_metadata_leaves_the_contents_at_home(kubernetes: Kubernetes, space: Space) -> None:
    created = (await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "prompts", system="long " * 1000))).object

    listed = [
        item async for item in kubernetes.list_metadata(kinds.CONFIG_MAP, space.name, fields="metadata.name=prompts")
    ]

    assert [item["metadata"]["uid"] for item in listed] == [created["metadata"]["uid"]]
    assert "data" not in listed[0]


async def test_the_kinds_are_those_of_the_api_server(kubernetes: Kubernetes, space: Space) -> None:
    space.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    space.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")

    known = (value for value in vars(kinds).values() if isinstance(value, kinds.Kind))
    for kind in (one for one in known if one is not kinds.REPORT):  # others serve it: see test_reports
        served = json.loads(space.kubectl("get", "--raw", kind.path().rpartition("/")[0]).stdout)["resources"]
        assert [(found["kind"], found["namespaced"]) for found in served if found["name"] == kind.plural] == [
            (kind.name, kind.namespaced)
        ]
    await kubernetes.create(kinds.AI_SERVICE, in_space(space, EXAMPLES["aiservice-minimal"]))


async def test_a_namespace_on_its_way_out_refuses_and_says_why(kubernetes: Kubernetes, space: Space) -> None:
    finalizer = config_map(space, "kept")
    finalizer["metadata"]["finalizers"] = ["example.com/kept"]
    read = (await kubernetes.create(kinds.CONFIG_MAP, finalizer)).object
    space.kubectl("delete", "namespace", space.name, "--wait=false")

    with pytest.raises(Forbidden, match="being terminated") as caught:
        await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "late"))

    assert "NamespaceTerminating" in {cause.reason for cause in caught.value.causes}
    free = {"metadata": {"finalizers": None, "uid": read["metadata"]["uid"]}}
    await kubernetes.patch_merge(kinds.CONFIG_MAP, space.name, "kept", free)


async def test_requests_are_counted_by_verb_resource_and_answer(
    kubernetes: Kubernetes, space: Space, requests: list[Request]
) -> None:
    await kubernetes.create(kinds.CONFIG_MAP, config_map(space, "prompts"))
    with pytest.raises(NotFound):
        await kubernetes.get(kinds.CONFIG_MAP, space.name, "absent")

    assert [request[:3] for request in requests] == [("create", "configmaps", 201), ("get", "configmaps", 404)]
    assert all(0 < request.seconds < 10 for request in requests)


async def test_the_server_says_its_version(kubernetes: Kubernetes) -> None:
    version = await kubernetes.server_version()

    assert (version.major, version.minor) >= (1, 36)
    assert version.text.startswith(f"v{version.major}.{version.minor}.")
