"""Monitors as PromQL: one query for all services that ask the same, restricted to the pods that are watched.

    label_replace(sum by (namespace,pod) (increase(<bad and ours>[60s])),"leadsman","bad_increase","","")
    or label_replace(sum by (namespace,pod) (increase(<total and ours>[60s])),"leadsman","total_increase","","")

The answer has one sample for each pod and `Part`. Which pods are whose is decided here, not by the query: several
namespaces and revisions in one query match more than the pairs that are wanted.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.signals.selectors import Matcher, Selector, label_name, literal, quoted

CHUNK: Final = 100
"""Revisions in one query: a regular expression of thousands of names is slow, and a request has a bound."""
MARK: Final = "leadsman"
"""The label that tells the parts of an answer apart."""
# A Deployment's pods are <name>-<hash>-<five>, or <name>-<cut hash><five> where that would be longer than 63. So this
# leaves out the pods of a service that is called like a revision of another one.
POD_END: Final = "-[a-z0-9]+(-[a-z0-9]{5})?"
VARIABLE: Final = re.compile(r"\{\{[ \t\r\n]*([a-zA-Z]+)[ \t\r\n]*\}\}")
_DNS = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


class Labels(NamedTuple):
    """How a provider calls what Kubernetes calls namespace and pod."""

    namespace: str = "namespace"
    pod: str = "pod"


class Pods(NamedTuple):
    """Those of one revision."""

    namespace: str
    revision: str


class Sample(Protocol):
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def value(self) -> float: ...


class Part(StrEnum):
    BAD_INCREASE = "bad_increase"
    TOTAL_INCREASE = "total_increase"
    BAD = "bad"
    TOTAL = "total"


_PARTS: Final = frozenset(part.value for part in Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodCounts:
    """Of one pod. None: there is no such series."""

    bad_increase: float | None = None
    """Over the window."""
    total_increase: float | None = None
    bad: float | None = None
    """The raw counter."""
    total: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """What is asked of a provider for a ratio. Monitors that ask the same share the answer."""

    bad: Selector
    total: Selector
    window_seconds: int

    @classmethod
    def of(cls, monitor: Monitor) -> "Counting":
        """Of a monitor with a ratio."""
        if monitor.ratio is None:
            raise ValueError(f"monitor {monitor.name} has no ratio")
        return cls(
            bad=Selector.parse(monitor.ratio.bad),
            total=Selector.parse(monitor.ratio.total),
            window_seconds=monitor.effective_window_seconds,
        )


def parts_of(monitor: Monitor) -> frozenset[Part]:
    """A limit is about a window; a comparison adds up what raw counters gained, so that nothing counts twice."""
    return frozenset({Part.BAD, Part.TOTAL} if monitor.compare else {Part.BAD_INCREASE, Part.TOTAL_INCREASE})


def ratio_queries(counting: Counting, parts: Collection[Part], pods: Iterable[Pods], labels: Labels) -> tuple[str, ...]:
    """Queries whose answers together are what `by_revision` reads."""
    return tuple(
        "\nor ".join(_part(counting, part, ours, labels) for part in Part if part in parts)
        for ours in _matchers(pods, labels)
    )


def count_queries(total: Selector, seconds: int, pods: Iterable[Pods], labels: Labels) -> tuple[str, ...]:
    """Of all events in that time, as parts TOTAL_INCREASE."""
    counting = Counting(bad=total, total=total, window_seconds=seconds)
    return ratio_queries(counting, {Part.TOTAL_INCREASE}, pods, labels)


def rendered(monitor: Monitor, service: str, pods: Pods) -> str:
    """A monitor's own query, about these pods."""
    values = {
        "namespace": pods.namespace,
        "service": service,
        "revision": pods.revision,
        "deployment": pods.revision,
    }
    for name, value in values.items():
        if not _DNS.fullmatch(value):  # none of its characters means anything in a string or a regular expression
            raise ValueError(f"{name} is no name of Kubernetes' and cannot stand in a query: {value}")
    values |= {"podRegex": pod_regex([pods.revision]), "window": f"{monitor.effective_window_seconds}s"}
    return VARIABLE.sub(lambda variable: values[variable[1]], monitor.query or "")


def pod_regex(revisions: Collection[str]) -> str:
    names = [literal(revision) for revision in revisions]
    return (names[0] if len(names) == 1 else f"(?:{'|'.join(names)})") + POD_END


def by_revision(
    samples: Iterable[Sample], pods: Collection[Pods], labels: Labels
) -> Mapping[Pods, Mapping[str, PodCounts]]:
    """What was counted, by revision and pod. Samples of pods that nobody asked for are left out."""
    wanted = frozenset(pods)
    found: dict[Pods, dict[str, PodCounts]] = {one: {} for one in wanted}
    for sample in samples:
        pod = sample.labels.get(labels.pod, "")
        owner = _owner(sample.labels.get(labels.namespace, ""), pod, wanted)
        part = sample.labels.get(MARK, "")
        if owner is not None and part in _PARTS:
            known = found[owner].get(pod, PodCounts())
            found[owner][pod] = replace(known, **{part: sample.value})
    return found


def _part(counting: Counting, part: Part, ours: tuple[Matcher, ...], labels: Labels) -> str:
    selector = counting.bad if part in {Part.BAD, Part.BAD_INCREASE} else counting.total
    series = str(selector.also(*ours))
    if part in {Part.BAD_INCREASE, Part.TOTAL_INCREASE}:
        series = f"increase({series}[{counting.window_seconds}s])"
    by = f"{label_name(labels.namespace)},{label_name(labels.pod)}"
    return f'label_replace(sum by ({by}) ({series}),"{MARK}","{part}","","")'


def _matchers(pods: Iterable[Pods], labels: Labels) -> Iterator[tuple[Matcher, ...]]:
    """For each query: the namespaces and pods that it is about. Sorted, so that a query has few namespaces."""
    ordered = sorted(set(pods))
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        spaces = sorted({one.namespace for one in chunk})
        space = (
            Matcher(label_name(labels.namespace), "=", quoted(spaces[0]))
            if len(spaces) == 1
            else Matcher(label_name(labels.namespace), "=~", quoted("|".join(map(literal, spaces))))
        )
        revisions = list(dict.fromkeys(one.revision for one in chunk))
        yield space, Matcher(label_name(labels.pod), "=~", quoted(pod_regex(revisions)))


def _owner(namespace: str, pod: str, wanted: frozenset[Pods]) -> Pods | None:
    """The longest name of a revision that the pod's name begins with."""
    for parts in (1, 2):
        owner = Pods(namespace, pod.rsplit("-", parts)[0])
        if owner in wanted and re.fullmatch(POD_END, pod.removeprefix(owner.revision)):
            return owner
    return None
