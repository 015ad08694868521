"""What there is to look after, as gauges for alerts: counted in the store when somebody scrapes.

Without a label for each service: there may be thousands. `leadsman get -A`, `incidents -A` and `budget -A` name them.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from leadsman.api.reasons import ConditionType
from leadsman.controller import clock
from leadsman.controller.store import BudgetKey, Store
from leadsman.planner.world import Service

_NOT_SAID: Final = ("Unknown", "Unknown")


class Governed(Collector):
    """Reads what the event loop writes, in the same thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        services = GaugeMetricFamily(
            "leadsman_services", "AIServices, by their condition Ready.", labels=["ready", "reason"]
        )
        for (ready, reason), count in Counter(self._standings()).items():
            services.add_metric([ready, reason], count)
        incidents = GaugeMetricFamily(
            "leadsman_incidents", "AIIncidents that are not closed.", labels=["severity", "state"]
        )
        for (severity, state), count in Counter(self._incidents()).items():
            incidents.add_metric([severity, state], count)
        budgets = GaugeMetricFamily("leadsman_risk_budgets", "RiskBudgets, by state.", labels=["state"])
        for state, count in Counter(self._budgets()).items():
            budgets.add_metric([state], count)
        overdue = GaugeMetricFamily(
            "leadsman_incident_reports_overdue",
            "Reports of incidents that are due and were not made.",
            value=sum(self._overdue()),
        )
        yield from (services, incidents, budgets, overdue)

    def _standings(self) -> Iterator[tuple[str, str]]:
        for _, one in self._store.services():
            if isinstance(one.service, Service):
                conditions = one.service.status.conditions
                ready = next((each for each in conditions if each.type == ConditionType.READY.value), None)
                yield (ready.status, ready.reason) if ready is not None else _NOT_SAID
            else:
                yield ("False", "SpecUnreadable")

    def _incidents(self) -> Iterator[tuple[str, str]]:
        for one in self._store.incidents.all():
            if one.spec is None:
                yield ("Unreadable", "Open")
            elif one.status.state != "Closed":
                yield (one.spec.severity, one.status.state or "Open")

    def _budgets(self) -> Iterator[str]:
        for one in self._store.budgets.all():
            standing = self._store.budgets.standing(BudgetKey(one.namespace, one.name))
            yield (standing.state if standing is not None else None) or "Unknown"

    def _overdue(self) -> Iterator[bool]:
        now = clock.now()
        for one in self._store.incidents.all():
            yield from (each.met_at is None and now >= each.due_at for each in one.status.clocks)
