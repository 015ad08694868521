"""`leadsman lint -f FILE`: what is wrong with declarations, and what to write instead, without a cluster."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from leadsman.api.meta import API_VERSION, GROUP
from leadsman.api.remarks import Remark
from leadsman.api.v1alpha1 import KINDS, AIService, EvalSuite
from leadsman.api.v1alpha1.evalsuite import ResultFormat
from leadsman.cli import documents, output, results
from leadsman.cli.documents import Object
from leadsman.cli.errors import CommandFailed
from leadsman.cli.options import Output
from leadsman.cli.view.linted import Linted, render_linted
from leadsman.evals.linting import lint_results, lint_suite
from leadsman.evals.normal import Results
from leadsman.planner.linting import lint_service

_KINDS: Final = {kind.__name__: kind for kind in KINDS}
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
    def _metadata(self) -> Object:
        return self.raw.get("metadata") or {}


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the objects are looked at together with."""

    found: Sequence[_Found]
    results: Sequence[tuple[ResultFormat, Results]]


def lint(
    files: Annotated[
        list[str], typer.Option("--filename", "-f", help="YAML files with Leadsman's kinds and ConfigMaps; - is stdin.")
    ],
    *,
    sample: Annotated[
        list[str] | None,
        typer.Option(
            "--results",
            metavar="FORMAT:PATH",
            help="What a tool wrote once, to check criteria by, such as LMEval:out/; of suites with that format.",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are errors, too.")] = False,
    output_format: Output = "text",
) -> None:
    """What is wrong with these files, and what to write instead.

    Works offline, on everything of Leadsman's in them. Most rules over several fields are the API server's: kubectl
    apply --dry-run=server says those.
    """
    found = [_Found(file, raw) for file in files for raw in documents.read(file)]
    beside = _Beside(found, tuple(map(_sample, sample or ())))
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


def _lint(one: _Found, beside: _Beside) -> Linted:
    return Linted(file=one.file, kind=one.kind, name=one.name, remarks=tuple(_remarks(one, beside)))


def _remarks(one: _Found, beside: _Beside) -> Iterator[Remark]:
    kind = _KINDS.get(one.kind)
    if kind is None or one.raw.get("apiVersion") != API_VERSION:
        message = f"there is no {one.raw.get('apiVersion')} {one.kind}"
        yield Remark(severity="Error", about="kind", message=message, instead=f"{API_VERSION} has {', '.join(_KINDS)}")
        return
    try:
        read = kind.from_dict({key: value for key, value in one.raw.items() if key != "status"})
    except ValidationError as error:
        for mistake in documents.mistakes(error):
            yield Remark(severity="Error", about=mistake.path, message=mistake.message)
        return
    if isinstance(read, AIService):
        suites = {it.name for it in beside.found if it.kind == "EvalSuite" and it.namespace == one.namespace}
        inputs = documents.inputs(read.spec, (it.raw for it in beside.found))
        yield from lint_service(one.name, one.raw["spec"], read.spec, inputs, suites)
    if isinstance(read, EvalSuite):
        yield from lint_suite(read.spec)
        for form, sample in beside.results:
            if read.spec.results is None or read.spec.results.format == form:
                yield from lint_results(read.spec, sample)
