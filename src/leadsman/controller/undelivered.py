"""What the ledger's sinks don't have yet, as gauges: over all services, since there may be thousands."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from leadsman.controller import clock
from leadsman.controller.store import Key


class Undelivered(Collector):
    def __init__(self) -> None:
        self._waiting: dict[str, dict[Key, Sequence[datetime]]] = {}

    def note(self, sink: str, key: Key, times: Sequence[datetime]) -> None:
        """When each entry was made, of this service, which the sink does not have."""
        of_sink = self._waiting.setdefault(sink, {})
        if times:
            of_sink[key] = times
        else:
            of_sink.pop(key, None)

    def collect(self) -> Iterator[Metric]:
        count = GaugeMetricFamily(
            "leadsman_ledger_undelivered", "Ledger entries that a sink has not acknowledged.", labels=["sink"]
        )
        age = GaugeMetricFamily(
            "leadsman_ledger_oldest_undelivered_seconds",
            "Age of the oldest. 0: there is none.",
            labels=["sink"],
        )
        now = clock.now()
        for sink, services in self._waiting.items():
            waiting = [at for times in services.values() for at in times]
            count.add_metric([sink], len(waiting))
            age.add_metric([sink], (now - min(waiting, default=now)).total_seconds())
        yield from (count, age)
