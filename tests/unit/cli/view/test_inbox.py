"""What waits for an approval."""

from harness.cluster import Object
from harness.moments import MOMENTS, NEW, condition, waiting
from leadsman.api.v1alpha1 import AIService
from leadsman.cli.view.inbox import Waiting
from leadsman.cli.view.inbox import waiting as inbox
from leadsman.cli.view.observed import read


def seen(*services: Object) -> list[Waiting]:
    return list(inbox(read(AIService, one) for one in services))


def with_approved(found: Object, reason: str, since: str) -> Object:
    approved = {**condition("Approved", "False", reason, "risk: 0 of 1"), "lastTransitionTime": since}
    status = found["status"]
    return {**found, "status": {**status, "conditions": [*status["conditions"], approved]}}


def test_services_that_wait_for_an_approval_are_in_it_and_no_others() -> None:
    [one] = seen(*MOMENTS.values())

    assert (one.namespace, one.service, one.revision) == ("support", "assistant", NEW)
    assert [(missing.name, missing.message) for missing in one.missing] == [("half", "0 of 1")]


def test_the_condition_counts_where_another_blocker_leads() -> None:
    paused = with_approved(waiting("Paused"), "ApprovalStale", "2026-11-23T10:00:00Z")
    passed = with_approved(waiting("Paused"), "NotApplicable", "2026-11-23T10:00:00Z")

    assert [one.missing[0].message for one in seen(paused, passed)] == ["risk: 0 of 1"]


def test_whatever_has_waited_longest_comes_first() -> None:
    moments = [
        with_approved(MOMENTS["awaiting approval"], "AwaitingApproval", f"2026-11-{day}T10:00:00Z")
        for day in (23, 21, 22)
    ]

    assert [one.since.day for one in seen(*moments) if one.since] == [21, 22, 23]
