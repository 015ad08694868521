"""What the operator tells Prometheus about itself. No label has a value for each service: there may be thousands."""

import asyncio
from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from leadsman.controller.undelivered import Undelivered

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    def __init__(self) -> None:
        disable_created_metrics()  # a second series for each counter, which nobody asks for
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.reconciles = self._counter("reconciles", "Looks at a service, by how they ended.", "result")
        self.reconcile_seconds = self._histogram("reconcile_duration_seconds", "How long a look at a service took.")
        self.queue_seconds = self._histogram("queue_latency_seconds", "From being due until being looked at.")
        self.queue_depth = Gauge(
            "leadsman_queue_depth", "Services that are due and not yet looked at.", registry=self.registry
        )
        self.requests = self._counter("api_requests", "Requests to the API server.", "verb", "resource", "code")
        self.decisions = self._counter("decisions", "Ledger entries that were written, by type.", "type")
        self.rollouts = self._counter("rollouts", "Attempts that ended, by outcome.", "outcome")
        self.readings = self._counter("signal_readings", "Readings of monitors, by what they mean.", "state")
        self.queries = self._counter("metric_queries", "Queries to metric providers.", "provider", "result")
        self.deliveries = self._counter("ledger_deliveries", "Batches for the ledger's sinks.", "sink", "result")
        self.undelivered = Undelivered()
        self.registry.register(self.undelivered)
        self.lag_seconds = self._histogram("event_loop_lag_seconds", "How late a timer rings: what keeps it busy.")

    def render(self) -> bytes:
        return generate_latest(self.registry)

    async def watch_lag(self, every_seconds: float = 1.0) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            expected = loop.time() + every_seconds
            await asyncio.sleep(every_seconds)
            self.lag_seconds.observe(max(0.0, loop.time() - expected))

    def asked(self, provider: str, result: str) -> None:
        """A metric provider was: `answered`, `refused` or `unavailable`."""
        self.queries.labels(provider, result).inc()

    def show_depth(self, waiting: Callable[[], int]) -> None:
        self.queue_depth.set_function(waiting)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"leadsman_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str) -> Histogram:
        return Histogram(f"leadsman_{name}", text, registry=self.registry, buckets=QUICK)
