"""Must it go back, who is the candidate, what has come true, may it go on? The decisions, in this order."""

from dataclasses import dataclass, replace
from typing import Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import StageRecord
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.ledger.canonical import digest
from leadsman.planner.decisions.force import hold, is_stopped
from leadsman.planner.decisions.glass import breaking
from leadsman.planner.incidents.opening import recognise
from leadsman.planner.policies.gates import asked_gates
from leadsman.planner.policies.signatures import proof
from leadsman.planner.records.book import Book, Record
from leadsman.planner.records.cast import BAKE, PROMOTION, Cast, cast, is_in, stage_of
from leadsman.planner.rollout import attempts
from leadsman.planner.rollout.archive import archive
from leadsman.planner.rollout.budgeting import note_budgets
from leadsman.planner.rollout.capacity import is_achieved
from leadsman.planner.rollout.checks import admitting, entering, leaving, living, not_ready
from leadsman.planner.rollout.desire import Desire
from leadsman.planner.rollout.evidence import findings
from leadsman.planner.rollout.failures import Failure, failure
from leadsman.planner.rollout.gates import GateStanding, gates, record_gates, shown
from leadsman.planner.rollout.incidents import open_for_rollback, open_for_the_first
from leadsman.planner.rollout.obeying import fill_slots, heed_terms, obey
from leadsman.planner.rollout.obstacles import held_back, losses, obstacles, refusals, unrecorded
from leadsman.planner.rollout.question import Question, Step
from leadsman.planner.rollout.regret import regret
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World

TERMS: Final = "leadsman.dev/terms/v1"
_TERMS = ("gates", "monitors", "rollout", "risk", "riskBudget", "riskBudgetRef")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    blockers: tuple[Blocker, ...] = ()
    """What the candidate's next step waits for."""
    admitted: bool = False
    """May the candidate have pods?"""
    shown: str | None = None
    """The revision that the preview shows, for an evaluation: the candidate has to be alive."""
    gates: tuple[GateStanding, ...] = ()
    """That are due: of the candidate, or of the serving revision where there is none."""


def decide(world: World, book: Book, desire: Desire) -> Decision:
    attempts.register(book)
    recognise(world, book)
    _go_back(world, book)
    open_for_the_first(world, book)
    heed_terms(book, terms_digest(world))
    obey(world, book, desire.digest)
    _follow_spec(world, book, desire)
    _come_true(world, book)
    _heed_drift(world, book)
    decision = _go_on(world, book, desire)
    note_budgets(world, book)
    fill_slots(world, book)
    attempts.settle_verdicts(book, cast(book).serving)
    return decision


def terms_digest(world: World) -> str:
    """Of what approvals bind to besides the revision: the rules under which it moves, suites included."""
    terms = {key: world.service.raw[key] for key in _TERMS if key in world.service.raw}
    asked = {gate.suite for gate in asked_gates(world)}
    suites = {name: suite.digest for name, suite in sorted(world.suites.items()) if name in asked}
    return digest(TERMS, {**terms, "suites": suites} if suites else terms)


def _go_back(world: World, book: Book) -> None:
    """Never blocked by anything. Before what the spec asks for: what is known to be bad is not forgotten by an edit."""
    parts = cast(book)
    candidate, serving = parts.candidate, parts.serving
    if candidate is not None and (stage_of(candidate) is not None or Traffic(world).asked(candidate.name)):
        if found := failure(world, parts, candidate, book.now):
            _roll_back(world, book, candidate, found, serving)
    elif serving is not None and is_in(serving, BAKE) and (found := failure(world, parts, serving, book.now)):
        _roll_back(world, book, serving, found, parts.previous)
    elif serving is not None and (later := regret(world, book, parts)):
        _roll_back(world, book, serving, later[0], later[1])


def _roll_back(world: World, book: Book, record: Record, found: Failure, to: Record | None) -> None:
    _archive(world, book, record)
    attempts.roll_back(book, record, found, to=to.name if to is not None else None)
    open_for_rollback(world, book, record, found)


def _archive(world: World, book: Book, record: Record) -> None:
    """What it goes back on. Afterwards another revision is the one that is watched."""
    archive(book, record, findings(world, cast(book), record, book.now), decided=True)


def _follow_spec(world: World, book: Book, desire: Desire) -> None:
    """The candidate is what the spec asks for, and nothing else."""
    for record in tuple(book.records.values()):
        if record.is_candidate and (why := _abandoned(world, record, cast(book), desire)):
            attempts.abandon(book, record, *why)
    parts, record = cast(book), desire.record
    if record is None or not record.is_readable:
        return
    if parts.serving is not None and parts.previous is not None and record is parts.previous:
        message = f"the spec went back to {record.name} during the bake"
        attempts.abandon(book, parts.serving, Reason.REVERTED, message)
    elif not (record is parts.serving or record.is_candidate or is_stopped(record) or _waits(world, parts, record)):
        after, request = world.service.status.attempt or 0, world.service.request
        attempts.begin(book, record, terms_digest(world), after=after, request=request)


def _abandoned(world: World, record: Record, parts: Cast, desire: Desire) -> tuple[Reason, str] | None:
    """Why it is no candidate any more."""
    service = world.service
    if held := hold(parts.serving):
        return Reason.ROLLED_BACK, f"{held.actor.username} went back to what serves ({held.name})"
    if record is not parts.candidate and parts.candidate is not None:
        return Reason.REPLACED, f"{parts.candidate.name} is the candidate since"
    if service.status.attempt != record.latest.number and record.latest.started_at < service.created_at:
        return Reason.RECREATED, "the service was deleted and created again"  # its pods, stage and clock are gone
    if desire.digest is not None and record.spec.digest != desire.digest:
        return Reason.REPLACED, f"the spec asks for {desire.name}"
    return None


def _waits(world: World, parts: Cast, record: Record) -> bool:
    """Does a new attempt have to wait? Until the last one has no traffic, all can be read, and nobody holds it."""
    return record in parts.leaving or bool(world.unreadable) or hold(parts.serving) is not None


def _come_true(world: World, book: Book) -> None:
    """What was decided before and is so by now. Nothing holds up a fact."""
    parts, traffic = cast(book), Traffic(world)
    for record in parts.leaving:
        if traffic.has_left(record.name) or traffic.pods(record.name) == 0:
            attempts.complete_way_back(book, record)
    _arrive(world, book, parts)
    serving = cast(book).serving
    if serving is not None and (until := attempts.bake_until(serving, world.service.spec.rollout.bake_seconds)):
        if book.now >= until:
            attempts.end_bake(book, serving, f"the bake of {serving.name} is over")
        elif parts.candidate is not None and parts.candidate.is_candidate:
            message = f"the bake of {serving.name} ends: {parts.candidate.name} is wanted"
            attempts.end_bake(book, serving, message)


def _arrive(world: World, book: Book, parts: Cast) -> None:
    candidate = parts.candidate
    stage = stage_of(candidate) if candidate is not None else None
    if candidate is None or stage is None or stage.achieved_at is not None or not is_achieved(world, parts, stage):
        return
    if stage.name == PROMOTION:
        attempts.promote(book, candidate, bakes=world.service.spec.rollout.bake_seconds > 0)
    else:
        attempts.achieve(book, candidate, Traffic(world).percent(candidate.name))


def _heed_drift(world: World, book: Book) -> None:
    """What was evaluated before the data drifted says little of what is asked since."""
    parts = cast(book)
    for record in (parts.candidate, parts.serving):
        if record is None or not record.is_readable or not asked_gates(world):
            continue
        drift = [one for one in findings(world, parts, record, book.now) if one.monitor.class_ == "Drift"]
        failed = next((one for one in drift if one.signal.state == "Failed"), None)
        if failed is not None and record.status.reevaluate_since is None:
            attempts.ask_again(book, record, failed.monitor.name, failed.signal.message)
        elif record.status.reevaluate_since is not None and all(one.signal.state == "Passed" for one in drift):
            book.amend(record, reevaluate_since=None)


def _go_on(world: World, book: Book, desire: Desire) -> Decision:
    parts = cast(book)
    candidate = parts.candidate
    stands = (*obstacles(world, parts), *((desire.blocker,) if desire.blocker else ()))
    if candidate is None:
        missing = (*refusals(world, parts), *losses(world, parts.serving))
        found = _again(world, book, parts)
        return Decision(blockers=(*stands, *held_back(world, parts), *missing, *_draining(parts, desire)), gates=found)
    stage, due = stage_of(candidate), _due(world, book, parts, candidate)
    turn = shown(world, parts, candidate.name, due)
    stands = (*stands, *unrecorded(world))
    if stands:  # what is there stays, for an evaluation that runs
        is_there = _is_in(world, candidate)
        return Decision(blockers=stands, admitted=is_there, shown=turn if is_there else None, gates=due)
    if stage is not None and stage.achieved_at is None:
        blockers = (*refusals(world, parts), *_waiting_for_pods(world, candidate))
        return Decision(blockers=blockers, admitted=True, shown=turn, gates=due)
    step = _next(world, parts, candidate)
    question = Question(world=world, book=book, cast=parts, candidate=candidate, step=step, now=book.now, gates=due)
    return _step(book, question, stage, turn)


def _due(world: World, book: Book, parts: Cast, candidate: Record) -> tuple[GateStanding, ...]:
    """Gates that are due before the next step, and those whose evaluation runs. All of them are recorded."""
    if is_in(candidate, PROMOTION):
        return ()
    found = gates(world, parts, candidate, book.now)
    record_gates(book, candidate, found)
    weight = _next(world, parts, candidate).weight
    return tuple(one for one in found if one.run is not None or one.gate.weight <= weight)


def _again(world: World, book: Book, parts: Cast) -> tuple[GateStanding, ...]:
    """The serving revision's gates. They were passed, and count until drift asks for them anew."""
    serving = parts.serving
    if serving is None or not serving.is_readable or serving.status.reevaluate_since is None:
        return ()
    found = gates(world, parts, serving, book.now)
    record_gates(book, serving, found)
    return found


def _draining(parts: Cast, desire: Desire) -> tuple[Blocker, ...]:
    if desire.record is None or desire.record not in parts.leaving or is_stopped(desire.record):
        return ()
    message = "traffic of its last attempt has to leave before the next one begins"
    name = desire.record.name
    return (Blocker(type="Pods", name=name, reason=Reason.DRAINING, message=message, unblock="nothing: it goes on"),)


def _is_in(world: World, candidate: Record) -> bool:
    """It has been admitted, and may keep its pods whatever holds it now."""
    return stage_of(candidate) is not None or Traffic(world).asked(candidate.name) > 0


def _step(book: Book, question: Question, stage: StageRecord | None, turn: str | None) -> Decision:
    stays = tuple(leaving(question, stage)) if stage is not None else ()
    blockers = (*stays, *entering(question))
    if not blockers:
        step = question.step
        cause = f"stage {stage.name} is over on evidence" if stage is not None else "nothing stands before it"
        if act := breaking(question.world, question.candidate, question.now):
            cause = f"the glass is broken ({act.name}, {act.spec.incident})"
        signed = proof(question.world)
        attempts.enter(book, question.candidate, name=step.name, weight=step.weight, cause=cause, signed=signed)
        due = _due(question.world, book, question.cast, question.candidate)
        turn = shown(question.world, question.cast, question.candidate.name, due)
        return Decision(admitted=True, shown=turn, gates=due)
    may_live = stage is not None or not any(living(question))
    decision = Decision(blockers=blockers, shown=turn if may_live else None, gates=question.gates)
    if stage is None and any(not one.is_open for one in question.gates):
        return decision  # what no gate will let through keeps no pods
    is_in_already = _is_in(question.world, question.candidate)
    return replace(decision, admitted=is_in_already or not any(admitting(question)))


def _next(world: World, parts: Cast, candidate: Record) -> Step:
    """The first stage with a higher weight than it ever had in this attempt: an edit of the stages lowers nothing."""
    rollout = world.service.spec.rollout
    reached = max((stage.weight for stage in candidate.latest.stages), default=0)
    if parts.serving is not None and rollout.strategy == "Canary":
        for stage in rollout.stages:
            if stage.weight > reached:
                return Step(name=stage.name, weight=stage.weight)
    return Step(name=PROMOTION, weight=100)


def _waiting_for_pods(world: World, candidate: Record) -> tuple[Blocker, ...]:
    workload = world.workloads.get(candidate.name)
    is_waiting = workload is None or not workload.observed or workload.ready < workload.replicas
    return (not_ready(world, candidate.name),) if is_waiting else ()
