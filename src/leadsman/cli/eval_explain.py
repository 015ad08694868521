"""`leadsman eval explain`: what a suite takes to pass, and why a run has not."""

from typing import Annotated

import typer

from leadsman.api.v1alpha1 import EvalRun, EvalSuite
from leadsman.cli import output, runs
from leadsman.cli.cluster import Access, Cluster, Selection, connect
from leadsman.cli.errors import NotFound
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view import explained
from leadsman.cli.view.observed import read
from leadsman.clients.kinds import EVAL_RUN, EVAL_SUITE


def explain(  # noqa: PLR0913  one parameter for each option of the verb
    name: Annotated[str, typer.Argument(metavar="RUN_OR_SUITE", help="An EvalRun, or an EvalSuite.")],
    *,
    samples: Annotated[
        int | None, typer.Option(help="How many to reckon with. Default: the run's, or the suite's minSamples.", min=1)
    ] = None,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """How many samples are enough, from which value on a criterion passes, and how often verdicts err.

    Of a run also why it is as it is, and what to do next.
    """
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    found = _explain(cluster, name, samples)
    if output_format == "text":
        output.show(explained.render_explained(found))
    else:
        output.print_data(output.to_data(found), output_format)


def _explain(cluster: Cluster, name: str, samples: int | None) -> explained.Explanation:
    try:
        run = read(EvalRun, cluster.get(EVAL_RUN, name))
    except NotFound:
        suite = _suite(cluster, name)
        return explained.explain(cluster.namespace, name, suite.spec, None, samples)
    bound = runs.suite_of(cluster, run)
    return explained.explain(cluster.namespace, run.spec.suite.name, bound.spec if bound else None, run, samples)


def _suite(cluster: Cluster, name: str) -> EvalSuite:
    found = runs.find_suite(cluster, name)
    if found is None:
        kinds = (EVAL_RUN, EVAL_SUITE)
        there = {kind.name: cluster.list(Selection(kind=kind, namespace=cluster.namespace)).items for kind in kinds}
        names = {kind: [one["metadata"]["name"] for one in items] for kind, items in there.items()}
        raise runs.missing(cluster, name, names)
    return found
