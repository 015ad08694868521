"""`leadsman policy test`: do policies do what they are meant to do? Without a cluster, or asking one."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from leadsman.cli import output
from leadsman.cli.cluster import Access, Cluster, connect
from leadsman.cli.errors import CommandFailed, UnusableInput
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.policy_cases import Case, ReadTest, read_tests
from leadsman.cli.view.tested import Difference, Tested, TestRun, render_tested
from leadsman.clients.kinds import AI_SERVICE
from leadsman.planner.policies.trial import Subject, Tried, What, rule_names, trial

app = typer.Typer(help="Policies, before they are in force.", no_args_is_help=True)
_LOOKED_AT: Final[tuple[What, ...]] = ("denied", "warned", "held", "gates", "approvals", "frozen")
_REFUSED_BY: Final = re.compile(r"ValidatingAdmissionPolicy '([^']+)\.deny\.")
EXIT_CODES: Final = "Exit code: 0 all cases came out as expected; 1 one did not, or there is nothing to test."


@app.command("test", epilog=EXIT_CODES)
def run_tests(  # noqa: PLR0913  an option each
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Files with a PolicyTest, or folders of them.")],
    *,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the outcome as JUnit XML, too.")] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Ask the API server as well, by dry runs in the namespace: it decides.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="A rule that is not judged here fails its case.")] = False,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Put services through policies, and compare what comes of it with what is expected.

    Rules are judged without a cluster, which approximates. With --live the API server is asked, too, with the
    policies that are in force there; it cannot be asked that way about edits.
    """
    found = list(read_tests(files))
    if not found:
        raise UnusableInput(f"no PolicyTest in {', '.join(files)}", next_step="see docs/policies.md for one")
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace)) if live else None
    run = TestRun(
        cases=tuple(
            _test(test, case, subject, cluster, strict=strict) for test in found for case, subject in test.cases
        ),
        unbroken=tuple(_unbroken(found)),
    )
    if output_format == "text":
        output.show(render_tested(run), wrapped=False)
    else:
        output.print_data(output.to_data(run), output_format)
    if junit is not None:
        _write(junit, run)
    raise typer.Exit(int(any(one.differences for one in run.cases)))


def _test(test: ReadTest, case: Case, subject: Subject, cluster: Cluster | None, *, strict: bool) -> Tested:
    tried = list(_tried(test, subject))
    unjudged = tuple(f"{one.name}: {one.why}" for one in tried if one.what == "notJudged")
    differences = [*_differences(case, tried)]
    if strict and unjudged:
        differences.append(Difference(what="notJudged", expected=(), found=unjudged))
    if cluster is not None and case.before is None:
        said = _refusal(cluster, subject)
        names = {one.metadata.name or "" for one in test.policies}
        if said and not names & set(_REFUSED_BY.findall(said)):  # it was not these that were asked
            unjudged = (*unjudged, f"live: something else refuses it first: {said}")
        elif bool(said) != bool(case.expect.denied):
            expected = "it refuses it" if case.expect.denied else "it takes it"
            differences.append(Difference(what="live", expected=(expected,), found=(said or "it takes it",)))
    return Tested(file=test.file, name=case.name, differences=tuple(differences), unjudged=unjudged)


def _tried(test: ReadTest, subject: Subject) -> Iterator[Tried]:
    for policy in test.policies:
        yield from trial(policy.metadata.name or "", policy.spec, subject)


def _differences(case: Case, tried: list[Tried]) -> Iterator[Difference]:
    for what in _LOOKED_AT:
        expected: tuple[str, ...] | None = getattr(case.expect, what)
        came = {one.name: one.why for one in tried if one.what == what}
        if expected is not None and set(expected) != set(came):
            said = tuple(f"{name}: {why}" if why else name for name, why in came.items() if name not in expected)
            missing = tuple(name for name in expected if name not in came)
            yield Difference(what=what, expected=missing, found=said)


def _refusal(cluster: Cluster, subject: Subject) -> str:
    """What the API server says, with the policies that it has. Empty: it takes it."""
    metadata: dict[str, Any] = {**(subject.raw.get("metadata") or {}), "namespace": cluster.namespace}
    try:
        cluster.create(AI_SERVICE, {**subject.raw, "metadata": metadata}, dry_run=True)
    except CommandFailed as error:
        return error.what
    return ""


def _unbroken(found: list[ReadTest]) -> Iterator[str]:
    """Rules of which no case shows that they refuse anything."""
    rules = {name for test in found for one in test.policies for name in rule_names(one.metadata.name or "", one.spec)}
    broken = {
        one.name
        for test in found
        for _, subject in test.cases
        for one in _tried(test, subject)
        if one.what != "notJudged"
    }
    return iter(sorted(rules - broken))


def _write(file: Path, run: TestRun) -> None:
    suites = ET.Element("testsuites", name="leadsman policy test")
    for name in dict.fromkeys(one.file for one in run.cases):
        cases = [one for one in run.cases if one.file == name]
        failed = sum(bool(one.differences) for one in cases)
        suite = ET.SubElement(suites, "testsuite", name=name, tests=str(len(cases)), failures=str(failed))
        for one in cases:
            case = ET.SubElement(suite, "testcase", classname=name, name=one.name)
            if one.differences:
                text = "\n".join(map(str, one.differences))
                ET.SubElement(case, "failure", message=text.splitlines()[0]).text = text
    try:
        ET.ElementTree(suites).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise UnusableInput(f"{file} cannot be written: {error}", next_step="give another path") from error
