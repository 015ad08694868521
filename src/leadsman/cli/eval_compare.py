"""`leadsman eval compare`: two EvalRuns of one suite beside each other."""

from collections.abc import Iterator
from typing import Annotated

import typer

from leadsman.api.v1alpha1 import EvalRun
from leadsman.cli import output, runs
from leadsman.cli.cluster import Access, Cluster, connect
from leadsman.cli.errors import CommandFailed
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.compared import Comparison, compared, render_comparison, side, verdicts
from leadsman.cli.view.observed import read
from leadsman.clients.kinds import CONFIG_MAP
from leadsman.evals.beside import beside
from leadsman.evals.kept import recall_config_map
from leadsman.evals.normal import Results, UnreadableResults
from leadsman.evals.submitted import from_api


def compare(  # noqa: PLR0913  one parameter for each option of the verb
    first: Annotated[str, typer.Argument(metavar="RUN_A", help="An EvalRun, such as the serving revision's.")],
    second: Annotated[str, typer.Argument(metavar="RUN_B", help="Another one of the same suite.")],
    *,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Two evaluations by one suite: verdicts, values, and how far they are apart for sure."""
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    both = (read(EvalRun, runs.get_run(cluster, first)), read(EvalRun, runs.get_run(cluster, second)))
    suites = {run.spec.suite.name for run in both}
    if len(suites) > 1:
        raise CommandFailed(
            f"{first} is of suite {both[0].spec.suite.name}, {second} of {both[1].spec.suite.name}",
            next_step="give two runs of one suite: leadsman eval list",
        )
    comparison = _compare(cluster, *both)
    if output_format == "text":
        output.show(render_comparison(comparison))
    else:
        output.print_data(output.to_data(comparison), output_format)


def _compare(cluster: Cluster, first: EvalRun, second: EvalRun) -> Comparison:
    notes = list(_differences(first, second))
    before, after = (_results(cluster, run, notes) for run in (first, second))
    suite = runs.suite_of(cluster, second)
    if suite is None:
        notes.append("the suite is gone or was edited since: every metric is taken as one where higher is better")
    found = beside(before, after, first.spec.revision.name, suite.spec if suite else None) if before and after else ()
    return Comparison(
        namespace=cluster.namespace,
        suite=first.spec.suite.name,
        first=side(first),
        second=side(second),
        notes=tuple(notes),
        criteria=tuple(verdicts(first, second)),
        metrics=tuple(map(compared, found)),
    )


def _differences(first: EvalRun, second: EvalRun) -> Iterator[str]:
    """In what they are of, which makes numbers incomparable."""
    if first.spec.suite.digest != second.spec.suite.digest:
        yield "the suite was edited between the two: they may have been asked other things"
    if first.status.tool and second.status.tool and first.status.tool != second.status.tool:
        yield "they are of other tools, or of other versions of one"


def _results(cluster: Cluster, run: EvalRun, notes: list[str]) -> Results | None:
    """None: none are left, which is noted."""
    if run.spec.results is not None:
        return from_api(run.spec.results, run.spec.baseline.name if run.spec.baseline else None)
    name, outcomes = run.metadata.name, run.status.outcomes
    if outcomes is None:
        notes.append(f"{name} has no results to compare: {run.status.message or run.status.state or 'Pending'}")
        return None
    try:
        return recall_config_map(cluster.get(CONFIG_MAP, outcomes.config_map), outcomes.digest)
    except (CommandFailed, UnreadableResults) as error:
        notes.append(f"what was kept of {name} cannot be read: {error}")
        return None
