"""Evidence that a candidate is worse, or no worse: valid whenever one looks."""

import math
import random
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.stats.comparison import Counts, EProcess, Null

ALPHA = 0.05
NULLS = list(Null)


def counts(candidate_bad: float, serving_bad: float, *, candidate: float = 50, serving: float = 450) -> Counts:
    return Counts(
        candidate_bad=candidate_bad, candidate_total=candidate, serving_bad=serving_bad, serving_total=serving
    )


def minutes(candidate_rate: float, serving_rate: float, seed: int, looks: int = 60) -> list[Counts]:
    """A canary with 10 % of 500 requests a minute."""
    chance = random.Random(seed)  # noqa: S311  repeatable, not secret

    def bad(requests: int, rate: float) -> int:
        return sum(chance.random() < rate for _ in range(requests))

    return [counts(bad(50, candidate_rate), bad(450, serving_rate)) for _ in range(looks)]


def first_rejection(process: EProcess, seen: list[Counts]) -> int | None:
    states = accumulate(seen, lambda state, one: state.after([one]), initial=process)
    return next((look for look, state in enumerate(states) if state.rejects(ALPHA)), None)


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.25, 2.0])
@pytest.mark.parametrize("share", [0.001, 0.02, 0.45])
@pytest.mark.parametrize(("candidate", "serving"), [(1, 9), (6, 6), (9, 2)])
def test_under_the_null_one_more_interval_is_worth_at_most_one_in_expectation(
    null: Null, ratio: float, share: float, candidate: int, serving: int
) -> None:
    worth = math.fsum(
        binomial(x, candidate, share * ratio)
        * binomial(y, serving, share)
        * EProcess(null=null, ratio=ratio).after([counts(x, y, candidate=candidate, serving=serving)]).evidence
        for x in range(candidate + 1)
        for y in range(serving + 1)
    )

    assert worth <= 1 + 1e-12


def binomial(hits: int, trials: int, chance: float) -> float:
    return math.comb(trials, hits) * chance**hits * (1 - chance) ** (trials - hits)


def test_equal_revisions_are_hardly_ever_told_apart_however_often_one_looks() -> None:
    alarms = [
        first_rejection(EProcess(null=Null.NOT_WORSE, ratio=1.0), minutes(0.02, 0.02, seed)) for seed in range(200)
    ]

    assert sum(alarm is not None for alarm in alarms) <= 200 * ALPHA


def test_a_candidate_that_is_three_times_as_bad_is_found_within_minutes() -> None:
    looks = sorted(
        first_rejection(EProcess(null=Null.NOT_WORSE, ratio=1.0), minutes(0.06, 0.02, seed)) or 999
        for seed in range(100)
    )

    assert looks[50] <= 6
    assert looks[95] <= 20


def test_a_harm_that_is_tolerated_is_none() -> None:
    alarms = [
        first_rejection(EProcess(null=Null.NOT_WORSE, ratio=2.0), minutes(0.04, 0.02, seed)) for seed in range(200)
    ]

    assert sum(alarm is not None for alarm in alarms) <= 200 * ALPHA


def test_non_inferiority_takes_proof_and_a_worse_one_hardly_ever_gets_it() -> None:
    better = [first_rejection(EProcess(null=Null.WORSE, ratio=1.5), minutes(0.005, 0.04, seed)) for seed in range(50)]
    worse = [first_rejection(EProcess(null=Null.WORSE, ratio=1.5), minutes(0.06, 0.04, seed)) for seed in range(200)]

    assert sum(look is not None for look in better) >= 45
    assert sum(look is not None for look in worse) <= 200 * ALPHA


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("seen", [counts(0, 0), counts(0, 9, candidate=0), counts(9, 0, serving=0)])
def test_where_one_of_them_is_silent_or_nothing_is_bad_nothing_is_learnt(null: Null, seen: Counts) -> None:
    process = EProcess(null=null, ratio=1.0)

    assert process.after([seen]) == process


def test_overwhelming_evidence_is_infinite_and_not_an_error() -> None:
    process = EProcess(null=Null.NOT_WORSE, ratio=1.0).after([counts(50, 0)] * 1000)

    assert process.evidence == math.inf
    assert process.rejects(ALPHA)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 450)), max_size=20), st.integers(0, 20))
def test_a_process_that_is_stored_and_continued_knows_what_one_that_never_stopped_knows(
    seen: list[tuple[int, int]], cut: int
) -> None:
    intervals = [counts(candidate, serving) for candidate, serving in seen]
    process = EProcess(null=Null.NOT_WORSE, ratio=1.25)

    stored = process.after(intervals[:cut]).logs
    continued = EProcess(null=Null.NOT_WORSE, ratio=1.25, logs=stored).after(intervals[cut:])

    assert continued == process.after(intervals)


@given(st.integers(0, 40), st.integers(1, 400))
def test_one_more_bad_event_of_the_candidate_never_speaks_for_it(candidate: int, serving: int) -> None:
    harm, proof = EProcess(null=Null.NOT_WORSE, ratio=1.0), EProcess(null=Null.WORSE, ratio=1.0)

    less, more = counts(candidate, serving), counts(candidate + 1, serving)

    assert harm.after([more]).evidence > harm.after([less]).evidence
    assert proof.after([more]).evidence < proof.after([less]).evidence


@pytest.mark.parametrize(
    "wrong",
    [
        {"candidate_bad": math.nan},
        {"candidate_bad": -1.0},
        {"serving_total": math.inf},
        {"candidate_bad": 51.0},
        {"serving_bad": 451.0},
    ],
)
def test_counts_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    right = {"candidate_bad": 1.0, "candidate_total": 50.0, "serving_bad": 1.0, "serving_total": 450.0}

    with pytest.raises(ValueError, match=r"counts|more bad"):
        Counts(**{**right, **wrong})


def test_a_ratio_and_an_alpha_that_cannot_be_are_refused() -> None:
    for ratio in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="ratio"):
            EProcess(null=Null.NOT_WORSE, ratio=ratio)
    for alpha in (0.0, 1.0, -0.1):
        with pytest.raises(ValueError, match="alpha"):
            EProcess(null=Null.NOT_WORSE, ratio=1.0).rejects(alpha)
