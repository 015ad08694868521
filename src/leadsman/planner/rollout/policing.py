"""What policies say before each step: what they forbid, and when nothing may rise."""

from collections.abc import Iterator
from datetime import datetime

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.decisions.force import FREEZE, is_waived
from leadsman.planner.decisions.glass import breaking
from leadsman.planner.policies.freezes import Frozen, frozen
from leadsman.planner.policies.limits import FirstWeight, first_weight
from leadsman.planner.policies.objections import objections
from leadsman.planner.records.book import Record
from leadsman.planner.rollout.capacity import stage_split
from leadsman.planner.rollout.question import Question
from leadsman.planner.rollout.replicas import split
from leadsman.planner.world import World

_MOST_REPLICAS = 1000
"""For how many it is still worth while to say that so many would do."""


def forbidden(question: Question) -> Iterator[Blocker]:
    """Everything, so that it can be corrected at one go."""
    yield from objections(question.world)
    bound = first_weight(question.world)
    if bound is not None and question.is_before_traffic and not question.is_first:
        yield from _too_much_at_first(question, bound)


def is_allowed(question: Question) -> Blocker | None:
    return next(forbidden(question), None)


def freezing(world: World, record: Record | None, now: datetime) -> Frozen | None:
    """The freeze that holds it: on, not waived for it, and no glass is broken. Without a candidate, whichever is on."""
    found = frozen(world, now)
    if found is None or record is None:
        return found
    is_lifted = is_waived(world, record, FREEZE, now) or breaking(world, record, now) is not None
    return None if is_lifted else found


def is_not_frozen(question: Question) -> Blocker | None:
    found = freezing(question.world, question.candidate, question.now)
    if found is None:
        return None
    service = question.world.service
    waive = f"leadsman waive {service.name} -n {service.namespace} --revision {question.candidate.name} --scope freeze"
    return Blocker(
        type="Freeze",
        name=found.full_name,
        reason=Reason.CHANGE_FREEZE,
        message=f"no weight rises until {found.local_end:%Y-%m-%d %H:%M} {found.time_zone}; the way back is open",
        unblock=f"wait, or in an emergency: {waive}",
    )


def _too_much_at_first(question: Question, bound: FirstWeight) -> Iterator[Blocker]:
    """By the share that comes of it: a quarter of four pods is no tenth of the traffic."""
    step, most = question.step, bound.percent
    if step.weight > most:
        yield Blocker(
            type="Policy",
            name=f"{bound.policy}/limits.firstWeightAtMost",
            reason=Reason.POLICY_DENIED,
            message=f"a new revision may take {most} % at first, and {step.name} takes {step.weight} %",
            unblock=f"write strategy: Canary with a first stage of weight: {most} or less under spec.rollout",
        )
        return
    percent = float(100 * stage_split(question.world, step.weight).share)
    if percent > most:
        yield Blocker(
            type="Policy",
            name=f"{bound.policy}/limits.firstWeightAtMost",
            reason=Reason.SHARE_UNREACHABLE,
            message=f"a new revision may take {most} % at first, and with these replicas it takes {percent:.0f} %",
            unblock=_more_replicas(question, most),
        )


def _more_replicas(question: Question, most: int) -> str:
    surge = question.world.service.spec.rollout.surge > 0
    counts = range(question.world.service.spec.replicas + 1, _MOST_REPLICAS + 1)
    enough = (count for count in counts if split(count, question.step.weight, surge=surge).share * 100 <= most)
    return f"set spec.replicas to {next(enough, _MOST_REPLICAS)} or more"
