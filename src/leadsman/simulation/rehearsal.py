"""One change of the past, played through the planner with what was measured then.

    recorded:   generation A serves ──► generation B appears, and is measured
    rehearsed:  the same, under the declaration: stages, readings at its intervals, until it is promoted or goes back

Time passes from reading to reading, and to whatever the planner waits for; nothing waits in earnest. Which pods the
candidate and the serving revision have is taken from the past; how much traffic they got, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from leadsman.clients.errors import QueryRejected
from leadsman.controller.signals.reader import Reader
from leadsman.controller.signals.roster import Batch, Roster
from leadsman.controller.store import Key
from leadsman.planner.plan import Plan, Watch
from leadsman.planner.revisions.digests import revision_digest, revision_name
from leadsman.planner.signals.readings import Refused
from leadsman.planner.world import Signal
from leadsman.simulation.cluster import Cluster
from leadsman.simulation.declaration import Declaration
from leadsman.simulation.outcome import Moment, Outcome, Point, Rehearsed
from leadsman.simulation.past import Generation

TICK: Final = timedelta(milliseconds=1)
"""A time in microseconds may lie just before the one that it was made from: what is due then is due a tick later."""
BEFORE: Final = timedelta(hours=1)
"""So long the serving revision has been there when the change comes."""
LONGEST: Final = timedelta(days=7)
"""Whatever holds a change longer is not waited for."""


@dataclass(slots=True, kw_only=True)
class _Stage:
    """Where it is played."""

    cluster: Cluster
    key: Key
    readers: Mapping[str, Reader]
    generations: Mapping[str, str]
    """By revision."""
    roster: Roster = field(default_factory=Roster)
    points: list[Point] = field(default_factory=list[Point])

    def signals(self) -> dict[tuple[str, str], Signal]:
        revisions = {generation: revision for revision, generation in self.generations.items()}
        return {(revisions[name], monitor): one for (name, monitor), one in self.roster.current(self.key).items()}

    def told(self, message: str | None) -> str:
        """With the names of the past."""
        message = message or ""
        for revision, generation in self.generations.items():
            message = message.replace(revision, generation)
        return message

    def watch(self, watches: Iterable[Watch], now: datetime) -> None:
        self.roster.watch(self.key, [self._recorded(one) for one in watches], now.timestamp())

    def _recorded(self, watch: Watch) -> Watch:
        versus = self.generations.get(watch.versus) if watch.versus else None
        return replace(watch, revision=self.generations[watch.revision], versus=versus)

    async def read(self, now: datetime, candidate: str) -> None:
        for batch in self.roster.take(now.timestamp()):
            said = await self._said(batch, now)
            for member in batch.members:
                self.roster.settle(member, said[member], now, now.timestamp())
                if member.state.signal is not None and member.watch.revision == candidate:
                    self.points.append(Point.of(member.state.signal))

    async def _said(self, batch: Batch, now: datetime) -> Mapping[Any, Any]:
        reader = self.readers[batch.question.provider]
        try:
            return await reader.read(batch, now)
        except QueryRejected as error:
            return dict.fromkeys(batch.members, Refused(f"provider {reader.name} refuses the query: {error.message}"))


async def rehearse(
    declaration: Declaration,
    serving: Generation,
    candidate: Generation,
    readers: Mapping[str, Reader],
    *,
    until: datetime,
) -> Rehearsed:
    """What the declaration makes of the change from one generation to the next.

    Args:
        declaration: the service as it is declared.
        serving: what served when the change came.
        candidate: what came.
        readers: by the names of metric providers.
        until: when the next change came, or else what was measured ends.

    Raises:
        MetricsUnavailable: a provider does not answer.
    """
    after, cluster = declaration.of(candidate.name), declaration.cluster(serving.name)
    stage = _Stage(
        cluster=cluster,
        key=Key(declaration.namespace, declaration.name),
        readers=readers,
        generations={_revision(declaration, one): one.name for one in (serving, candidate)},
    )
    cluster.settle(candidate.first_seen - BEFORE, {})
    begun = len(cluster.entries)
    cluster.apply(after)
    end = min(until, candidate.first_seen + LONGEST)
    now, made = await _play(stage, candidate, end)
    revision = _revision(declaration, candidate)
    moments = tuple(Moment.of(one, stage.told(one.message)) for one in cluster.entries[begun:])
    outcome = _outcome(cluster, revision, ended=now < end)
    return Rehearsed(
        generation=candidate.name,
        versus=serving.name,
        at=candidate.first_seen,
        until=now,
        outcome=outcome,
        why=stage.told(_why(cluster, made, revision, outcome)),
        moments=moments,
        readings=tuple(stage.points),
    )


async def _play(stage: _Stage, candidate: Generation, end: datetime) -> tuple[datetime, Plan]:
    """From the change on, until it is over or nothing was measured any more."""
    now = candidate.first_seen
    while True:
        made = stage.cluster.settle(now, stage.signals())
        stage.watch(made.watches, now)
        if now >= end or _is_over(stage.cluster):
            return now, made
        times = [end]
        if (due := stage.roster.next_at()) is not None:
            times.append(max(datetime.fromtimestamp(due, UTC), now) + TICK)
        if made.wake_at is not None:
            times.append(made.wake_at)
        now = min(times)
        await stage.read(now, candidate.name)


def _is_over(cluster: Cluster) -> bool:
    """Promoted, and its bake is over; or back."""
    last = cluster.entries[-1].type if cluster.entries else ""
    return last in {"bake.ended", "rollback.verified", "attempt.aborted"} and bool(_candidates(cluster))


def _candidates(cluster: Cluster) -> list[str]:
    """Whatever came after the first revision."""
    return list(cluster.revisions)[1:]


def _outcome(cluster: Cluster, revision: str, *, ended: bool) -> Outcome:
    verdict = cluster.revisions[revision].status.verdict if revision in cluster.revisions else "Pending"
    if verdict in {"RolledBack", "Failed", "Aborted"}:
        return "RolledBack"
    if verdict == "Serving":
        return "Promoted" if ended else "Baking"
    return "Held"


def _why(cluster: Cluster, made: Plan, revision: str, outcome: Outcome) -> str:
    """What holds it, or what ended it."""
    if outcome == "Held":
        status = made.status or cluster.status
        return "; ".join(one.message for one in status.blockers)
    if outcome == "RolledBack":
        return cluster.revisions[revision].status.message or ""
    return ""


def _revision(declaration: Declaration, generation: Generation) -> str:
    """Its name."""
    return revision_name(declaration.name, revision_digest(declaration.of(generation.name), {}))
