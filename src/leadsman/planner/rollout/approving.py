"""Which approvals does the next step wait for, and whom can one ask?"""

from collections.abc import Iterator

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.decisions.approvals import Need, authors, is_stale, needs
from leadsman.planner.decisions.force import counted_acts
from leadsman.planner.decisions.glass import breaking
from leadsman.planner.rollout.question import Question


def awaited(question: Question) -> Iterator[Blocker]:
    """One blocker for each slot that is not filled and due: before this step, or before an earlier one."""
    if breaking(question.world, question.candidate, question.now) is not None:
        return
    found = needs(question.world, question.candidate, question.now, is_first=question.is_first)
    for need in found:
        if not need.is_filled and need.weight <= question.step.weight:
            yield Blocker(
                type="Approval",
                name=need.slot,
                reason=Reason.AWAITING_APPROVAL,
                message=missing(question, need),
                unblock=_command(question, need),
            )


def missing(question: Question, need: Need) -> str:
    """Who has to approve, and why what is there does not do."""
    message = (
        f"{len(need.by)} of {need.count} approved; {_whom(question, need)} has to approve {question.candidate.name}"
    )
    if not need.knows_author:
        return f"nobody says who made the change, so nobody can be told from its author: {message}"
    if need.lapsed:
        return f"{message}; an approval is older than the policy's ttlHours"
    given = counted_acts(question.world, question.candidate, "Approve", question.now)
    stale = [act.name for act in given if is_stale(question.candidate, act)]
    return f"{message}; the terms have changed since {', '.join(stale)}"[:4096] if stale else message


def _whom(question: Question, need: Need) -> str:
    role = need.accountable or (f"a {need.role}" if need.role is not None else "somebody")
    groups = f" of {' or '.join(need.groups)}" if need.groups else ""
    known = sorted(authors(question.world, question.candidate))
    return f"{role}{groups}" + (f" other than {', '.join(known)}" if known else "")


def _command(question: Question, need: Need) -> str:
    service = question.world.service
    if not need.knows_author:
        return "write spec.change.author"
    approve = f"leadsman approve {service.name} -n {service.namespace} --revision {question.candidate.name}"
    if need.accountable is not None:
        return approve
    return f"{approve} --role {need.role}" if need.role is not None else f"{approve} --scope {need.slot}"
