"""Who draws on a budget, and what each of its channels counts for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from leadsman.api.v1alpha1.channels import Channel
from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.signals.selectors import Selector
from leadsman.planner.world import Revision

DEFAULT: Final = "default"
"""The metric provider of channels that name no monitor."""
SCRAPED_AFTER: Final = timedelta(minutes=3)
"""Pods are scraped, and samples are there, some time after their first traffic."""


class Place(NamedTuple):
    """A service's."""

    namespace: str
    service: str


@dataclass(frozen=True, slots=True)
class Events:
    """What counts as bad, and what counts. Services that ask the same are read together."""

    provider: str
    bad: Selector
    total: Selector


@dataclass(frozen=True, slots=True)
class Money:
    """PromQL for what was spent in a window."""

    provider: str
    query: str


Ask = Events | Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawer:
    """An AIService that draws on a budget."""

    place: Place
    monitors: tuple[Monitor, ...]
    """Those that policies add included."""
    first_traffic: datetime | None
    """When one of its revisions first took traffic. None: none did."""

    def counts_from(self, start: datetime) -> datetime | None:
        """Since when there should be something to measure, of a time that begins at `start`. None: not yet."""
        return None if self.first_traffic is None else max(start, self.first_traffic + SCRAPED_AFTER)


@dataclass(frozen=True, slots=True)
class NotCounted:
    """What a service does not have, so that a channel says nothing of it."""

    message: str


def first_traffic(revisions: tuple[Revision, ...]) -> datetime | None:
    """When users first met one of a service's revisions, as far back as its records go."""
    times = (stage.achieved_at for one in revisions for attempt in one.status.attempts for stage in attempt.stages)
    served = (one.status.first_served_at for one in revisions)
    return min((at for at in (*times, *served) if at is not None), default=None)


def asked(channel: Channel, drawer: Drawer) -> Ask | NotCounted | None:
    """What is read for a service. None: the channel counts something that is read nowhere."""
    if channel.cost is not None:
        return Money(DEFAULT, channel.cost.query)
    ratio = channel.ratio
    if ratio is None:
        return None
    if ratio.bad is not None and ratio.total is not None:
        return Events(DEFAULT, Selector.parse(ratio.bad), Selector.parse(ratio.total))
    named = next((one for one in drawer.monitors if one.name == ratio.monitor), None)
    if named is None or named.ratio is None:
        what = "no monitor" if named is None else "no ratio in its monitor"
        return NotCounted(f"{drawer.place.service} has {what} {ratio.monitor}")
    return Events(named.provider, Selector.parse(named.ratio.bad), Selector.parse(named.ratio.total))
