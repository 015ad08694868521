"""`leadsman why`: what a service waits for, and what to do about it."""

from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from leadsman.cli import feed, lookup, output
from leadsman.cli.cluster import Access, connect
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.explanation import Cause, Explanation, explain
from leadsman.cli.view.marks import QUIET, STRONG, mark_standing
from leadsman.cli.view.overview import overview


def why(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The AIService.")],
    *,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """What a service waits for, the most important first: why, who or what unblocks it, and the next command."""
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    observed = feed.read_once(cluster, name)
    if observed is None:
        raise lookup.no_such_service(cluster, name)
    explanation = explain(overview(observed))
    if output_format == "text":
        output.show(render_explanation(explanation))
    else:
        output.print_data(output.to_data(explanation), output_format)


def render_explanation(explanation: Explanation) -> Group:
    place = (f"{explanation.namespace}/{explanation.name}", STRONG)
    lines = [Text.assemble(mark_standing(explanation.standing), " ", place, f"  {explanation.headline}")]
    serving = explanation.serving_revision
    lines.append(Text(f"  {serving} serves" if serving else "  no revision serves yet"))
    if not explanation.causes:
        lines.append(Text("  nothing blocks it"))
    for number, cause in enumerate(explanation.causes, start=1):
        lines.extend(_cause(number, cause))
    return Group(*lines)


def _cause(number: int, cause: Cause) -> list[Text]:
    lines = [Text(f"\n{number}. {cause.what}", STRONG)]
    for label, said in (("why", cause.why), ("run", cause.evidence), ("who", cause.unblocked_by), ("next", cause.next)):
        if said:
            lines.append(Text.assemble((f"   {label:<5}", QUIET), said))
    return lines
