"""A rollout from the first apply to the end of its bake, told as its user would see it."""

import datetime as dt
from dataclasses import replace

from harness.simulation import SECOND, Simulation
from leadsman.planner.core import plan
from leadsman.planner.plan import Create, Delete, Scale
from leadsman.planner.world import ChildKind
from unit.planner.stories import CANARY, bad, healthy, image, says, serving, spec


def candidate(simulation: Simulation) -> str:
    assert simulation.status.candidate_revision is not None
    return simulation.status.candidate_revision


def test_the_first_revision_serves_as_soon_as_it_is_ready_and_bakes() -> None:
    simulation = healthy()

    simulation.settle()

    first = simulation.status.serving_revision
    assert simulation.in_traffic == {first: 4}
    assert simulation.verdict(first) == "Serving"
    assert simulation.condition("Ready") == ("True", "Baking")
    simulation.run(301, step=20)
    assert simulation.condition("Ready") == ("True", "Promoted")
    assert simulation.status.bake is None


def test_a_settled_service_has_nothing_to_write() -> None:
    simulation, _ = serving()
    writes = simulation.writes

    simulation.run(3600, step=60)

    assert simulation.writes == writes
    assert simulation.wake_at is None


def test_a_new_image_moves_through_the_stages_and_is_promoted() -> None:
    simulation, first = serving()

    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    assert simulation.in_traffic == {first: 3, second: 1}
    assert simulation.status.stage is not None
    assert simulation.status.stage.name == "canary"
    assert simulation.status.stage.hold_until == simulation.now + 60 * SECOND
    assert simulation.condition("Ready") == ("Unknown", "RollingOut")
    assert simulation.condition("Reconciling") == ("True", "RollingOut")

    simulation.run(61)
    assert simulation.status.stage.name == "half"
    assert simulation.in_traffic == {first: 2, second: 2}

    simulation.run(130)
    assert simulation.in_traffic == {second: 4}
    assert simulation.status.serving_revision == second
    assert simulation.status.previous_revision == first
    assert simulation.condition("Ready") == ("True", "Baking")
    assert simulation.condition("Reconciling") is None

    simulation.run(301, step=20)
    assert simulation.condition("Ready") == ("True", "Promoted")
    assert simulation.pods(first) == 0
    assert simulation.verdict(first) == "Superseded"


def test_the_ledger_tells_the_story_once_and_is_chained() -> None:
    simulation, _ = serving()

    simulation.edit(image(2))
    simulation.run(400)

    types = [entry.type for entry in simulation.entries]
    assert types == [
        "revision.created", "attempt.started", "promotion.decided", "promotion.verified", "bake.ended",
        "revision.created", "attempt.started", "stage.entered", "traffic.verified", "stage.entered",
        "traffic.verified", "promotion.decided", "promotion.verified",
    ]  # fmt: skip
    assert [entry.sequence for entry in simulation.entries] == list(range(1, len(types) + 1))
    for before, after in zip(simulation.entries, simulation.entries[1:], strict=False):
        assert after.previous == before.hash


def test_a_failed_signal_sends_it_back_and_quarantines_the_digest() -> None:
    simulation, first = serving()
    simulation.says = bad(lambda: simulation.status.candidate_revision, value=0.081, limit=0.02, samples=1240,
                          message="errors 0.081 > 0.02, n=1240")  # fmt: skip

    simulation.edit(image(2))
    simulation.settle()

    second = simulation.status.desired_revision
    assert simulation.in_traffic == {first: 4}
    assert simulation.status.serving_revision == first
    assert simulation.verdict(second) == "RolledBack"
    assert simulation.pods(second or "") == 0
    assert simulation.condition("Ready") == ("False", "RolledBack")
    assert simulation.condition("Stalled") == ("True", "RevisionQuarantined")
    assert simulation.condition("Available") == ("True", "MinimumReplicasAvailable")
    (held,) = simulation.status.quarantine
    assert held.message == "errors 0.081 > 0.02, n=1240"


def test_the_ledger_has_the_numbers_of_a_rollback_to_the_last_digit() -> None:
    simulation, _ = serving()
    simulation.says = bad(lambda: simulation.status.candidate_revision, value=0.1 + 0.2, limit=0.02, samples=1240)

    simulation.edit(image(2))
    simulation.settle()

    (decided,) = [entry for entry in simulation.entries if entry.type == "rollback.decided"]
    assert {key: decided.facts[key] for key in ("value", "limit", "n")} == {
        "value": "0.30000000000000004",
        "limit": "0.02",
        "n": "1240",
    }


def test_a_quarantined_digest_stays_out_over_edits_of_anything_else_restarts_and_re_creation() -> None:
    simulation, first = serving()
    simulation.says = bad(lambda: simulation.status.candidate_revision)
    simulation.edit(image(2))
    simulation.settle()
    simulation.says = says("Passed")

    simulation.restart()
    simulation.edit(lambda raw: raw["owner"].update(team="other"))
    simulation.run(600, step=60)
    assert simulation.in_traffic == {first: 4}

    simulation.delete()
    simulation.now += SECOND
    simulation.create(simulation.raw)
    simulation.run(600, step=60)
    assert simulation.in_traffic == {first: 4}
    assert simulation.condition("Stalled") == ("True", "RevisionQuarantined")

    simulation.edit(image(3))
    simulation.run(600)
    assert simulation.status.serving_revision == simulation.status.desired_revision
    assert not [one for one in simulation.status.conditions if one.type == "RolledBack"]


def test_a_failure_in_the_bake_goes_back_to_the_previous_revision() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(200)
    assert simulation.status.previous_revision == first
    second = simulation.status.serving_revision

    simulation.says = bad(lambda: second)
    simulation.run(10)

    assert simulation.status.serving_revision == first
    assert simulation.in_traffic == {first: 4}
    assert simulation.verdict(first) == "Serving"
    assert simulation.verdict(second) == "RolledBack"


def test_after_the_bake_a_failed_signal_is_said_and_nothing_moves() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(600, step=10)
    second = simulation.status.serving_revision
    assert second != first

    simulation.says = says("Failed", message="errors 0.9 > 0.02, n=10")
    simulation.run(60)

    assert simulation.status.serving_revision == second
    assert simulation.condition("Ready") == ("False", "SignalFailed")
    assert simulation.condition("SignalsHealthy") == ("False", "SignalFailed")


def test_going_back_to_the_serving_spec_ends_the_rollout_at_once_without_blame() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)

    simulation.edit(image(1))
    simulation.settle()

    assert simulation.in_traffic == {first: 4}
    assert simulation.status.candidate_revision is None
    assert simulation.verdict(second) == "Aborted"
    assert simulation.status.quarantine == ()
    assert simulation.condition("Ready") == ("True", "Promoted")


def test_a_third_version_waits_until_the_second_is_drained() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    simulation.observers.append(_at_most_two_with_pods)

    simulation.edit(image(3))
    simulation.settle()

    third = candidate(simulation)
    assert simulation.in_traffic == {first: 3, third: 1}
    assert simulation.pods(second) == 0


def _at_most_two_with_pods(simulation: Simulation) -> None:
    assert sum(simulation.pods(name) > 0 or simulation.asked(name) > 0 for name in simulation.revisions) <= 2


def test_what_was_abandoned_may_come_again() -> None:
    simulation, _ = serving()
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    simulation.edit(image(1))
    simulation.settle()

    simulation.edit(image(2))
    simulation.run(400)

    assert simulation.status.serving_revision == second
    assert len(simulation.revisions[second].status.attempts) == 2


def test_paused_stops_the_next_step_but_not_the_way_back() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.settle()
    simulation.edit(lambda raw: raw["rollout"].update(paused=True))

    simulation.run(500, step=20)
    assert simulation.status.stage is not None
    assert simulation.status.stage.name == "canary"
    assert simulation.condition("Ready") == ("False", "Paused")
    assert simulation.condition("Reconciling") is None

    simulation.says = bad(lambda: simulation.status.candidate_revision)
    simulation.run(10)
    assert simulation.in_traffic == {first: 4}


def test_blue_green_waits_in_the_dark_and_switches_once() -> None:
    simulation, first = serving(spec(rollout={"strategy": "BlueGreen", "bakeSeconds": 60}))
    seen: list[dict[str, int]] = []
    simulation.observers.append(lambda one: seen.append(one.in_traffic) if one.in_traffic not in seen[-1:] else None)

    simulation.edit(image(2))
    simulation.settle()

    second = simulation.status.serving_revision
    assert second != first
    assert seen == [{first: 4}, {second: 4}]
    assert simulation.pods(first) == 4
    simulation.run(61)
    assert simulation.pods(first) == 0


def test_all_at_once_replaces_pods_one_by_one() -> None:
    simulation, first = serving(spec(rollout={"strategy": "AllAtOnce", "bakeSeconds": 0}))
    simulation.observers.append(_at_most_five_pods)

    simulation.edit(image(2))
    simulation.settle()

    assert simulation.status.serving_revision != first
    assert simulation.in_traffic == {simulation.status.serving_revision: 4}


def _at_most_five_pods(simulation: Simulation) -> None:
    assert sum(simulation.pods(name) for name in simulation.revisions) <= 5


def test_without_a_spare_place_old_capacity_goes_before_new_comes() -> None:
    simulation, first = serving(spec(rollout={**CANARY, "surge": 0}))
    simulation.observers.append(
        lambda seen: _check(sum(seen.pods(name) for name in seen.revisions) <= 4, "more pods than places")
    )

    simulation.edit(image(2))
    simulation.run(400)

    assert simulation.status.serving_revision != first


def _check(holds: bool, message: str) -> None:
    assert holds, message


def test_pods_that_never_get_ready_send_it_back_at_the_deadline() -> None:
    simulation, first = serving()
    simulation.pod_gets_ready = lambda revision: revision == first

    simulation.edit(image(2))
    simulation.run(590, step=30)
    assert simulation.status.candidate_revision is not None
    simulation.run(20)

    assert simulation.in_traffic == {first: 4}
    assert simulation.status.quarantine[0].reason == "ProgressDeadlineExceeded"


def test_a_first_revision_that_never_gets_ready_is_scaled_to_zero() -> None:
    simulation = healthy()
    simulation.pod_gets_ready = lambda _: False

    simulation.run(700, step=30)

    desired = simulation.status.desired_revision
    assert simulation.verdict(desired) == "RolledBack"
    assert simulation.pods(desired or "") == 0
    assert simulation.status.serving_revision is None


def test_silence_holds_and_after_its_deadline_does_what_was_asked_for() -> None:
    raw = spec(rollout={**CANARY, "onNoEvidence": {"deadlineSeconds": 60, "then": "Rollback"}})
    simulation, first = serving(raw)
    simulation.says = lambda _: None
    simulation.edit(image(2))

    simulation.run(100, step=10)
    assert simulation.status.stage is not None
    assert simulation.status.stage.name == "canary"
    assert simulation.condition("Ready") == ("Unknown", "AwaitingEvidence")

    simulation.run(40, step=10)
    assert simulation.in_traffic == {first: 4}
    assert simulation.status.quarantine[0].reason == "NoEvidence"


def test_no_replicas_means_that_a_first_revision_serves_with_none_and_the_next_waits() -> None:
    simulation, first = serving(spec(replicas=0))
    assert simulation.condition("Ready") == ("True", "Promoted")

    simulation.edit(image(2))
    simulation.run(60)
    assert simulation.condition("Ready") == ("False", "NoReplicas")

    simulation.edit(lambda raw: raw.update(replicas=2))
    simulation.run(600, step=10)
    assert simulation.status.serving_revision != first


def test_an_autoscaler_scales_both_in_the_middle_of_a_stage_and_restarts_no_hold() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.settle()
    second = candidate(simulation)
    assert simulation.status.stage is not None
    until = simulation.status.stage.hold_until

    simulation.edit(lambda raw: raw.update(replicas=8))
    simulation.settle()

    assert simulation.in_traffic == {first: 6, second: 2}
    assert simulation.status.stage.hold_until == until
    assert simulation.status.replicas == 8
    simulation.edit(lambda raw: raw.update(replicas=2))
    simulation.settle()
    assert simulation.in_traffic == {first: 2, second: 1}, "a third comes nearer to a quarter than a half does"


def test_an_edit_of_the_stages_lowers_nothing_and_the_next_one_is_the_first_with_more() -> None:
    simulation, _ = serving()
    simulation.edit(image(2))
    simulation.run(70)
    assert simulation.status.stage is not None
    assert simulation.status.stage.name == "half"

    stages = [{"name": "tiny", "weight": 5}, {"name": "most", "weight": 75, "holdSeconds": 60}]
    simulation.edit(lambda raw: raw["rollout"].update(stages=stages))
    simulation.settle()

    assert simulation.status.stage.name == "most"


def test_a_service_that_is_replaced_by_force_in_mid_rollout_starts_its_stages_anew() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(70)

    simulation.now += dt.timedelta(seconds=1)
    simulation.create(simulation.raw)
    simulation.settle()

    second = candidate(simulation)
    assert simulation.status.stage is not None
    assert simulation.status.stage.name == "canary"
    assert simulation.in_traffic == {first: 3, second: 1}
    assert [attempt.outcome for attempt in simulation.revisions[second].status.attempts] == ["Aborted", None]


def test_an_apex_that_lost_its_labels_may_still_send_traffic_so_no_pods_go() -> None:
    simulation, _ = serving()
    simulation.edit(image(2))
    simulation.settle()
    simulation.says = bad(lambda: simulation.status.candidate_revision)
    simulation.read()

    made = plan(replace(simulation.world(), apex=None), simulation.now)

    assert [operation.kind for operation in made.operations if isinstance(operation, Create)] == [ChildKind.SERVICE]
    scaled = {one.revision: one.replicas for one in made.operations if isinstance(one, Scale)}
    assert all(replicas >= simulation.asked(revision) for revision, replicas in scaled.items())
    assert not [operation for operation in made.operations if isinstance(operation, Delete)]
