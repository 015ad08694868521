"""What risk budgets say before each step, and what is written down when they change."""

from collections.abc import Iterator
from typing import Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import BudgetStanding
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.api.v1alpha1.riskbudget import BudgetState
from leadsman.planner.budgets.effects import Reckoning, reckonings
from leadsman.planner.budgets.state import worst
from leadsman.planner.decisions.force import BUDGET, is_waived
from leadsman.planner.incidents.opening import open_incident
from leadsman.planner.records.book import Book, Note, Record
from leadsman.planner.records.cast import PROMOTION, cast
from leadsman.planner.rollout.question import Question
from leadsman.planner.world import World

_HOLDS_ALL: Final = frozenset({"Exhausted", "FastBurn"})
_MESSAGE: Final = 4096


def budgets_let_through(question: Question) -> Blocker | None:
    """AtRisk asks the risk owner (`decisions.approvals`). What is waived for the budget goes on."""
    if is_waived(question.world, question.candidate, BUDGET, question.now):
        return None
    return next(_blockers(question), None)


def _blockers(question: Question) -> Iterator[Blocker]:
    for one in reckonings(question.world, question.now):
        is_blind = one.state == "Unknown" and (not one.is_measured or question.step.name == PROMOTION)
        if one.state in _HOLDS_ALL or is_blind:
            yield Blocker(
                type="Budget",
                name=one.name,
                reason=one.reason,
                message=f"RiskBudget {one.name} is {one.state}: {one.message}"[:_MESSAGE],
                unblock=_unblock(question, one),
            )


def _unblock(question: Question, one: Reckoning) -> str:
    service = question.world.service
    if one.reason is Reason.BUDGET_MISSING:
        return f"see kubectl get riskbudget {one.name} -n {service.namespace}, or correct spec.riskBudgetRef"
    waive = f"leadsman waive {service.name} -n {service.namespace} --revision {question.candidate.name} --scope budget"
    waits = "wait until it is measured" if one.state == "Unknown" else "wait until what was spent leaves the window"
    return f"{waits}, or let the fix through: {waive}"


def note_budgets(world: World, book: Book) -> None:
    """One entry for each change of state, in the record of what serves or comes; Healthy is where each begins."""
    parts = cast(book)
    record = parts.candidate or parts.serving
    if record is None or not record.is_readable:
        return
    known = _known(book)
    for one in reckonings(world, book.now):
        before = known.get(one.name)
        was = before.state if before is not None else "Healthy"
        if not one.is_measured or one.state == was:
            continue
        _note(book, record, one, was)
        if one.state == "Exhausted" and one.blamed in {None, world.service.name}:
            _open(book, record, one)
        kept = tuple(each for each in record.status.budgets if each.name != one.name)
        standing = BudgetStanding(name=one.name, state=one.state, since=book.now)
        book.amend(record, budgets=(*kept, standing)[-16:])


def _known(book: Book) -> dict[str, BudgetStanding]:
    """The newest that was noted, in whichever record."""
    noted = (one for record in book.records.values() if record.is_readable for one in record.status.budgets)
    return {one.name: one for one in sorted(noted, key=lambda one: one.since)}


def _open(book: Book, record: Record, one: Reckoning) -> None:
    """By the service that spent most of it, or is its own."""
    open_incident(
        book,
        record,
        cause=f"budget/{one.name}/{book.now:%Y-%m-%dT%H:%M:%SZ}",
        severity="Sev4",
        category="Budget",
        summary=f"RiskBudget {one.name} is spent: {one.message}",
        detected_by=one.name,
        blames=False,
    )


def _note(book: Book, record: Record, one: Reckoning, was: BudgetState) -> None:
    channel = one.channel
    facts = {"budget": one.name, "from": was, "to": one.state}
    if channel is not None:
        told = {"channel": channel.name, "consumed": channel.consumed, "burnRate": channel.burn_rate}
        facts |= {key: value for key, value in told.items() if value is not None}
    message = f"RiskBudget {one.name} was {was} and is {one.state}: {one.message}"
    is_worse = worst((one.state, was)) == one.state
    note = Note(
        type="budget.changed",
        reason="BudgetChanged",
        message=message,
        facts=facts,
        event="Warning" if is_worse else "Normal",
    )
    book.note(record, note)
