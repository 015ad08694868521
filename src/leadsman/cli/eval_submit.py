"""`leadsman eval submit`: results of an evaluation that CI has run, as an EvalRun."""

import datetime as dt
from typing import Annotated

import typer

from leadsman.cli import output, results, submission
from leadsman.cli.cluster import Access, Cluster, connect
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


Files = Annotated[list[str], typer.Argument(metavar="RESULTS...", help="What the tool wrote: files, or a folder.")]
Revision = Annotated[str, typer.Option(help="The AIRevision that was evaluated.")]
Suite = Annotated[str, typer.Option(help="The EvalSuite, whose runner is external.")]
Service = Annotated[str | None, typer.Option(help="Its AIService, to be sure. Default: the revision's.")]
Baseline = Annotated[
    str | None, typer.Option(help="The AIRevision to compare with. Default, where the suite compares: what serves now.")
]
BaselineResults = Annotated[
    list[str] | None, typer.Option(help="The same tool's results of the baseline, to count pairs by item.")
]
FormatOption = Annotated[
    str | None, typer.Option("--format", help=f"{results.FORMATS}. Default: the suite's results.format.")
]
StartedAt = Annotated[
    dt.datetime | None,
    typer.Option(parser=parse_time, metavar="TIME", help="When it began, where the results don't say."),
]
FinishedAt = Annotated[
    dt.datetime | None,
    typer.Option(parser=parse_time, metavar="TIME", help="When it ended, where the results don't say."),
]
DatasetDigest = Annotated[str | None, typer.Option(help="sha256:<hex> of the data set, where the results don't say.")]


def submit(  # noqa: PLR0913  one parameter for each option of the verb
    files: Files,
    *,
    revision: Revision,
    suite: Suite,
    service: Service = None,
    baseline: Baseline = None,
    baseline_results: BaselineResults = None,
    form: FormatOption = None,
    started_at: StartedAt = None,
    finished_at: FinishedAt = None,
    dataset_digest: DatasetDigest = None,
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
    given = Given(
        files=tuple(files),
        baseline_files=tuple(baseline_results or ()),
        form=results.parse_format(form) if form else None,
        started_at=started_at,
        finished_at=finished_at,
        dataset_digest=dataset_digest,
        raw_uri=raw_uri,
    )
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    asked = Asked(service=service, revision=revision, suite=suite, baseline=baseline)
    prepared = submission.prepare(submission.resolve(cluster, asked), given)
    for note in prepared.notes:
        output.tell(f"note: {note}")
    if dry_run:
        output.print_data(submission.render(cluster, prepared), "yaml")
        return
    name = submission.create(cluster, prepared)
    output.tell(f"evalrun/{name} created")
    if wait:
        raise typer.Exit(_wait(cluster, name, timeout))
    output.tell(f"see what becomes of it: leadsman eval show {name} -n {cluster.namespace}")


def _wait(cluster: Cluster, name: str, timeout: float | None) -> int:
    judged = submission.wait(cluster, name, timeout)
    if judged is None:
        output.tell(f"not judged yet; see: leadsman eval show {name} -n {cluster.namespace}")
        return NOT_THERE_YET
    output.show(render_run(judged))
    return exit_code(judged)
