"""What looks odd and is right: no rule stands in the way of a use that people have."""

import json
from typing import Any

import pytest

from harness.cluster import Cluster
from harness.manifests import EXAMPLES
from integration.api.mistake import GONE, SHA, Object, Variation
from integration.api.selectors import RIGHT
from leadsman.api.v1alpha1 import KINDS

pytestmark = pytest.mark.integration

RATIO = {"bad": "bad_total", "total": "all_total"}
GROUP = 'requests_total{path=~"/v1/(chat|complete)"}'
BY_NAME = {kind.__name__: kind for kind in KINDS}
PROOF = {"name": "proof", "class": "Quality", "ratio": RATIO, "compare": {"toServing": "NonInferior"}}
STAGES = [{"name": f"to-{weight}", "weight": weight} for weight in (1, 2, 5, 10, 20, 33, 50, 66, 80, 99)]

ODD: list[tuple[str, str, Object]] = [
    ("aiservice", "a name of 46 characters", {"metadata.name": "a" * 46}),
    ("aiservice", "a version that only contains a moving word", {"spec.model.version": "main-2026-11-23.4f2a"}),
    ("aiservice", "nobody to serve yet", {"spec.replicas": 0}),
    ("aiservice", "ten stages from 1 to 99", {"spec.rollout.stages": STAGES, "spec.gates.1.before": "to-50"}),
    ("aiservice", "a canary without monitors, held by time alone", {"spec.monitors": [], "spec.riskBudget": GONE,
                                                                  "spec.rollout.stages.0.minRequests": GONE}),
    ("aiservice", "no spare accelerator", {"spec.rollout.surge": 0, "spec.rollout.previous": "Cold"}),
    ("aiservice", "BlueGreen with empty stages", {"spec.rollout.strategy": "BlueGreen", "spec.rollout.stages": [],
                                                 "spec.gates": []}),
    ("aiservice", "a group in a label's pattern", {"spec.monitors.0.ratio.bad": GROUP}),
    ("aiservice", "variables without blanks", {"spec.monitors.2.query": 'p95{pod=~"{{podRegex}}"}[{{window}}]'}),
    ("aiservice", "variables with tabs", {"spec.monitors.2.query": 'p95{pod=~"{{\tpodRegex\t}}"}'}),
    ("aiservice", "a # within quotes", {"spec.monitors.2.query": 'p95{pod=~"{{ podRegex }}",app="c#"}'}),
    ("aiservice", "quotes of three kinds", {
        "spec.monitors.2.query": """p95{pod=~"{{ podRegex }}",a='"',b=`#'`}"""}),
    ("aiservice", "a version with metadata", {"spec.model.version": "v1.4.0-rc.1+build/2026@sha256:00"}),
    ("aiservice", "a version that ends in letters", {"spec.model.version": "1.4.0-latest-fix"}),
    ("aiservice", "nanoseconds, as Go writes them", {"spec.restartedAt": "2026-11-23T10:00:00.123456789Z"}),
    ("aiservice", "the first second", {"spec.restartedAt": "1970-01-01T00:00:00Z"}),
    ("aiservice", "whole numbers as JSON's floats", {"spec.replicas": 20.0, "spec.monitors.0.consecutive": 3.0,
                                                     "spec.service.ports.0.targetPort": 8080.0}),
    ("aiservice", "a purpose of several lines", {"spec.purpose.intendedUse": "Drafts replies.\n\n\t- in German\n"}),
    ("aiservice", "an owner with another alphabet", {"spec.owner.accountable": "Łucja 山田"}),
    ("aiservice", "one port for two protocols", {"spec.service.ports.+": {"name": "u", "port": 80, "protocol": "UDP"}}),
    ("aiservice", "a protocol of Kubernetes", {"spec.service.ports.0.appProtocol": "kubernetes.io/h2c"}),
    ("aiservice", "an input of 242 characters", {"spec.inputs.0.configMap": "p" * 242}),
    ("aiservice", "a query over several lines", {"spec.monitors.2.query": 'sum(\n  x{app="{{ deployment }}"}\n)'}),
    ("aiservice", "nothing tolerated", {"spec.monitors.0.max": "0"}),
    ("aiservice", "a negative limit of a query", {"spec.monitors.3.min": "-0.5"}),
    ("aiservice", "proof asked for", {"spec.monitors.1": PROOF}),
    ("aiservice", "a time with an offset and fractions", {"spec.restartedAt": "2026-11-23T10:00:00.25+01:00"}),
    ("aiservice", "a port by its name alone", {"spec.service.ports.0.targetPort": "http"}),
    ("aiservice", "a budget of its own series", {"spec.riskBudget.channels.0.ratio": RATIO}),
    ("aiservice", "a shared budget", {"spec.riskBudget": GONE, "spec.riskBudgetRef": {"name": "support"}}),
    ("aiservice", "nobody may call it", {"spec.access.allowFrom": []}),
    ("aiservice", "a last review on the last day", {"spec.lifecycle.reviewBy": "2028-12-31"}),
    ("evalsuite", "CI runs it, with nothing to read", {"spec.runner": {"external": {}}, "spec.results": GONE}),
    ("evalsuite", "a limit in seconds", {"spec.criteria.2.max": "2.5"}),
    ("evalrun", "a run of the operator", {"spec.source": "Job", "spec.results": GONE, "spec.submittedBy": GONE}),
    ("evalrun", "a value below nought", {"spec.results.metrics.0.value": "-0.02",
                                             "spec.results.metrics.0.unit": "Count"}),
    ("riskbudget", "every service of the namespace", {"spec.selector": {}}),
    ("riskbudget", "an objective of five nines", {"spec.channels.0.objective": "0.99999"}),
    ("governancepolicy", "a policy that only freezes", {"spec": {"freezes": [
        {"name": "audit", "start": "2026-12-20T00:00:00", "end": "2026-12-20T00:00:01"}]}}),
    ("governancepolicy", "a freeze on a leap day", {"spec.freezes.0.start": "2024-02-29T23:59:59"}),
    ("governancepolicy", "a freeze far away", {"spec.freezes.0.timeZone": "America/Argentina/Buenos_Aires"}),
    ("governancepolicy", "suites by a label of a domain", {
        "spec.requiredGates.0.suiteLabels": {"certified.example.com/Topic_1": "Safety.v2"}}),
    ("governancepolicy", "approval before half of the traffic", {"spec.approvals.before": "50"}),
    ("aidecision", "a revision of another name", {"spec.revision": f"other-{SHA[7:17]}"}),
    ("aidecision", "a waiver of a policy's gate", {"spec.decision": "Waive",
                                                   "spec.scope": ["policy/high-risk/safety"]}),
    ("evalsuite", "a strict proof", {"spec.criteria.0.confidence": "0.999"}),
    ("evalrun", "all of a percentage", {"spec.results.metrics.0.value": "100.0",
                                        "spec.results.metrics.0.unit": "Percent"}),
    ("aiincident", "nobody knows which revision", {"spec.revision": GONE}),
    ("airevision", "a revision with nothing but pods", {"spec.inputs": GONE, "spec.unpinned": GONE,
                                                        "spec.change": GONE}),
    *(("aiservice", f"the selector {text!r}", {"spec.monitors.0.ratio.bad": text}) for text in RIGHT),
]  # fmt: skip


def understood_by_the_models(stored: Object) -> None:
    """What the API server accepts and the operator can't read would stand in its way for ever."""
    kind = BY_NAME[stored["kind"]]
    model = kind.from_dict(stored)

    assert kind.from_dict(model.to_dict()) == model


@pytest.mark.parametrize(("kind", "title", "changes"), ODD, ids=lambda value: value if isinstance(value, str) else "")
def test_what_looks_odd_and_is_right_is_accepted(
    kind: str, title: str, changes: Object, api: Cluster, examples: dict[str, Any]
) -> None:
    document = Variation(title, changes).made_in(examples[kind])

    words = ("create", "--validate=strict", "--dry-run=server", "-o", "json", "-f", "-")
    understood_by_the_models(json.loads(api.kubectl(*words, stdin=json.dumps(document)).stdout))


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_example_is_read_back_from_the_api_server(name: str, api: Cluster) -> None:
    words = ("create", "--dry-run=server", "-o", "json", "-f", "-")
    understood_by_the_models(json.loads(api.kubectl(*words, stdin=json.dumps(EXAMPLES[name])).stdout))
