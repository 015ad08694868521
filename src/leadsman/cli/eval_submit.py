"""`leadsman eval submit`: results of an evaluation that CI has run, as an EvalRun."""

import datetime as dt
from typing import Annotated

import typer

from leadsman.api.v1alpha1.evalsuite import ResultFormat
from leadsman.cli import output, results, submission
from leadsman.cli.cluster import Access, connect
from leadsman.cli.options import Context, Kubeconfig, Namespace
from leadsman.cli.status import Timeout
from leadsman.cli.submission import Asked, Given
from leadsman.cli.view.evaluated import render_run
from leadsman.cli.view.runs import exit_code
from leadsman.cli.view.standing import NOT_THERE_YET


def parse_time(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"{text!r} is no time: write one with its zone, such as 2026-11-23T10:00:00Z")
    return moment


def submit(  # noqa: PLR0913  one parameter for each option of the verb
    files: Annotated[list[str], typer.Argument(metavar="RESULTS...", help="What the tool wrote: files, or a folder.")],
    *,
    revision: Annotated[str, typer.Option(help="The AIRevision that was evaluated.")],
    suite: Annotated[str, typer.Option(help="The EvalSuite, whose runner is external.")],
    service: Annotated[str | None, typer.Option(help="Its AIService, to be sure. Default: the revision's.")] = None,
    baseline: Annotated[
        str | None, typer.Option(help="The AIRevision to compare with. Default, where it compares: what serves now.")
    ] = None,
    baseline_results: Annotated[
        list[str] | None, typer.Option(help="The same tool's results of the baseline, to count pairs by item.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help=f"{results.FORMATS}. Default: the suite's results.format.")
    ] = None,
    started_at: Annotated[
        dt.datetime | None,
        typer.Option(parser=parse_time, metavar="TIME", help="When it began, where the results don't say."),
    ] = None,
    finished_at: Annotated[
        dt.datetime | None,
        typer.Option(parser=parse_time, metavar="TIME", help="When it ended, where the results don't say."),
    ] = None,
    dataset_digest: Annotated[
        str | None, typer.Option(help="sha256:<hex> of the data set, where the results don't say.")
    ] = None,
    raw_uri: Annotated[str | None, typer.Option(help="Where the tool's own files are kept.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the EvalRun, and submit nothing.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Until it is judged.")] = False,
    timeout: Timeout = None,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Hand in what an evaluation tool wrote. The operator judges it by the suite's criteria."""
    if timeout is not None and not wait:
        raise typer.BadParameter("--timeout ends a wait: add --wait")
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    parsed: ResultFormat | None = results.parse_format(form) if form else None
    asked = Asked(service=service, revision=revision, suite=suite, baseline=baseline)
    given = Given(
        files=tuple(files),
        baseline_files=tuple(baseline_results or ()),
        form=parsed,
        started_at=started_at,
        finished_at=finished_at,
        dataset_digest=dataset_digest,
        raw_uri=raw_uri,
    )
    target = submission.resolve(cluster, asked)
    prepared = submission.prepare(target, given)
    for note in prepared.notes:
        output.tell(f"note: {note}")
    if dry_run:
        output.print_data(submission.render(cluster, prepared), "yaml")
        return
    name = submission.create(cluster, prepared)
    output.tell(f"evalrun/{name} created")
    if not wait:
        output.tell(f"see what becomes of it: leadsman eval show {name} -n {cluster.namespace}")
        return
    judged = submission.wait(cluster, name, timeout)
    if judged is None:
        output.tell(f"not judged yet; see: leadsman eval show {name} -n {cluster.namespace}")
        raise typer.Exit(NOT_THERE_YET)
    output.show(render_run(judged))
    raise typer.Exit(exit_code(judged))
