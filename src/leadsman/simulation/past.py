"""Which changes were there? Generations of pods, told apart by their names, from when their metrics first appeared.

A Deployment names its pods `<deployment>-<hash of the template>-<five>`: pods with the same name but for its end are of
one generation, whether Leadsman rolled them out or anybody else did.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from leadsman.clients.prometheus import Prometheus
from leadsman.clients.samples import Sample
from leadsman.planner.signals.queries import Labels
from leadsman.planner.signals.selectors import Matcher, Selector, label_name, literal, quoted

STEP: Final = timedelta(minutes=1)
"""Pods that were there for less may not be seen."""
_POD: Final = re.compile(r"(?P<generation>.+)-[a-z0-9]{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """Pods of one template."""

    name: str
    """What the names of its pods begin with."""
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time to look at, and whose pods."""

    namespace: str
    pods: str
    """A regular expression for their names."""
    since: datetime
    until: datetime


async def generations(prometheus: Prometheus, counter: Selector, period: Period) -> tuple[Generation, ...]:
    """All that were measured in that time, oldest first.

    Args:
        prometheus: what measured them.
        counter: of which every pod has a series.
        period: when, and whose.

    Raises:
        QueryRejected: the question is wrong, such as the regular expression.
        MetricsUnavailable: there is no answer.
    """
    labels = Labels(prometheus.provider.namespace_label, prometheus.provider.pod_label)
    by, within = label_name(labels.pod), f"[{_seconds(period.until - period.since)}s:{_seconds(STEP)}s]"
    times = f"timestamp({_of(counter, period.namespace, period.pods, labels)}){within}"
    first = await prometheus.query(f"min by ({by}) (min_over_time({times}))", at=period.until)
    last = await prometheus.query(f"max by ({by}) (max_over_time({times}))", at=period.until)
    found: list[Generation] = []
    for one in grouped(first.values, last.values, labels):
        ours = _of(counter, period.namespace, f"{literal(one.name)}-[a-z0-9]{{5}}", labels)
        finely = f"min(min_over_time(timestamp({ours})[{_seconds(STEP)}s:1s]))"
        began = (await prometheus.query(finely, at=one.first_seen)).values
        found.append(replace(one, first_seen=datetime.fromtimestamp(began[0].value, UTC)) if began else one)
    return tuple(sorted(found, key=lambda one: (one.first_seen, one.name)))


def _of(counter: Selector, namespace: str, pods: str, labels: Labels) -> Selector:
    return counter.also(
        Matcher(label_name(labels.namespace), "=", quoted(namespace)),
        Matcher(label_name(labels.pod), "=~", quoted(pods)),
    )


def _seconds(span: timedelta) -> int:
    return max(1, int(span.total_seconds()))


def grouped(first: Iterable[Sample], last: Iterable[Sample], labels: Labels) -> tuple[Generation, ...]:
    """By generation.

    Args:
        first: by pod, when it was first seen, in seconds of the epoch.
        last: the same of when it was seen last.
        labels: the provider's names.
    """
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    for name, at in _named(first, labels):
        starts[name] = min(starts.get(name, at), at)
    for name, at in _named(last, labels):
        ends[name] = max(ends.get(name, at), at)
    known = (
        Generation(
            name=name,
            first_seen=datetime.fromtimestamp(start, UTC),
            last_seen=datetime.fromtimestamp(ends.get(name, start), UTC),
        )
        for name, start in starts.items()
    )
    return tuple(sorted(known, key=lambda one: (one.first_seen, one.name)))


def _named(samples: Iterable[Sample], labels: Labels) -> Iterator[tuple[str, float]]:
    """By generation, with the time."""
    for sample in samples:
        if found := _POD.fullmatch(sample.labels.get(labels.pod, "")):
            yield found["generation"], sample.value
