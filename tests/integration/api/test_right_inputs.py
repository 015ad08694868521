"""What looks odd and is right: no rule stands in the way of a use that people have."""

import json
from typing import Any

import pytest

from harness.cluster import Cluster
from integration.api.mistake import GONE, SHA, Object, Variation

pytestmark = pytest.mark.integration

RATIO = {"bad": "bad_total", "total": "all_total"}
GROUP = 'requests_total{path=~"/v1/(chat|complete)"}'
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
    ("evalrun", "a value below nought", {"spec.results.metrics.0.value": "-0.02"}),
    ("riskbudget", "every service of the namespace", {"spec.selector": {}}),
    ("riskbudget", "an objective of five nines", {"spec.channels.0.objective": "0.99999"}),
    ("governancepolicy", "a policy that only freezes", {"spec": {"freezes": [
        {"name": "audit", "start": "2026-12-20T00:00:00", "end": "2026-12-20T00:00:01"}]}}),
    ("governancepolicy", "approval before half of the traffic", {"spec.approvals.before": "50"}),
    ("aidecision", "a revision of another name", {"spec.revision": f"other-{SHA[7:17]}"}),
    ("aiincident", "nobody knows which revision", {"spec.revision": GONE}),
    ("airevision", "a revision with nothing but pods", {"spec.inputs": GONE, "spec.unpinned": GONE,
                                                        "spec.change": GONE}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "title", "changes"), ODD, ids=lambda value: value if isinstance(value, str) else "")
def test_what_looks_odd_and_is_right_is_accepted(
    kind: str, title: str, changes: Object, api: Cluster, examples: dict[str, Any]
) -> None:
    document = Variation(title, changes).made_in(examples[kind])

    api.kubectl("create", "--validate=strict", "--dry-run=server", "-f", "-", stdin=json.dumps(document))
