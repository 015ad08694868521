"""Two evaluations by one suite, metric by metric: values, and how far they are apart for sure."""

from collections.abc import Iterator
from dataclasses import dataclass

from leadsman.api.v1alpha1.evalsuite import Criterion, EvalSuiteSpec
from leadsman.evals.compared import compared
from leadsman.evals.measured import Measured, Obstacle, Scale, measured
from leadsman.evals.normal import Metric, Results
from leadsman.stats.means import Mean

CONFIDENCE = 0.95
"""Of either end, where no criterion says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One metric in both. Numbers are in its unit; the difference is the second less the first."""

    metric: str
    criteria: tuple[str, ...]
    """Of the suite, that ask for it."""
    first: float | None
    second: float | None
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    confidence: float = CONFIDENCE
    """Of either end."""
    how: str = ""
    """By which items; or why there is no difference to tell."""


def beside(first: Results, second: Results, revision: str, suite: EvalSuiteSpec | None) -> Iterator[Beside]:
    """Each metric that one of them has.

    Args:
        first: with the keys that are kept, as the second.
        second: its pairs, where it brings them as counts, are with the first's revision.
        revision: the name of the first's.
        suite: None: it is gone, or another one by now.
    """
    criteria = suite.criteria if suite is not None else ()
    for name in sorted({*first.metrics, *second.metrics}):
        asking = [one for one in criteria if one.metric == name]
        yield _metric(name, (first.metrics.get(name), second.metrics.get(name)), revision, asking)


def _metric(name: str, both: tuple[Metric | None, Metric | None], revision: str, asking: list[Criterion]) -> Beside:
    old, new = both
    confidence = float(asking[0].confidence) if asking else CONFIDENCE
    shown = Beside(
        metric=name,
        criteria=tuple(one.name for one in asking),
        first=old.value if old else None,
        second=new.value if new else None,
        confidence=confidence,
    )
    if old is None or new is None:
        return _without(shown, f"the {'first' if old is None else 'second'} run has no such metric")
    if old.unit != new.unit or new.unit is None:
        return _without(shown, f"units differ: {old.unit or 'none'} and {new.unit or 'none'}")
    scale = Scale(new.unit, asking[0].direction if asking else "HigherIsBetter")
    before, after = measured(old, scale, unknown=1), measured(new, scale, unknown=0)
    if isinstance(before, Obstacle):
        return _without(shown, before.message)
    if isinstance(after, Obstacle):
        return _without(shown, after.message)
    return _apart(shown, before, after, revision, scale)


def _apart(shown: Beside, before: Measured, after: Measured, revision: str, scale: Scale) -> Beside:
    found = compared(after, before, revision, scale)
    if isinstance(found, Obstacle):
        return _without(shown, found.message)
    estimate = found.estimate
    if isinstance(estimate, Mean) and not estimate.is_reliable:
        return _without(shown, f"{after.planned} samples, and a mean without bounds needs {estimate.least} that vary")
    turned = scale.size if scale.direction == "HigherIsBetter" else -scale.size
    ends = sorted(turned * end for end in (estimate.lower(shown.confidence), estimate.upper(shown.confidence)))
    return Beside(
        metric=shown.metric,
        criteria=shown.criteria,
        first=shown.first,
        second=shown.second,
        difference=turned * estimate.value,
        lower=ends[0],
        upper=ends[1],
        confidence=shown.confidence,
        how=found.how,
    )


def _without(shown: Beside, why: str) -> Beside:
    return Beside(
        metric=shown.metric,
        criteria=shown.criteria,
        first=shown.first,
        second=shown.second,
        confidence=shown.confidence,
        how=why,
    )
