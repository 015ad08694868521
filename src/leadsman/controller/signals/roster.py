"""What is to be read, when, and what it has come to. Knows no tasks, no provider, no clock: times are arguments.

Monitors that ask the same of the same provider at the same interval stand in one line and are read together, at the
same second of each interval. Other lines have other seconds, so that a provider is not asked everything at once.
"""

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from leadsman.controller.store import Key
from leadsman.planner.plan import Watch
from leadsman.planner.signals import readings
from leadsman.planner.signals.queries import Counting, Pods, rendered
from leadsman.planner.signals.readings import Observation, State, Unavailable
from leadsman.planner.world import Signal

GATHER_SECONDS: Final = 0.1
"""What is new is read at once, with whatever else is new at that moment."""
RETRY_SECONDS: Final = 30.0
"""Where there was no answer, the next hour's turn is not waited for."""
KEEP_EVERY: Final = timedelta(seconds=60)
"""Evidence of a comparison is written down this often, so that a restart loses no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    provider: str
    tenant: str | None
    asks: Counting | str
    """A ratio, or a monitor's own query."""
    interval: int


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """A monitor of a revision, waiting in a line."""

    key: Key
    question: Question
    watch: Watch
    state: State
    due: float
    is_read: bool = False
    """Is somebody reading it now?"""
    shown: Signal | None = None
    """What whoever decides saw last."""
    counted_at: datetime | None = None
    """When its stage's requests were counted last."""

    @property
    def candidate(self) -> Pods:
        return Pods(self.key.namespace, self.watch.revision)

    @property
    def serving(self) -> Pods | None:
        return Pods(self.key.namespace, self.watch.versus) if self.watch.versus else None


@dataclass(frozen=True, slots=True)
class Batch:
    """To be read now, and together."""

    question: Question
    members: tuple[Member, ...]


Name = tuple[str, str]
"""Revision and monitor."""


class Roster:
    def __init__(self, tenants: frozenset[str] = frozenset()) -> None:
        """With the names of the providers that keep tenants apart: of those, no namespaces share an answer."""
        self._tenants = tenants
        self._services: dict[Key, dict[Name, Member]] = {}
        self._lines: dict[Question, dict[Member, None]] = {}
        self._heap: list[tuple[float, int, Question]] = []
        self._order = itertools.count()

    def watch(self, key: Key, watches: Iterable[Watch], now: float) -> None:
        """These and no others, of this service. What is still about the same goes on."""
        before = self._services.pop(key, {})
        after = {
            (watch.revision, watch.monitor.name): self._going_on(
                key, watch, before.get((watch.revision, watch.monitor.name)), now
            )
            for watch in watches
        }
        for member in before.values():
            if after.get((member.watch.revision, member.watch.monitor.name)) is not member:
                self._leave(member)
        for member in after.values():
            self._join(member)
        if after:
            self._services[key] = after

    def current(self, key: Key) -> Mapping[Name, Signal]:
        """By revision and monitor, once read. Whoever asks has seen it."""
        found: dict[Name, Signal] = {}
        for name, member in self._services.get(key, {}).items():
            member.shown = member.state.signal
            if member.shown is not None:
                found[name] = member.shown
        return found

    def next_at(self) -> float | None:
        """When there may be something to take."""
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> Iterator[Batch]:
        """What is due. Members that are still being read wait for their next turn: nothing piles up."""
        questions: dict[Question, None] = {}
        while self._heap and self._heap[0][0] <= now:
            questions[heapq.heappop(self._heap)[2]] = None
        for question in questions:
            due = [member for member in self._lines.get(question, ()) if member.due <= now]
            if not due:
                continue
            following = _next(question, now)
            heapq.heappush(self._heap, (following, next(self._order), question))
            free = tuple(member for member in due if not member.is_read)
            for member in due:
                member.due, member.is_read = following, True
            if free:
                yield Batch(question, free)

    def settle(self, member: Member, seen: Observation, at: datetime, now: float) -> bool:
        """One more reading. Is there something new in it for whoever decides?

        Args:
            member: of a batch.
            seen: what was read.
            at: the time that it is about.
            now: as in `take`.
        """
        member.is_read = False
        if self._services.get(member.key, {}).get((member.watch.revision, member.watch.monitor.name)) is not member:
            return False  # nobody asks any more
        if isinstance(seen, Unavailable) and now + RETRY_SECONDS < member.due:
            member.due = now + RETRY_SECONDS
            self._come_back(member)
        before = member.state.signal
        member.state = readings.after(member.state, seen, at)
        return _is_news(member, before)

    def _going_on(self, key: Key, watch: Watch, member: Member | None, now: float) -> Member:
        if member is not None and (member.watch.monitor, member.watch.attempt, member.watch.versus) == (
            watch.monitor,
            watch.attempt,
            watch.versus,
        ):
            member.state, member.watch = readings.continued(member.state, watch), watch
            return member
        state = readings.continued(member.state if member else None, watch)
        question = self._question(key, watch)
        due = math.ceil(now / GATHER_SECONDS + 1) * GATHER_SECONDS
        return Member(key=key, question=question, watch=watch, state=state, due=due)

    def _question(self, key: Key, watch: Watch) -> Question:
        monitor, pods = watch.monitor, Pods(key.namespace, watch.revision)
        return Question(
            provider=monitor.provider,
            tenant=key.namespace if monitor.provider in self._tenants else None,
            asks=Counting.of(monitor) if monitor.ratio else rendered(monitor, key.name, pods),
            interval=monitor.interval_seconds,
        )

    def _join(self, member: Member) -> None:
        line = self._lines.setdefault(member.question, {})
        if member not in line:
            line[member] = None
            self._come_back(member)

    def _come_back(self, member: Member) -> None:
        heapq.heappush(self._heap, (member.due, next(self._order), member.question))

    def _leave(self, member: Member) -> None:
        line = self._lines.get(member.question, {})
        line.pop(member, None)
        if not line:
            self._lines.pop(member.question, None)


def _next(question: Question, now: float) -> float:
    """The line's next second, and no sooner than half an interval: two readings at once say no more than one."""
    phase = hash(question) % question.interval
    return phase + math.ceil((now + question.interval / 2 - phase) / question.interval) * question.interval


def _is_news(member: Member, before: Signal | None) -> bool:
    """May other decisions follow from it than from what was seen last?"""
    shown, after, watch = member.shown, member.state.signal, member.watch
    if shown is None or before is None or after is None:
        return True
    is_first_of_stage = watch.since is not None and shown.at < watch.since <= after.at
    was_old = readings.fresh(before, watch.monitor, after.at).state != before.state
    is_to_be_kept = after.evidence is not None and after.at - shown.at >= KEEP_EVERY
    is_other = (after.state, after.requests) != (shown.state, shown.requests)
    return is_first_of_stage or was_old or is_to_be_kept or is_other
