"""May the candidate go on? Ordered lists of checks: one function, one reason each; the first that blocks leads.

LIVE:  before it has pods to be evaluated, in the dark.
ENTER: before a revision takes traffic, and before each further step of weight; the gates besides.
LEAVE: before a stage ends.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import StageRecord
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.decisions.force import is_hurried
from leadsman.planner.decisions.glass import breaking, unreviewed
from leadsman.planner.evaluations.contamination import contamination
from leadsman.planner.policies.limits import stages
from leadsman.planner.records.cast import stage_of
from leadsman.planner.rollout import dark, dates, evidence, health
from leadsman.planner.rollout.approving import awaited
from leadsman.planner.rollout.budgeting import budgets_let_through
from leadsman.planner.rollout.capacity import is_blue_green, is_ready, stage_split
from leadsman.planner.rollout.failures import hold_until, no_evidence_deadline
from leadsman.planner.rollout.incidents import no_incident_is_open
from leadsman.planner.rollout.obstacles import refusals
from leadsman.planner.rollout.pausing import pausing
from leadsman.planner.rollout.policing import forbidden, is_allowed, is_not_frozen
from leadsman.planner.rollout.question import Check, Question
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World

_MESSAGE = 4096
"""Characters that fit into a blocker."""


def _is_not_paused(question: Question) -> Blocker | None:
    held = pausing(question.world, question.candidate, question.now)
    if held is None:
        return None
    name, unblock = held
    message = f"paused before {question.step.name}"
    return Blocker(type="Pause", name=name, reason=Reason.PAUSED, message=message, unblock=unblock)


def _no_glass_is_unreviewed(question: Question) -> Blocker | None:
    """But the one that was broken for this very attempt."""
    candidate, service = question.candidate, question.world.service
    for broken in unreviewed(question.cast.records):
        one = broken.decision
        if broken.record is candidate and one.attempt == candidate.latest.number:
            continue
        late = "it is overdue" if question.now >= broken.review_by else f"by {broken.review_by:%Y-%m-%d %H:%M} UTC"
        return Blocker(
            type="Review",
            name=one.name,
            reason=Reason.GLASS_UNREVIEWED,
            message=f"{one.actor.username} broke the glass for {one.incident}; somebody else has to review it: {late}",
            unblock=f"leadsman close-incident {service.name} -n {service.namespace} --incident {one.incident}",
        )
    return None


def _is_judged_on_other_data(question: Question) -> Blocker | None:
    return contamination(question.world)


def _has_replicas(question: Question) -> Blocker | None:
    if question.is_first or question.world.service.spec.replicas > 0:
        return None
    name = question.world.service.name
    return Blocker(
        type="Pods",
        name=name,
        reason=Reason.NO_REPLICAS,
        message="the service has 0 replicas: the candidate can show nothing",
        unblock=f"kubectl scale aiservice {name} -n {question.world.service.namespace} --replicas=2",
    )


def _share_is_reachable(question: Question) -> Blocker | None:
    if question.is_first or question.step.weight == 100:
        return None
    wanted = stage_split(question.world, question.step.weight)
    if wanted.candidate and wanted.serving:
        return None
    replicas = question.world.service.spec.replicas
    return Blocker(
        type="Pods",
        name=question.step.name,
        reason=Reason.SHARE_UNREACHABLE,
        message=f"{replicas} replica without surge has no pod for one of the two at {question.step.weight} %",
        unblock="set spec.replicas to 2 or more, or spec.rollout.surge to 1, or strategy: AllAtOnce",
    )


def _others_are_drained(question: Question) -> Blocker | None:
    cast, traffic = question.cast, Traffic(question.world)
    staying = {question.candidate.name, cast.serving.name if cast.serving else None}
    left = [name for name in question.world.workloads if name not in staying and traffic.pods(name)]
    left += [record.name for record in cast.leaving if record.name not in left]
    if not left:
        return None
    message = f"{traffic.pods(left[0])} pods of {left[0]} have to go first"
    return Blocker(type="Pods", name=left[0], reason=Reason.DRAINING, message=message, unblock="nothing: it goes on")


def _is_not_refused(question: Question) -> Blocker | None:
    return next(refusals(question.world, question.cast), None)


def _is_ready_in_the_dark(question: Question) -> Blocker | None:
    """Only before it takes traffic: the strategy may be another one than that with which it began."""
    has_begun = question.is_first or stage_of(question.candidate) is not None
    if has_begun or not is_blue_green(question.world):
        return None
    if is_ready(question.world, question.candidate.name, question.world.service.spec.replicas):
        return None
    return not_ready(question.world, question.candidate.name)


DATES: Final[tuple[Check, ...]] = (dates.is_to_go_on, dates.is_reviewed, dates.is_assessed)
LIVE: Final[tuple[Check, ...]] = (
    is_allowed,
    _has_replicas,
    _share_is_reachable,
    dark.has_room_in_the_dark,
    dark.is_out_of_sight,
    _others_are_drained,
)
"""Before it has pods to be evaluated, in the dark."""
ADMIT: Final[tuple[Check, ...]] = (
    *LIVE,
    _no_glass_is_unreviewed,
    _is_judged_on_other_data,
    is_not_frozen,
    no_incident_is_open,
    budgets_let_through,
    *DATES,
)
"""Before it has pods to take traffic with, besides gates and approvals."""
ENTER: Final[tuple[Check, ...]] = (
    _no_glass_is_unreviewed,
    _is_judged_on_other_data,
    is_not_frozen,
    no_incident_is_open,
    budgets_let_through,
    *DATES,
    _has_replicas,
    _share_is_reachable,
    dark.has_room_in_the_dark,
    dark.is_out_of_sight,
    dark.nobody_is_asked_in_traffic,
    _others_are_drained,
    _is_not_paused,
    _is_not_refused,
    _is_ready_in_the_dark,
)
"""What leads comes first: what policies forbid, then gates and approvals, then these."""


def entering(question: Question) -> Iterator[Blocker]:
    yield from forbidden(question)
    yield from (one.to_blocker() for one in question.gates if not one.is_open)
    yield from awaited(question)
    yield from (blocker for check in ENTER if (blocker := check(question)))


def living(question: Question) -> Iterator[Blocker]:
    return (blocker for check in LIVE if (blocker := check(question)))


def admitting(question: Question) -> Iterator[Blocker]:
    yield from awaited(question)
    yield from (blocker for check in ADMIT if (blocker := check(question)))


def leaving(question: Question, stage: StageRecord) -> Iterator[Blocker]:
    """Of a stage whose weight is achieved. A first revision, and the last step up, have nothing to wait for."""
    if not is_ready(question.world, question.candidate.name, stage_split(question.world, stage.weight).candidate):
        yield not_ready(question.world, question.candidate.name)
    if not _is_hurried(question):
        yield from (one for one in (_hold(question, stage), _requests(question, stage)) if one is not None)
    found = evidence.findings(question.world, question.cast, question.candidate, question.now)
    for one in evidence.open_questions(found, stage):
        yield signal_blocker(one, no_evidence_deadline(question.world, stage), question.now)


def _is_hurried(question: Question) -> bool:
    about = (question.world, question.candidate, question.now)
    return is_hurried(*about) or breaking(*about) is not None


def signal_blocker(one: evidence.Finding, until: datetime | None, now: datetime) -> Blocker:
    state = one.signal.state
    reason = {
        "Failed": Reason.SIGNAL_FAILED,
        "NoEvidence": Reason.NO_EVIDENCE,
        "Invalid": Reason.MONITOR_INVALID,
    }.get(state, Reason.INCONCLUSIVE)
    unblock = {
        "Failed": f"{one.monitor.class_} holds: look into it; a later reading that passes goes on",
        "Invalid": f"correct monitor {one.monitor.name} in spec.monitors, or the operator's providers",
        "NoEvidence": "look whether the pods are scraped and the provider answers",
    }.get(state, "wait: it goes on with more events")
    late = until is not None and now >= until and state != "Failed"
    message = one.signal.message + ("; the deadline for evidence has passed" if late else "")
    return Blocker(type="Signal", name=one.monitor.name, reason=reason, message=message[:_MESSAGE], unblock=unblock)


def not_ready(world: World, revision: str) -> Blocker:
    workload = world.workloads.get(revision)
    ready, asked = (workload.ready, workload.replicas) if workload else (0, 0)
    causes = "; ".join(health.causes(world, revision))
    return Blocker(
        type="Pods",
        name=revision,
        reason=Reason.NOT_READY,
        message=(f"{ready} of {asked} pods are ready" + (f": {causes}" if causes else ""))[:_MESSAGE],
        unblock="wait, until the progress deadline at most",
    )


def _hold(question: Question, stage: StageRecord) -> Blocker | None:
    until = hold_until(question.world, stage)
    if until is None or question.now >= until:
        return None
    return Blocker(
        type="Stage",
        name=stage.name,
        reason=Reason.HOLDING,
        message=f"holds until {until:%H:%M:%S} UTC",
        unblock="wait",
    )


def _requests(question: Question, stage: StageRecord) -> Blocker | None:
    declared = {one.name: one.min_requests for one in stages(question.world)}
    wanted = declared.get(stage.name)
    if wanted is None:
        return None
    seen = evidence.requests(question.world, question.candidate.name)
    if seen is not None and seen >= wanted:
        return None
    return Blocker(
        type="Stage",
        name=stage.name,
        reason=Reason.TOO_FEW_REQUESTS,
        message=f"{'no count' if seen is None else seen} of {wanted} requests",
        unblock="wait for more traffic, or lower minRequests",
    )
