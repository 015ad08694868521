"""promptfoo (read of 0.123.1): the JSON file that --output writes, of version 3, or 2 with its table.

Metrics are `pass`, whether all assertions of a test held, and each named metric of assertions (`metric: Safety`), per
test its named score. A test that ended in an error errored; it counts as neither passed nor failed. Tests pair on their
vars, description and assertions; what is tried several times (--repeat) is one sample. Slices are those metadata and
vars of a test that are short strings. promptfoo's sums (stats, namedScores of a prompt) are only compared.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

from leadsman.evals.bounds import parse_json
from leadsman.evals.normal import Metric, Results, UnreadableResults
from leadsman.evals.readers.tally import Tally, Trial, levels, metric, tally
from leadsman.evals.shape import Node

SUFFIXES: Final = (".json",)
PASS: Final = "pass"  # noqa: S105 - a metric's name
ERROR: Final = 2
"""The failureReason of a test that ended in an error; 0 is none, 1 an assertion."""


def read(files: Mapping[str, bytes]) -> Results:
    parsed = [Node(parse_json(content, path), path) for path, content in sorted(files.items())]
    found = [root for root in parsed if root.has("results") and root.get("results").has("version")]
    if len(found) != 1:
        raise UnreadableResults(
            f"{len(found)} results of promptfoo among {', '.join(sorted(files))[:200]}: write those of one evaluation "
            "into one file (promptfoo eval --output /results/results.json)"
        )
    root, results = found[0], found[0].field("results")
    tests = _tests(results)
    trials = [_trial(test, float(test.field("success").flag())) for test in tests]
    passed = tally(trials)
    started = results.get("timestamp").time()
    return Results(
        tool="promptfoo",
        tool_version=_version(root),
        metrics={each.name: each for each in (metric(PASS, passed.mean, passed, len(passed.samples)), *_named(tests))},
        started_at=started,
        finished_at=root.at("metadata", "exportedAt").time(),
        problems=tuple(_problems(root, tests)),
    )


def _tests(results: Node) -> list[Node]:
    """Version 2 has them in `results` too; its table has the same once more, for people."""
    version = results.field("version").count()
    if version not in {2, 3}:
        results.field("version").refuse(f"is {version}: 2 and 3 can be read")
    tests = list(results.field("results").elements())
    if not tests:
        results.field("results").refuse("has no test")
    return tests


def _trial(test: Node, value: float | None) -> Trial:
    errored = _errored(test)
    properties = [*_strings(test.at("testCase", "metadata")), *_strings(_vars(test))]
    return Trial(key=_key(test), value=None if errored else value, errored=errored, slices=levels(properties))


def _errored(test: Node) -> bool:
    """Old versions give no reason: there, nothing was graded. What was graded and failed has an `error` text too."""
    reason = test.get("failureReason")
    if reason.value is not None:
        return reason.count() == ERROR
    return test.get("error").value is not None and test.get("gradingResult").value is None


def _key(test: Node) -> str:
    case = test.get("testCase")
    parts = [_vars(test).value, *(case.at(name).value for name in ("description", "assert"))]
    try:
        written = json.dumps([*parts, test.get("promptIdx").value], sort_keys=True, separators=(",", ":"))
    except ValueError:
        return test.refuse("can't be told from others by its vars")
    return f"sha256:{sha256(written.encode()).hexdigest()}"


def _vars(test: Node) -> Node:
    inside = test.at("testCase", "vars")
    return inside if inside.value is not None else test.get("vars")


def _strings(node: Node) -> list[tuple[str, object]]:
    return [(name, each.value) for name, each in _fields(node)]


def _named(tests: list[Node]) -> Iterator[Metric]:
    """Planned are the tests that have an assertion with this metric, or tell its score."""
    trials: defaultdict[str, list[Trial]] = defaultdict(list)
    for test in tests:
        told = dict(_fields(test.get("namedScores")))
        for name in {*told, *_asserted(test)}:
            trials[name].append(_trial(test, _score(test, name, told)))
    for name, found in trials.items():
        if name == PASS:
            raise UnreadableResults(f"an assertion's metric is called {PASS}, as the outcome of tests is: rename it")
        tallied: Tally = tally(found)
        yield metric(Node(name, "the metric of an assertion").name(), tallied.mean, tallied, len(tallied.samples))


def _score(test: Node, name: str, told: Mapping[str, Node]) -> float | None:
    """Where several assertions of a test have the metric, versions without weights give the sum of their scores."""
    score = told[name].number() if name in told else None
    if score is None or name in dict(_fields(test.at("gradingResult", "namedScoreWeights"))):
        return score
    components = test.at("gradingResult", "componentResults")
    parts = list(components.elements()) if components.value is not None else []
    return score / max(1, sum(part.at("assertion", "metric").value == name for part in parts))


def _asserted(test: Node) -> Iterator[str]:
    """Metrics of its assertions, also of those within a set. Those with a template in their name only scores tell."""
    waiting = _elements(test.at("testCase", "assert"))
    for assertion in waiting:
        waiting += _elements(assertion.at("assert"))  # a set's own
        name = assertion.at("metric").value
        if isinstance(name, str) and "{{" not in name:
            yield name


def _problems(root: Node, tests: list[Node]) -> Iterator[str]:
    providers = {str(test.at("provider", "id").value) for test in tests}
    if len(providers) > 1:
        yield f"has results of {len(providers)} providers: only one can be the candidate"
    stats = root.at("results", "stats")
    if stats.value is not None:
        told = sum(stats.get(name).count() for name in ("successes", "failures", "errors") if stats.at(name).value)
        if told != len(tests):
            yield f"partial: it has {len(tests)} tests and tells of {told}"
    configured = root.at("config", "tests")
    if isinstance(configured.value, list) and len(tests) < len(planned := _elements(configured)):
        yield f"partial: it has {len(tests)} of the {len(planned)} tests of its configuration: run it without filters"


def _fields(node: Node) -> Iterator[tuple[str, Node]]:
    return node.fields() if node.value is not None else iter(())


def _elements(node: Node) -> list[Node]:
    return list(node.elements()) if node.value is not None else []


def _version(root: Node) -> str | None:
    said = root.at("metadata", "promptfooVersion")
    return None if said.value is None else said.name()
