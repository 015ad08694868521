"""The one normal form of what evaluation tools report. Readers make it, verdicts judge it, nothing else looks at tools.

    planned = effective + errored + unscored + those that never ran

The denominator of a share is always what was planned: a sample that errored or that nobody could score did not pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the collector in an evaluation pod starts without pydantic
    from leadsman.api.scalars import MetricUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of samples."""

    planned: int
    """That the evaluation has, those that were left out included."""
    effective: int
    """That were scored."""
    errored: int = 0
    """That ended in an error."""
    unscored: int = 0
    """That nobody could score: NaN counts as this, never as 0."""

    @property
    def is_complete(self) -> bool:
        """Was every planned sample run, whatever came of it?"""
        return self.effective + self.errored + self.unscored == self.planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One item of the data set."""

    key: str
    """The same for the same item in each run over the same data: a hash of it, or the id that the data set gives it."""
    value: float | None
    """Its score in the metric's unit, over all epochs. None: it errored, or nobody could score it."""
    slices: Mapping[str, str] = field(default_factory=dict[str, str])
    """Properties by which slices are told apart, such as `language: de`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceCounts:
    """One metric in one slice, where a tool reports slices without samples."""

    by: str
    name: str
    value: float
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Yes or no on the same items, counted by whoever compared them, where samples are not at hand."""

    baseline: str
    """The revision that was compared with."""
    better: int
    """Items that only this revision got right."""
    worse: int
    """Items that only the baseline got right."""
    same: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric of one evaluation."""

    name: str
    """As criteria refer to it."""
    value: float | None
    """As the tool reports it, never a NaN. None: it reports none."""
    unit: "MetricUnit | None"
    """None: nothing says which. It never counts as passed then."""
    counts: Counts
    stderr: float | None = None
    """Standard error of the value, in its unit, where the tool gives one."""
    samples: tuple[Sample, ...] = ()
    """All planned ones that ran. Empty: the tool gives no samples."""
    slices: tuple[SliceCounts, ...] = ()
    paired: Paired | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One evaluation, as one tool reports it."""

    tool: str
    tool_version: str | None
    metrics: Mapping[str, Metric]
    """By name."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    dataset_digest: str | None = None
    """`sha256:` and 64 hex digits, where the tool says so."""
    problems: tuple[str, ...] = ()
    """Why the whole of it proves nothing: it was cancelled, limited to a part, edited afterwards. Never a pass then."""
    notes: tuple[str, ...] = ()
    """What people should know of it: which samples were left out for their size. Takes no proof away."""
    raw_digest: str = ""
    """SHA-256 of the files that were read, as `sha256:` and 64 hex digits."""


class UnreadableResults(Exception):
    """Not of the format that was asked for, or beyond its bounds. Says what was found and what to write instead."""
