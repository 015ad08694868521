"""The service of the demo: what it declares is what the sample server has."""

from typing import Any

import pytest
import yaml
from model_server.telemetry import Telemetry

from harness.manifests import MODEL_SERVER, ROOT
from leadsman.api.v1alpha1 import AIService
from leadsman.planner.signals.selectors import Selector

RAW: Any = yaml.safe_load((ROOT / "examples" / "rollout" / "service.yaml").read_text())
DECLARED = AIService.from_dict(RAW)
[CONTAINER] = RAW["spec"]["template"]["spec"]["containers"]


def test_its_image_and_its_model_are_of_one_version_that_image_yaml_makes() -> None:
    image: Any = yaml.safe_load((MODEL_SERVER / "image.yaml").read_text())

    assert CONTAINER["image"] == f"{image['name']}:{DECLARED.spec.model.version}"
    assert DECLARED.spec.model.version in image["tags"]


def test_the_server_reads_its_prompts_where_the_input_is_mounted() -> None:
    [declared] = DECLARED.spec.inputs
    [volume] = RAW["spec"]["template"]["spec"]["volumes"]
    [mount] = CONTAINER["volumeMounts"]
    [variable] = CONTAINER["env"]

    assert volume["configMap"]["name"] == declared.config_map
    assert variable == {"name": "PROMPTS_FILE", "value": f"{mount['mountPath']}/prompts.json"}


@pytest.mark.parametrize("monitor", DECLARED.spec.monitors, ids=lambda monitor: monitor.name)
def test_each_monitor_counts_something_that_the_server_counts(monitor: Any) -> None:
    shown = Telemetry("support-llm", "v1").render().decode()

    for text in (monitor.ratio.bad, monitor.ratio.total):
        assert f"\n{Selector.parse(text).metric}{{" in shown
