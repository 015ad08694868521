"""Monitors: the signals that judge a revision while it runs. AIService and GovernancePolicy both declare them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from leadsman.api.markers import Pattern, Rule, keyed_by
from leadsman.api.meta import Model
from leadsman.api.scalars import DnsLabel, OpenFraction, Threshold
from leadsman.api.v1alpha1.promql import PodQuery, SeriesSelector

MonitorClass = Literal["Health", "Quality", "Safety", "Latency", "Drift", "Cost"]


class Ratio(Model):
    """Events that went wrong, out of all events. Both are counters, given as plain series selectors."""

    bad: SeriesSelector
    """Series selector of the counter of events that went wrong, such as `http_requests_total{code=~"5.."}`. Leadsman
    adds the namespace and the pods of the revision, takes increases and sums: write no function around it."""
    total: SeriesSelector
    """Series selector of the counter of all events, such as `http_requests_total`."""


class Comparison(Model):
    """Judges the candidate against the revision that serves at the same time."""

    to_serving: Literal["NotWorse", "NonInferior"]
    """NotWorse passes until harm is shown, and may be looked at as often as one likes. NonInferior passes only once
    absence of harm is proven, which takes much traffic: `leadsman plan` prints how long."""
    ratio_at_most: Annotated[
        str,
        StringConstraints(max_length=24),
        Pattern(
            r"^[1-9][0-9]{0,3}(\.[0-9]{1,9})?$",
            'must be a decimal number in quotes, at least "1": a quarter more is "1.25"',
        ),
    ] = "1.25"
    """How many times the serving revision's bad share is tolerable: a decimal string, at least "1". Default "1.25"."""
    alpha: OpenFraction = "0.05"
    """Chance of blaming a candidate that is no worse, as a decimal string. Default "0.05"."""


class Monitor(Model):
    """One signal. Workload health (readiness, restarts, out of memory) is always watched and needs none."""

    name: DnsLabel
    """Unique among the monitors of the service. Risk budgets refer to it."""
    class_: Annotated[MonitorClass, Field(alias="class")]
    """What a failure means. Health, Quality, Safety, Latency: rollback. Drift: hold and evaluate again. Cost: hold."""
    provider: DnsLabel = "default"
    """A metric provider from the operator's configuration. Addresses can't be given here. Default "default"."""
    interval_seconds: Annotated[int, Field(ge=5, le=3600, strict=True)] = 15
    """Seconds between two readings, 5 to 3600. Default 15."""
    window_seconds: Annotated[int, Field(ge=5, le=86400, strict=True)] | None = None
    """Seconds that one reading looks back, at most a day. Default: four intervals, at least 60."""
    ratio: Ratio | None = None
    """Bad events out of all events. Exactly one of ratio and query."""
    query: PodQuery | None = None
    """PromQL that yields one number. Variables, written as {{ window }}: namespace, service, revision, deployment,
    podRegex, window; at least one of revision, deployment, podRegex must be used. Exactly one of ratio and query."""
    max: Threshold | None = None
    """The reading fails above this value, as a decimal string. For a ratio at most "1"."""
    min: Threshold | None = None
    """The reading fails below this value, as a decimal string. For a query only."""
    compare: Comparison | None = None
    """Judges against the serving revision instead of a limit. For a ratio only."""
    min_samples: Annotated[int, Field(ge=1, le=2**53, strict=True)] = 1
    """A reading over fewer events is Inconclusive, which never counts as passed. For a ratio only. Default 1."""
    consecutive: Annotated[int, Field(ge=1, le=20, strict=True)] = 2
    """Failed readings in a row before the monitor counts as failed, 1 to 20. A comparison bounds its error by itself
    and does not use it. Default 2."""

    validations = (
        Rule(
            "has(self.ratio) != has(self.query)",
            "needs exactly one of ratio (bad and total counters) and query (PromQL for one number)",
        ),
        Rule(
            "[has(self.max), has(self.min), has(self.compare)].filter(given, given).size() == 1",
            "needs exactly one of max, min and compare: without a limit nothing can fail, with two nobody knows which",
        ),
        Rule("!has(self.compare) || has(self.ratio)", "compare needs ratio: a query yields no counts to compare"),
        Rule(
            "!has(self.min) || has(self.query)", "min needs query: a ratio counts what went wrong, so limit it with max"
        ),
        Rule(
            "!has(self.ratio) || !has(self.max) || self.max.matches('^(0([.][0-9]+)?|1([.]0+)?)$')",
            'is a share of all events here, from "0" to "1": 2 % is "0.02"',
            field=".max",
        ),
        Rule(
            "has(self.ratio) || self.minSamples == 1",
            "counts the events of a ratio, and a query yields one number: leave minSamples out",
            field=".minSamples",
        ),
        Rule(
            "!has(self.windowSeconds) || self.windowSeconds >= self.intervalSeconds",
            "must be at least intervalSeconds, or events between two readings are never seen",
            field=".windowSeconds",
        ),
    )

    @property
    def effective_window_seconds(self) -> int:
        return self.window_seconds if self.window_seconds is not None else max(60, 4 * self.interval_seconds)


Monitors = Annotated[tuple[Monitor, ...], keyed_by("name"), Field(max_length=32)]
