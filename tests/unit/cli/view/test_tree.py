"""`leadsman status`: what is read off the tree, and off the data behind it."""

import datetime as dt
from typing import Any

from harness.manifests import EXAMPLES, STATUSES
from harness.moments import AVAILABLE, GOOD, MOMENTS, NEW, QUARANTINE, condition, service, waiting, well
from harness.rendered import plain
from harness.revisions import deployment, pod, revision
from leadsman.cli.output import to_data
from leadsman.cli.view.observed import observe
from leadsman.cli.view.overview import Overview, overview
from leadsman.cli.view.tree import render_line, render_tree

NOW = dt.datetime(2026, 11, 23, 10, 5, tzinfo=dt.UTC)


def tree(view: Overview) -> str:
    return "\n".join(plain(render_tree(view, NOW)))


def seen(moment: str, **others: Any) -> Overview:
    return overview(observe(MOMENTS[moment], **others))


def test_a_canary_shows_its_stage_what_is_left_both_revisions_their_pods_and_the_signals() -> None:
    attempt = STATUSES["airevision"]["attempts"][0]
    view = overview(
        observe(
            MOMENTS["rolling out"] | {"status": MOMENTS["rolling out"]["status"] | {
                "traffic": {"mode": "ReplicaRatio", "candidatePercent": 20, "verified": True}, "replicas": 5,
                "readyReplicas": 4,
            }},
            revisions=(
                revision(NEW, 12, verdict="RollingOut", attempts=[attempt]), revision(GOOD, 11, verdict="Serving")
            ),
            deployments=(deployment(GOOD, 4, 4), deployment(NEW, 1, 0)),
            pods=(pod(GOOD, "x"), pod(NEW, "y", ready=False, restarts=3)),
        )
    )  # fmt: skip

    assert plain(render_tree(view, NOW)) == [
        "◌ support/assistant",
        "├── owner web (sam@example.com)  tier Minimal",
        "├── Ready=Unknown  RollingOut  stage canary at 10 %  since 5m",
        "├── stage canary at 10 %  20 % of the pods are the candidate's  hold 5m left, until 10:10:00Z",
        "├── evidence deadline: 35m left, until 10:40:00Z",
        "├── pods in traffic: 4/5 ready",
        f"├── serving  #11 {GOOD}  Serving  support-llm 2026.11.1",
        "│   └── ✔ Deployment  4/4 ready",
        f"│       └── ✔ {GOOD}-x",
        f"├── candidate  #12 {NEW}  RollingOut  support-llm 2026.11.1  attempt 14",
        "│   └── ✖ Deployment  0/1 ready",
        f"│       └── ✖ {NEW}-y  NotReady  3 restarts",
        f"└── signals  of {NEW}, attempt 14",
        "    ├── ✖ errors  Failed  value 0.081  limit 0.02  serving 0.004  n=1240  100 of 1240 failed  0s ago",
        "    └── ? thumbs-down  Inconclusive  n=310  0s ago",
    ]


def test_a_service_that_nobody_has_looked_at_asks_whether_the_operator_runs() -> None:
    assert "the operator has not looked at generation 7, nor at any before: is it running?" in tree(seen("created"))


def test_a_new_spec_shows_which_generation_was_seen_last() -> None:
    shown = tree(seen("new spec, operator down"))

    assert "the operator has not looked at generation 8, generation 7 was the last: is it running?" in shown
    assert "Ready=True" not in shown


def test_a_rolled_back_revision_is_marked_and_the_reason_is_said_once() -> None:
    failed = revision(NEW, 12, verdict="RolledBack", reason="SignalFailed", message="errors 0.081 > 0.02, n=1240")

    lines = plain(render_tree(seen("rolled back", revisions=(failed, revision(GOOD, 11, verdict="Serving"))), NOW))

    assert f"├── desired, quarantined  #12 {NEW}  RolledBack  support-llm 2026.11.1" in lines
    assert "│   └── SignalFailed: errors 0.081 > 0.02, n=1240" in lines
    assert "    ├── Stalled=True  RevisionQuarantined  since 5m" in lines


def test_an_earlier_quarantined_revision_is_left_to_the_history_unless_it_has_pods() -> None:
    old = "assistant-0000000000"
    found = well("Promoted", quarantine=[QUARANTINE | {"revision": old}])

    assert old not in tree(overview(observe(found)))
    assert f"quarantined  {old}" in tree(overview(observe(found, pods=(pod(old, "z"),))))


def test_a_candidate_s_gates_name_the_runs_that_decided() -> None:
    gates = STATUSES["airevision"]["gates"]
    shown = tree(seen("rolling out", revisions=(revision(NEW, 12, gates=gates),)))

    assert f"✔ gate quality  Passed  {gates[0]['run']}  {gates[0]['message']}" in shown
    assert "◌ gate policy/high-risk/safety  Pending" in shown


def test_broken_glass_and_missing_evidence_are_to_be_seen_though_it_is_ready() -> None:
    found = well("Promoted", condition("EvidenceDegraded", "True", "AdmissionMissing", "was edited"))

    assert "EvidenceDegraded=True  AdmissionMissing  was edited" in tree(overview(observe(found)))
    assert "BreakGlassActive=True" in tree(seen("break-glass"))


def test_conditions_that_are_as_they_should_be_are_not_shown() -> None:
    assert seen("promoted").conditions == ()
    assert seen("rolling out").conditions == ()
    assert [one.type for one in seen("rolled back").conditions] == ["Stalled", "RolledBack"]


def test_a_condition_that_is_unknown_is_one_to_look_at() -> None:
    view = overview(observe(service(AVAILABLE, condition("Approved", "Unknown", "NotSupported", "not counted yet"))))

    assert [one.type for one in view.conditions] == ["Approved"]


def test_a_monitor_that_has_said_nothing_is_shown_as_not_read() -> None:
    monitors = EXAMPLES["aiservice"]["spec"]["monitors"]
    found = waiting("AwaitingEvidence")
    found["spec"] = found["spec"] | {"monitors": monitors}

    view = overview(observe(found, revisions=(revision(NEW, 12),)))

    assert view.signals
    assert view.signals.unread == ("errors", "thumbs-down", "p95-latency", "groundedness")
    assert "? errors  not read yet" in tree(view)


def test_many_pods_are_counted_and_those_with_something_wrong_are_shown() -> None:
    pods = tuple(pod(NEW, f"{number:02}", ready=number != 25) for number in range(30))

    lines = plain(render_tree(seen("promoted", deployments=(deployment(NEW, 30, 29),), pods=pods), NOW))

    assert any(f"✖ {NEW}-25  NotReady" in line for line in lines)
    assert any("… and 18 more, 18 of them ready" in line for line in lines)


def test_what_may_not_be_read_is_said_and_the_rest_is_shown() -> None:
    lines = plain(render_tree(seen("promoted", notes=("pods: you may not list pods",)), NOW))

    assert lines[-1] == "not shown: pods: you may not list pods"
    assert "✔ support/assistant" in lines


def test_a_paused_clock_says_what_is_left_on_it() -> None:
    found = waiting("Paused", progress={"remainingSeconds": 240})

    assert "pods must be ready: the clock is paused, 240s left" in tree(overview(observe(found)))


def test_data_is_what_the_api_says_without_anything_that_the_clock_changes() -> None:
    data = to_data(seen("rolling out", revisions=(revision(NEW, 12, verdict="RollingOut"),)))

    assert data["standing"] == "UnderWay"
    assert data["stage"]["holdUntil"] == "2026-11-23T10:10:00Z"
    assert data["revisions"][1] == {
        "name": NEW,
        "roles": ["Candidate"],
        "number": 12,
        "model": "support-llm 2026.11.1",
        "verdict": "RollingOut",
        "message": "",
        "gates": [],
    }


def test_fields_of_a_later_version_are_left_out_not_refused() -> None:
    found = well("Promoted", newField={"of": "tomorrow"})

    assert overview(observe(found)).standing == "Ready"


def test_in_a_log_the_service_is_one_line() -> None:
    assert render_line(seen("rolling out")) == "Ready=Unknown  RollingOut  stage canary at 10 %  stage canary at 10 %"
    assert render_line(seen("awaiting approval")) == (
        "Ready=False  AwaitingApproval  half wants an approval  Approval half: AwaitingApproval"
    )
    assert render_line(seen("created")) == "Unseen: generation 7 was not looked at yet"
