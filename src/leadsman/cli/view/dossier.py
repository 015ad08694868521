"""`leadsman history --revision`: what happened to one revision, as its dossier has it."""

import datetime as dt
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from leadsman.api.v1alpha1 import AIRevision
from leadsman.api.v1alpha1.airevision_status import Attempt, LedgerEntry, StageRecord
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.marks import QUIET, STRONG, join, mark_state, style_verdict
from leadsman.cli.view.moments import render_span, render_time
from leadsman.cli.view.readings import render_numbers
from leadsman.cli.view.tables import table

INDENT = "  "


def render_dossier(revision: AIRevision) -> Group:
    return Group(*_snapshot(revision), *_sections(revision))


def _snapshot(revision: AIRevision) -> Iterator[Text]:
    spec, status = revision.spec, revision.status
    yield join(Text(f"#{spec.number} {revision.metadata.name}", STRONG), f"of {spec.service.name}")
    yield join(Text(status.verdict or "no verdict yet", style_verdict(status.verdict)), status.reason, status.message)
    yield Text(f"digest        {spec.digest}")
    yield Text(f"model         {spec.model.name} {spec.model.version}")
    if spec.model.digest:
        yield Text(f"model digest  {spec.model.digest}")
    for pinned in spec.inputs:
        yield Text(f"input         {pinned.config_map}, copied to {pinned.copy_}")
    for loose in spec.unpinned:
        yield Text(f"not pinned    {loose.kind} {loose.name}")
    if change := spec.change:
        yield join("change      ", change.author, change.commit, change.pull_request)
    yield Text(f"made          {render_time(revision.metadata.creation_timestamp)}")
    yield Text(f"first served  {render_time(status.first_served_at)}")


def _sections(revision: AIRevision) -> Iterator[RenderableType]:
    status = revision.status
    if status.gates:
        yield Text("\ngates", STRONG)
        yield table(
            ("GATE", "SUITE", "STATE", "BY", "SINCE", "MESSAGE"),
            (
                (
                    one.name,
                    one.suite,
                    Text.assemble(mark_state(one.state), " ", one.state),
                    one.run or ABSENT,
                    render_time(one.since),
                    one.message,
                )
                for one in status.gates
            ),
        )
    for attempt in sorted(status.attempts, key=lambda one: one.number):
        yield from _attempt(attempt)
    if status.decisions:
        yield Text("\ndecisions", STRONG)
        yield table(
            ("DECISION", "NAME", "ATTEMPT", "WHO", "SLOTS", "AT"),
            (
                (
                    one.decision,
                    one.name,
                    str(one.attempt),
                    one.actor.username,
                    ", ".join(one.slots) or ABSENT,
                    render_time(one.at),
                )
                for one in status.decisions
            ),
        )
    yield from _ledger(revision)


def _attempt(attempt: Attempt) -> Iterator[RenderableType]:
    outcome = attempt.outcome or "under way"
    yield join(
        Text(f"\nattempt {attempt.number}", STRONG),
        Text(outcome, style_verdict(attempt.outcome)),
        attempt.reason,
        attempt.message,
    )
    yield Text(f"{INDENT}{_when(attempt.started_at, attempt.ended_at)}", QUIET)
    if attempt.stages:
        yield table(
            ("  STAGE", "ASKED", "ACHIEVED", "FROM", "ACHIEVED AT", "FOR", "REQUESTS"), map(_stage, attempt.stages)
        )
    if attempt.readings:
        yield table(
            ("  MONITOR", "STATE", "NUMBERS", "AT", "MESSAGE"),
            (
                (
                    INDENT + one.monitor,
                    Text.assemble(mark_state(one.state), " ", one.state),
                    render_numbers(one),
                    _clock(one.at),
                    one.message,
                )
                for one in attempt.readings
            ),
        )


def _stage(stage: StageRecord) -> tuple[str, ...]:
    achieved = stage.achieved_percent
    return (
        INDENT + stage.name,
        f"{stage.weight} %",
        ABSENT if achieved is None else f"{achieved} %",
        _clock(stage.started_at),
        _clock(stage.achieved_at),
        render_span(stage.ended_at - stage.started_at) if stage.ended_at else "under way",
        ABSENT if stage.requests is None else str(stage.requests),
    )


def _ledger(revision: AIRevision) -> Iterator[RenderableType]:
    ledger = revision.status.ledger
    if ledger is None:
        return
    yield Text("\nledger", STRONG).append(f"  every sink has entries up to {ledger.acknowledged}", QUIET)
    if ledger.entries:
        yield table(("SEQUENCE", "AT", "TYPE", "WHO", "REASON", "MESSAGE"), map(_entry, ledger.entries))


def _entry(entry: LedgerEntry) -> tuple[str, ...]:
    facts = ", ".join(f"{key}={value}" for key, value in entry.facts.items())
    said = " ".join(filter(None, (entry.message, f"({facts})" if facts else "")))
    return (
        str(entry.sequence),
        _clock(entry.at),
        entry.type,
        entry.actor.username if entry.actor else ABSENT,
        entry.reason or ABSENT,
        said,
    )


def _when(start: dt.datetime, end: dt.datetime | None) -> str:
    if end is None:
        return f"since {render_time(start)}"
    return f"{render_time(start)} to {render_time(end)}, {render_span(end - start)}"


def _clock(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).strftime("%m-%d %H:%M:%SZ") if moment else ABSENT
