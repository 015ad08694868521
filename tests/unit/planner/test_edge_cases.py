"""Where others have been bitten: edge cases of peers, and accidents at the worst moment.

Those of Argo Rollouts and Flagger are named for what they guard, with the issue where there is one.
"""

import copy
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from harness.simulation import SECOND, Controller, Killed, SimulatedObject, Simulation
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus, LedgerHead
from leadsman.planner.core import plan
from leadsman.planner.governance import Policy
from leadsman.planner.labels import ADOPT, REVISION
from leadsman.planner.records.book import Book, Note
from leadsman.planner.world import ChildKind, Signal
from unit.planner.stories import CANARY, bad, healthy, image, says, serving, spec

COMPARED: dict[str, Any] = {
    "name": "thumbs-down",
    "class": "Quality",
    "ratio": {"bad": 'feedback_total{verdict="down"}', "total": "feedback_total"},
    "compare": {"toServing": "NotWorse"},
}


def in_canary(raw: dict[str, Any] | None = None) -> tuple[Simulation, str, str]:
    """Version 1 serves, version 2 is in its first stage."""
    simulation, first = serving(raw)
    simulation.edit(image(2))
    simulation.settle()
    second = simulation.status.candidate_revision
    assert second is not None
    return simulation, first, second


def stage(simulation: Simulation) -> str | None:
    return simulation.status.stage.name if simulation.status.stage else None


def reasons(simulation: Simulation) -> list[str]:
    return [blocker.reason for blocker in simulation.status.blockers]


def types(simulation: Simulation) -> list[str]:
    return [entry.type for entry in simulation.entries]


def summary(simulation: Simulation) -> Any:
    """The status, but for when a condition was told: that may have been between two writes."""
    conditions = [(one.type, one.status, one.reason, one.message) for one in simulation.status.conditions]
    return conditions, simulation.status.model_copy(update={"conditions": ()})


def outcomes(simulation: Simulation, name: str) -> list[str | None]:
    return [attempt.outcome for attempt in simulation.revisions[name].status.attempts]


# Versions that overtake each other.


def test_a_version_in_between_keeps_its_pods_until_no_traffic_reaches_them() -> None:
    simulation, first, second = in_canary()

    simulation.edit(image(3))
    simulation.reconcile()
    assert simulation.asked(second) == 1
    assert simulation.selector == {"leadsman.dev/service": "bot"}

    simulation.tick(Controller.ALL ^ Controller.ENDPOINTS)
    simulation.reconcile()
    assert simulation.asked(second) == 1, "its address is still listed"
    simulation.settle()
    assert simulation.pods(second) == 0
    assert simulation.in_traffic[first] == 3


def test_template_and_replicas_may_change_together() -> None:
    simulation, first = serving()

    simulation.edit(image(2))
    simulation.edit(lambda raw: raw.update(replicas=8))
    simulation.settle()

    assert simulation.in_traffic == {first: 6, simulation.status.candidate_revision: 2}


def test_fifty_edits_in_a_row_leave_fifty_records_and_never_three_versions_with_pods() -> None:
    simulation, _ = serving()
    simulation.observers.append(
        lambda seen: _check(sum(seen.pods(name) > 0 for name in seen.revisions) <= 2, "a third version has pods")
    )

    for version in range(2, 52):
        simulation.edit(image(version))
        simulation.reconcile()
        simulation.tick(pods=1)
    simulation.run(600, step=20)

    assert len(simulation.revisions) == 51
    assert simulation.status.serving_revision == simulation.status.desired_revision
    assert sorted(entry.sequence for entry in simulation.entries) == list(range(1, len(simulation.entries) + 1))


def test_edits_that_overtake_each_other_push_nothing_out_of_the_history_that_has_served() -> None:
    simulation, first = serving(spec(rollout={**CANARY, "historyLimit": 1}))
    simulation.edit(image(2))
    simulation.run(900, step=20)

    for version in range(3, 7):
        simulation.edit(image(version))
        simulation.settle()
    simulation.edit(image(2))
    simulation.run(60)

    assert (ChildKind.DEPLOYMENT, first) in simulation.objects


def test_the_same_version_tried_for_the_tenth_time_has_the_tenth_attempt() -> None:
    simulation, _ = serving()
    for _ in range(10):
        simulation.edit(image(2))
        simulation.settle()
        simulation.edit(image(1))
        simulation.settle()

    attempts = simulation.revisions[_revision(simulation, 2)].status.attempts
    assert [attempt.number for attempt in attempts] == list(range(4, 12))


def test_a_failure_that_arrives_with_an_edit_is_not_forgotten() -> None:
    simulation, _, second = in_canary()
    simulation.says = bad(lambda: second)
    simulation.read()

    simulation.edit(image(3))
    simulation.reconcile()

    assert simulation.verdict(second) == "RolledBack"


def test_of_two_candidates_the_later_one_is_it() -> None:
    """A record was restored from a backup, and nobody can tell now what the spec asks for."""
    simulation, _, second = in_canary()
    before = simulation.revisions[second]
    simulation.edit(image(3))
    simulation.settle()
    third = simulation.status.candidate_revision or ""

    simulation.revisions[second] = before
    simulation.edit(lambda raw: raw.update(inputs=[{"configMap": "missing"}]))
    simulation.settle()

    assert simulation.status.candidate_revision == third
    assert (outcomes(simulation, second), outcomes(simulation, third)) == (["Aborted"], [None])


def test_what_was_abandoned_begins_again_only_when_no_traffic_reaches_it() -> None:
    simulation, first, second = in_canary()
    simulation.edit(image(1))
    simulation.reconcile()

    simulation.edit(image(2))
    simulation.reconcile()
    assert reasons(simulation) == ["Draining"]
    assert outcomes(simulation, second) == ["Aborted"]

    simulation.settle()
    assert types(simulation)[-4:] == ["rollback.verified", "attempt.started", "stage.entered", "traffic.verified"]
    assert simulation.in_traffic == {first: 3, second: 1}


# Numbers of pods.


def test_scaling_in_a_pause_keeps_the_share() -> None:
    """Argo Rollouts: TestRolloutScalingWhenPaused."""
    simulation, first, second = in_canary()
    simulation.edit(lambda raw: raw["rollout"].update(paused=True))

    for replicas, pods in ((8, {first: 6, second: 2}), (4, {first: 3, second: 1})):
        simulation.edit(lambda raw, replicas=replicas: raw.update(replicas=replicas))
        simulation.settle()
        assert simulation.in_traffic == pods


def test_scaling_below_what_the_candidate_has_does_not_hold_up_the_promotion() -> None:
    """Argo Rollouts 4619: available was compared for equality."""
    simulation, _ = serving(spec(replicas=9))
    simulation.edit(image(2))
    simulation.run(70)
    assert stage(simulation) == "half"

    simulation.edit(lambda raw: raw.update(replicas=2))
    simulation.run(200)

    assert simulation.in_traffic == {simulation.status.desired_revision: 2}


def test_scaling_to_zero_in_a_stage_holds_and_back_goes_on() -> None:
    simulation, _, _ = in_canary()

    simulation.edit(lambda raw: raw.update(replicas=0))
    simulation.run(300, step=20)
    assert simulation.in_traffic == {}
    assert "NoReplicas" in reasons(simulation)

    simulation.edit(lambda raw: raw.update(replicas=4))
    simulation.run(400, step=10)
    assert simulation.in_traffic == {simulation.status.desired_revision: 4}


def test_an_autoscaler_is_followed_on_the_way_back() -> None:
    """Argo Rollouts: TestAbortScaleDownDelayDoesNotWedgeScalingEvent."""
    simulation, first, second = in_canary()
    simulation.says = bad(lambda: second)
    simulation.read()
    simulation.reconcile()

    simulation.edit(lambda raw: raw.update(replicas=7))
    simulation.settle()

    assert simulation.in_traffic == {first: 7}


def test_one_replica_without_a_spare_place_holds_instead_of_showing_nothing() -> None:
    simulation, first = serving(spec(replicas=1, rollout={**CANARY, "surge": 0}))

    simulation.edit(image(2))
    simulation.run(300, step=20)

    assert simulation.in_traffic == {first: 1}
    assert "ShareUnreachable" in reasons(simulation)


def test_one_replica_with_a_spare_place_is_two_for_the_stage() -> None:
    simulation, first, second = in_canary(spec(replicas=1))

    assert simulation.in_traffic == {first: 1, second: 1}


def test_without_a_spare_place_the_way_back_from_a_bake_hands_over_pod_by_pod() -> None:
    simulation, first = serving(spec(rollout={**CANARY, "surge": 0}))
    simulation.edit(image(2))
    simulation.run(250)
    second = simulation.status.serving_revision
    assert simulation.in_traffic == {second: 4}
    simulation.places = 4
    simulation.observers.append(lambda seen: _check(sum(seen.in_traffic.values()) >= 3, f"{seen.in_traffic}"))

    simulation.says = bad(lambda: second)
    simulation.read()
    simulation.settle()

    assert simulation.in_traffic == {first: 4}


def test_pods_that_fall_ill_in_a_stage_make_room_for_what_stands_in_for_them() -> None:
    simulation, first = serving(spec(replicas=9))
    simulation.edit(image(2))
    simulation.settle()
    second = simulation.status.candidate_revision or ""
    simulation.observers.append(lambda seen: _check(seen.pods(first) + seen.pods(second) <= 10, "more than places"))

    simulation.pod_gets_ready = lambda revision: revision == first
    simulation.settle()

    assert simulation.in_traffic == {first: 9}


def test_pods_nobody_has_counted_yet_may_still_take_traffic() -> None:
    simulation, _ = serving(spec(service=None))
    simulation.edit(image(2))
    simulation.reconcile()
    second = simulation.status.candidate_revision or ""
    simulation.tick(Controller.DEPLOYMENTS | Controller.KUBELET)
    assert simulation.pods(second, ready=True) > 0

    simulation.edit(image(1))
    simulation.reconcile()
    assert simulation.asked(second) == 0
    simulation.reconcile()

    assert "rollback.verified" not in types(simulation)


# Times.


def test_an_operator_that_is_restarted_in_a_hold_does_not_begin_it_again() -> None:
    simulation, _, _ = in_canary()
    assert simulation.status.stage is not None
    until = simulation.status.stage.hold_until
    simulation.run(30)

    simulation.restart()
    simulation.run(25)
    assert simulation.status.stage.hold_until == until
    simulation.run(10)
    assert stage(simulation) == "half"


def test_the_progress_deadline_stands_still_in_a_pause() -> None:
    simulation, first = serving()
    simulation.pod_gets_ready = lambda revision: revision == first
    simulation.edit(image(2))
    simulation.run(300, step=50)
    simulation.edit(lambda raw: raw["rollout"].update(paused=True))

    simulation.run(5000, step=500)
    assert simulation.status.candidate_revision is not None
    assert simulation.status.progress is not None
    assert simulation.status.progress.remaining_seconds == 300

    simulation.edit(lambda raw: raw["rollout"].update(paused=False))
    simulation.run(290, step=10)
    assert simulation.status.candidate_revision is not None
    simulation.run(20)
    assert simulation.status.candidate_revision is None


def test_a_clock_that_is_put_back_does_not_make_an_older_version_the_serving_one() -> None:
    simulation, _ = serving()
    simulation.now -= dt.timedelta(days=1)

    simulation.edit(image(2))
    simulation.run(400)

    assert simulation.status.serving_revision == simulation.status.desired_revision


def test_a_clock_that_is_put_back_by_years_in_a_pause_leaves_the_whole_deadline() -> None:
    simulation, first = serving()
    simulation.pod_gets_ready = lambda revision: revision == first
    simulation.edit(image(2))
    simulation.settle()
    simulation.now -= dt.timedelta(days=900)

    simulation.edit(lambda raw: raw["rollout"].update(paused=True))
    simulation.settle()

    assert simulation.status.progress is not None
    assert simulation.status.progress.remaining_seconds == 600


# Evidence.


def test_a_reading_from_before_the_weight_was_achieved_does_not_end_the_stage() -> None:
    stages = [{"name": "half", "weight": 50}, {"name": "most", "weight": 75}]
    simulation, _ = serving(spec(rollout={**CANARY, "stages": stages}))
    simulation.edit(image(2))
    simulation.reconcile()
    while not simulation.in_traffic.get(simulation.status.candidate_revision or ""):
        simulation.tick()
        simulation.reconcile()
    simulation.read()
    simulation.says = lambda _: None
    simulation.now += SECOND

    simulation.settle()

    assert simulation.status.stage is not None
    assert simulation.status.stage.hold_until == simulation.now
    assert (stage(simulation), reasons(simulation)) == ("half", ["NoEvidence"])


def test_inconclusive_holds_for_a_day_and_never_goes_back() -> None:
    """Argo Rollouts 3850: runs were started until one succeeded."""
    simulation, first, second = in_canary()
    simulation.says = says("Inconclusive", message="31 of 100 events")

    simulation.run(86_400, step=3_600)

    assert simulation.in_traffic == {first: 3, second: 1}
    assert reasons(simulation) == ["Inconclusive"]


def test_a_comparison_has_nothing_to_say_of_a_first_version() -> None:
    simulation = healthy(spec(monitors=[COMPARED]))
    simulation.says = bad(lambda: simulation.status.desired_revision)

    simulation.run(60)

    assert simulation.condition("Ready") == ("True", "Baking")


def test_a_comparison_that_said_nothing_while_alone_is_no_pass_when_two_take_traffic() -> None:
    simulation, _ = serving(spec(monitors=[COMPARED], rollout={**CANARY, "stages": [{"name": "tiny", "weight": 25}]}))
    simulation.says = says("NotApplicable")

    simulation.edit(image(2))
    simulation.run(30)

    assert stage(simulation) == "tiny"
    assert reasons(simulation) == ["NoEvidence"]


def test_comparisons_do_not_apply_to_blue_green_and_do_not_hold_it() -> None:
    simulation, _ = serving(spec(monitors=[COMPARED], rollout={"strategy": "BlueGreen", "bakeSeconds": 60}))
    simulation.says = lambda _: None

    simulation.edit(image(2))
    simulation.run(20)

    assert simulation.status.serving_revision == simulation.status.desired_revision


def test_requests_that_nobody_counts_hold_the_stage() -> None:
    stages = [{"name": "canary", "weight": 25, "minRequests": 500}]
    simulation, _ = serving(spec(rollout={**CANARY, "stages": stages}))
    simulation.says = lambda watch: Signal(monitor=watch.monitor.name, state="Passed", at=simulation.now)

    simulation.edit(image(2))
    simulation.run(3600, step=600)

    assert stage(simulation) == "canary"
    assert reasons(simulation) == ["TooFewRequests"]


def test_a_comparison_that_failed_with_all_its_numbers_goes_back() -> None:
    """An entry has room for eight facts: a ninth stopped the rollback."""
    simulation, first, second = in_canary(spec(monitors=[COMPARED]))
    simulation.says = bad(lambda: second, value=0.12, serving=0.03, limit=1.25, samples=1_234_567, message="worse")

    simulation.run(10)

    assert simulation.in_traffic == {first: 4}
    (entry,) = [one for one in simulation.entries if one.type == "rollback.decided"]
    assert len(entry.facts) == 8
    assert entry.facts["n"] == "1234567"


def test_however_much_the_pods_of_a_long_name_have_to_say_it_goes_back() -> None:
    simulation = Simulation(spec(replicas=9), name="a" * 46)
    simulation.says = says("Passed")
    simulation.run(400, step=50)
    first = simulation.status.serving_revision
    simulation.says = lambda _: None
    simulation.edit(image(2))
    simulation.settle()
    second = simulation.status.candidate_revision

    simulation.complaint = "\x00 \u202e" * 10_000
    simulation.pod_gets_ready = lambda revision: revision == first
    simulation.settle()
    assert len(simulation.status.blockers[0].message) == 4096
    simulation.run(700, step=50)

    assert simulation.verdict(second) == "RolledBack"
    assert simulation.status.serving_revision == first


def test_more_facts_than_an_entry_holds_stop_nothing() -> None:
    simulation, first = serving()
    book = Book(simulation.world(), simulation.now)
    facts = {f"fact-{number}": number for number in range(12)}

    book.note(book.records[first], Note(type="test.noted", reason="Tested", message="x" * 1000, facts=facts))
    book.close()

    (entry,) = book.entries
    assert (len(entry.facts), len(entry.message or "")) == (8, 256)


def test_a_second_failure_shows_its_own_message() -> None:
    """Argo Rollouts ignores conditions that differ in their message alone."""
    simulation, _, second = in_canary()
    simulation.says = bad(lambda: second, message="the first trouble")
    simulation.run(10)
    simulation.edit(image(3))
    simulation.settle()
    third = simulation.status.candidate_revision

    simulation.says = bad(lambda: third, message="the second trouble")
    simulation.run(10)

    (told,) = [one for one in simulation.status.conditions if one.type == "RolledBack"]
    assert told.message.startswith("the second trouble")


# Pods of what serves.


def test_a_fix_goes_forward_though_what_serves_is_ill() -> None:
    """Flagger 639: an unhealthy primary blocks its own fix."""
    simulation, first = serving()
    simulation.pod_gets_ready = lambda revision: revision != first
    simulation.settle()
    assert simulation.condition("Ready") == ("False", "MinimumReplicasUnavailable")

    simulation.edit(image(2))
    simulation.run(400)

    assert simulation.in_traffic == {simulation.status.desired_revision: 4}


def test_what_serves_may_die_in_a_promotion_and_the_promotion_goes_on() -> None:
    """Flagger 1898: the canary was scaled to zero when its primary failed."""
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(65)
    simulation.run(120)
    simulation.pod_gets_ready = lambda revision: revision != first

    simulation.run(60)

    assert simulation.in_traffic == {simulation.status.desired_revision: 4}


def test_after_the_bake_pods_that_restart_are_unavailable_and_nothing_moves() -> None:
    simulation, first = serving()
    simulation.pod_gets_ready = lambda _: False

    simulation.run(3600, step=600)

    assert simulation.condition("Available") == ("False", "MinimumReplicasUnavailable")
    assert simulation.status.serving_revision == first
    assert simulation.asked(first) == 4


def test_a_restart_of_the_pods_in_a_stage_changes_no_weight() -> None:
    simulation, first, second = in_canary()
    before = simulation.status.stage

    simulation.edit(lambda raw: raw.update(restartedAt="2026-11-23T11:00:00Z"))
    simulation.settle()

    assert simulation.in_traffic == {first: 3, second: 1}
    assert simulation.status.stage == before


# What stands in the way.


def test_an_input_that_comes_later_heals_by_itself() -> None:
    simulation = healthy(spec(inputs=[{"configMap": "prompts"}]))
    simulation.run(60)
    assert simulation.condition("InputsResolved") == ("False", "InputMissing")

    simulation.config_maps["prompts"] = {"data": {"system": "be kind"}}
    simulation.run(60)

    assert simulation.condition("Ready") == ("True", "Baking")


def test_an_input_that_vanishes_in_a_promotion_does_not_hide_who_serves() -> None:
    simulation = healthy(spec(inputs=[{"configMap": "prompts"}], rollout={"strategy": "AllAtOnce"}))
    simulation.config_maps["prompts"] = {"data": {"system": "be kind"}}
    simulation.settle()
    first = simulation.status.serving_revision
    simulation.edit(image(2))
    simulation.now += 2 * SECOND
    simulation.observers.append(
        lambda seen: seen.config_maps.clear() if seen.in_traffic.get(first or "", 0) < 3 else None
    )
    simulation.settle()

    assert simulation.condition("InputsResolved") == ("False", "InputMissing")
    assert first is not None
    assert simulation.verdict(first) == "Superseded"
    assert simulation.in_traffic == {simulation.status.serving_revision: 4}


def test_a_service_of_somebody_else_stalls_until_it_is_handed_over() -> None:
    simulation = healthy()
    raw: dict[str, Any] = {"metadata": {"name": "bot"}, "spec": {"selector": {"app": "old"}, "ports": [{"port": 80}]}}
    simulation.objects[ChildKind.SERVICE, "bot"] = SimulatedObject(ChildKind.SERVICE, raw, "uid-of-theirs", 7)
    simulation.settle()
    assert simulation.condition("Stalled") == ("True", "ServiceNotOwned")
    assert simulation.selector == {"app": "old"}

    raw["metadata"]["annotations"] = {ADOPT: "true"}
    simulation.run(30)

    assert simulation.condition("Ready") == ("True", "Baking")


def test_a_name_that_another_digest_has_is_never_taken_up() -> None:
    simulation, first = serving()
    record = simulation.revisions[first]
    other = record.spec.model_copy(update={"digest": "sha256:" + "1" * 64})
    simulation.revisions[first] = replace(record, spec=other)

    simulation.settle()

    assert simulation.condition("Stalled") == ("True", "RevisionNameCollision")
    assert simulation.in_traffic == {first: 4}


def test_a_policy_that_appears_in_a_stage_holds_and_abandons_nothing() -> None:
    simulation, first, second = in_canary()

    simulation.policies = (Policy(name="high-risk", spec=None),)
    simulation.run(600, step=20)
    assert simulation.in_traffic == {first: 3, second: 1}

    simulation.policies = ()
    simulation.run(200)
    assert simulation.status.serving_revision == second


def test_a_policy_that_appears_while_pods_wait_in_the_dark_lets_them_wait() -> None:
    simulation, first = serving(spec(rollout={"strategy": "BlueGreen"}))
    simulation.pod_gets_ready = lambda revision: revision == first
    simulation.edit(image(2))
    simulation.settle()
    second = simulation.status.candidate_revision or ""

    simulation.policies = (Policy(name="high-risk", spec=None),)
    simulation.settle()

    assert simulation.asked(second) == 4


def test_a_dry_run_that_nobody_answers_holds_up_neither_a_way_back_nor_what_serves() -> None:
    simulation, first, second = in_canary()
    simulation.critics.append(
        lambda _, made: _check(made.trial is None or not (made.dossiers or made.operations), "waits for a dry run")
    )
    simulation.can_try = False
    simulation.edit(image(3))
    simulation.edit(lambda raw: raw.update(replicas=6))

    simulation.run(30)

    assert simulation.verdict(second) == "Aborted"
    assert simulation.in_traffic == {first: 6}


def test_a_record_that_cannot_be_made_holds_up_neither_a_way_back_nor_what_serves() -> None:
    simulation, first, second = in_canary()
    simulation.edit(image(3))
    tried = copy.deepcopy(simulation)
    tried.settle()
    simulation.check = tried.check
    simulation.edit(lambda raw: raw.update(replicas=6))
    simulation.critics.append(
        lambda _, made: _check(
            not any(dossier.create for dossier in made.dossiers)
            or (simulation.verdict(second) == "Aborted" and simulation.asked(first) == 6),
            "a record comes before what is urgent",
        )
    )

    simulation.settle()

    assert len(simulation.revisions) == 3


@pytest.mark.parametrize("kind", [ChildKind.POD_DISRUPTION_BUDGET, ChildKind.NETWORK_POLICY, ChildKind.CONFIG_MAP])
def test_what_is_refused_is_told_and_stands_in_the_way_of_no_way_back(kind: ChildKind) -> None:
    simulation, first, second = in_canary()
    simulation.edit(lambda raw: raw.update(access={"allowFrom": [{"namespace": "web"}]}))
    del simulation.objects[ChildKind.POD_DISRUPTION_BUDGET, "bot"]
    simulation.refuses = lambda seen, _: "quota" if seen is kind else ""
    simulation.says = bad(lambda: second)

    simulation.run(30)

    assert simulation.in_traffic == {first: 4}


def test_a_deployment_that_is_refused_is_tried_on_and_told() -> None:
    simulation, first = serving(spec(rollout={"strategy": "BlueGreen"}))
    simulation.refuses = lambda kind, name: "exceeded quota" if (kind, name) == (ChildKind.DEPLOYMENT, name) else ""

    simulation.edit(image(2))
    simulation.run(60)
    assert simulation.condition("Ready") == ("False", "ChildRefused")
    assert simulation.condition("PodTemplateValid") == ("False", "PodTemplateRefused")
    assert simulation.in_traffic == {first: 4}

    simulation.refuses = lambda _kind, _name: ""
    simulation.run(60)
    assert simulation.status.serving_revision == simulation.status.desired_revision


# Other plans in the middle of one.


def test_from_canary_to_blue_green_in_a_stage_goes_on() -> None:
    """Argo Rollouts: TestSwitchBlueGreenToCanary. Pods in a stage do not wait for all to be ready in the dark."""
    simulation, _, second = in_canary()

    simulation.edit(lambda raw: raw.update(rollout={"strategy": "BlueGreen", "bakeSeconds": 60}))
    simulation.run(100)

    assert simulation.in_traffic == {second: 4}


def test_from_blue_green_to_canary_in_the_dark_goes_through_the_stages() -> None:
    simulation, first = serving(spec(rollout={"strategy": "BlueGreen"}))
    simulation.pod_gets_ready = lambda revision: revision == first
    simulation.edit(image(2))
    simulation.settle()

    simulation.edit(lambda raw: raw.update(rollout=CANARY))
    simulation.pod_gets_ready = lambda _: True
    simulation.settle()

    assert stage(simulation) == "canary"
    assert simulation.in_traffic == {first: 3, simulation.status.candidate_revision: 1}


def test_seventeen_stages_by_edits_never_lower_the_weight() -> None:
    simulation, _ = serving(spec(rollout={"strategy": "Canary", "stages": [{"name": "s1", "weight": 1}]}, replicas=9))
    simulation.says = lambda _: None
    simulation.edit(image(2))
    simulation.settle()
    second = simulation.status.candidate_revision or ""
    for number in range(2, 20):
        stages = [{"name": f"s{number}", "weight": 5 * number}]
        simulation.edit(lambda raw, stages=stages: raw["rollout"].update(stages=stages))
        simulation.settle()
        simulation.says = says("Passed")
        simulation.run(5)
        simulation.says = lambda _: None

    kept = simulation.revisions[second].status.attempts[-1].stages
    assert len(kept) <= 16
    assert [one.weight for one in kept] == sorted(one.weight for one in kept)


def test_a_service_without_a_port_has_no_dark_and_no_warm_pods() -> None:
    simulation, first = serving(spec(service=None, rollout={"strategy": "BlueGreen", "bakeSeconds": 600}))

    simulation.edit(image(2))
    simulation.settle()

    assert simulation.status.bake is not None
    assert simulation.pods(first) == 0, "whatever is ready takes traffic"


def test_without_a_port_everyone_is_served_when_the_last_pod_of_the_old_version_is_gone() -> None:
    simulation, _ = serving(spec(service=None, rollout={"strategy": "AllAtOnce", "surge": 2, "bakeSeconds": 600}))
    simulation.observers.append(
        lambda seen: _check(
            len(seen.in_traffic) == 1
            or seen.verdict(seen.status.candidate_revision or seen.status.desired_revision) != "Serving",
            f"{seen.in_traffic} when everyone should be served by one",
        )
    )

    simulation.edit(image(2))
    simulation.settle()

    assert simulation.in_traffic == {simulation.status.serving_revision: 4}


def test_ports_that_are_taken_away_take_the_service_and_warm_pods_with_them() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(200)
    assert simulation.status.bake is not None
    assert simulation.pods(first) == 1

    simulation.edit(lambda raw: raw.pop("service"))
    simulation.settle()

    assert (ChildKind.SERVICE, "bot") not in simulation.objects
    assert simulation.in_traffic == {simulation.status.serving_revision: 4}


# Accidents.


def test_a_service_that_is_being_deleted_is_left_alone() -> None:
    simulation, _, _ = in_canary()
    world = simulation.world()

    made = plan(replace(world, service=replace(world.service, deleting=True)), simulation.now)

    assert (made.dossiers, made.operations, made.status, made.watches) == ((), (), None, ())


def test_a_cluster_that_is_rebuilt_in_a_stage_brings_back_what_served() -> None:
    """Flagger 1577, 1207: the version under way was taken for the good one."""
    simulation, first, second = in_canary()

    simulation.delete()
    simulation.now += SECOND
    simulation.create(simulation.raw)
    simulation.settle()

    assert simulation.status.serving_revision == first
    assert simulation.in_traffic == {first: 3, second: 1}
    assert outcomes(simulation, second) == ["Aborted", None]


def test_a_status_that_is_wiped_in_a_stage_is_written_again_as_it_was() -> None:
    simulation, _, _ = in_canary()
    simulation.run(30)
    before = simulation.status

    simulation.status = AIServiceStatus()
    simulation.settle()

    assert (simulation.status.stage, simulation.status.attempt) == (before.stage, before.attempt)
    assert (simulation.status.serving_revision, simulation.status.ledger) == (before.serving_revision, before.ledger)


SHORT = {"strategy": "Canary", "stages": [{"name": "canary", "weight": 25, "holdSeconds": 5}], "bakeSeconds": 10}


def test_an_operator_that_is_killed_after_any_write_tells_the_same_story() -> None:
    served = serving(spec(rollout=SHORT))[0]
    unharmed = copy.deepcopy(served)
    story = _told(unharmed)
    assert story.count("promotion.verified") == 2
    assert story.count("rollback.verified") == 1

    for writes in range(unharmed.writes - served.writes):
        killed = copy.deepcopy(served)
        killed.writes_left = writes
        assert _told(killed) == story
        assert summary(killed) == summary(unharmed)


def _told(simulation: Simulation) -> list[str]:
    """By the ledger, of a promotion and a rollback."""
    for version in (2, 3):
        simulation.edit(image(version))
        for _ in range(5):
            try:
                simulation.settle()
            except Killed:
                simulation.restart()
                simulation.settle()
            simulation.now += 5 * SECOND
            simulation.read()
        simulation.says = bad(lambda: simulation.status.candidate_revision if _is_achieved(simulation) else None)
    ledgers = [one.status.ledger for one in simulation.revisions.values() if one.status.ledger is not None]
    entries = sorted((entry.sequence, entry.type) for ledger in ledgers for entry in ledger.entries)
    return [type_ for _, type_ in entries]


def test_of_two_records_only_one_was_written_and_the_other_follows() -> None:
    """Back to the previous version in the bake: one is aborted, the other serves again."""
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(200)
    second = simulation.status.serving_revision
    simulation.edit(image(1))

    simulation.writes_left = 1
    with pytest.raises(Killed):
        simulation.reconcile()
    assert (simulation.verdict(first), simulation.verdict(second)) == ("Superseded", "Aborted")

    simulation.restart()
    simulation.settle()
    assert simulation.verdict(first) == "Serving"
    assert simulation.in_traffic == {first: 4}


def test_a_status_that_is_newer_than_the_records_gives_no_number_twice() -> None:
    """A backup of etcd was restored in part: what the lost entries said stands in the sinks."""
    simulation, _ = serving()
    head = LedgerHead(sequence=40, hash="sha256:" + "4" * 64)
    simulation.status = simulation.status.model_copy(update={"ledger": head, "attempt": 9})

    simulation.edit(image(2))
    simulation.settle()

    entry = next(one for one in simulation.entries if one.sequence > 10)
    assert (entry.sequence, entry.previous) == (41, head.hash)
    assert simulation.status.attempt == 10


def test_a_record_that_was_made_and_not_written_on_is_entered_when_it_is_seen() -> None:
    simulation = healthy(spec(replicas=1))
    simulation.writes_left = 1
    with pytest.raises(Killed):
        simulation.reconcile()
    assert [one.status.verdict for one in simulation.revisions.values()] == [None]

    simulation.restart()
    simulation.edit(image(2))
    simulation.settle()

    assert types(simulation).count("revision.created") == 2


def test_a_dossier_with_two_hundred_entries_drops_the_oldest_and_the_chain_goes_on() -> None:
    simulation, _ = serving()
    second = None
    for _ in range(30):
        simulation.edit(image(2))
        simulation.settle()
        second = second or simulation.status.candidate_revision
        simulation.edit(image(1))
        simulation.settle()
    simulation.edit(image(2))
    simulation.run(400)

    assert second is not None
    kept = simulation.revisions[second].status.ledger
    assert kept is not None
    assert len(kept.entries) <= 200
    assert simulation.status.ledger is not None
    assert simulation.status.ledger.sequence == len(simulation.entries)


def test_a_backup_without_status_brings_back_what_served_and_keeps_out_what_was_quarantined() -> None:
    """Velero restores no status by default."""
    simulation, first, second = in_canary()
    simulation.says = bad(lambda: second)
    simulation.run(10)
    simulation.says = says("Passed")

    for name, revision in simulation.revisions.items():
        simulation.revisions[name] = replace(revision, status=AIRevisionStatus())
    simulation.delete()
    simulation.create(simulation.raw)
    simulation.run(60)

    assert simulation.in_traffic == {first: 4}
    assert simulation.condition("Stalled") == ("True", "RevisionQuarantined")
    simulation.edit(image(3))
    simulation.run(30)
    assert stage(simulation) == "canary"


def test_lost_inputs_of_what_serves_are_told() -> None:
    simulation = healthy(spec(inputs=[{"configMap": "prompts"}]))
    simulation.config_maps["prompts"] = {"data": {"system": "be kind"}}
    simulation.run(400, step=50)
    for key in [key for key in simulation.objects if key[0] is ChildKind.CONFIG_MAP]:
        del simulation.objects[key]
    simulation.says = bad(lambda: simulation.status.candidate_revision)

    simulation.config_maps["prompts"] = {"data": {"system": "be brief"}}
    simulation.run(30)

    assert simulation.condition("Stalled") == ("True", "RevisionQuarantined")
    assert "InputMissing" in reasons(simulation)


# Records that cannot be read.


def test_an_old_record_that_cannot_be_read_holds_the_next_version() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(700, step=20)
    simulation.unreadable = frozenset({first})

    simulation.edit(image(3))
    simulation.run(60)

    assert simulation.condition("Ready") == ("False", "RecordUnreadable")
    assert simulation.condition("Stalled") == ("True", "RecordUnreadable")
    assert len(simulation.revisions) == 2
    assert (ChildKind.DEPLOYMENT, first) in simulation.objects, "nobody knows whether it is still needed"
    simulation.unreadable = frozenset()
    simulation.run(400)
    assert simulation.status.serving_revision == simulation.status.desired_revision


def test_what_serves_goes_on_serving_if_its_record_cannot_be_read() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(700, step=20)
    second = simulation.status.serving_revision
    simulation.unreadable = frozenset({second or ""})

    simulation.edit(lambda raw: raw.update(replicas=6))
    simulation.settle()

    assert simulation.in_traffic == {second: 6}
    assert simulation.status.serving_revision == second
    assert simulation.pods(first) == 0


def test_a_failure_goes_back_to_what_serves_though_its_record_cannot_be_read() -> None:
    simulation, first, second = in_canary()
    simulation.unreadable = frozenset({first})
    simulation.says = bad(lambda: second)

    simulation.run(30)

    assert simulation.verdict(second) == "RolledBack"
    assert simulation.in_traffic == {first: 4}


def test_a_candidate_that_cannot_be_read_is_taken_out_of_traffic_once_there_is_enough() -> None:
    simulation, first, second = in_canary()
    simulation.observers.append(lambda seen: _check(sum(seen.in_traffic.values()) >= 4, f"{seen.in_traffic}"))

    simulation.unreadable = frozenset({second})
    simulation.reconcile()
    simulation.tick(Controller.ENDPOINTS)
    simulation.settle()

    assert simulation.in_traffic == {first: 4}
    assert "attempt.aborted" not in types(simulation), "nothing is written into what nobody can read"


def test_with_a_wiped_status_the_apex_tells_which_unreadable_record_serves() -> None:
    simulation, first = serving()
    simulation.unreadable = frozenset({first})
    simulation.status = AIServiceStatus()

    simulation.settle()

    assert simulation.status.serving_revision == first
    assert simulation.in_traffic == {first: 4}


def test_with_nothing_to_tell_who_serves_no_pods_are_taken_away() -> None:
    simulation, first = serving(spec(service=None))
    simulation.unreadable = frozenset({first})
    simulation.status = AIServiceStatus()

    simulation.settle()

    assert simulation.in_traffic == {first: 4}


def test_a_version_that_is_known_does_not_begin_while_another_record_cannot_be_read() -> None:
    simulation, first, second = in_canary()
    simulation.edit(image(1))
    simulation.settle()
    simulation.edit(image(3))
    simulation.settle()
    simulation.edit(image(1))
    simulation.settle()
    simulation.unreadable = frozenset({_revision(simulation, 3)})

    simulation.edit(image(2))
    simulation.settle()

    assert outcomes(simulation, second) == ["Aborted"]
    assert simulation.in_traffic == {first: 4}


def test_an_apex_that_was_pointed_elsewhere_never_comes_back_to_what_failed() -> None:
    simulation, first, second = in_canary()
    simulation.says = bad(lambda: second)
    simulation.read()
    simulation.reconcile()
    apex = simulation.objects[ChildKind.SERVICE, "bot"]
    apex.raw["spec"]["selector"] = {"leadsman.dev/service": "bot", REVISION: "nobody"}
    apex.version += 1000

    simulation.reconcile()

    assert simulation.selector == {"leadsman.dev/service": "bot", REVISION: first}


def _is_achieved(simulation: Simulation) -> bool:
    return simulation.status.stage is not None and simulation.status.stage.hold_until is not None


def _revision(simulation: Simulation, number: int) -> str:
    return next(name for name, one in simulation.revisions.items() if one.spec.number == number)


def _check(holds: bool, message: str) -> None:
    assert holds, message
