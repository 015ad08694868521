"""`leadsman why`: what blocks, why, who unblocks it, and what to do."""

from typing import Any

import pytest

from harness.cluster import Object
from harness.manifests import STATUSES
from harness.moments import AVAILABLE, GOOD, MOMENTS, NEW, condition, moving, service, waiting, well
from harness.rendered import plain
from harness.revisions import revision
from leadsman.cli.view.explanation import Explanation, explain
from leadsman.cli.view.observed import observe
from leadsman.cli.view.overview import overview
from leadsman.cli.why import render_explanation


def why(found: Object, **others: Any) -> Explanation:
    return explain(overview(observe(found, **others)))


def blocker(type_: str, name: str, reason: str) -> Object:
    return {"type": type_, "name": name, "reason": reason, "message": "with numbers", "unblock": "do this"}


def test_blockers_keep_the_operators_order_with_who_unblocks_them_and_the_next_command() -> None:
    explanation = why(
        waiting(
            "AwaitingApproval",
            blockers=[blocker("Approval", "half", "AwaitingApproval"), blocker("Policy", "pinned", "PolicyDenied")],
        )
    )

    assert plain(render_explanation(explanation)) == [
        "◌ support/assistant  Ready=False, AwaitingApproval",
        f"  {GOOD} serves",
        "",
        "1. Approval half",
        "   why  AwaitingApproval: with numbers",
        "   who  a person who may sign for it",
        "   next do this",
        "",
        "2. Policy pinned",
        "   why  PolicyDenied: with numbers",
        "   who  team web, who own the service",
        "   next do this",
    ]


def test_a_gate_that_is_not_open_names_the_evaluation_that_says_so() -> None:
    gate = {"name": "quality", "suite": "qa", "state": "Failed", "run": f"{NEW}-qa-1", "message": "with numbers"}
    held = waiting("GateFailed", blockers=[blocker("Gate", "quality", "GateFailed")])

    explanation = why(held, revisions=(revision(NEW, 12, gates=[gate]),))

    assert explanation.causes[0].evidence == f"{NEW}-qa-1 of suite qa: Failed"
    assert f"   run  {NEW}-qa-1 of suite qa: Failed" in plain(render_explanation(explanation))


def test_a_rolled_back_service_says_what_failed_when_what_serves_and_that_the_digest_does_not_start_again() -> None:
    attempt = STATUSES["airevision"]["attempts"][0]

    explanation = why(MOMENTS["rolled back"], revisions=(revision(NEW, 12, verdict="RolledBack", attempts=[attempt]),))

    (cause,) = explanation.causes
    assert cause.what == f"revision {NEW} was rolled back"
    assert cause.why == (
        "SignalFailed: errors 0.081 > 0.02, n=1240, at 2026-11-23 10:00Z; "
        "errors: value 0.081, limit 0.02, serving 0.004, n=1240 (100 of 1240 failed); "
        f"incident {NEW}"
    )
    assert "push a new revision. This digest does not start again by itself" in cause.unblocked_by
    assert f"{GOOD} serves" in cause.unblocked_by
    assert cause.next == f"leadsman history assistant -n support --revision {NEW}"
    assert explanation.serving_revision == GOOD


@pytest.mark.parametrize("moment", ["created", "new spec, operator down", "fix over a rollback, operator down"])
def test_a_spec_that_nobody_has_looked_at_is_all_there_is_to_say(moment: str) -> None:
    (cause,) = why(MOMENTS[moment]).causes

    assert "was not looked at by the operator" in cause.what
    assert "is it running" in cause.unblocked_by


def test_a_stage_that_goes_on_by_itself_says_until_when() -> None:
    (cause,) = why(MOMENTS["rolling out"]).causes

    assert cause.what == "stage canary at 10 %"
    assert cause.why == "RollingOut: stage canary at 10 %; the hold lasts until 2026-11-23 10:10Z"
    assert (cause.unblocked_by, cause.next) == ("time and traffic", "leadsman status assistant -n support --watch")


def test_a_stage_whose_weight_is_not_reached_has_no_hold_yet() -> None:
    stage = {"name": "canary", "weight": 10}

    assert "the hold begins once the weight is reached" in why(moving("RollingOut", stage=stage)).causes[0].why


@pytest.mark.parametrize("moment", ["paused", "freeze", "resolving", "rejected", "aborted"])
def test_where_no_blocker_is_named_ready_itself_says_why(moment: str) -> None:
    causes = why(MOMENTS[moment]).causes

    assert [cause.what.partition("=")[0] for cause in causes] == ["Ready"]
    assert causes[0].why.startswith(MOMENTS[moment]["status"]["conditions"][0]["reason"])


def test_a_bad_condition_that_no_blocker_names_is_one_more_cause() -> None:
    refused = condition("PodTemplateValid", "False", "PodTemplateRefused", "unknown field spec.containerz")
    found = service(condition("Ready", "False", "PodTemplateRefused"), AVAILABLE, refused)

    assert [(cause.what, cause.why) for cause in why(found).causes] == [
        ("PodTemplateValid=False", "PodTemplateRefused: unknown field spec.containerz, since 2026-11-23 10:00Z")
    ]


def test_a_bad_condition_that_a_blocker_names_is_not_said_twice() -> None:
    found = service(
        condition("Ready", "False", "InputMissing"),
        condition("InputsResolved", "False", "InputMissing"),
        blockers=[blocker("Input", "prompts", "InputMissing")],
    )

    assert [cause.what for cause in why(found).causes] == ["Input prompts"]


@pytest.mark.parametrize("moment", ["promoted", "baking"])
def test_where_all_is_well_nothing_blocks(moment: str) -> None:
    explanation = why(MOMENTS[moment])

    assert explanation.causes == ()
    assert plain(render_explanation(explanation))[-1] == "  nothing blocks it"


def test_missing_evidence_is_a_cause_to_look_at_though_it_is_ready() -> None:
    found = well("Promoted", condition("EvidenceDegraded", "True", "AdmissionMissing", "was edited"))

    assert [cause.what for cause in why(found).causes] == ["EvidenceDegraded=True"]


def test_what_is_being_deleted_says_so() -> None:
    assert [cause.what for cause in why(MOMENTS["deleted"]).causes] == ["deletion"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_whatever_is_not_ready_has_a_cause_and_each_cause_a_way_on(moment: str) -> None:
    explanation = why(MOMENTS[moment])

    assert explanation.causes or explanation.standing == "Ready"
    for cause in explanation.causes:
        assert cause.what
        assert cause.unblocked_by
        assert cause.next
