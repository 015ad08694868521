"""All that is read for budgets, in rounds: what several of them ask is asked once."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

import aiohttp

from leadsman.clients.errors import MetricsUnavailable
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.providers import Provider
from leadsman.controller.budgets.reader import Reader
from leadsman.controller.metrics import Metrics
from leadsman.planner.budgets.accounting import Wanted
from leadsman.planner.budgets.counts import Count
from leadsman.planner.budgets.drawing import Ask, Place

Question = tuple[Ask, Place]
_Group = tuple[Ask, str | None]
"""What is asked in one query, and in whose name."""


class Counts:
    def __init__(self, providers: Mapping[str, Provider], session: aiohttp.ClientSession, metrics: Metrics) -> None:
        self._readers: Final = {
            name: Reader(Prometheus(provider, session), metrics.asked) for name, provider in providers.items()
        }
        self._apart: Final = frozenset(name for name, provider in providers.items() if provider.tenant_header)
        self._counts: dict[Question, Count] = {}

    def known(self) -> Mapping[Question, Count]:
        return self._counts

    async def read(self, wanted: Wanted, now: datetime) -> None:
        """One round. What nobody wants any more is forgotten.

        Args:
            wanted: by all budgets.
            now: the time, in whole seconds.
        """
        self._counts = {one: _kept(self._counts.get(one, Count()), days) for one, days in wanted.items()}
        groups: dict[str, dict[_Group, set[Place]]] = {}
        for ask, place in wanted:
            tenant = place.namespace if ask.provider in self._apart else None
            groups.setdefault(ask.provider, {}).setdefault((ask, tenant), set()).add(place)
        await asyncio.gather(*(self._of(provider, found, wanted, now) for provider, found in groups.items()))

    async def _of(self, provider: str, groups: Mapping[_Group, set[Place]], wanted: Wanted, now: datetime) -> None:
        """One query after the other. Where there is no answer, the rest of the round is not asked."""
        reader = self._readers.get(provider)
        problem = "" if reader is not None else f"provider {provider} is not configured"
        for (ask, tenant), places in groups.items():
            known = {place: self._counts[ask, place] for place in places}
            if reader is not None and not problem:
                days = frozenset[date]().union(*(wanted[ask, place] for place in places))
                try:
                    known = await reader.read(ask, known, days, tenant, now)
                except MetricsUnavailable as error:
                    problem = error.message
            told = known if not problem else {place: replace(one, problem=problem) for place, one in known.items()}
            self._counts |= {(ask, place): one for place, one in told.items()}


def _kept(count: Count, days: frozenset[date]) -> Count:
    """Of days that are over, what a budget has booked need not be remembered here."""
    return replace(count, over={day: one for day, one in count.over.items() if day in days})
