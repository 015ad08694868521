"""What metric providers say for budgets, by what is asked and of whom: long windows are read less often."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from leadsman.clients.errors import ClientError, MetricsUnavailable, QueryRejected
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.samples import Sample
from leadsman.controller.signals.asking import Asked, answer
from leadsman.controller.signals.names import Names, Standing
from leadsman.planner.budgets.counts import DAY, Count, Window, start_of, today
from leadsman.planner.budgets.days import DaySum
from leadsman.planner.budgets.drawing import Events, Money, Place
from leadsman.planner.budgets.questions import STEP, Reading, cost_query, count_queries, has_bad, one_value, readings
from leadsman.planner.budgets.spending import Spent
from leadsman.planner.budgets.state import BURN_WINDOWS
from leadsman.planner.signals.queries import Labels
from leadsman.planner.signals.readings import unheard_of

OFTEN: Final = 60
"""A window is read again after this part of it."""
DAY_EVERY: Final = timedelta(minutes=5)
"""How often today is read, and how much of the last 24 hours was measured."""
YOUNG: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Due:
    windows: frozenset[timedelta]
    today: timedelta | None
    """How long it is, where it is to be read."""
    over: tuple[date, ...]
    """Days that have ended."""

    @property
    def lengths(self) -> frozenset[timedelta]:
        return self.windows if self.today is None else self.windows | {self.today}

    @property
    def measured(self) -> frozenset[timedelta]:
        return frozenset[timedelta]() if self.today is None else frozenset({DAY, self.today})


class Reader:
    """Of one provider."""

    def __init__(self, provider: Prometheus, asked: Asked) -> None:
        self.name = provider.provider.name
        self._provider = provider
        self._asked = asked
        self._names = Names(provider)
        self._labels = Labels(provider.provider.namespace_label, provider.provider.pod_label)

    async def read(
        self,
        ask: Events | Money,
        known: Mapping[Place, Count],
        days: Collection[date],
        tenant: str | None,
        now: datetime,
    ) -> Mapping[Place, Count]:
        """What is known with what is due.

        Args:
            ask: what is asked.
            known: of each service, so far.
            days: that are over, to be read unless they are known.
            tenant: in whose name.
            now: the time, in whole seconds.

        Raises:
            MetricsUnavailable: there is no answer, so that nothing else need be asked now.
        """
        due = _due(known.values(), days, now)
        try:
            if isinstance(ask, Money):
                return {place: await self._money(ask, place, one, due, tenant, now) for place, one in known.items()}
            return await self._events(ask, known, due, tenant, now)
        except (QueryRejected, ValueError) as error:
            problem = error.message if isinstance(error, ClientError) else str(error)
            return {place: replace(one, problem=f"provider {self.name}: {problem}") for place, one in known.items()}

    async def _events(
        self, ask: Events, known: Mapping[Place, Count], due: _Due, tenant: str | None, now: datetime
    ) -> Mapping[Place, Count]:
        samples = await self._count(ask, known, due.lengths, due.measured, tenant, now)
        if samples and not has_bad(samples) and (problem := await self._unheard(ask, tenant, now)):
            return {place: replace(one, problem=problem) for place, one in known.items()}
        found = readings(samples, known.keys(), self._labels)
        over: dict[date, Mapping[Place, Reading]] = {}
        for day in due.over:
            ended = await self._count(ask, known, {DAY}, {DAY}, tenant, start_of(day) + DAY)
            over[day] = readings(ended, known.keys(), self._labels)
        return {
            place: _counted(one, found[place], {day: each[place] for day, each in over.items()}, due, now)
            for place, one in known.items()
        }

    async def _count(  # noqa: PLR0913, PLR0917  one question
        self,
        ask: Events,
        places: Iterable[Place],
        windows: Collection[timedelta],
        measured: Collection[timedelta],
        tenant: str | None,
        at: datetime,
    ) -> tuple[Sample, ...]:
        found: tuple[Sample, ...] = ()
        for query in count_queries(ask, places, self._labels, windows=windows, measured=measured):
            found += await self._query(query, tenant, at)
        return found

    async def _unheard(self, ask: Events, tenant: str | None, now: datetime) -> str:
        """No event was bad: is there such a counter at all?"""
        metric = ask.bad.metric
        if metric is None:
            return f"no series of {ask.bad}, and as it names no metric it cannot be looked up: name one"
        if metric == ask.total.metric:
            return ""
        standing = await self._names.standing(metric, tenant=tenant, now=now)
        return unheard_of(metric, self.name).reason if standing is not Standing.KNOWN else ""

    async def _money(  # noqa: PLR0913, PLR0917  one question
        self, ask: Money, place: Place, known: Count, due: _Due, tenant: str | None, now: datetime
    ) -> Count:
        async def spent(window: timedelta, at: datetime) -> float | None:
            return one_value(await self._query(cost_query(ask, place, window), tenant, at))

        count = known
        for window in due.windows:
            found = await spent(window, now)
            read = Window(now, {} if found is None else {"": Spent(found)})
            count = replace(count, windows={**count.windows, window: read})
        if due.today:
            found = await spent(due.today, now)
            measured = timedelta() if found is None else DAY
            day = _money(today(now), found, due.today)
            count = replace(count, today=day, today_at=now, measured=measured, measured_at=now)
        ended = {day: _money(day, await spent(DAY, start_of(day) + DAY), DAY) for day in due.over}
        return replace(count, at=now, over={**count.over, **ended}, problem="")

    async def _query(self, query: str, tenant: str | None, at: datetime) -> tuple[Sample, ...]:
        samples = await answer(self._provider, query, at=at, tenant=tenant, asked=self._asked)
        if samples.partial:
            raise MetricsUnavailable(f"provider {self.name}: {'; '.join(samples.partial)}")
        return samples.values


def _due(known: Collection[Count], days: Collection[date], now: datetime) -> _Due:
    length = now - start_of(today(now))
    is_today_due = any(_is_today_due(one, now) for one in known)
    return _Due(
        windows=frozenset(window for window in BURN_WINDOWS if any(_is_due(one, window, now) for one in known)),
        today=length if is_today_due and length >= STEP else None,
        over=tuple(sorted(day for day in days if any(day not in one.over for one in known))),
    )


def _is_today_due(count: Count, now: datetime) -> bool:
    """Of a service that is young there is little to read."""
    if count.today is None or count.today_at is None or count.today.measured < YOUNG:
        return True
    return now - count.today_at >= DAY_EVERY


def _is_due(count: Count, window: timedelta, now: datetime) -> bool:
    """One that was empty costs nothing to read."""
    read = count.windows.get(window)
    return read is None or not read.spent or now - read.at >= window / OFTEN


def _counted(count: Count, found: Reading, ended: Mapping[date, Reading], due: _Due, now: datetime) -> Count:
    windows = {window: Window(now, found.spent.get(window, {})) for window in due.windows}
    over = {day: _events(day, one, DAY) for day, one in ended.items()}
    count = replace(count, at=now, windows={**count.windows, **windows}, over={**count.over, **over}, problem="")
    if due.today is None:
        return count
    day = _events(today(now), found, due.today)
    return replace(count, today=day, today_at=now, measured=found.measured.get(DAY, timedelta()), measured_at=now)


def _events(day: date, found: Reading, length: timedelta) -> DaySum:
    spent = sum(found.spent.get(length, {}).values(), Spent(0, 0))
    return DaySum(day, spent, found.measured.get(length, timedelta()))


def _money(day: date, found: float | None, length: timedelta) -> DaySum:
    return DaySum(day, Spent(found or 0), timedelta() if found is None else length)
