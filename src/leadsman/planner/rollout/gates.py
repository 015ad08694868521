"""Which gates are due, how do they stand, what is to be evaluated, and does the candidate have to be alive for it?

A gate stands before traffic or before a weight, and holds from there on: one that was passed before an earlier stage,
and no longer is, holds as well. For a first revision each of them is due before traffic; before the
promotion each of them, wherever it stands. What is due next is evaluated while the candidate waits, in the dark or in
the stage before. Once the promotion is decided they are not asked again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from leadsman.api.meta import RevisionReference
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import GateResult
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.decisions.force import ends_at, evidence_since, waiver
from leadsman.planner.decisions.glass import breaking
from leadsman.planner.evaluations import standing as stands
from leadsman.planner.evaluations.contamination import contaminant
from leadsman.planner.evaluations.records import run_object
from leadsman.planner.evaluations.standing import Question, Standing
from leadsman.planner.governance import Run
from leadsman.planner.labels import REVISION
from leadsman.planner.policies.gates import AskedGate, asked_gates
from leadsman.planner.records.book import Book, Note, Record
from leadsman.planner.records.cast import Cast
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World

_MESSAGE: Final = 4096
_OPEN: Final = frozenset({"Passed", "Waived"})
_TOLD: Final = frozenset({"Passed", "Failed", "Inconclusive", "Waived"})
"""States that are news. Those on the way to them are in status only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStanding:
    gate: AskedGate
    standing: Standing
    waived_by: str = ""
    """The AIDecision that stands in for it."""

    @property
    def is_open(self) -> bool:
        return self.standing.state in _OPEN

    @property
    def run(self) -> Run | None:
        """Of ours, that is under way."""
        run = self.standing.run
        return run if run is not None and run.spec.source == "Job" and not run.is_over else None

    def to_blocker(self) -> Blocker:
        found = self.standing
        return Blocker(
            type="Gate",
            name=self.gate.name,
            reason=found.reason,
            message=found.message[:_MESSAGE],
            unblock=found.unblock,
        )


def gates(world: World, parts: Cast, record: Record, now: datetime) -> tuple[GateStanding, ...]:
    """How this revision stands by each gate of the service and its policies."""
    return tuple(
        _or_waived(world, record, GateStanding(gate=gate, standing=_standing(world, parts, record, gate, now)), now)
        for gate in asked_gates(world)
    )


def _or_waived(world: World, record: Record, found: GateStanding, now: datetime) -> GateStanding:
    """What has passed needs no waiver. What is waived is not evaluated."""
    may_be = not found.is_open and found.gate.is_waivable
    act = (waiver(world, record, found.gate.name, now) or breaking(world, record, now)) if may_be else None
    until = ends_at(act) if act is not None else None
    if act is None or until is None:
        return found
    actor = act.spec.actor.username if act.spec.actor is not None else ""
    what = "waives it" if act.spec.decision == "Waive" else f"broke the glass ({act.spec.incident})"
    message = f"{actor} {what} until {until:%Y-%m-%d %H:%M} UTC: {act.spec.reason}"[:1024]
    waived = Standing(state="Waived", reason=Reason.WAIVED, message=message, wake_at=until)
    return GateStanding(gate=found.gate, standing=waived, waived_by=act.name)


def needs_life(found: Iterable[GateStanding]) -> bool:
    """Is there one that can only be answered while the revision runs?"""
    return any(one.standing.is_open_question for one in found)


def shown(world: World, parts: Cast, candidate: str, due: Iterable[GateStanding]) -> str | None:
    """Which revision the preview is to show: whose turn it is to be evaluated. None: nobody's.

    What serves alone is asked at the apex; while two revisions share that, it is asked here too. One after the other:
    the address of an evaluation that runs changes hands never.
    """
    found = tuple(due)
    asked = [one.run.spec.revision.name for one in found if one.run is not None]
    asked += [one.standing.wants_run.name for one in found if one.standing.wants_run is not None]
    serving = parts.serving.name if parts.serving is not None else None
    if asked and asked[0] == serving and Traffic(world).selected != serving:
        return serving
    return candidate if needs_life(found) else None


def wanted_runs(world: World, parts: Cast, found: Iterable[GateStanding]) -> Iterator[Mapping[str, Any]]:
    """EvalRuns to make now, of revisions that can be asked. Gates of one suite share a run."""
    made: set[tuple[str, str]] = set()
    for one in found:
        revision, suite = one.standing.wants_run, world.suites.get(one.gate.suite or "")
        if revision is None or suite is None or (revision.name, suite.name) in made:
            continue
        if is_alive(world, revision.name):
            made.add((revision.name, suite.name))
            serving = _reference(parts.serving)
            baseline = serving if serving != revision else None
            yield run_object(world.service, suite, revision, baseline, world.runs)


def is_alive(world: World, revision: str) -> bool:
    """Is there an address behind which only this revision answers?"""
    return address(world, revision) is not None


def address(world: World, revision: str) -> str | None:
    """`http://host:port` where it alone answers: of the preview, or of the apex while that selects no other."""
    traffic = Traffic(world)
    if world.preview is not None and world.preview.selector.get(REVISION) == revision:
        return world.preview.address or None if world.preview.ready.get(revision) else None
    if world.apex is not None and traffic.selected == revision:
        return world.apex.address or None if traffic.addresses(revision) else None
    return None


def is_asked_in_traffic(world: World, parts: Cast) -> Run | None:
    """An evaluation of what serves, at the address that its users use."""
    serving = _reference(parts.serving)
    if serving is None or (world.preview is not None and world.preview.selector.get(REVISION) == serving.name):
        return None
    under_way = (one for one in world.runs if one.status.state == "Running" and one.spec.source == "Job")
    return next((one for one in under_way if one.spec.revision == serving), None)


def record_gates(book: Book, record: Record, found: tuple[GateStanding, ...]) -> None:
    """In the dossier, with an entry for each that has come to a verdict, or lost it."""
    before = {one.name: one for one in record.status.gates}
    there = [one for one in found if one.gate.suite is not None]
    made = tuple(_result(one, before.get(one.gate.name), book.now) for one in there)
    if made == record.status.gates:
        return
    book.amend(record, gates=made)
    for one, result in zip(there, made, strict=True):
        old = before.get(result.name)
        was = old.state if old is not None else None
        if result.state != was and (result.state in _TOLD or was in _TOLD):
            book.note(record, _note(record, one, result))


def _standing(world: World, parts: Cast, record: Record, gate: AskedGate, now: datetime) -> Standing:
    if gate.suite is None:
        return _without_suite(world, gate)
    suite = world.suites.get(gate.suite)
    if suite is None:
        message = f"EvalSuite {gate.suite} does not exist"
        unblock = f"create EvalSuite {gate.suite} in namespace {world.service.namespace}, or correct the gate"
        return Standing(state="Pending", reason=Reason.SUITE_MISSING, message=message, unblock=unblock)
    if suite.spec is None:
        message = f"EvalSuite {suite.name} cannot be read: {suite.problem}"
        return Standing(state="Pending", reason=Reason.SUITE_UNREADABLE, message=message, unblock="correct its spec")
    if (known := contaminant(world, suite)) is not None:
        message = f"suite {suite.name} asks about data that trained the model ({known}): it knows the answers"
        unblock = f"name a suite with other data, or correct dataset.digest of EvalSuite {suite.name}"
        return Standing(state="Pending", reason=Reason.CONTAMINATED, message=message, unblock=unblock)
    since = (record.status.reevaluate_since, evidence_since(record))
    question = Question(
        revision=RevisionReference(name=record.name, digest=record.spec.digest),
        suite=suite,
        baseline=_reference(parts.serving) if parts.serving is not record else None,
        not_before=max((one for one in since if one is not None), default=None),
    )
    found = stands.standing(question, world.runs, now)
    if found.wants_run is not None and not Traffic(world).has_route:
        message = f"suite {suite.name} asks the revision before it takes traffic, and without spec.service nobody can"
        unblock = "write spec.service with the ports that answer"
        return Standing(state="Pending", reason=Reason.NO_DARK, message=message, unblock=unblock)
    return found


def _without_suite(world: World, gate: AskedGate) -> Standing:
    wanted = ",".join(f"{key}={value}" for key, value in sorted((gate.labels or {}).items()))
    message = f"no EvalSuite in namespace {world.service.namespace} carries {wanted}"
    unblock = "have one certified: kubectl label evalsuite NAME " + wanted.replace(",", " ")
    return Standing(state="Pending", reason=Reason.SUITE_MISSING, message=message, unblock=unblock)


def _reference(record: Record | None) -> RevisionReference | None:
    if record is None or not record.is_readable:
        return None
    return RevisionReference(name=record.name, digest=record.spec.digest)


def _result(one: GateStanding, before: GateResult | None, now: datetime) -> GateResult:
    found, suite = one.standing, one.standing.run.spec.suite if one.standing.run else None
    same = before is not None and before.state == found.state
    fields: dict[str, Any] = {
        "name": one.gate.name,
        "suite": one.gate.suite,
        "suite_digest": suite.digest if suite else None,
        "state": found.state,
        "run": found.run.name if found.run else one.waived_by or None,
        # On the way it changes too often to be written down each time: the service's blockers have it.
        "message": found.message[:1024] if found.state in _TOLD else "",
        "since": before.since if same and before is not None else now,
    }
    return GateResult(**{key: value for key, value in fields.items() if value is not None})


def _note(record: Record, one: GateStanding, result: GateResult) -> Note:
    gate, found = one.gate, one.standing
    facts: dict[str, str | int] = {"gate": gate.name, "suite": result.suite, "state": result.state}
    if one.waived_by:
        facts["decision"] = one.waived_by
    if found.run is not None:
        facts |= {"run": found.run.name, "suiteDigest": found.run.spec.suite.digest}
        if found.run.status.raw is not None:
            facts["resultDigest"] = found.run.status.raw.digest
    if result.state not in _TOLD:
        message = f"gate {gate.name} of {record.name} is to be passed anew: {found.message}"
        return Note(type="gate.reopened", reason="GateReopened", message=message, facts=facts)
    words = {
        "Passed": ("gate.passed", "GatePassed", "Normal"),
        "Failed": ("gate.failed", "GateFailed", "Warning"),
        "Inconclusive": ("gate.inconclusive", "GateInconclusive", "Warning"),
        "Waived": ("gate.waived", "GateWaived", "Warning"),
    }
    kind, reason, event = words[result.state]
    message = f"gate {gate.name} of {record.name}: {result.state}: {found.message}"
    return Note(
        type=kind, reason=reason, message=message, facts=facts, event="Normal" if event == "Normal" else "Warning"
    )
