"""The CRDs as a user meets them: they take the examples, fill in defaults, scale, select, and explain themselves."""

import json
from typing import Any

import pytest

from harness.cluster import Cluster, Space
from harness.manifests import STATUSES
from leadsman.api.v1alpha1 import KINDS

pytestmark = pytest.mark.integration

PLURALS = {kind.__name__.lower(): kind.definition.plural for kind in KINDS}


@pytest.fixture
def room(api: Cluster, space: Space) -> Space:
    """A namespace of a test's own, on a cluster that knows the kinds."""
    return space


def put(space: Space, example: dict[str, Any]) -> str:
    """Creates it strictly and returns its name."""
    created = space.kubectl("create", "--validate=strict", "-o", "json", "-f", "-", stdin=json.dumps(example))
    return json.loads(created.stdout)["metadata"]["name"]


def fresh(examples: dict[str, Any], kind: str, space: Space) -> dict[str, Any]:
    """Cluster-scoped examples get a name of the test's own."""
    example = examples[kind]
    return example | {"metadata": {"name": space.name}} if kind == "governancepolicy" else example


def test_every_definition_is_established_and_its_schema_structural(api: Cluster) -> None:
    crds = json.loads(api.kubectl("get", "crd", "-o", "json").stdout)["items"]
    ours = {crd["metadata"]["name"]: crd for crd in crds if crd["spec"]["group"] == "leadsman.dev"}

    assert set(ours) == {f"{plural}.leadsman.dev" for plural in PLURALS.values()}
    for crd in ours.values():
        conditions = {condition["type"]: condition["status"] for condition in crd["status"]["conditions"]}
        assert conditions["Established"] == "True"
        assert "NonStructuralSchema" not in conditions


@pytest.mark.parametrize("name", sorted([*PLURALS, "aiservice-minimal"]))
def test_every_example_is_accepted_without_a_warning(name: str, room: Space, examples: dict[str, Any]) -> None:
    example = json.dumps(fresh(examples, name, room))
    answer = room.kubectl("create", "--validate=strict", "--dry-run=server", "-f", "-", stdin=example)

    assert not answer.stderr


@pytest.mark.parametrize("kind", sorted(set(PLURALS) - {"aidecision"}))
def test_every_example_with_a_name_can_be_applied_twice(kind: str, room: Space, examples: dict[str, Any]) -> None:
    example = json.dumps(fresh(examples, kind, room))

    for _ in range(2):
        room.kubectl("apply", "--server-side", "--validate=strict", "-f", "-", stdin=example)
    if kind == "governancepolicy":
        room.kubectl("delete", "govpol", room.name)


@pytest.mark.parametrize("kind", sorted(PLURALS))
def test_nobody_has_looked_at_something_new_and_the_whole_status_can_be_written(
    kind: str, room: Space, examples: dict[str, Any]
) -> None:
    name, plural = put(room, fresh(examples, kind, room)), PLURALS[kind]

    assert room.get(plural, name)["status"] == {"observedGeneration": -1}
    patch = json.dumps({"status": STATUSES[kind]})
    room.kubectl("patch", plural, name, "--subresource=status", "--type=merge", "--patch", patch)
    seen = room.get(plural, name)["status"]
    if kind == "governancepolicy":
        room.kubectl("delete", "govpol", name)
    assert seen | STATUSES[kind] == seen


def test_a_minimal_service_gets_its_defaults(room: Space, examples: dict[str, Any]) -> None:
    name = put(room, examples["aiservice-minimal"])

    spec = room.get("aisvc", name)["spec"]
    assert spec["replicas"] == 1
    assert spec["rollout"] == {
        "strategy": "BlueGreen",
        "traffic": {"mode": "ReplicaRatio"},
        "progressDeadlineSeconds": 600,
        "surge": 1,
        "historyLimit": 10,
        "bakeSeconds": 3600,
        "previous": "Warm",
        "onNoEvidence": {"deadlineSeconds": 1800, "then": "Hold"},
        "paused": False,
    }


def test_the_pod_template_is_stored_as_it_was_written(room: Space, examples: dict[str, Any]) -> None:
    template = {"spec": {"containers": [{"name": "c", "image": "i", "aFieldOfTomorrow": {"deep": [1, "two"]}}]}}
    example = examples["aiservice-minimal"]
    name = put(room, example | {"spec": example["spec"] | {"template": template}})

    assert room.get("aisvc", name)["spec"]["template"] == template


def test_a_service_scales_and_tells_autoscalers_its_pods(room: Space, examples: dict[str, Any]) -> None:
    name = put(room, examples["aiservice"])
    patch = json.dumps({"status": STATUSES["aiservice"]})
    room.kubectl("patch", "aisvc", name, "--subresource=status", "--type=merge", "--patch", patch)

    room.kubectl("scale", "aisvc", name, "--replicas=7")

    path = f"/apis/leadsman.dev/v1alpha1/namespaces/{room.name}/aiservices/{name}/scale"
    scale = json.loads(room.kubectl("get", "--raw", path).stdout)
    assert scale["spec"] == {"replicas": 7}
    assert scale["status"] == {"replicas": 5, "selector": STATUSES["aiservice"]["selector"]}


def test_null_replicas_mean_the_default_and_not_what_an_autoscaler_set(room: Space, examples: dict[str, Any]) -> None:
    name = put(room, examples["aiservice-minimal"])
    room.kubectl("scale", "aisvc", name, "--replicas=7")

    room.kubectl("patch", "aisvc", name, "--type=merge", "--patch", '{"spec": {"replicas": null}}')

    assert room.get("aisvc", name)["spec"]["replicas"] == 1


def test_the_columns_of_a_service_tell_how_it_is(room: Space, examples: dict[str, Any]) -> None:
    name = put(room, examples["aiservice"])
    patch = json.dumps({"status": STATUSES["aiservice"]})
    room.kubectl("patch", "aisvc", name, "--subresource=status", "--type=merge", "--patch", patch)

    head, row = room.kubectl("get", "aisvc", "-o", "wide").stdout.splitlines()
    columns = "NAME READY REASON TIER SERVING CANDIDATE WEIGHT GATES APPROVALS BUDGET AGE OWNER MODEL MESSAGE"
    assert head.split() == columns.split()
    assert row.split()[:8] == [
        name, "False", "RollingOut", "Limited",
        "support-assistant-7c01aa93f2", "support-assistant-9b2e41c07d", "10", "1/2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "kind", "selector"),
    [
        ("aisvc", "aiservice", "spec.owner.team=support-ai,spec.risk.tier=Limited"),
        ("airev", "airevision", "spec.service.name=support-assistant"),
        ("evr", "evalrun", "spec.suite.name=support-qa"),
        ("evs", "evalsuite", "spec.results.format=LMEval"),
        ("rbudget", "riskbudget", "spec.owner.team=support-ai"),
        ("aidec", "aidecision", "spec.decision=Approve"),
        ("aiinc", "aiincident", "spec.severity=Sev2"),
    ],
)
def test_an_auditor_filters_by_what_matters(
    resource: str, kind: str, selector: str, room: Space, examples: dict[str, Any]
) -> None:
    name = put(room, examples[kind])

    assert room.kubectl("get", resource, "-o", "name", f"--field-selector={selector}").stdout.strip().endswith(name)
    first = selector.split("=", maxsplit=1)[0]
    assert not room.kubectl("get", resource, "-o", "name", f"--field-selector={first}=else").stdout


def test_the_category_lists_every_namespaced_kind(room: Space, examples: dict[str, Any]) -> None:
    namespaced = sorted(set(PLURALS) - {"governancepolicy"})
    for kind in namespaced:
        put(room, examples[kind])

    listed = room.kubectl("get", "leadsman", "-o", "name").stdout.split()
    assert {f"{kind}.leadsman.dev" for kind in namespaced} <= {line.split("/")[0] for line in listed}


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("aisvc", "moves forward only on measured evidence"),
        ("aisvc.spec.rollout.stages.holdSeconds", "Seconds to stay once the weight is achieved"),
        ("aisvc.spec.template", "as in a Deployment"),
        ("aidec.spec.actor", "Stamped by the API server"),
        ("evs.spec.criteria.nonInferior.margin", "in the metric's own unit"),
        ("govpol.spec.rules.expression", "CEL over object and oldObject"),
        ("rbudget.spec.channels.points", "Sev4 costs 1 point"),
        ("aiinc.status.clocks.dueAt", "When it is due."),
        ("airev.spec.inputs.copy", "immutable copy"),
        ("evr.status.criteria.missingSamples", "How many more samples"),
    ],
)
def test_kubectl_explains_every_field_as_a_person_would(field: str, told: str, api: Cluster) -> None:
    explained = " ".join(api.kubectl("explain", field).stdout.split())

    assert told in explained


def test_severity_rises_and_a_revision_may_be_added_to_an_incident(room: Space, examples: dict[str, Any]) -> None:
    example = examples["aiincident"]
    spec = {key: value for key, value in example["spec"].items() if key != "revision"}
    name = put(room, example | {"spec": spec})

    later = {"severity": "Sev1", "revision": "support-assistant-9b2e41c07d", "awareAt": "2026-11-23T09:00:00Z"}
    room.kubectl("patch", "aiinc", name, "--type=merge", "--patch", json.dumps({"spec": later}))

    assert room.get("aiinc", name)["spec"] == spec | later


def test_a_legal_category_may_be_corrected_and_its_report_clocks_not_stopped(
    room: Space, examples: dict[str, Any]
) -> None:
    example = examples["aiincident"]
    name = put(room, example | {"spec": example["spec"] | {"category": "Death"}})

    def recategorise(category: str, *, check: bool = True) -> str:
        patch = json.dumps({"spec": {"category": category}})
        return room.kubectl("patch", "aiinc", name, "--type=merge", "--patch", patch, check=check).stderr

    recategorise("SeriousHarm")
    told = "this category has legal report clocks, which an edit can't stop: keep it, or open another incident"
    assert told in recategorise("Other", check=False)
    assert room.get("aiinc", name)["spec"]["category"] == "SeriousHarm"


def test_a_decisions_scope_keeps_even_its_order(room: Space, examples: dict[str, Any]) -> None:
    example = examples["aidecision"]
    name = put(room, example | {"spec": example["spec"] | {"scope": ["half", "canary"]}})

    patch = json.dumps({"spec": {"scope": ["canary", "half"]}})
    answer = room.kubectl("patch", "aidec", name, "--type=merge", "--patch", patch, check=False)

    assert "a decision never changes: create another AIDecision, such as Revoke" in answer.stderr


@pytest.mark.parametrize(
    ("decision", "extra"),
    [
        ("Pause", {}),
        ("Resume", {}),
        ("CloseIncident", {"incident": "harmful-advice"}),
        ("BreakGlass", {"revision": "r", "incident": "harmful-advice"}),
        ("Revoke", {"revision": "r", "revokes": "support-assistant-x7f2p"}),
        ("Rollback", {"revision": "r"}),
        ("Promote", {"revision": "r"}),
        ("Abort", {"revision": "r"}),
        ("Retry", {"revision": "r"}),
        ("Reject", {"revision": "r"}),
        ("Approve", {"revision": "r"}),
        (
            "Waive",
            {"revision": "r", "scope": ["quality", "freeze", "incident/x"], "expiresAt": "2026-11-24T10:00:00+01:00"},
        ),
    ],
)
def test_every_decision_can_be_made(decision: str, extra: dict[str, Any], room: Space) -> None:
    spec = {"service": "support-assistant", "decision": decision, "reason": "tried in the rehearsal"} | extra
    metadata = {"generateName": "support-assistant-"}

    put(room, {"apiVersion": "leadsman.dev/v1alpha1", "kind": "AIDecision", "metadata": metadata, "spec": spec})
