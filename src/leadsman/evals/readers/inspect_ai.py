"""inspect-ai (read of 0.3.285): logs as `.json`, or as `.eval`, which is a ZIP archive.

Metrics are called `<score>/<metric>`, where a score is called after its scorer or, of a scorer that gives several,
after its key; with `[<reducer>]` after it where a score has the metric once for each reducer of its epochs, and with
`<task>/` before it where there are logs of several tasks. The metric stderr is no metric of its own here, but the
standard error of accuracy and mean. Samples pair on their id; their string metadata are slices.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leadsman.evals.bounds import parse_json, unzip
from leadsman.evals.normal import Metric, Results, UnreadableResults
from leadsman.evals.readers.tally import Tally, Trial, key_of, levels, tally, unit
from leadsman.evals.shape import Node, finite

SUFFIXES: Final = (".eval", ".json")
LETTERS: Final = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
WORDS: Final = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
MEANS: Final = frozenset({"accuracy", "mean"})
"""Metrics that are the mean of their samples."""
_FIELDS: Final = ("id", "error", "metadata", "scores")
"""Of a sample, which may have megabytes of events."""
_SAMPLE = re.compile(r"samples/[^/]+\.json")
_NUMBER = re.compile(r"[-+]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    path: str
    root: Node
    samples: Sequence[Node]
    """One for each epoch."""

    @property
    def task(self) -> str:
        return self.root.field("eval").field("task").name()

    @property
    def planned(self) -> int:
        """Samples of the data set, those beyond a limit included, whatever the epochs."""
        total = self.root.at("results", "total_samples")
        epochs = self.root.at("eval", "config", "epochs")
        dataset = self.root.at("eval", "dataset", "samples")
        ran = total.count() // max(1, epochs.count() if epochs.value is not None else 1) if total.value else 0
        return max(ran, dataset.count() if dataset.value is not None else 0)


def read(files: Mapping[str, bytes]) -> Results:
    logs = [log for path, content in sorted(files.items()) if (log := _log(path, content))]
    if not logs:
        raise UnreadableResults("no log of inspect-ai: run it with --log-dir on the results folder")
    tasks = Counter(log.task for log in logs)
    if (most := tasks.most_common(1)[0])[1] > 1:
        raise UnreadableResults(f"{most[1]} logs of task {most[0]}: keep the logs of one evaluation in the folder")
    metrics: dict[str, Metric] = {}
    for log in logs:
        for metric in _metrics(log):
            name = f"{log.task}/{metric.name}" if len(logs) > 1 else metric.name
            if name in metrics:
                raise UnreadableResults(f"{log.path} has two metrics {name}: give its scorers or metrics other names")
            metrics[name] = replace(metric, name=name)
    starts = [log.root.at("stats", "started_at").time() for log in logs]
    ends = [log.root.at("stats", "completed_at").time() for log in logs]
    return Results(
        tool="inspect-ai",
        tool_version=_version(logs[0].root),
        metrics=metrics,
        started_at=min((time for time in starts if time), default=None),
        finished_at=max((time for time in ends if time), default=None),
        problems=tuple(f"{log.path} {problem}" for log in logs for problem in _problems(log)),
    )


def _log(path: str, content: bytes) -> _Log | None:
    """None: JSON that is no log."""
    if path.endswith(".eval"):
        return _archived(path, content)
    root = Node(parse_json(content, path), path)
    if not root.has("status", "eval"):
        return None
    samples = root.get("samples")
    return _Log(path=path, root=root, samples=list(samples.elements()) if samples.value is not None else [])


def _archived(path: str, content: bytes) -> _Log:
    """Its summaries.json won't do: they leave out the history of scores that were edited."""
    header: Node | None = None
    samples: list[Node] = []
    for name, entry in unzip(content, path, lambda name: name == "header.json" or _SAMPLE.fullmatch(name) is not None):
        node = Node(parse_json(entry, f"{path}/{name}"), f"{path}/{name}")
        if name == "header.json":
            header = node
        else:
            samples.append(Node({field: node.get(field).value for field in _FIELDS}, node.where))
    if header is None:
        raise UnreadableResults(f"{path} has no header.json: the evaluation was stopped before it ended")
    return _Log(path=path, root=header, samples=samples)


def _metrics(log: _Log) -> Iterator[Metric]:
    results = log.root.get("results")
    if results.value is None:
        return
    scores = list(results.field("scores").elements())
    names = Counter(
        (score.field("name").name(), name) for score in scores for name, _ in score.field("metrics").fields()
    )
    for score in scores:
        trials = list(_trials(log.samples, score))
        tallied = tally(trials)
        for name, node in score.field("metrics").fields():
            if name != "stderr":
                several = names[score.field("name").name(), name] > 1
                yield _metric(
                    log, score, node, name=_name(score, name, several=several), trials=trials, tallied=tallied
                )


def _name(score: Node, metric: str, *, several: bool) -> str:
    reducer = score.get("reducer")
    suffix = f"[{reducer.text()}]" if several and reducer.value is not None else ""
    return Node(f"{score.field('name').text()}/{metric}{suffix}", score.where).name()


def _metric(log: _Log, score: Node, node: Node, *, name: str, trials: list[Trial], tallied: Tally) -> Metric:  # noqa: PLR0913
    metric = node.field("name").text()
    value = node.get("value").number()
    means = metric in MEANS and score.get("reducer").value in (None, "mean")
    # Inspect leaves epochs out that errored or were not scored; here their sample has no value. So compare as it does.
    told = tally(trial for trial in trials if trial.value is not None)
    samples = tallied.samples if means and told.is_behind(value) else ()
    return Metric(
        name=name,
        value=value,
        unit=unit(value, samples, known=metric == "accuracy"),
        counts=tallied.counts(log.planned),
        stderr=score.at("metrics", "stderr", "value").number() if means else None,
        samples=samples,
    )


def _trials(samples: Sequence[Node], score: Node) -> Iterator[Trial]:
    scorer, name = score.field("scorer").text(), score.field("name").text()
    for sample in samples:
        identity = sample.field("id").value
        if not isinstance(identity, str | int):
            sample.field("id").refuse("is neither a string nor a number")
        errored = sample.get("error").value is not None
        metadata = sample.get("metadata")
        yield Trial(
            key=key_of(Node(str(identity), sample.where).text()),
            value=None if errored else _value(sample.get("scores"), scorer, name),
            errored=errored,
            slices=levels((key, each.value) for key, each in metadata.fields()) if metadata.value is not None else {},
        )


def _value(scores: Node, scorer: str, name: str) -> float | None:
    """By inspect's value_to_float, save that a string which it can't convert is unscored, where it would be 0."""
    value = scores.at(scorer, "value") if scores.value is not None else scores
    if isinstance(value.value, dict):
        value = value.get(name)
    if not isinstance(value.value, str):
        return finite(value.value)
    text = value.value
    if text in LETTERS:
        return LETTERS[text]
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    return finite(float(text)) if _NUMBER.fullmatch(text) else None


def _problems(log: _Log) -> Iterator[str]:
    """What comes after a log's path."""
    root = log.root
    if (status := root.field("status").text()) != "success":
        yield f"ended with status {status[:40]}: run the evaluation again"
    if root.get("invalidated").value not in (None, False):
        yield "was invalidated afterwards"
    if edits := _edits(log):
        yield f"was edited afterwards: {edits}"
    config = root.at("eval", "config")
    for option in ("limit", "sample_id"):
        if config.at(option).value is not None:
            yield f"is partial: {option} was set: run the evaluation without"
    total, ran = root.at("results", "total_samples"), len(log.samples)
    if total.value is not None and ran < total.count():
        yield f"is partial: it has {ran} of {total.count()} samples"
    if root.at("eval", "revision", "dirty").value is True:
        yield "comes from code with changes that no commit has: commit them, and run the evaluation again"


def _edits(log: _Log) -> str:
    if log.root.get("log_updates").value:
        return "log_updates are recorded"
    scores = [score for sample in log.samples for score in _scores(sample)]
    edited = sum(bool(score.at("history").value) for score in scores)
    return f"{edited} scores have a history" if edited else ""


def _scores(sample: Node) -> list[Node]:
    scores = sample.get("scores")
    return [score for _, score in scores.fields()] if scores.value is not None else []


def _version(root: Node) -> str | None:
    said = root.at("eval", "packages", "inspect_ai")
    return None if said.value is None else said.name()
