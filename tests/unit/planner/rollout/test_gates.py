"""Gates, told as the user of a service would see them: what waits for an evaluation, and what has pods meanwhile."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from harness import kstatus
from harness.laboratory import COMPARES, EXTERNAL, JOB, Outcome
from harness.simulation import SECOND, Simulation
from leadsman.planner.labels import ADOPT, REVISION
from leadsman.planner.world import ChildKind, Signal
from unit.planner.stories import CANARY, bad, healthy, image, says, serving, spec

QUALITY = {"name": "quality", "suite": "qa"}
LATER = {"name": "safety", "suite": "red", "before": "half"}
BLUE_GREEN = {"strategy": "BlueGreen", "bakeSeconds": 0}
DRIFT = {"name": "drift", "class": "Drift", "query": 'max(drift{pod=~"{{ podRegex }}"})', "max": "1"}


def gated(*gates: dict[str, Any], suites: Mapping[str, Any] | None = None, **changes: Any) -> tuple[Simulation, str]:
    """Version 1 serves since before there were any gates."""
    simulation, first = serving(spec(**changes))
    for name, suite in (suites or {"qa": JOB, "red": JOB}).items():
        simulation.laboratory.write_suite(name, suite, simulation.now)
    simulation.edit(lambda raw: raw.update(gates=list(gates or [QUALITY])))
    simulation.settle()
    return simulation, first


def evaluations(simulation: Simulation, says: Outcome | None) -> None:
    simulation.laboratory.says = lambda _: says


def candidate(simulation: Simulation) -> str:
    assert simulation.status.candidate_revision is not None
    return simulation.status.candidate_revision


def in_the_dark(**changes: Any) -> tuple[Simulation, str, str]:
    """Version 2 is being evaluated."""
    simulation, first = gated(**changes)
    evaluations(simulation, None)
    simulation.edit(image(2))
    simulation.settle()
    return simulation, first, candidate(simulation)


def health(simulation: Simulation) -> str:
    status = simulation.status.to_dict()
    return kstatus.compute({"metadata": {"generation": simulation.generation}, "status": status})


def gate_entries(simulation: Simulation) -> list[str]:
    return [entry.type for entry in simulation.entries if entry.type.startswith("gate.")]


def preview(simulation: Simulation) -> str | None:
    found = simulation.objects.get((ChildKind.SERVICE, "bot-preview"))
    return found.raw["spec"]["selector"].get(REVISION) if found else None


def test_what_serves_is_not_asked_for_a_gate_that_was_declared_later() -> None:
    simulation, first = gated(QUALITY)

    assert not simulation.laboratory.runs
    assert simulation.in_traffic == {first: 4}
    assert simulation.condition("Ready") == ("True", "Promoted")
    assert simulation.condition("GatesPassed") == ("Unknown", "NotApplicable")


def test_a_candidate_is_evaluated_in_the_dark_and_goes_on_once_it_has_passed() -> None:
    simulation, first, second = in_the_dark()

    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(second) == 1
    assert preview(simulation) == second
    assert simulation.condition("Ready") == ("Unknown", "GatesRunning")
    assert simulation.condition("Reconciling") == ("True", "GatesRunning")
    assert simulation.condition("GatesPassed") == ("Unknown", "GatesRunning")
    assert health(simulation) == "InProgress"
    assert simulation.status.summary is not None
    assert simulation.status.summary.gates == "0/1"
    [blocker] = simulation.status.blockers
    assert (blocker.type, blocker.name, blocker.reason) == ("Gate", "quality", "GatesRunning")

    evaluations(simulation, "Passed")
    simulation.settle()

    assert simulation.in_traffic == {first: 3, second: 1}
    assert preview(simulation) is None
    assert simulation.condition("GatesPassed") == ("True", "GatesOpen")
    assert simulation.status.summary.gates == "1/1"
    assert gate_entries(simulation) == ["gate.passed"]
    simulation.run(900, step=20)
    assert simulation.in_traffic == {second: 4}
    assert health(simulation) == "Current"
    assert gate_entries(simulation) == ["gate.passed"]


@pytest.mark.parametrize(
    ("verdict", "reason", "entry"),
    [("Failed", "GateFailed", "gate.failed"), ("Inconclusive", "Inconclusive", "gate.inconclusive")],
)
def test_a_verdict_that_is_no_pass_takes_the_dark_pods_away_and_is_final(
    verdict: Outcome, reason: str, entry: str
) -> None:
    simulation, first, second = in_the_dark()

    evaluations(simulation, verdict)
    simulation.settle()
    evaluations(simulation, "Passed")
    simulation.run(3 * 3600, step=600)

    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(second) == 0
    assert preview(simulation) is None
    assert simulation.condition("Ready") == ("False", reason)
    assert simulation.condition("Stalled") == ("True", reason)
    assert simulation.condition("GatesPassed") == ("False", reason)
    assert simulation.condition("Available") == ("True", "MinimumReplicasAvailable")
    assert health(simulation) == "Failed"
    assert gate_entries(simulation) == [entry]
    assert len(simulation.laboratory.runs) == 1
    told = [event for event in simulation.events if event.reason in {"GateFailed", "GateInconclusive"}]
    assert [event.type for event in told] == ["Warning"]
    assert not simulation.status.quarantine


def test_another_run_by_hand_wakes_the_candidate_up_again() -> None:
    simulation, first, second = in_the_dark()
    evaluations(simulation, "Inconclusive")
    simulation.settle()
    evaluations(simulation, "Passed")

    made = {
        "service": "bot",
        "revision": {"name": second, "digest": simulation.revisions[second].spec.digest},
        "suite": {"name": "qa", "digest": simulation.laboratory.suites["qa"].digest},
        "source": "Job",
    }
    simulation.now += SECOND
    simulation.laboratory.create({"metadata": {"name": "once-more"}, "spec": made}, simulation.now)
    simulation.settle()

    assert simulation.in_traffic == {first: 3, second: 1}
    assert gate_entries(simulation) == ["gate.inconclusive", "gate.reopened", "gate.passed"]


def test_errors_of_the_harness_are_tried_again_and_say_when() -> None:
    simulation, first, second = in_the_dark()

    evaluations(simulation, "Errored")
    simulation.settle()
    assert simulation.condition("Ready") == ("Unknown", "GatesRunning")
    assert simulation.pods(second) == 1
    assert simulation.wake_at == simulation.now + 30 * SECOND
    simulation.run(3600, step=10)

    assert len(simulation.laboratory.runs) == 6
    assert simulation.condition("Stalled") == ("True", "RunErrored")
    assert health(simulation) == "Failed"
    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(second) == 0
    assert gate_entries(simulation) == []

    evaluations(simulation, "Passed")
    simulation.laboratory.write_suite("qa", JOB | {"minSamples": 2}, simulation.now)
    simulation.settle()
    assert simulation.in_traffic == {first: 3, second: 1}


@pytest.mark.parametrize(("suite", "reason"), [(None, "SuiteMissing"), (JOB | {"criteria": []}, "SuiteUnreadable")])
def test_a_suite_that_is_missing_or_unreadable_stalls_until_it_is_mended(suite: Any, reason: str) -> None:
    simulation, first = gated(suites={"qa": suite} if suite else {"red": JOB})
    simulation.edit(image(2))
    simulation.settle()

    assert simulation.condition("Stalled") == ("True", reason)
    assert simulation.condition("Ready") == ("False", reason)
    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(candidate(simulation)) == 0
    assert not simulation.laboratory.runs

    simulation.laboratory.write_suite("qa", JOB, simulation.now)
    simulation.settle()
    assert simulation.in_traffic == {first: 3, candidate(simulation): 1}


def test_a_suite_that_is_edited_meanwhile_begins_anew() -> None:
    simulation, _, second = in_the_dark()

    simulation.laboratory.write_suite("qa", JOB | {"minSamples": 9}, simulation.now)
    simulation.settle()

    states = [(run.status.state, run.reason) for run in simulation.laboratory.told()]
    assert states == [("Errored", "CriteriaChanged"), ("Running", "Running")]
    assert simulation.pods(second) == 1


def test_a_suite_that_is_edited_after_the_gate_reopens_it_and_the_rollout_stays_where_it_is() -> None:
    simulation, first, second = in_the_dark()
    evaluations(simulation, "Passed")
    simulation.settle()
    assert simulation.in_traffic == {first: 3, second: 1}

    evaluations(simulation, None)
    simulation.laboratory.write_suite("qa", JOB | {"minSamples": 9}, simulation.now)
    simulation.run(600, step=20)

    assert simulation.in_traffic == {first: 3, second: 1}
    assert preview(simulation) == second
    assert gate_entries(simulation) == ["gate.passed", "gate.reopened"]
    evaluations(simulation, "Passed")
    simulation.run(900, step=20)
    assert simulation.in_traffic == {second: 4}
    assert gate_entries(simulation) == ["gate.passed", "gate.reopened", "gate.passed"]


def test_the_first_revision_passes_every_gate_before_it_has_any_traffic() -> None:
    simulation = healthy(spec(gates=[QUALITY, LATER]))
    for name in ("qa", "red"):
        simulation.laboratory.write_suite(name, JOB, simulation.now)
    evaluations(simulation, None)
    simulation.settle()
    first = candidate(simulation)

    assert simulation.in_traffic == {}
    assert simulation.pods(first) == 1
    assert {run.spec.suite.name for run in simulation.laboratory.told()} == {"qa", "red"}
    assert not any(run.spec.baseline for run in simulation.laboratory.told())

    simulation.laboratory.says = lambda run: "Passed" if run.spec.suite.name == "qa" else None
    simulation.settle()
    assert simulation.in_traffic == {}
    assert simulation.status.summary is not None
    assert simulation.status.summary.gates == "1/2"
    evaluations(simulation, "Passed")
    simulation.settle()
    assert simulation.in_traffic == {first: 4}
    assert simulation.condition("Ready") == ("True", "Baking")


def test_a_gate_before_a_later_stage_is_answered_while_the_earlier_one_runs() -> None:
    simulation, first = gated(LATER)
    evaluations(simulation, None)
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)

    assert simulation.in_traffic == {first: 3, second: 1}
    assert preview(simulation) == second
    simulation.run(300, step=20)
    assert simulation.in_traffic == {first: 3, second: 1}
    assert simulation.condition("Ready") == ("Unknown", "GatesRunning")
    evaluations(simulation, "Passed")
    simulation.settle()
    assert simulation.in_traffic == {first: 2, second: 2}
    assert preview(simulation) is None


def test_the_promotion_needs_all_gates_wherever_they_stand() -> None:
    simulation, first = gated(QUALITY, rollout={**CANARY, "stages": CANARY["stages"][:1]})
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    assert simulation.in_traffic == {first: 3, second: 1}

    simulation.edit(lambda raw: raw.update(gates=[QUALITY, {"name": "added", "suite": "red"}]))
    evaluations(simulation, "Failed")
    simulation.run(600, step=20)

    assert simulation.in_traffic == {first: 3, second: 1}
    assert simulation.condition("Stalled") == ("True", "GateFailed")


def test_an_edit_of_the_stages_slips_past_no_gate() -> None:
    stages = [{"name": "canary", "weight": 10}, {"name": "half", "weight": 50, "holdSeconds": 60}]
    simulation, first = gated(LATER, rollout={**CANARY, "stages": stages})
    evaluations(simulation, "Failed")
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)

    moved = [{"name": "half", "weight": 5}, {"name": "canary", "weight": 10}, {"name": "most", "weight": 90}]
    simulation.edit(lambda raw: raw["rollout"].update(stages=moved))
    simulation.run(600, step=20)

    assert simulation.in_traffic == {first: 4, second: 1}
    assert simulation.condition("Stalled") == ("True", "GateFailed")


def test_the_address_of_an_evaluation_stays_when_the_stage_is_entered() -> None:
    """A gate of a later stage, whose evaluation somebody began already."""
    simulation, _ = gated(QUALITY, LATER)
    simulation.laboratory.says = lambda run: "Passed" if run.spec.suite.name == "qa" else None
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    there = simulation.objects[ChildKind.SERVICE, "bot-preview"].uid

    simulation.run(300, step=20)

    assert simulation.laboratory.asked[-1][0] == second
    assert simulation.objects[ChildKind.SERVICE, "bot-preview"].uid == there
    simulation.laboratory.says = lambda _: "Passed"
    simulation.run(900, step=20)
    assert simulation.in_traffic == {second: 4}
    assert len(simulation.laboratory.runs) == 2


def test_two_gates_with_one_suite_share_a_run() -> None:
    simulation, first = gated(QUALITY, {"name": "again", "suite": "qa", "before": "half"})

    simulation.edit(image(2))
    simulation.settle()

    assert simulation.in_traffic == {first: 3, candidate(simulation): 1}
    assert len(simulation.laboratory.runs) == 1
    assert gate_entries(simulation) == ["gate.passed", "gate.passed"]


def test_blue_green_is_evaluated_with_all_its_pods() -> None:
    simulation, first, second = in_the_dark(rollout=BLUE_GREEN)

    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(second) == 4
    evaluations(simulation, "Passed")
    simulation.settle()
    assert simulation.in_traffic == {second: 4}


def test_without_surge_an_old_pod_goes_first_and_comes_back_last() -> None:
    simulation, first, second = in_the_dark(rollout={**CANARY, "surge": 0})
    most: list[int] = []
    simulation.observers.append(lambda now: most.append(now.pods(first) + now.pods(second)))

    assert simulation.in_traffic == {first: 3}
    assert simulation.pods(second) == 1
    evaluations(simulation, "Failed")
    simulation.settle()

    assert simulation.in_traffic == {first: 4}
    assert max(most) == 4


def test_the_only_pod_of_a_service_without_surge_never_goes_for_an_evaluation() -> None:
    simulation, first, second = in_the_dark(replicas=1, rollout={**CANARY, "surge": 0})

    simulation.run(900, step=60)

    assert simulation.in_traffic == {first: 1}
    assert simulation.pods(second) == 0
    assert not simulation.laboratory.runs
    assert "ShareUnreachable" in {blocker.reason for blocker in simulation.status.blockers}


def test_a_pause_stops_the_traffic_and_not_the_evaluation() -> None:
    simulation, first, second = in_the_dark()

    simulation.edit(lambda raw: raw["rollout"].update(paused=True))
    evaluations(simulation, "Passed")
    simulation.run(600, step=60)

    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(second) == 0
    assert simulation.condition("GatesPassed") == ("True", "GatesOpen")
    assert simulation.condition("Ready") == ("False", "Paused")
    simulation.edit(lambda raw: raw["rollout"].update(paused=False))
    simulation.settle()
    assert simulation.in_traffic == {first: 3, second: 1}


def test_without_a_service_there_is_no_dark() -> None:
    simulation, first = gated(service=None)

    simulation.edit(image(2))
    simulation.run(60)

    assert simulation.condition("Stalled") == ("True", "NoDark")
    assert simulation.in_traffic == {first: 4}
    assert not simulation.laboratory.runs


def test_a_service_that_was_adopted_and_selects_everything_leaves_no_dark() -> None:
    """Its pods would have traffic before their gates, and the one who wrote it has to know."""
    simulation = healthy(spec(gates=[QUALITY]))
    simulation.laboratory.write_suite("qa", JOB, simulation.now)
    made = {
        "metadata": {"name": "bot", "annotations": {ADOPT: "true"}, "labels": {}},
        "spec": {"selector": {"leadsman.dev/service": "bot"}},
    }
    simulation.objects[ChildKind.SERVICE, "bot"] = simulation._made(ChildKind.SERVICE, made, [])  # pyright: ignore[reportPrivateUsage]

    simulation.run(120)

    assert simulation.in_traffic == {}
    assert not simulation.laboratory.runs
    assert simulation.condition("Stalled") == ("True", "NoDark")


def test_a_candidate_that_crashes_in_the_dark_is_quarantined_without_ever_having_had_traffic() -> None:
    simulation, first, second = in_the_dark()
    reached: set[str] = set()
    simulation.observers.append(lambda now: reached.update(now.in_traffic))

    for pod in simulation.objects[ChildKind.DEPLOYMENT, second].pods:
        pod.crashes = True
    simulation.settle()

    assert reached == {first}
    assert simulation.verdict(second) == "RolledBack"
    assert simulation.condition("Stalled") == ("True", "RevisionQuarantined")
    assert simulation.pods(second) == 0
    assert preview(simulation) is None
    [run] = simulation.laboratory.told()
    assert (run.status.state, run.reason) == ("Errored", "Cancelled")


def test_a_candidate_that_is_replaced_has_its_evaluation_cancelled() -> None:
    simulation, first, second = in_the_dark()

    simulation.edit(image(3))
    simulation.settle()
    third = candidate(simulation)

    assert third != second
    assert [(run.spec.revision.name, run.reason) for run in simulation.laboratory.told()] == [
        (second, "Cancelled"),
        (third, "Running"),
    ]
    assert simulation.pods(second) == 0
    for _ in range(8):  # what was cancelled is no try
        simulation.edit(image(2))
        simulation.settle()
        simulation.edit(image(3))
        simulation.settle()
    evaluations(simulation, "Passed")
    simulation.settle()
    assert simulation.in_traffic == {first: 3, third: 1}


def test_a_run_of_somebody_elses_revision_opens_nothing() -> None:
    simulation, first, second = in_the_dark()
    good, new = simulation.revisions[first].spec, simulation.revisions[second].spec

    for name, digest in ((first, good.digest), (first, new.digest), (second, good.digest)):
        made = {
            "service": "bot",
            "revision": {"name": name, "digest": digest},
            "suite": {"name": "qa", "digest": simulation.laboratory.suites["qa"].digest},
            "source": "Job",
        }
        named = {"metadata": {"name": f"by-hand-{name}-{digest[-8:]}"}, "spec": made}
        simulation.laboratory.create(named, simulation.now)
    simulation.laboratory.says = lambda run: "Passed" if run.name.startswith("by-hand") else None
    simulation.settle()

    assert simulation.in_traffic == {first: 4}
    assert gate_entries(simulation) == []


def test_what_ci_submits_is_waited_for_with_a_pod_to_ask() -> None:
    simulation, first = gated({"name": "ci", "suite": "ci"}, suites={"ci": EXTERNAL})
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)

    assert simulation.condition("Ready") == ("False", "AwaitingResults")
    assert simulation.condition("Stalled") is None
    assert health(simulation) == "InProgress"
    assert simulation.pods(second) == 1
    reference = {"name": second, "digest": simulation.revisions[second].spec.digest}
    simulation.laboratory.submit("bot", reference | {"digest": "sha256:" + "0" * 64}, "ci", simulation.now)
    simulation.settle()
    assert simulation.in_traffic == {first: 4}

    simulation.laboratory.submit("bot", reference, "ci", simulation.now)
    simulation.settle()
    assert simulation.in_traffic == {first: 3, second: 1}


COMPARE = {"name": "no-worse", "suite": "red"}


def test_the_serving_revision_is_evaluated_first_and_once() -> None:
    simulation, first = gated(COMPARE, suites={"red": COMPARES})
    evaluations(simulation, None)
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)

    assert [run.spec.revision.name for run in simulation.laboratory.told()] == [first]
    evaluations(simulation, "Passed")
    simulation.settle()
    assert simulation.in_traffic == {first: 3, second: 1}

    simulation.edit(image(3))
    simulation.settle()
    third = candidate(simulation)
    assert simulation.in_traffic == {first: 3, third: 1}
    evaluated = [run.spec.revision.name for run in simulation.laboratory.told()]
    assert sorted(evaluated) == sorted([first, second, third])


def test_a_comparison_in_a_later_stage_measures_each_revision_alone() -> None:
    simulation, first = gated(COMPARE | {"before": "half"}, suites={"red": COMPARES})
    asked: list[tuple[str, str | None]] = []
    simulation.observers.append(
        lambda now: asked.extend((run, preview(now)) for run in now.laboratory.under_way() if now.selector is not None)
    )
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    assert simulation.in_traffic == {first: 3, second: 1}

    simulation.laboratory.write_suite("red", COMPARES | {"minSamples": 3}, simulation.now)
    simulation.run(600, step=20)

    assert simulation.in_traffic == {second: 4}
    names = [run.spec.revision.name for run in simulation.laboratory.told() if run.status.state == "Finished"]
    assert names[-2:] == [first, second]
    last_of_first = [run.name for run in simulation.laboratory.told() if run.spec.revision.name == first][-1]
    assert {shown for run, shown in asked if run == last_of_first} == {first}


def test_traffic_is_not_shared_while_what_serves_is_being_evaluated() -> None:
    simulation, first = gated(QUALITY)
    evaluations(simulation, None)
    made = {
        "service": "bot",
        "revision": {"name": first, "digest": simulation.revisions[first].spec.digest},
        "suite": {"name": "qa", "digest": simulation.laboratory.suites["qa"].digest},
        "source": "Job",
    }
    simulation.laboratory.create({"metadata": {"name": "nightly"}, "spec": made}, simulation.now)
    simulation.settle()
    simulation.edit(lambda raw: raw.update(gates=[]))
    simulation.edit(image(2))
    simulation.run(120)

    assert simulation.in_traffic == {first: 4}
    [blocker] = simulation.status.blockers
    assert blocker.message == f"nightly evaluates {first}, which serves: its traffic is not shared meanwhile"
    evaluations(simulation, "Passed")
    simulation.settle()
    assert simulation.in_traffic == {first: 3, candidate(simulation): 1}


def test_another_revision_was_promoted_and_the_comparison_is_made_with_that() -> None:
    simulation, first = gated(COMPARE, suites={"red": COMPARES}, rollout={**CANARY, "bakeSeconds": 0})
    evaluations(simulation, "Passed")
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    simulation.edit(image(3))
    simulation.run(900, step=20)
    third = simulation.status.serving_revision
    assert third not in {first, second, None}

    simulation.edit(image(2))
    simulation.settle()

    last = simulation.laboratory.told()[-1]
    assert (last.spec.revision.name, last.spec.baseline and last.spec.baseline.name) == (second, third)
    assert simulation.in_traffic == {third: 3, second: 1}


def test_drift_asks_for_another_evaluation_of_what_serves() -> None:
    simulation, first = gated(QUALITY, monitors=[DRIFT])
    simulation.edit(image(2))
    simulation.run(900, step=20)
    second = simulation.status.serving_revision
    assert second not in {first, None}
    assert len(simulation.laboratory.runs) == 1

    evaluations(simulation, None)
    simulation.says = says("Failed", message="drift 2 > 1")
    simulation.run(60)

    assert gate_entries(simulation) == ["gate.passed", "gate.reopened"]
    assert [entry.type for entry in simulation.entries].count("drift.signalled") == 1
    assert simulation.condition("GatesPassed") == ("Unknown", "GatesRunning")
    assert simulation.in_traffic == {second: 4}
    evaluations(simulation, "Passed")
    simulation.run(60)
    assert gate_entries(simulation) == ["gate.passed", "gate.reopened", "gate.passed"]
    assert len(simulation.laboratory.runs) == 2
    assert simulation.condition("GatesPassed") == ("True", "GatesOpen")
    simulation.run(3600, step=60)
    assert len(simulation.laboratory.runs) == 2


def test_drift_in_a_stage_reopens_the_candidates_gates() -> None:
    simulation, first = gated(QUALITY, monitors=[DRIFT])
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    assert simulation.in_traffic == {first: 3, second: 1}

    evaluations(simulation, None)
    simulation.now += SECOND
    failing = Signal(monitor="drift", state="Failed", at=simulation.now, message="drift 2 > 1")
    simulation.says = bad(lambda: second, message=failing.message)
    simulation.run(60)

    assert simulation.in_traffic == {first: 3, second: 1}
    assert gate_entries(simulation) == ["gate.passed", "gate.reopened"]
    assert preview(simulation) == second
    evaluations(simulation, "Failed")
    simulation.says = says("Passed")
    simulation.run(600, step=20)
    assert simulation.in_traffic == {first: 3, second: 1}
    assert simulation.condition("Stalled") == ("True", "GateFailed")


def test_a_service_that_is_deleted_and_made_again_uses_what_was_passed() -> None:
    simulation, first, _ = in_the_dark()
    evaluations(simulation, "Passed")
    simulation.settle()

    simulation.delete()
    simulation.now += SECOND
    simulation.create(simulation.raw)
    simulation.run(1200, step=20)

    assert simulation.in_traffic == {simulation.status.desired_revision: 4}
    assert simulation.status.serving_revision != first
    assert len(simulation.laboratory.runs) == 1


def test_evidence_that_has_become_too_old_in_a_long_stage_is_renewed_before_the_next() -> None:
    stages = [{"name": "canary", "weight": 25, "holdSeconds": 3 * 3600}]
    simulation, first = gated(suites={"qa": JOB | {"maxAgeHours": 2}}, rollout={**CANARY, "stages": stages})
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)

    simulation.run(3 * 3600 + 60, step=600)

    assert len(simulation.laboratory.runs) == 2
    assert gate_entries(simulation) == ["gate.passed", "gate.reopened", "gate.passed"]
    assert simulation.in_traffic == {second: 4}
    assert first not in simulation.in_traffic


def test_what_keeps_the_candidate_from_going_on_leaves_an_evaluation_its_pods() -> None:
    simulation, first, second = in_the_dark()
    there = simulation.objects[ChildKind.SERVICE, "bot-preview"].uid

    simulation.unreadable = frozenset({first})
    simulation.settle()

    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(second) == 1
    assert simulation.objects[ChildKind.SERVICE, "bot-preview"].uid == there


def test_a_suite_is_edited_after_the_promotion_was_decided_and_nothing_is_asked_again() -> None:
    simulation, _, second = in_the_dark(rollout={"strategy": "AllAtOnce", "bakeSeconds": 0})
    evaluations(simulation, "Passed")
    simulation.evaluate()
    simulation.reconcile()
    assert simulation.status.stage is not None
    assert simulation.status.stage.name == "promotion"

    simulation.laboratory.write_suite("qa", JOB | {"minSamples": 9}, simulation.now)
    simulation.settle()

    assert simulation.in_traffic == {second: 4}
    assert simulation.condition("GatesPassed") == ("True", "GatesOpen")
    assert len(simulation.laboratory.runs) == 1


def test_what_is_decided_by_time_has_a_time_to_wake_at() -> None:
    simulation, _, _ = in_the_dark()
    evaluations(simulation, "Passed")
    simulation.edit(lambda raw: raw["rollout"].update(paused=True))
    simulation.settle()

    [run] = simulation.laboratory.told()
    assert run.status.finished_at is not None
    assert simulation.wake_at == run.status.finished_at + dt.timedelta(hours=336)
