"""What is said of a service whose spec nobody understands."""

from datetime import UTC, datetime, timedelta

from leadsman.api.meta import Condition
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.planner.report.unreadable import unreadable_status

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEFORE = AIServiceStatus(
    observed_generation=1,
    serving_revision="assistant-1",
    conditions=(
        Condition(type="Ready", status="True", last_transition_time=NOON, reason="Promoted", message=""),
        Condition(type="Reconciling", status="True", last_transition_time=NOON, reason="RollingOut", message=""),
        Condition(type="Available", status="True", last_transition_time=NOON, reason="Available", message=""),
    ),
)


def test_it_is_stalled_and_what_serves_goes_on_serving() -> None:
    status = unreadable_status(BEFORE, generation=2, message="spec.rollout: is no rollout", now=NOON)
    said = {one.type: (one.status, one.reason) for one in status.conditions}
    assert said["Ready"] == ("False", "SpecUnreadable")
    assert said["Stalled"] == ("True", "SpecUnreadable")
    assert said["Available"] == ("True", "Available")
    assert "Reconciling" not in said
    assert (status.serving_revision, status.observed_generation) == ("assistant-1", 2)


def test_looked_at_again_later_it_says_exactly_the_same() -> None:
    once = unreadable_status(BEFORE, generation=2, message="no", now=NOON)
    assert unreadable_status(once, generation=2, message="no", now=NOON + timedelta(hours=1)) == once
