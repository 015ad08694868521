"""What a record loses when it does not fit."""

from datetime import UTC, datetime

import pytest

from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Attempt, Reading
from leadsman.clients.errors import ApiError, Invalid, Unreachable
from leadsman.controller.apply.size import is_too_large, lighter

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
READING = Reading(monitor="errors", state="Passed", at=NOON)


def attempt(number: int, *readings: Reading) -> Attempt:
    return Attempt(number=number, started_at=NOON, readings=readings)


def shape(status: AIRevisionStatus) -> list[tuple[int, int]]:
    return [(one.number, len(one.readings)) for one in status.attempts]


def test_the_oldest_readings_go_first_then_the_oldest_attempts_and_never_the_verdict() -> None:
    full = AIRevisionStatus(
        verdict="RolledBack", attempts=(attempt(1, READING), attempt(2), attempt(3, READING, READING))
    )
    steps = list(lighter(full))
    assert [shape(step) for step in steps] == [
        [(1, 0), (2, 0), (3, 2)],
        [(1, 0), (2, 0), (3, 0)],
        [(2, 0), (3, 0)],
        [(3, 0)],
    ]
    assert {step.verdict for step in steps} == {"RolledBack"}
    assert shape(full) == [(1, 1), (2, 0), (3, 2)]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Invalid("Request entity too large: limit is 3145728", status=413), True),
        (Unreachable("etcdserver: request is too large", status=500), True),
        (Unreachable("rpc error: trying to send message larger than max (2098140 vs. 2097152)", status=500), True),
        (Invalid("spec.replicas: Invalid value", status=422), False),
        (Unreachable("no answer in time"), False),
    ],
)
def test_only_an_answer_about_size_makes_it_lighter(error: ApiError, expected: bool) -> None:
    assert is_too_large(error) is expected
