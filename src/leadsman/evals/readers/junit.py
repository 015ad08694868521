"""JUnit XML, as pytest, Surefire and many others write it. Metric `pass` is over all test cases, skipped ones too.

A case with a failure did not pass, one with an error errored, a skipped one is unscored: none of the three is a pass.
Properties of a case, of a suite or of all (`<property name="metric:latency_p95" value="0.8"/>`) are metrics of their
own: of a case one sample each, of a suite or of all the value. Nothing says their unit, unless all samples lie within 0
to 1. Counts in the attributes are not believed, save that more tests than cases are a problem: half a file.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element

from leadsman.evals.bounds import parse_xml
from leadsman.evals.normal import Counts, Metric, Results, UnreadableResults
from leadsman.evals.readers.tally import Trial, key_of, levels, metric, tally
from leadsman.evals.shape import NOT_NUMBERS, finite, is_name, moment, whole

SUFFIXES: Final = (".xml",)
PREFIX: Final = "metric:"
"""Of properties that are metrics."""
PASS: Final = "pass"  # noqa: S105 - a metric's name


def read(files: Mapping[str, bytes]) -> Results:
    roots = {path: parse_xml(content, path) for path, content in sorted(files.items()) if path.endswith(".xml")}
    roots = {path: root for path, root in roots.items() if root.tag in {"testsuites", "testsuite"}}
    cases = _cases(roots)
    if not cases:
        raise UnreadableResults(
            "no <testcase> in any *.xml file: write JUnit XML (pytest --junitxml=/results/junit.xml)"
        )
    passed = tally(_trial(case) for case in cases)
    metrics = {PASS: metric(PASS, passed.mean, passed, len(passed.samples))}
    for found in (*_of_cases(cases), *_of_suites(roots)):
        if found.name in metrics:
            raise UnreadableResults(f"{PREFIX}{found.name} is told twice: write it at the cases or at one suite")
        metrics[found.name] = found
    stamps = [time for root in roots.values() for suite in root.iter("testsuite") if (time := _stamp(suite))]
    return Results(
        tool="junit",
        tool_version=None,
        metrics=metrics,
        started_at=min(stamps, default=None),
        problems=tuple(problem for path, root in roots.items() for problem in _problems(path, root)),
    )


def _cases(roots: Mapping[str, Element]) -> list[Element]:
    """Of all files. Two files about the same case are two runs; within one file it was tried again."""
    seen: dict[str, str] = {}
    cases: list[Element] = []
    for path, root in roots.items():
        for case in root.iter("testcase"):
            if seen.setdefault(_key(case), path) != path:
                raise UnreadableResults(
                    f"{seen[_key(case)]} and {path} both have test case {_key(case)}: keep one run in the folder"
                )
            cases.append(case)
    return cases


def _key(case: Element) -> str:
    name = case.get("name")
    if not name:
        raise UnreadableResults("a <testcase> has no name: write name and classname, which tell cases apart")
    return key_of("::".join(whole(part) for part in (case.get("classname"), name) if part))


def _trial(case: Element) -> Trial:
    tags = {child.tag for child in case}
    value = None if tags & {"error", "skipped"} else 0.0 if "failure" in tags else 1.0
    return Trial(key=_key(case), value=value, errored="error" in tags, slices=_slices(case))


def _slices(case: Element) -> Mapping[str, str]:
    return levels([("classname", case.get("classname"))])


def _of_cases(cases: list[Element]) -> Iterator[Metric]:
    """Planned are the cases that tell the metric: nothing says of others that they should."""
    trials: defaultdict[str, list[Trial]] = defaultdict(list)
    for case in cases:
        for name, value in _told(case):
            trials[name].append(Trial(key=_key(case), value=value, slices=_slices(case)))
    for name, found in trials.items():
        tallied = tally(found)
        yield metric(name, tallied.mean, tallied, len(tallied.samples))


def _of_suites(roots: Mapping[str, Element]) -> Iterator[Metric]:
    for root in roots.values():
        for suite in (root, *root.iterfind(".//testsuite")):
            for name, value in _told(suite):
                told = (
                    Counts(planned=1, effective=1) if value is not None else Counts(planned=1, effective=0, unscored=1)
                )
                yield Metric(name=name, value=value, unit=None, counts=told)


def _told(element: Element) -> Iterator[tuple[str, float | None]]:
    for told in element.iterfind("properties/property"):
        name = told.get("name", "")
        if name.startswith(PREFIX):
            yield _name(name.removeprefix(PREFIX)), _value(name, told)


def _name(name: str) -> str:
    if not is_name(name) or name == PASS:
        raise UnreadableResults(f"property {PREFIX}{name[:64]!r} is no name for a metric")
    return name


def _value(name: str, told: Element) -> float | None:
    said = (told.get("value") or told.text or "").strip()
    try:
        return None if said in NOT_NUMBERS else finite(float(said))
    except ValueError:
        raise UnreadableResults(f"property {name[:64]} has {said[:64]!r}: write a number") from None


def _stamp(suite: Element) -> datetime | None:
    return moment(suite.get("timestamp", ""))


def _problems(path: str, root: Element) -> Iterator[str]:
    """Pytest counts a test that passed and whose fixture then failed to be torn down as two."""
    for suite in root.iter("testsuite"):
        said = suite.get("tests", "")
        found = len(list(suite.iter("testcase"))) + len(list(suite.iter("error")))
        if said.isascii() and said.isdigit() and len(said) < 10 and int(said) > found:
            yield f"partial: suite {key_of(suite.get('name') or '')} in {path} tells of {said} tests and has fewer"
