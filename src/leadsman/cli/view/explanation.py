"""Why a service is not further than it is: what blocks, why, who or what unblocks it, and the next command.

Nothing is judged here: the operator has said it all in status, and this puts it in order.
"""

from collections.abc import Iterator
from typing import Final

from leadsman.api.meta import Condition, Model
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.v1alpha1.aiservice_status import Blocker, Quarantine
from leadsman.cli.view.moments import render_time
from leadsman.cli.view.overview import Overview
from leadsman.cli.view.readings import render_numbers
from leadsman.cli.view.standing import Standing

_UNBLOCKED_BY: Final = {
    "Approval": "a person who may sign for it",
    "Budget": "time, or the budget's owner",
    "Freeze": "the end of the freeze, or a waiver",
    "Gate": "an evaluation that passes, or a waiver",
    "Incident": "whoever closes the incident",
    "Pods": "the pods, once they are ready",
    "Signal": "what is measured",
    "Stage": "time and traffic",
}
"""Who or what, by a blocker's type. For all others: who owns the service, and so its spec."""
_COVERED: Final = frozenset({Type.STALLED, Type.ROLLED_BACK, Type.ACCESS_RESTRICTED})
"""They repeat what Ready says, or what a blocker does where something waits for it."""


class Cause(Model):
    what: str
    why: str = ""
    evidence: str = ""
    """The EvalRun that decided, or is under way, of a gate that is not open."""
    unblocked_by: str
    next: str = ""


class Explanation(Model):
    namespace: str
    name: str
    standing: Standing
    headline: str
    serving_revision: str | None = None
    causes: tuple[Cause, ...] = ()
    """The most important first."""


def explain(view: Overview) -> Explanation:
    return Explanation(
        namespace=view.namespace,
        name=view.name,
        standing=view.standing,
        headline=_headline(view),
        serving_revision=next((one.name for one in view.revisions if "Serving" in one.roles), None),
        causes=tuple(_causes(view)),
    )


def _headline(view: Overview) -> str:
    if view.standing is Standing.UNSEEN:
        return "the operator has not looked at it"
    if view.standing is Standing.DELETING:
        return "is being deleted"
    if view.ready is None:
        return "has no condition Ready"
    said = f": {view.ready.message}" if view.ready.message else ""
    return f"Ready={view.ready.status}, {view.ready.reason}{said}"


def _causes(view: Overview) -> Iterator[Cause]:
    match view.standing:
        case Standing.UNSEEN:
            yield _unseen(view)
            return
        case Standing.DELETING:
            yield Cause(
                what="deletion",
                why="it has a deletionTimestamp; finalizers may still hold it",
                unblocked_by="whoever set the finalizers",
                next=f"kubectl get aiservice {view.name} -n {view.namespace} -o jsonpath='{{.metadata.finalizers}}'",
            )
            return
        case _:
            yield from _rolled_back(view)
            yield from (_blocker(blocker, view) for blocker in view.blockers)
            yield from _conditions(view)


def _unseen(view: Overview) -> Cause:
    seen = view.observed_generation
    so_far = f"it last looked at generation {seen}" if seen >= 0 else "it has never looked at this service"
    return Cause(
        what=f"generation {view.generation} of the spec was not looked at by the operator",
        why=f"{so_far}; a moment after a change that is usual, later it is not",
        unblocked_by="whoever runs the operator: is it running, and may it read this namespace?",
        next="kubectl get pods -A -l app.kubernetes.io/name=leadsman",
    )


def _rolled_back(view: Overview) -> Iterator[Cause]:
    """What failed, with the numbers, when, what serves now, and that the digest does not start by itself."""
    quarantine = {one.revision: one for one in view.quarantine}
    for revision in view.revisions:
        if "Quarantined" not in revision.roles or "Desired" not in revision.roles:
            continue
        serving = next((one.name for one in view.revisions if "Serving" in one.roles), None)
        yield Cause(
            what=f"revision {revision.name} was rolled back",
            why="; ".join(_evidence(view, quarantine[revision.name])),
            unblocked_by=f"team {view.team}: fix it and push a new revision. This digest does not start again by "
            f"itself, only after a Retry decision; until then {serving or 'nothing'} serves",
            next=f"leadsman history {view.name} -n {view.namespace} --revision {revision.name}",
        )


def _evidence(view: Overview, quarantine: Quarantine) -> Iterator[str]:
    said = f": {quarantine.message}" if quarantine.message else ""
    yield f"{quarantine.reason}{said}, at {render_time(quarantine.since)}"
    if view.signals and view.signals.revision == quarantine.revision:
        for reading in view.signals.readings:
            if reading.state == "Failed":
                numbers = render_numbers(reading).replace("  ", ", ")
                yield f"{reading.monitor}: {numbers}{f' ({reading.message})' if reading.message else ''}"
    if quarantine.incident:
        yield f"incident {quarantine.incident}"


def _blocker(blocker: Blocker, view: Overview) -> Cause:
    said = f": {blocker.message}" if blocker.message else ""
    return Cause(
        what=f"{blocker.type} {blocker.name}",
        why=f"{blocker.reason}{said}",
        evidence=_evidence_of_gate(blocker, view),
        unblocked_by=_UNBLOCKED_BY.get(blocker.type, f"team {view.team}, who own the service"),
        next=blocker.unblock,
    )


def _evidence_of_gate(blocker: Blocker, view: Overview) -> str:
    """As the dossier of the revision that waits has it."""
    if blocker.type != "Gate":
        return ""
    waiting = (one for one in view.revisions if {"Candidate", "Desired"} & {*one.roles})
    gates = (gate for one in waiting for gate in one.gates if gate.name == blocker.name)
    found = next(gates, None)
    return f"{found.run} of suite {found.suite}: {found.state}" if found and found.run else ""


def _conditions(view: Overview) -> Iterator[Cause]:
    """Those that are bad, and that no blocker has spoken of; where nothing says more, what Ready says."""
    said = {blocker.reason for blocker in view.blockers}
    bad = [one for one in view.conditions if one.status != "Unknown" and one.type not in _COVERED]
    yield from (_condition(one, view) for one in bad if one.reason not in said)
    if view.blockers or bad or view.ready is None or view.standing is Standing.READY:
        return
    if not any("Quarantined" in one.roles and "Desired" in one.roles for one in view.revisions):
        yield _stage(view, view.ready) if view.stage else _condition(view.ready, view)


def _condition(condition: Condition, view: Overview) -> Cause:
    return Cause(
        what=f"{condition.type}={condition.status}",
        why=f"{_reason(condition)}, since {render_time(condition.last_transition_time)}",
        unblocked_by="the operator, as it goes on" if view.standing is Standing.UNDER_WAY else f"team {view.team}",
        next=_follow(view),
    )


def _stage(view: Overview, ready: Condition) -> Cause:
    """It goes on by itself: there is something to wait for, and nothing to do."""
    until = view.stage.hold_until if view.stage else None
    held = f"; the hold lasts until {render_time(until)}" if until else "; the hold begins once the weight is reached"
    return Cause(
        what=f"stage {view.stage.name} at {view.stage.weight} %" if view.stage else "",
        why=f"{_reason(ready)}{held}",
        unblocked_by="time and traffic",
        next=_follow(view),
    )


def _reason(condition: Condition) -> str:
    return f"{condition.reason}: {condition.message}" if condition.message else condition.reason


def _follow(view: Overview) -> str:
    return f"leadsman status {view.name} -n {view.namespace} --watch"
