"""How a service stands, and which exit code says so."""

import pytest

from harness.cluster import Object
from harness.moments import MOMENTS, condition, service, well
from leadsman.api.v1alpha1 import AIService
from leadsman.cli.view.observed import read
from leadsman.cli.view.standing import Goal, Standing, is_over, is_reached, stand

EXPECTED: dict[str, tuple[Standing, int]] = {
    "created": (Standing.UNSEEN, 2),
    "resolving": (Standing.UNDER_WAY, 2),
    "gates running": (Standing.UNDER_WAY, 2),
    "rolling out": (Standing.UNDER_WAY, 2),
    "awaiting evidence": (Standing.UNDER_WAY, 2),
    "awaiting approval": (Standing.WAITING, 2),
    "freeze": (Standing.WAITING, 2),
    "paused": (Standing.WAITING, 2),
    "baking": (Standing.READY, 0),
    "promoted": (Standing.READY, 0),
    "rolled back": (Standing.FAILED, 3),
    "rejected": (Standing.FAILED, 3),
    "aborted": (Standing.FAILED, 3),
    "break-glass": (Standing.READY, 0),
    "new spec, operator down": (Standing.UNSEEN, 2),
    "fix over a rollback, operator down": (Standing.UNSEEN, 2),
    "deleted": (Standing.DELETING, 2),
}
WAITS = {"awaiting approval", "freeze", "paused"}
REACHED: dict[Goal, set[str]] = {
    Goal.READY: {"baking", "promoted", "break-glass"},
    Goal.PROMOTED: {"promoted", "break-glass"},
    Goal.ROLLED_BACK: {"rolled back", "rejected", "aborted"},
    Goal.SETTLED: {"promoted", "break-glass", "rolled back", "rejected", "aborted"} | WAITS,
}


def of(found: Object) -> AIService:
    return read(AIService, found)


def test_each_moment_has_an_expectation() -> None:
    assert MOMENTS.keys() == EXPECTED.keys()


@pytest.mark.parametrize("moment", MOMENTS)
def test_each_moment_has_its_word_and_its_exit_code(moment: str) -> None:
    standing = stand(of(MOMENTS[moment]))

    assert (standing, standing.exit_code) == EXPECTED[moment]


@pytest.mark.parametrize("goal", Goal)
def test_until_ends_at_the_moments_it_names_and_no_other(goal: Goal) -> None:
    assert {moment for moment, found in MOMENTS.items() if is_reached(of(found), goal)} == REACHED[goal]


def test_a_rollout_is_over_when_it_was_promoted_or_nothing_moves_any_more() -> None:
    over = {moment for moment, found in MOMENTS.items() if is_over(of(found))}

    assert over == {"promoted", "break-glass", "rolled back", "rejected", "aborted"}


def test_a_rollback_under_way_is_a_failure_but_not_over() -> None:
    under_way = of(
        service(
            condition("Ready", "False", "RolledBack"),
            condition("RolledBack", "True", "RolledBack"),
            condition("Reconciling", "True", "RolledBack"),
        )
    )

    assert stand(under_way) is Standing.FAILED
    assert not is_over(under_way)


def test_a_service_that_says_both_ready_and_stalled_is_not_taken_for_ready() -> None:
    assert stand(of(well("Promoted", condition("Stalled", "True", "ServiceNotOwned")))) is Standing.FAILED


def test_ready_of_an_older_generation_is_not_ready() -> None:
    stale = condition("Ready", "True", "Promoted") | {"observedGeneration": 6}

    assert stand(of(service(stale))) is Standing.WAITING


def test_a_service_without_conditions_is_not_ready() -> None:
    assert stand(of(service())) is Standing.WAITING
