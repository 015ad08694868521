"""What is asked of a metric provider for the ratio channels of budgets: by revision, for several windows at once.

    label_replace(sum by (namespace,leadsman_revision) (label_replace(increase(<bad and ours>[3600s]),
        "leadsman_revision","$1","pod","((?:<services>)-[0-9a-f]{10})…")),"leadsman","bad/3600","","")
    or … total/3600 … or … measured/86400

Services that count the same share one query. All pods of a service count, also those of revisions that are gone.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from leadsman.planner.budgets.drawing import Events, Money, Place
from leadsman.planner.budgets.spending import Spent
from leadsman.planner.signals.queries import MARK, POD_END, VARIABLE, Labels, Sample
from leadsman.planner.signals.selectors import Matcher, label_name, literal, quoted

CHUNK: Final = 100
"""Services in one query."""
STEP: Final = timedelta(minutes=1)
"""So finely is it known what was measured."""
REVISION: Final = "leadsman_revision"
SERVICE: Final = "leadsman_service"
_DIGEST: Final = "[0-9a-f]{10}"
_VARIABLES: Final = frozenset({"namespace", "service", "podRegex", "window"})
_BAD, _TOTAL, _MEASURED = "bad", "total", "measured"


@dataclass(frozen=True, slots=True)
class Reading:
    """Of one service."""

    spent: Mapping[timedelta, Mapping[str, Spent]] = field(default_factory=dict[timedelta, Mapping[str, Spent]])
    """By window and revision. No entry: nothing was counted in it."""
    measured: Mapping[timedelta, timedelta] = field(default_factory=dict[timedelta, timedelta])
    """By window: for how long there was anything to count."""


def count_queries(
    asked: Events,
    places: Iterable[Place],
    labels: Labels,
    *,
    windows: Collection[timedelta],
    measured: Collection[timedelta],
) -> Iterator[str]:
    """Queries whose answers together are what `readings` reads.

    Args:
        asked: what is counted.
        places: services.
        labels: the provider's names of them.
        windows: lengths of time, each before the time of the query, to count events in.
        measured: lengths of time of which to tell how much was measured.
    """
    ordered = sorted(set(places))
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        ours = _matchers(chunk, labels)
        bad, total = str(asked.bad.also(*ours)), str(asked.total.also(*ours))
        names = sorted({literal(one.service) for one in chunk})
        counted = (
            _increase(series, f"{part}/{seconds}", names, labels, seconds)
            for seconds in sorted({_seconds(one) for one in windows})
            for part, series in ((_BAD, bad), (_TOTAL, total))
        )
        there = (_presence(total, names, labels, seconds) for seconds in sorted({_seconds(one) for one in measured}))
        yield "\nor ".join((*counted, *there))


def readings(samples: Iterable[Sample], places: Collection[Place], labels: Labels) -> Mapping[Place, Reading]:
    """By service. Samples of others are left out."""
    counts: dict[Place, dict[timedelta, dict[str, dict[str, float]]]] = {one: {} for one in places}
    measured: dict[Place, dict[timedelta, timedelta]] = {one: {} for one in places}
    for sample in samples:
        part, _, seconds = sample.labels.get(MARK, "").partition("/")
        namespace, window = sample.labels.get(labels.namespace, ""), timedelta(seconds=int(seconds or 0))
        if part == _MEASURED:
            place = Place(namespace, sample.labels.get(SERVICE, ""))
            if place in measured:
                measured[place][window] = min(window, sample.value * STEP)
        elif part in {_BAD, _TOTAL}:
            revision = sample.labels.get(REVISION, "")
            place = Place(namespace, revision[: -len("-0123456789")])
            if place in counts:
                counts[place].setdefault(window, {}).setdefault(revision, {})[part] = sample.value
    return {
        place: Reading(
            spent={
                window: {revision: _spent(parts) for revision, parts in found.items()}
                for window, found in counts[place].items()
            },
            measured=measured[place],
        )
        for place in places
    }


def has_bad(samples: Iterable[Sample]) -> bool:
    """Is there a series of bad events at all?"""
    return any(sample.labels.get(MARK, "").startswith(_BAD) for sample in samples)


def one_value(samples: Collection[Sample]) -> float | None:
    """Of a query for one number. None: there is none.

    Raises:
        ValueError: there are several, or it is no amount.
    """
    if len(samples) > 1:
        raise ValueError(f"the query gives {len(samples)} series, and one number is wanted: write sum() around it")
    for sample in samples:
        if not (math.isfinite(sample.value) and sample.value >= 0):
            raise ValueError(f"the query gives {sample.value}, and money is a number of at least 0")
        return sample.value
    return None


def cost_query(asked: Money, place: Place, window: timedelta) -> str:
    """What was spent for a service in the window before the query's own time.

    Raises:
        ValueError: it has a variable that a channel's query doesn't know.
    """
    if problem := cost_problem(asked.query):
        raise ValueError(problem)
    values = {
        "namespace": place.namespace,
        "service": place.service,
        "podRegex": f"{literal(place.service)}-{_DIGEST}{POD_END}",
        "window": f"{_seconds(window)}s",
    }
    return VARIABLE.sub(lambda variable: values[variable[1]], asked.query)


def cost_problem(query: str) -> str:
    """Why it cannot be asked. Empty: it can."""
    unknown = sorted({found[1] for found in VARIABLE.finditer(query)} - _VARIABLES)
    known = ", ".join(sorted(_VARIABLES))
    return f"cost.query has the variable {unknown[0]}: of a whole service there are {known}" if unknown else ""


def _spent(parts: Mapping[str, float]) -> Spent:
    """What `increase` extrapolates may be a little more bad than there is."""
    total = parts.get(_TOTAL, 0.0)
    return Spent(min(parts.get(_BAD, 0.0), total), total)


def _increase(series: str, mark: str, names: list[str], labels: Labels, seconds: int) -> str:
    by = f"{label_name(labels.namespace)},{REVISION}"
    named = _labelled(f"increase({series}[{seconds}s])", REVISION, f"((?:{'|'.join(names)})-{_DIGEST})", labels)
    return f'label_replace(sum by ({by}) ({named}),"{MARK}","{mark}","","")'


def _presence(series: str, names: list[str], labels: Labels, seconds: int) -> str:
    by = f"{label_name(labels.namespace)},{SERVICE}"
    named = _labelled(series, SERVICE, f"({'|'.join(names)})-{_DIGEST}", labels)
    step = int(STEP.total_seconds())
    there = f"count_over_time(count by ({by}) ({named})[{seconds}s:{step}s])"
    return f'label_replace({there},"{MARK}","{_MEASURED}/{seconds}","","")'


def _labelled(vector: str, label: str, regex: str, labels: Labels) -> str:
    return f'label_replace({vector},"{label}","$1",{quoted(labels.pod)},{quoted(regex + POD_END)})'


def _matchers(places: list[Place], labels: Labels) -> tuple[Matcher, Matcher]:
    spaces = sorted({literal(one.namespace) for one in places})
    names = sorted({literal(one.service) for one in places})
    return (
        Matcher(label_name(labels.namespace), "=~", quoted("|".join(spaces))),
        Matcher(label_name(labels.pod), "=~", quoted(f"(?:{'|'.join(names)})-{_DIGEST}{POD_END}")),
    )


def _seconds(length: timedelta) -> int:
    return max(1, int(length.total_seconds()))
