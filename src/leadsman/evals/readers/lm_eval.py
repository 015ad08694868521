"""lm-evaluation-harness (read of 0.4.13): `results_<date>.json`, and `samples_<task>_<date>.jsonl` with --log_samples.

Metrics are called `<task>/<metric>,<filter>`, those of groups likewise. Samples pair on `doc_hash` within a filter.
What its files have and this leaves alone: `sample_len` (in some versions of the last metric only) and `start_time`
(seconds of a clock that begins anywhere, in files before 0.4.10); `n-samples` and `date` say the same, rightly.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from leadsman.evals.bounds import json_lines, parse_json
from leadsman.evals.normal import Counts, Metric, Results, UnreadableResults
from leadsman.evals.readers.tally import Tally, Trial, numbered, tally, unit
from leadsman.evals.shape import Node, finite

SUFFIXES: Final = (".json", ".jsonl")
FRACTIONS: Final = frozenset({"acc", "acc_norm", "acc_bytes", "acc_mutual_info", "acc_all", "exact_match", "f1"})
"""Of lm_eval/api/metrics.py those that run from 0 to 1 by definition."""
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(\.\d+)?(?=\.json$)")

Rows = list[tuple[str, Mapping[str, object]]]
"""Of one task: the filter, and what was logged of one document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    path: str
    root: Node

    @property
    def tasks(self) -> Mapping[str, Node]:
        """Groups included, which some versions list among the tasks too."""
        groups = self.root.get("groups")
        return dict(self.root.field("results").fields()) | dict(groups.fields() if groups.value is not None else ())

    def samples_path(self, task: str) -> str | None:
        date = _DATE.search(self.path)
        return posixpath.join(posixpath.dirname(self.path), f"samples_{task}_{date[0]}.jsonl") if date else None


def read(files: Mapping[str, bytes]) -> Results:
    reports = _reports(files)
    _check_different(reports)
    metrics: dict[str, Metric] = {}
    claimed: set[str] = set()
    for report in reports:
        for task, node in report.tasks.items():
            path = report.samples_path(task)
            rows = _rows(files[path], path) if path and path in files else []
            claimed.add(path or "")
            metrics |= {metric.name: metric for metric in _metrics(report.root, task, node, rows)}
    if strangers := sorted(path for path in files if path.endswith(".jsonl") and path not in claimed):
        raise UnreadableResults(f"{strangers[0]} belongs to no results file here: keep one evaluation in the folder")
    started, finished = _times(reports)
    return Results(
        tool="lm-evaluation-harness",
        tool_version=_version(reports[0].root),
        metrics=metrics,
        started_at=started,
        finished_at=finished,
        problems=tuple(problem for report in reports for problem in _problems(report)),
    )


def _reports(files: Mapping[str, bytes]) -> list[_Report]:
    parsed = [
        _Report(path=path, root=Node(parse_json(content, path), path))
        for path, content in sorted(files.items())
        if path.endswith(".json")
    ]
    found = [report for report in parsed if report.root.has("results", "n-samples", "config")]
    if not found:
        raise UnreadableResults(
            "no results_<date>.json of lm-evaluation-harness (0.4.3 or later), with results, n-samples and config: run "
            "it with --output_path on the results folder, and look at its log: it only warns when it can't write"
        )
    return found


def _check_different(reports: list[_Report]) -> None:
    seen: dict[str, str] = {}
    for report in reports:
        for task in report.tasks:
            if task in seen:
                raise UnreadableResults(
                    f"{seen[task]} and {report.path} both have task {task}: keep one evaluation in the folder"
                )
            seen[task] = report.path


def _metrics(root: Node, task: str, node: Node, rows: Rows) -> Iterator[Metric]:
    for key, value in node.fields():
        name, comma, chosen = key.rpartition(",")
        if not comma or name.endswith("_stderr"):
            continue
        number, counts = value.number(), _counts(root, task, key)
        tallied = _tally(rows, name, chosen)
        is_mean = bool(tallied.samples) and tallied.is_behind(number)
        samples = tallied.samples if is_mean else ()
        yield Metric(
            name=Node(f"{task}/{key}", value.where).name(),
            value=number,
            unit=unit(number, samples, known=name in FRACTIONS),
            counts=tallied.counts(counts.planned) if is_mean else counts,
            stderr=node.get(f"{name}_stderr,{chosen}").number(),
            samples=samples,
        )


def _tally(rows: Rows, metric: str, chosen: str) -> Tally:
    """Of the documents that this metric is logged of. Some log pairs or lists, of which no mean is made."""
    logged = [row for name, row in rows if name == chosen and metric in row]
    if not all(isinstance(row[metric], int | float) for row in logged):
        return tally(())
    keys = numbered(str(row["doc_hash"]) for row in logged)
    return tally(Trial(key=key, value=finite(row[metric])) for key, row in zip(keys, logged, strict=True))


def _rows(content: bytes, path: str) -> Rows:
    rows: list[tuple[int, str, Mapping[str, object]]] = []
    for line in json_lines(content, path):
        node = Node(line, path)
        node.field("doc_hash").name()
        rows.append((node.field("doc_id").count(), node.field("filter").text(), {k: v.value for k, v in node.fields()}))
    rows.sort(key=lambda row: row[0])
    return [(chosen, row) for _, chosen, row in rows]


def _counts(root: Node, task: str, metric: str) -> Counts:
    """Of a task, or summed over those tasks of a group that have the metric: the others are not in its value."""
    leaves = set(_leaves(root, task, frozenset()))
    leaves = {leaf for leaf in leaves if root.at("results", leaf, metric).value is not None} or leaves
    sizes = [root.field("n-samples").field(leaf) for leaf in sorted(leaves)]
    original = sum(size.field("original").count() for size in sizes)
    effective = sum(size.field("effective").count() for size in sizes)
    return Counts(planned=max(original, effective), effective=effective)


def _leaves(root: Node, task: str, above: frozenset[str]) -> Iterator[str]:
    if task in above:
        root.get("group_subtasks").refuse(f"has {task} within itself")
    subtasks = root.at("group_subtasks", task)
    if subtasks.value is None or not (names := [node.text() for node in subtasks.elements()]):
        yield task
        return
    for name in names:
        yield from _leaves(root, name, above | {task})


def _problems(report: _Report) -> Iterator[str]:
    limit = report.root.field("config").get("limit").value
    if limit is not None:
        yield f"partial: {report.path} was limited (--limit {str(limit)[:20]}): run it without"
    for task, size in report.root.field("n-samples").fields():
        original, effective = size.field("original").count(), size.field("effective").count()
        if effective < original:
            yield f"partial: of task {task} {effective} of {original} samples were evaluated"


def _times(reports: list[_Report]) -> tuple[datetime | None, datetime | None]:
    starts: list[datetime] = []
    ends: list[datetime] = []
    for report in reports:
        date = report.root.get("date").number()
        if date is None:
            return None, None
        try:
            starts.append(datetime.fromtimestamp(date, UTC))
            ends.append(starts[-1] + timedelta(seconds=_seconds(report.root)))
        except (ValueError, OverflowError, OSError):
            report.root.get("date").refuse("is no time in seconds since 1970")
    return min(starts), max(ends)


def _seconds(root: Node) -> float:
    """Written as a string."""
    said = root.get("total_evaluation_time_seconds").value
    try:
        return float(said) if isinstance(said, str) else 0.0
    except ValueError:
        return 0.0


def _version(root: Node) -> str | None:
    said = root.get("lm_eval_version")
    return None if said.value is None else said.name()
