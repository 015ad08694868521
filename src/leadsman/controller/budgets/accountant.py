"""Reads for all budgets in rounds, computes how each stands, tells the services that draw on it, and writes it down."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from leadsman.api.v1alpha1.riskbudget import RiskBudgetSpec, RiskBudgetStatus
from leadsman.controller import clock, logs
from leadsman.controller.apply.records import Records
from leadsman.controller.budgets.counts import Counts
from leadsman.controller.engine.engine import Rest
from leadsman.controller.observe.budgets import Allotment
from leadsman.controller.store import AnyKey, BudgetKey, Store, concerned
from leadsman.planner.budgets.accounting import Drawn, Wanted, account, wanted
from leadsman.planner.budgets.channels import Mishap
from leadsman.planner.budgets.drawing import Ask, Place
from leadsman.planner.report.risk_budget import is_news, is_worth_writing, unreadable, with_conditions

log = logging.getLogger(__name__)

AT_LEAST_SECONDS: Final = 1.0
"""Between two rounds, however many budgets are new."""


class Accountant:
    def __init__(self, records: Records, store: Store, counts: Counts, wake: Callable[[AnyKey], None]) -> None:
        self._records = records
        self._store = store
        self._counts = counts
        self._wake = wake
        self._hurry = asyncio.Event()

    async def forever(self, every_seconds: float) -> None:
        """Round after round. A new budget, or a new service on one, does not wait for the next."""
        while True:
            try:
                await self._round()
            except Exception:  # what was not read makes budgets Unknown, in time
                log.exception("could not read for budgets")
            await asyncio.sleep(AT_LEAST_SECONDS)
            try:
                await asyncio.wait_for(self._hurry.wait(), every_seconds - AT_LEAST_SECONDS)
            except TimeoutError:
                continue

    async def __call__(self, key: BudgetKey) -> Rest:
        """How it stands, by what has been read. Services that draw on it are woken where that is news to them."""
        budget = self._store.budgets.get(key)
        if budget is None:
            self._store.budgets.stands(key, None)
            return Rest()
        with logs.concerning(**concerned(key)):
            now = _now()
            if budget.spec is None:
                status = unreadable(budget.status, budget.problem, budget.generation, now)
            elif (computed := self._computed(budget, budget.spec, now)) is None:
                self._hurry.set()  # what is new in it is read first
                return Rest()
            else:
                status = with_conditions(computed, budget.status, budget.generation, now)
            before = self._store.budgets.standing(key)
            self._store.budgets.stands(key, status)
            if is_news(status, before):
                for service in self._store.drawers.keys(budget):
                    self._wake(service)
            if status != budget.status and is_worth_writing(status, budget.status):
                await self._records.write_budget(budget, status)
        return Rest()

    async def _round(self) -> None:
        self._hurry.clear()
        now = _now()
        all_wanted: dict[tuple[Ask, Place], frozenset[date]] = {}
        for budget in self._store.budgets.all():
            if budget.spec is not None:
                for question, days in self._wanted(budget, budget.spec, now).items():
                    all_wanted[question] = all_wanted.get(question, frozenset[date]()) | days
        await self._counts.read(all_wanted, now)
        for budget in self._store.budgets.all():
            self._wake(BudgetKey(budget.namespace, budget.name))

    def _wanted(self, budget: Allotment, spec: RiskBudgetSpec, now: datetime) -> Wanted:
        return wanted(spec, self._last(budget), self._store.drawers.of(budget), now)

    def _computed(self, budget: Allotment, spec: RiskBudgetSpec, now: datetime) -> RiskBudgetStatus | None:
        """None: nobody has tried to read all of it yet."""
        drawers, counts = self._store.drawers.of(budget), self._counts.known()
        if not all(question in counts for question in wanted(spec, self._last(budget), drawers, now)):
            return None
        drawn = Drawn(drawers=drawers, counts=counts, mishaps=self._mishaps(budget))
        return account(spec, self._last(budget), drawn, now, generation=budget.generation)

    def _mishaps(self, budget: Allotment) -> tuple[Mishap, ...] | None:
        """Of all services that draw on it. None: one of them cannot be read."""
        found = [one for key in self._store.drawers.keys(budget) for one in self._store.incidents.of(key)]
        mishaps = [Mishap(aware_at=one.spec.aware_at, severity=one.spec.severity) for one in found if one.spec]
        return tuple(mishaps) if len(mishaps) == len(found) else None

    def _last(self, budget: Allotment) -> RiskBudgetStatus:
        """As it was computed, or else written, last."""
        return self._store.budgets.standing(BudgetKey(budget.namespace, budget.name)) or budget.status


def _now() -> datetime:
    return clock.now().replace(microsecond=0)
