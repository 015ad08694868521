"""Is the candidate worse than what serves beside it? Over restarts, and looked at as often as one likes."""

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.api.v1alpha1.airevision_status import Evidence
from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.plan import Watch
from leadsman.planner.signals.queries import PodCounts
from leadsman.planner.signals.readings import Counted, State, Unavailable, after, continued, to_reading
from leadsman.planner.world import Signal

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def thumbs(to_serving: str = "NotWorse", **more: Any) -> Monitor:
    return Monitor.from_dict(
        {
            "name": "thumbs",
            "class": "Quality",
            "ratio": {"bad": "bad_total", "total": "all_total"},
            "compare": {"toServing": to_serving, **more},
            "minSamples": 100,
        }
    )


def watch(monitor: Monitor, evidence: Evidence | None = None) -> Watch:
    return Watch(revision="chat-1", monitor=monitor, attempt=1, versus="chat-0", evidence=evidence)


@dataclass
class Pods:
    """Counters of one pod of each revision."""

    candidate_bad: int = 0
    candidate_total: int = 0
    serving_bad: int = 7000
    serving_total: int = 90000

    def serve(self, candidate: tuple[int, int], serving: tuple[int, int]) -> Counted:
        self.candidate_bad += candidate[0]
        self.candidate_total += candidate[1]
        self.serving_bad += serving[0]
        self.serving_total += serving[1]
        return self.counted()

    def counted(self) -> Counted:
        return Counted(
            candidate={"c": PodCounts(bad=self.candidate_bad, total=self.candidate_total)},
            serving={"s": PodCounts(bad=self.serving_bad, total=self.serving_total)},
        )


def told(state: State) -> Signal:
    assert state.signal is not None
    return state.signal


def after_all(state: State, seen: Iterable[Counted]) -> State:
    for one in seen:
        state = after(state, one, NOW)
    return state


def test_what_was_counted_before_the_first_reading_is_nobodys_fault() -> None:
    signal = told(after(continued(None, watch(thumbs())), Pods().counted(), NOW))
    assert (signal.state, signal.message) == ("Inconclusive", "n=0 of 100")


def test_a_candidate_that_is_no_worse_passes_once_it_served_enough() -> None:
    pods = Pods()
    state = after(continued(None, watch(thumbs())), pods.counted(), NOW)
    state = after(state, pods.serve((1, 60), (10, 540)), NOW)
    assert (told(state).state, told(state).message) == ("Inconclusive", "n=60 of 100")
    state = after(state, pods.serve((1, 60), (10, 540)), NOW)
    signal = told(state)
    assert signal.state == "Passed"
    assert signal.message == "thumbs 0.01667 against 0.01852 of the serving revision, n=120: no harm shown"
    assert (signal.value, signal.serving, signal.limit, signal.samples) == (2 / 120, 20 / 1080, 1.25, 120)


def test_harm_is_shown_with_the_numbers_even_before_there_are_as_many_samples_as_wanted() -> None:
    pods = Pods()
    state = after(continued(None, watch(thumbs())), pods.counted(), NOW)
    signal = told(after(state, pods.serve((20, 50), (5, 450)), NOW))
    assert signal.state == "Failed"
    assert signal.message == (
        "thumbs 0.4 against 0.01111 of the serving revision, n=50: more than 1.25 times as bad, shown at alpha 0.05"
    )


def test_non_inferiority_passes_on_proof_only() -> None:
    pods = Pods()
    state = after(continued(None, watch(thumbs("NonInferior"))), pods.counted(), NOW)
    state = after(state, pods.serve((4, 200), (4, 200)), NOW)
    assert told(state).state == "Inconclusive"
    assert "not proven yet, evidence" in told(state).message
    others = replace(pods)
    better = after_all(state, [pods.serve((1, 200), (20, 200)) for _ in range(4)])
    assert told(better).state == "Passed"
    assert "less than 1.25 times as bad, proven at alpha 0.05" in told(better).message
    worse = after_all(state, [others.serve((40, 200), (4, 200)) for _ in range(4)])
    assert told(worse).state == "Failed"


@pytest.mark.parametrize("silent", ["candidate", "serving"])
def test_where_one_of_them_shows_no_counters_there_is_no_evidence_and_none_is_lost(silent: str) -> None:
    pods = Pods()
    state = after_all(continued(None, watch(thumbs())), [pods.counted(), pods.serve((2, 200), (20, 2000))])
    state = after(state, replace(pods.counted(), **{silent: {}}), NOW)
    assert told(state).state == "NoEvidence"
    assert "no series of all_total for the pods of the" in told(state).message
    assert told(state).evidence is not None
    assert told(after(state, pods.counted(), NOW)).state == "Passed"


def test_a_counter_that_is_no_number_is_no_evidence() -> None:
    seen = Counted(candidate={"c": PodCounts(bad=math.nan, total=5)}, serving={"s": PodCounts(total=5)})
    signal = told(after(continued(None, watch(thumbs())), seen, NOW))
    assert (signal.state, signal.message) == ("NoEvidence", "a counter of the candidate yields NaN")


def test_more_bad_events_than_events_is_a_mistake_of_the_monitor_and_no_evidence() -> None:
    pods = Pods()
    state = after(continued(None, watch(thumbs())), pods.counted(), NOW)
    wrong = after(state, pods.serve((500, 60), (5, 540)), NOW)
    assert told(wrong).state == "Invalid"
    assert wrong.comparing == state.comparing


def test_without_another_revision_in_traffic_nothing_is_compared() -> None:
    alone = Watch(revision="chat-1", monitor=thumbs(), attempt=1)
    assert told(after(continued(None, alone), Pods().counted(), NOW)).state == "NotApplicable"


@pytest.mark.parametrize("to_serving", ["NotWorse", "NonInferior"])
def test_evidence_goes_on_after_a_restart_of_the_operator(to_serving: str) -> None:
    pods, monitor = Pods(), thumbs(to_serving)
    state = after_all(continued(None, watch(monitor)), [pods.counted(), pods.serve((3, 100), (9, 900))])
    kept = to_reading(told(state)).evidence
    restarted = continued(None, watch(monitor, kept))
    assert restarted.comparing is not None
    evidence = told(state).evidence
    assert evidence is not None
    assert restarted.comparing.evidence.logs == pytest.approx(evidence.logs, abs=1e-9)
    assert kept == to_reading(told(after(restarted, Unavailable("down"), NOW))).evidence


def test_evidence_of_another_question_is_not_used() -> None:
    state = after(continued(None, watch(thumbs())), Pods().counted(), NOW)
    kept = to_reading(told(state)).evidence
    assert kept is not None
    strong = kept.model_copy(update={"logs": ("9",) * 6})
    for other in (thumbs("NonInferior"), thumbs(ratioAtMost="2")):
        begun = continued(None, watch(other, strong))
        assert begun.comparing is not None
        assert set(begun.comparing.evidence.logs) == {0.0}
    shorter = strong.model_copy(update={"logs": ("9",)})
    begun = continued(None, watch(thumbs(), shorter))
    assert begun.comparing is not None
    assert begun.comparing.harm.evidence == 1
    # Another definition under the same name: what the dossier keeps is from before.
    changed = thumbs().model_copy(update={"interval_seconds": 30})
    begun = continued(state, watch(changed, strong))
    assert begun.comparing is not None
    assert begun.comparing.harm.evidence == 1


STEPS = st.lists(
    st.tuples(st.sampled_from(["seen", "down", "alone", "partial"]), st.integers(0, 9), st.integers(0, 40)), max_size=12
)


@pytest.mark.parametrize("to_serving", ["NotWorse", "NonInferior"])
@given(STEPS)
def test_no_order_of_readings_passes_before_enough_was_counted(
    to_serving: str, steps: list[tuple[str, int, int]]
) -> None:
    pods = Pods()
    state = after(continued(None, watch(thumbs(to_serving))), pods.counted(), NOW)
    for kind, bad, good in steps:
        counted = pods.serve((bad, bad + good), (1, 100))
        seen = {
            "seen": counted,
            "down": Unavailable("down"),
            "alone": replace(counted, serving={}),
            "partial": replace(counted, partial="late"),
        }[kind]
        state = after(state, seen, NOW)
        if kind != "seen":
            assert told(state).state == "NoEvidence"
        if told(state).state == "Passed":
            assert state.comparing is not None
            assert state.comparing.candidate.counted.total >= 100
            assert to_serving == "NotWorse" or state.comparing.evidence.rejects(0.05)


def alarms(candidate: float, serving: float, seed: int, looks: int = 60) -> bool:
    """Is a canary with 50 of 500 requests a reading ever said to be worse?"""
    chance = random.Random(seed)  # noqa: S311  repeatable, not secret
    pods = Pods()
    state = after(continued(None, watch(thumbs(ratioAtMost="1"))), pods.counted(), NOW)
    for _ in range(looks):
        ours = sum(chance.random() < candidate for _ in range(50))
        theirs = sum(chance.random() < serving for _ in range(450))
        state = after(state, pods.serve((ours, 50), (theirs, 450)), NOW)
        if told(state).state == "Failed":
            return True
    return False


def test_equal_revisions_are_told_apart_no_more_often_than_alpha_however_often_one_looks() -> None:
    assert sum(alarms(0.02, 0.02, seed) for seed in range(100)) <= 5


def test_a_candidate_three_times_as_bad_is_found_out() -> None:
    assert sum(alarms(0.06, 0.02, seed) for seed in range(20)) >= 19
