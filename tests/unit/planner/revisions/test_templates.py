"""What the pods of a revision look like, and what in them is not pinned."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.planner.revisions.templates import LIMIT_BYTES, render_template, template_size, too_large, unpinned

Json = dict[str, Any]
COPIES = {"prompts": "prompts-0123456789", "rules": "rules-0123456789"}
SHA = "@sha256:" + "a" * 64


def rendered(template: Json) -> Json:
    return render_template(template, service="assistant", revision="assistant-1", copies=COPIES)


def of_pods(**spec: Any) -> Json:
    return {"spec": {"containers": [{"name": "main", "image": f"server{SHA}"}], **spec}}


def not_pinned(**spec: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in unpinned(of_pods(**spec), COPIES.values())]


def test_pods_are_labelled_for_their_service_and_their_revision() -> None:
    template = {"metadata": {"labels": {"app": "x", "leadsman.dev/service": "another"}, "annotations": {"a": "b"}}}

    assert rendered(template)["metadata"] == {
        "labels": {"app": "x", "leadsman.dev/service": "assistant", "leadsman.dev/revision": "assistant-1"},
        "annotations": {"a": "b"},
    }


@pytest.mark.parametrize("template", [{}, {"metadata": None}, {"metadata": {"labels": None}}])
def test_pods_without_metadata_are_labelled_too(template: Json) -> None:
    labels = rendered(template)["metadata"]["labels"]

    assert labels == {"leadsman.dev/service": "assistant", "leadsman.dev/revision": "assistant-1"}


def in_volume(name: str) -> Json:
    return {"volumes": [{"name": "v", "configMap": {"name": name, "defaultMode": 256}}]}


def in_projected_volume(name: str) -> Json:
    return {"volumes": [{"name": "v", "projected": {"sources": [{"downwardAPI": {}}, {"configMap": {"name": name}}]}}]}


def in_env(name: str, containers: str) -> Json:
    return {containers: [{"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": name, "key": "k"}}}]}]}


def in_env_from(name: str, containers: str) -> Json:
    return {containers: [{"envFrom": [{"prefix": "P_", "configMapRef": {"name": name}}]}]}


@pytest.mark.parametrize("use", [in_volume, in_projected_volume])
def test_a_volume_of_an_input_is_one_of_its_copy(use: Callable[[str], Json]) -> None:
    assert rendered({"spec": use("prompts")})["spec"] == use("prompts-0123456789")


@pytest.mark.parametrize("use", [in_env, in_env_from])
@pytest.mark.parametrize("containers", ["containers", "initContainers", "ephemeralContainers"])
def test_the_environment_of_each_container_is_from_the_copy(use: Callable[[str, str], Json], containers: str) -> None:
    assert rendered({"spec": use("prompts", containers)})["spec"] == use("prompts-0123456789", containers)


def test_other_objects_keep_their_names() -> None:
    spec = {
        "volumes": [{"name": "prompts", "configMap": {"name": "others"}}, {"secret": {"secretName": "prompts"}}],
        "containers": [{"name": "prompts", "envFrom": [{"secretRef": {"name": "prompts"}}], "args": ["prompts"]}],
        "serviceAccountName": "prompts",
    }

    assert rendered({"spec": spec})["spec"] == spec


def test_what_the_user_wrote_is_not_changed_on_the_way() -> None:
    written = {"spec": {"volumes": [{"name": "v", "configMap": {"name": "prompts"}}]}}
    before = copy.deepcopy(written)

    rendered(written)

    assert written == before


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["metadata", "labels", "spec", "volumes", "containers", "name", "image", "env", "envFrom", "valueFrom",
             "configMap", "configMapRef", "secret", "secretName", "projected", "sources", "ephemeral", "reference"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["metadata", "spec"]), anything))
def test_nonsense_is_left_for_the_api_server_to_refuse(template: Json) -> None:
    done = rendered(template)

    assert set(done) - {"metadata"} == set(template) - {"metadata"}
    assert isinstance(unpinned(done, ()), tuple)


def test_what_cannot_change_under_a_revision_is_pinned() -> None:
    found = not_pinned(
        volumes=[
            {"name": "a", "configMap": {"name": "prompts-0123456789"}},
            {"name": "b", "emptyDir": {}},
            {"name": "c", "downwardAPI": {"items": []}},
            {"name": "d", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
            {"name": "e", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}},
            {"name": "f", "image": {"reference": f"weights{SHA}"}},
        ],
        imagePullSecrets=[{"name": "registry"}],
    )

    assert found == []


@pytest.mark.parametrize(
    "spec",
    [
        {"volumes": [{"name": "v", "secret": {"secretName": "key"}}]},
        {"volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": "key"}}]}}]},
        {"initContainers": [{"image": f"i{SHA}", "envFrom": [{"secretRef": {"name": "key"}}]}]},
        {"initContainers": [{"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "key", "key": "k"}}}]}]},
    ],
)
def test_secrets_are_named_wherever_they_are_used(spec: Json) -> None:
    assert not_pinned(**spec) == [("Secret", "key")]


def test_config_maps_outside_the_inputs_are_named_once() -> None:
    twice = [{"name": name, "configMap": {"name": "settings"}} for name in ("v", "w")]

    assert not_pinned(volumes=twice) == [("ConfigMap", "settings")]


@pytest.mark.parametrize("image", ["server", "server:1.2", "registry.example.com:5000/a/server", "server@sha256:abc"])
def test_an_image_without_a_digest_is_named(image: str) -> None:
    assert not_pinned(initContainers=[{"image": image}]) == [("ImageTag", image)]


def test_a_tag_beside_a_digest_says_nothing() -> None:
    assert not_pinned(initContainers=[{"image": f"server:1.2{SHA}"}]) == []


@pytest.mark.parametrize(
    ("volume", "named"),
    [
        ({"persistentVolumeClaim": {"claimName": "weights"}}, "v (persistentVolumeClaim weights)"),
        ({"hostPath": {"path": "/models"}}, "v (hostPath /models)"),
        ({"csi": {"driver": "secrets-store.csi.k8s.io"}}, "v (csi secrets-store.csi.k8s.io)"),
        ({"nfs": {"server": "nfs.example.com", "path": "/m"}}, "v (nfs /m)"),
        ({"ephemeral": {"volumeClaimTemplate": {"spec": {"dataSource": {"name": "s"}}}}}, "v (ephemeral)"),
        ({"ephemeral": {"volumeClaimTemplate": {"spec": {"dataSourceRef": {"name": "s"}}}}}, "v (ephemeral)"),
        ({"projected": {"sources": [{"clusterTrustBundle": {"path": "ca"}}]}}, "v (clusterTrustBundle ca)"),
        ({"inventedLater": {}}, "v (inventedLater)"),
    ],
)
def test_a_volume_that_is_filled_elsewhere_is_named_with_its_source(volume: Json, named: str) -> None:
    assert not_pinned(volumes=[{"name": "v", **volume}]) == [("Volume", named)]


def test_a_volume_from_an_image_is_judged_as_an_image() -> None:
    assert not_pinned(volumes=[{"name": "v", "image": {"reference": "weights:1"}}]) == [("ImageTag", "weights:1")]


def test_more_than_fits_into_the_record_is_counted_and_not_forgotten() -> None:
    volumes = [{"name": f"v{number}", "secret": {"secretName": f"s{number}"}} for number in range(150)]

    found = not_pinned(volumes=volumes)

    assert len(found) == 128
    assert found[-1] == ("Secret", "and 23 more")


def test_a_template_that_does_not_fit_into_the_record_is_refused_with_a_way_out() -> None:
    fits, too_much = of_pods(), of_pods(args=["ä" * (LIMIT_BYTES // 2)])

    assert too_large(fits) is None
    assert template_size(too_much) > LIMIT_BYTES
    message = too_large(too_much)
    assert message is not None
    assert "257 KiB" in message
    assert "spec.inputs" in message
