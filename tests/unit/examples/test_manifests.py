"""The manifests say what the README and the image say."""

import json
from typing import Any

import pytest
import yaml
from model_server.knobs import KNOBS

from harness.manifests import MODEL_SERVER

MANIFESTS: dict[str, Any] = {
    f"{document['kind']}/{document['metadata']['name']}": document
    for document in yaml.safe_load_all((MODEL_SERVER / "kubernetes.yaml").read_text())
}
POD: Any = MANIFESTS["Deployment/model-server"]["spec"]["template"]
CONTAINER: Any = POD["spec"]["containers"][0]
IMAGE: Any = yaml.safe_load((MODEL_SERVER / "image.yaml").read_text())
README = (MODEL_SERVER / "README.md").read_text()


def test_the_prompts_are_an_input_and_the_knobs_are_not() -> None:
    assert MANIFESTS["ConfigMap/support-prompts"]["metadata"]["labels"]["leadsman.dev/input"] == "true"
    assert "leadsman.dev/input" not in MANIFESTS["ConfigMap/model-server-knobs"]["metadata"]["labels"]


def test_the_prompts_of_the_cluster_are_those_that_the_image_carries() -> None:
    mounted = json.loads(MANIFESTS["ConfigMap/support-prompts"]["data"]["prompts.json"])

    assert mounted == json.loads((MODEL_SERVER / "model_server" / "prompts.json").read_text())


def test_files_that_the_server_reads_are_mounted_where_it_looks() -> None:
    volumes = {volume["name"]: volume["configMap"]["name"] for volume in POD["spec"]["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in CONTAINER["volumeMounts"]}
    for variable in CONTAINER["env"]:
        folder, _, name = variable["value"].rpartition("/")
        assert name in MANIFESTS[f"ConfigMap/{mounts[folder]}"]["data"]


def test_the_image_is_one_that_image_yaml_makes() -> None:
    name, _, tag = CONTAINER["image"].rpartition(":")

    assert name == IMAGE["name"]
    assert tag in IMAGE["tags"]


def test_ports_agree_from_the_image_to_the_service_and_the_scrape() -> None:
    [port] = CONTAINER["ports"]
    annotations = POD["metadata"]["annotations"]

    assert IMAGE["ports"] == [port["containerPort"]]
    assert annotations == {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(port["containerPort"]),
        "prometheus.io/path": "/metrics",
    }
    assert MANIFESTS["Service/model-server"]["spec"]["ports"][0]["targetPort"] == port["name"]
    assert {CONTAINER[probe]["httpGet"]["path"] for probe in ("readinessProbe", "livenessProbe")} == {
        "/readyz",
        "/healthz",
    }


def test_the_pod_is_fit_for_the_restricted_profile_of_pod_security() -> None:
    pod, container = POD["spec"]["securityContext"], CONTAINER["securityContext"]

    assert pod["runAsNonRoot"]
    assert pod["seccompProfile"]["type"] == "RuntimeDefault"
    assert container["capabilities"]["drop"] == ["ALL"]
    assert not container["allowPrivilegeEscalation"]
    assert container["readOnlyRootFilesystem"]


@pytest.mark.parametrize("knob", KNOBS)
def test_every_knob_is_in_the_readme(knob: str) -> None:
    assert f"`{knob}`" in README
