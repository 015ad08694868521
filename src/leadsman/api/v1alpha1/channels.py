"""Channels of a risk budget: each one way to spend it. An AIService may declare them inline; a RiskBudget is shared."""

from typing import Annotated

from pydantic import Field, StringConstraints

from leadsman.api.markers import Rule, keyed_by
from leadsman.api.meta import Model
from leadsman.api.scalars import DnsLabel, OpenFraction, PositiveDecimal
from leadsman.api.v1alpha1.promql import PromQL, SeriesSelector


class ChannelRatio(Model):
    """Bad events out of all events: those of a monitor, or of two series selectors."""

    monitor: DnsLabel | None = None
    """A ratio monitor of the service, by name. Instead of bad and total."""
    bad: SeriesSelector | None = None
    """Series selector of the counter of events that went wrong. Together with total."""
    total: SeriesSelector | None = None
    """Series selector of the counter of all events. Together with bad."""

    validations = (
        Rule(
            "has(self.monitor) ? !has(self.bad) && !has(self.total) : has(self.bad) && has(self.total)",
            "needs either monitor, or bad and total",
        ),
    )


class ChannelCost(Model):
    """Money spent in the window."""

    query: PromQL
    """PromQL that yields the money spent over {{ window }} as one number. Variables as in a monitor's query."""
    currency: Annotated[str, StringConstraints(min_length=3, max_length=3, pattern=r"^[A-Z]{3}$")]
    """ISO 4217 code, such as EUR."""
    allowance: PositiveDecimal
    """What may be spent in the window, as a decimal string."""


class Channel(Model):
    """One way in which the budget is spent. The budget is as spent as its worst channel; none are averaged."""

    name: DnsLabel
    """Unique in the budget."""
    ratio: ChannelRatio | None = None
    """Spends bad events; what may be spent follows from objective."""
    objective: OpenFraction | None = None
    """For a ratio: the share of good events to hold, as a decimal string such as "0.995"."""
    points: Annotated[int, Field(ge=1, le=10_000, strict=True)] | None = None
    """Spends incidents: Sev4 costs 1 point, Sev3 5, Sev2 25, Sev1 100. The number is what may be spent."""
    cost: ChannelCost | None = None
    """Spends money."""
    minutes: Annotated[int, Field(ge=1, le=525_600, strict=True)] | None = None
    """Spends time that was not measured. The number is the minutes that may be spent."""

    validations = (
        Rule(
            "[has(self.ratio), has(self.points), has(self.cost), has(self.minutes)].filter(given, given).size() == 1",
            "needs exactly one of ratio, points, cost and minutes",
        ),
        Rule(
            "has(self.ratio) == has(self.objective)",
            'ratio and objective go together: write for example objective: "0.995"; other channels have no objective',
        ),
    )


Channels = Annotated[tuple[Channel, ...], keyed_by("name"), Field(min_length=1, max_length=16)]
WindowDays = Annotated[int, Field(ge=1, le=92, strict=True)]
