"""`leadsman lint -f FILE`: what is wrong with declarations, and what to write instead, without a cluster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from leadsman.api.meta import API_VERSION, GROUP
from leadsman.api.remarks import Remark
from leadsman.api.v1alpha1 import KINDS, AIService, EvalSuite, GovernancePolicy
from leadsman.api.v1alpha1.evalsuite import ResultFormat
from leadsman.cli import documents, output, results
from leadsman.cli.documents import Object
from leadsman.cli.errors import CommandFailed
from leadsman.cli.options import Output
from leadsman.cli.view.linted import Linted, render_linted
from leadsman.evals.linting import lint_results, lint_suite
from leadsman.evals.normal import Results
from leadsman.planner.linting import lint_service
from leadsman.planner.policies.offline import lint_by, lint_policy

_KINDS: Final = {kind.__name__: kind for kind in KINDS}
NAME_LABEL: Final = "kubernetes.io/metadata.name"
"""The API server puts it on each namespace."""
EXIT_CODES: Final = (
    "Exit code: 0 nothing is wrong, or nothing but warnings; 1 there are errors; with --strict any remark."
)


@dataclass(frozen=True, slots=True)
class _Found:
    file: str
    raw: Object

    @property
    def kind(self) -> str:
        return str(self.raw.get("kind", ""))

    @property
    def name(self) -> str:
        return str(self._metadata.get("name", ""))

    @property
    def namespace(self) -> str:
        return str(self._metadata.get("namespace", ""))

    @property
    def labels(self) -> Object:
        return self._metadata.get("labels") or {}

    @property
    def _metadata(self) -> Object:
        return self.raw.get("metadata") or {}


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the objects are looked at together with."""

    found: Sequence[_Found]
    results: Sequence[tuple[ResultFormat, Results]]
    policies: Sequence[GovernancePolicy]
    namespace_labels: Mapping[str, str] | None

    def labels_of(self, namespace: str) -> Mapping[str, str] | None:
        """Of its Namespace, or as they are given. None: not known."""
        found = next((one.labels for one in self.found if one.kind == "Namespace" and one.name == namespace), None)
        labels = found if found is not None else self.namespace_labels
        return None if labels is None else {**labels, **({NAME_LABEL: namespace} if namespace else {})}


def lint(  # noqa: PLR0913  one parameter for each option of the verb
    files: Annotated[list[str], typer.Option("--filename", "-f", help="YAML files, or folders of them; - is stdin.")],
    *,
    sample: Annotated[
        list[str] | None,
        typer.Option(
            "--results",
            metavar="FORMAT:PATH",
            help="What a tool wrote once, to check criteria by, such as LMEval:out/; of suites with that format.",
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option("--policy", metavar="FILE", help="GovernancePolicies to judge by too, in files or folders."),
    ] = None,
    namespace_labels: Annotated[
        str | None,
        typer.Option(metavar="KEY=VALUE,…", help="Labels of the services' namespace, where its file is not given."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are errors, too.")] = False,
    output_format: Output = "text",
) -> None:
    """What is wrong with these files, and what to write instead.

    Works offline, on everything of Leadsman's in them; services are judged by the rules of the policies, too. That
    approximates: the API server decides, and kubectl apply --dry-run=server asks it.
    """
    found = [_Found(file, raw) for file in documents.files(files) for raw in documents.read(file)]
    beside = _Beside(
        found=found,
        results=tuple(map(_sample, sample or ())),
        policies=tuple(_policies(found, policy or ())),
        namespace_labels=_labels(namespace_labels) if namespace_labels is not None else None,
    )
    linted = [_lint(one, beside) for one in found if str(one.raw.get("apiVersion", "")).startswith(f"{GROUP}/")]
    if not linted:
        raise CommandFailed(f"nothing of {GROUP} in {', '.join(files)}", next_step="give a file with an EvalSuite, say")
    if output_format == "text":
        output.show(render_linted(linted))
    else:
        output.print_data([output.to_data(one) for one in linted], output_format)
    remarks = [remark for one in linted for remark in one.remarks]
    raise typer.Exit(int(any(strict or remark.severity == "Error" for remark in remarks)))


def _sample(text: str) -> tuple[ResultFormat, Results]:
    form, _, path = text.partition(":")
    if not path:
        raise typer.BadParameter(f"{text}: write FORMAT:PATH, such as LMEval:out/")
    parsed = results.parse_format(form)
    return parsed, results.read(parsed, [path])


def _labels(text: str) -> dict[str, str]:
    pairs = [one.partition("=") for one in text.split(",") if one]
    if not all(key and equals for key, equals, _ in pairs):
        raise typer.BadParameter(f"{text}: write KEY=VALUE,…, such as env=prod")
    return {key: value for key, _, value in pairs}


def _policies(found: Sequence[_Found], files: Sequence[str]) -> Iterator[GovernancePolicy]:
    """Those beside the services are told of where they cannot be read; those to judge by must be readable."""
    for one in found:
        if one.kind == "GovernancePolicy":
            with suppress(ValidationError):
                yield GovernancePolicy.from_dict(_without_status(one.raw))
    given = [(file, raw) for file in documents.files(files) for raw in documents.read(file)]
    policies = [(file, raw) for file, raw in given if raw.get("kind") == "GovernancePolicy"]
    if files and not policies:
        raise CommandFailed(f"no GovernancePolicy in {', '.join(files)}", next_step="give a file with one")
    for file, raw in policies:
        try:
            yield GovernancePolicy.from_dict(_without_status(raw))
        except ValidationError as error:
            wrong = "; ".join(map(str, documents.mistakes(error)))
            raise CommandFailed(f"{file}: {wrong}", next_step="correct the policy") from error


def _without_status(raw: Object) -> Object:
    return {key: value for key, value in raw.items() if key != "status"}


def _lint(one: _Found, beside: _Beside) -> Linted:
    return Linted(file=one.file, kind=one.kind, name=one.name, remarks=tuple(_remarks(one, beside)))


def _remarks(one: _Found, beside: _Beside) -> Iterator[Remark]:
    kind = _KINDS.get(one.kind)
    if kind is None or one.raw.get("apiVersion") != API_VERSION:
        message = f"there is no {one.raw.get('apiVersion')} {one.kind}"
        yield Remark(severity="Error", about="kind", message=message, instead=f"{API_VERSION} has {', '.join(_KINDS)}")
        return
    try:
        read = kind.from_dict(_without_status(one.raw))
    except ValidationError as error:
        for mistake in documents.mistakes(error):
            yield Remark(severity="Error", about=mistake.path, message=mistake.message)
        return
    match read:
        case AIService():
            yield from _of_service(one, read, beside)
        case GovernancePolicy():
            suites = [(it.name, it.labels) for it in beside.found if it.kind == "EvalSuite"]
            yield from lint_policy(read.spec, tuple(_services(beside)), suites)
        case EvalSuite():
            yield from _of_suite(read, beside)
        case _:
            return


def _of_service(one: _Found, read: AIService, beside: _Beside) -> Iterator[Remark]:
    suites = {it.name for it in beside.found if it.kind == "EvalSuite" and it.namespace == one.namespace}
    inputs = documents.inputs(read.spec, (it.raw for it in beside.found))
    yield from lint_service(one.name, one.raw["spec"], read.spec, inputs, suites)
    labels = beside.labels_of(one.namespace)
    for policy in beside.policies:
        yield from lint_by(policy.metadata.name or "", policy.spec, one.raw, read.spec, labels)


def _of_suite(read: EvalSuite, beside: _Beside) -> Iterator[Remark]:
    yield from lint_suite(read.spec)
    for form, sample in beside.results:
        if read.spec.results is None or read.spec.results.format == form:
            yield from lint_results(read.spec, sample)


def _services(beside: _Beside) -> Iterator[tuple[Object, Mapping[str, str] | None]]:
    """Those that can be read."""
    for one in beside.found:
        if one.kind == "AIService":
            with suppress(ValidationError):
                AIService.from_dict(_without_status(one.raw))
                yield one.raw, beside.labels_of(one.namespace)
