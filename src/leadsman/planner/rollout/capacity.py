"""How many pods for each revision, and which of them take traffic?

    capacity first ─► ready ─► routed ─► old capacity goes

At no moment are there more pods than `replicas` and `surge` (BlueGreen, and a way back, run both in full), and at no
moment fewer ready ones in traffic than `replicas`, or one less where `surge` is 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import StageRecord
from leadsman.planner.records.book import Record
from leadsman.planner.records.cast import PROMOTION, Cast, current_stage, stage_of
from leadsman.planner.records.stand_in import unreadable
from leadsman.planner.rollout.replicas import Split, split
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World

AT_ONCE = frozenset({Reason.SAFETY_FAILED, Reason.WORKLOAD_FAILED, Reason.PROGRESS_DEADLINE_EXCEEDED})
"""Reasons to leave for which traffic does not wait until the serving revision has all its pods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    replicas: Mapping[str, int] = field(default_factory=dict[str, int])
    """By revision; of one that is not here: none."""
    routed: tuple[str, ...] = ()
    """One revision, or two. Empty: as it is."""
    dark: str | None = None
    """The revision that the preview shows."""


def capacity(world: World, cast: Cast, now: datetime, *, admitted: bool, shown: str | None = None) -> Capacity:
    """What is to be now.

    Args:
        world: as observed.
        cast: as decided.
        now: for the deadline of a way back.
        admitted: may the candidate have pods before its first stage (in the dark)?
        shown: the revision that the preview shows for an evaluation. The candidate has to be alive then.
    """
    leaver = _leaver_in_traffic(world, cast)
    if leaver is not None:
        return _way_back(world, cast, leaver, now)
    candidate = cast.candidate
    if candidate is None or stage_of(candidate) is None:
        return _before_traffic(world, cast, admitted=admitted, evaluating=shown is not None)
    if cast.serving is None:
        return Capacity(replicas={candidate.name: world.service.spec.replicas}, routed=(candidate.name,), dark=shown)
    return replace(_staged(world, cast.serving.name, candidate.name, current_stage(candidate)), dark=shown)


def stage_split(world: World, weight: int) -> Split:
    """Pods of candidate and serving revision in a stage of this weight."""
    rollout, replicas = world.service.spec.rollout, world.service.spec.replicas
    if weight < 100:
        return split(replicas, weight, surge=rollout.surge > 0)
    if not Traffic(world).has_route:
        return Split(replicas, 0)  # whatever is ready takes traffic
    return Split(replicas, replicas if is_blue_green(world) else min(rollout.surge, replicas))


def is_blue_green(world: World) -> bool:
    """Do pods wait in the dark? Without a Service in front of them there is no dark."""
    return world.service.spec.rollout.strategy == "BlueGreen" and Traffic(world).has_route


def is_achieved(world: World, cast: Cast, stage: StageRecord) -> bool:
    """Is the stage's share of pods in traffic, and do the EndpointSlices show it?"""
    candidate, traffic, wanted = cast.candidate, Traffic(world), stage_split(world, stage.weight)
    if candidate is None or not is_ready(world, candidate.name, wanted.candidate):
        return False
    if cast.serving is None:
        return traffic.selects(candidate.name) and traffic.addresses(candidate.name) >= wanted.candidate
    if stage.name == PROMOTION and traffic.has_route:
        return (
            traffic.selected == candidate.name
            and traffic.addresses(candidate.name) >= wanted.candidate
            and traffic.addresses(cast.serving.name) == 0
        )
    return (
        traffic.is_wide
        and traffic.asked(cast.serving.name) <= wanted.serving
        and traffic.addresses(candidate.name) >= wanted.candidate
        and traffic.addresses(cast.serving.name) <= wanted.serving
    )


def way_back_deadline(world: World, leaver: Record) -> datetime:
    """Then traffic leaves, whether or not all pods that it goes to are ready. A pause does not move it."""
    return current_stage(leaver).started_at + timedelta(seconds=world.service.spec.rollout.progress_deadline_seconds)


def is_ready(world: World, revision: str, wanted: int) -> bool:
    workload = world.workloads.get(revision)
    return workload is not None and workload.observed and workload.replicas >= wanted and workload.ready >= wanted


def _before_traffic(world: World, cast: Cast, *, admitted: bool, evaluating: bool) -> Capacity:
    """What serves goes on; the candidate waits in the dark where it has to be alive, or is let in with all its pods."""
    candidate, serving, total = cast.candidate, cast.serving, world.service.spec.replicas
    has_all = admitted and is_blue_green(world) and serving is not None
    if candidate is None or not (has_all or evaluating) or not is_dark(world, candidate.name):
        return _after_the_dark(world, cast, serving, candidate) if serving is not None else Capacity()
    dark = total if is_blue_green(world) else min(total, 1)
    if serving is None:
        return Capacity(replicas={candidate.name: dark}, dark=candidate.name)
    resting = _resting(world, cast, serving)
    spare = world.service.spec.rollout.surge or is_blue_green(world)
    # Without a spare place one serving pod goes before the candidate's comes.
    kept = total if spare else total - 1
    room = dark if spare or Traffic(world).pods(serving.name) <= kept else 0
    return replace(
        resting, replicas={**resting.replicas, serving.name: kept, candidate.name: room}, dark=candidate.name
    )


def _after_the_dark(world: World, cast: Cast, serving: Record, candidate: Record | None) -> Capacity:
    """Without a spare place the serving revision's pod comes back once the candidate's has gone."""
    resting = _resting(world, cast, serving)
    if candidate is None or world.service.spec.rollout.surge or is_blue_green(world):
        return resting
    traffic, total = Traffic(world), world.service.spec.replicas
    count = max(min(traffic.asked(serving.name), total), total - traffic.pods(candidate.name))
    return replace(resting, replicas={**resting.replicas, serving.name: count})


def is_dark(world: World, candidate: str) -> bool:
    """Would pods of it be out of everybody's sight?"""
    traffic = Traffic(world)
    return traffic.has_route and not traffic.selects(candidate)


def _resting(world: World, cast: Cast, serving: Record) -> Capacity:
    traffic, replicas = Traffic(world), {serving.name: world.service.spec.replicas}
    is_warm = world.service.spec.rollout.previous == "Warm" and traffic.has_route
    if cast.previous is not None and is_warm:
        replicas[cast.previous.name] = min(traffic.asked(cast.previous.name), world.service.spec.replicas)
    others = (name for name in unreadable(world) if name != serving.name and traffic.addresses(name))
    guest = next(others, None) if traffic.is_wide else None
    if guest is not None and not is_ready(world, serving.name, world.service.spec.replicas):
        replicas[guest] = traffic.asked(guest)  # nobody knows what it is, but it carries a part of the traffic
        return Capacity(replicas=replicas, routed=(serving.name, guest))
    return Capacity(replicas=replicas, routed=(serving.name,))


def _staged(world: World, serving: str, candidate: str, stage: StageRecord) -> Capacity:
    traffic, wanted = Traffic(world), stage_split(world, stage.weight)
    rollout, total = world.service.spec.rollout, world.service.spec.replicas
    if stage.name == PROMOTION and (is_blue_green(world) or traffic.selected == candidate):
        kept = total if is_blue_green(world) else traffic.asked(serving)
        if traffic.selected == candidate or is_ready(world, candidate, total):
            routed = (candidate,)
        else:
            routed = (serving, candidate) if traffic.is_wide else (serving,)
        return Capacity(replicas={candidate: total, serving: min(kept, total)}, routed=routed)
    in_traffic = traffic.addresses(candidate) if traffic.is_wide else 0
    missing = 0 if rollout.surge else 1  # without a spare place one pod has to go before another can come
    old = max(wanted.serving, total - in_traffic - missing)
    room = total + rollout.surge - max(old, traffic.pods(serving))
    # What carries traffic stays while old capacity goes; pods that fell ill make room for what stands in for them.
    new = max(min(wanted.candidate, room), min(traffic.asked(candidate), wanted.candidate, in_traffic))
    return Capacity(replicas={candidate: new, serving: old}, routed=_routed(world, serving, candidate, new, stage))


def _routed(world: World, serving: str, candidate: str, new: int, stage: StageRecord) -> tuple[str, ...]:
    """Narrow until the first pods are ready; wide through the stages; narrow again when all are."""
    traffic = Traffic(world)
    if stage.name == PROMOTION and is_ready(world, candidate, world.service.spec.replicas):
        return (candidate,)
    if traffic.is_wide or (new > 0 and is_ready(world, candidate, new)):
        return (serving, candidate)
    return (serving,)


def _leaver_in_traffic(world: World, cast: Cast) -> Record | None:
    """A revision on its way out that traffic may still reach."""
    traffic = Traffic(world)
    for record in cast.leaving:
        if traffic.has_route and not traffic.has_left(record.name):
            return record
        if not traffic.has_route and traffic.pods(record.name):
            return record
    return None


def _way_back(world: World, cast: Cast, leaver: Record, now: datetime) -> Capacity:
    traffic, total = Traffic(world), world.service.spec.replicas
    if cast.serving is None:
        return Capacity()  # there is nothing to go back to: a first revision that never was ready, or did harm
    serving = cast.serving.name
    if _may_leave(world, serving, leaver, now):
        # What still selects it keeps its pods until the EndpointSlices show that it is gone.
        kept = traffic.asked(leaver.name) if traffic.has_route else 0
        return Capacity(replicas={serving: total, leaver.name: kept}, routed=(serving,))
    kept = traffic.asked(leaver.name)
    if not world.service.spec.rollout.surge:
        kept = min(kept, max(0, total - traffic.ready(serving) - 1))  # one place after the other
    is_shared = traffic.is_wide or (not world.service.spec.rollout.surge and traffic.ready(serving) > 0)
    routed = (serving, leaver.name) if is_shared else (leaver.name,)
    if traffic.selected not in {None, leaver.name}:
        routed = (serving,)  # somebody sent traffic elsewhere: it does not come back
    return Capacity(replicas={serving: total, leaver.name: kept}, routed=routed)


def _may_leave(world: World, serving: str, leaver: Record, now: datetime) -> bool:
    traffic = Traffic(world)
    return (
        leaver.latest.reason in AT_ONCE
        or traffic.selected == serving
        or traffic.ready(leaver.name) == 0
        or is_ready(world, serving, world.service.spec.replicas)
        or now >= way_back_deadline(world, leaver)
    )
