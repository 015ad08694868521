"""`leadsman status`: one service with its revisions, pods, signals and conditions; once, or as it changes."""

import time
from typing import Annotated

import typer

from leadsman.cli import display, feed, lookup, output
from leadsman.cli.cluster import Access, Cluster, connect
from leadsman.cli.options import Context, Format, Kubeconfig, Namespace, Output
from leadsman.cli.view.moments import parse_duration
from leadsman.cli.view.observed import Observed
from leadsman.cli.view.overview import overview
from leadsman.cli.view.standing import NOT_THERE_YET, Goal, is_over, is_reached, stand
from leadsman.cli.view.tree import render_tree

Timeout = Annotated[
    float | None,
    typer.Option(parser=parse_duration, metavar="DURATION", help="Stop watching then: 90s, 10m, 1h30m."),
]


def status(  # noqa: PLR0913  one parameter for each option of the verb
    name: Annotated[str, typer.Argument(metavar="NAME", help="The AIService.")],
    *,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on as it changes, until Ctrl-C.")] = False,
    until: Annotated[
        Goal | None,
        typer.Option(
            help="Watch until it is there, or can no more get there. Settled: at an end, or waiting for people."
        ),
    ] = None,
    timeout: Timeout = None,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """A service with its revisions, pods, signals, and the conditions that are not as they should be."""
    watched = watch or until is not None
    if timeout is not None and not watched:
        raise typer.BadParameter("--timeout ends a watch: add --watch or --until")
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    if watched:
        raise typer.Exit(_follow(cluster, name, until, timeout, output_format))
    observed = feed.read_once(cluster, name)
    if observed is None:
        raise lookup.no_such_service(cluster, name)
    view = overview(observed)
    if output_format == "text":
        output.show(render_tree(view, output.now()))
    else:
        output.print_data(output.to_data(view), output_format)
    raise typer.Exit(view.standing.exit_code)


def _follow(cluster: Cluster, name: str, goal: Goal | None, timeout: float | None, output_format: Format) -> int:
    """The exit code: how it stands at the end; not there yet, where the goal was not reached."""
    deadline = time.monotonic() + timeout if timeout is not None else None
    shown = display.choose(output_format)
    changes = feed.Feed(cluster, name)
    last: Observed | None = None
    try:
        while True:
            left = max(0.0, deadline - time.monotonic()) if deadline is not None else None
            last = changes.next(left)
            if last is None:
                raise lookup.no_such_service(cluster, name)
            shown.show(overview(last))
            if goal and (is_reached(last.service, goal) or is_over(last.service)):
                break
    except TimeoutError:
        pass
    finally:
        changes.close()
        shown.close()
    return _exit_code(last, goal)


def _exit_code(last: Observed | None, goal: Goal | None) -> int:
    if last is None:
        return NOT_THERE_YET
    code = stand(last.service).exit_code
    return NOT_THERE_YET if goal and code == 0 and not is_reached(last.service, goal) else code
