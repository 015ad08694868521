"""Options that every verb of a decision has, and its exit codes."""

from typing import Annotated, Final, Literal

import typer

from leadsman.cli.view.moments import parse_duration

EXIT_CODES: Final = (
    "Exit code: 0 written; 1 refused, wrong usage, no cluster; 4 no such service, revision or decision. With --wait: "
    "0 it counts, 2 nobody has counted it yet, 3 it does not count; 130 Ctrl-C."
)

Form = Literal["text", "name", "json", "yaml"]
ServiceName = Annotated[str, typer.Argument(metavar="SERVICE", help="The AIService.")]
Revision = Annotated[
    str | None,
    typer.Option(
        help="The AIRevision. Default: the candidate; for pause and resume whatever is on its way.", show_default=False
    ),
]
Reason = Annotated[
    str | None, typer.Option(help="Why, in 10 to 1024 characters. Asked for at a terminal.", show_default=False)
]
Ticket = Annotated[str | None, typer.Option(help="Where it was discussed, such as CHG-4711.", show_default=False)]
Role = Annotated[str | None, typer.Option(help="The capacity in which you sign: needs `sign` on it.")]
Span = Annotated[
    float | None,
    typer.Option("--expires-in", parser=parse_duration, metavar="DURATION", help="It counts for so long: 4h, 7d."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Have the API server check it, and write nothing.")]
Wait = Annotated[bool, typer.Option("--wait", help="Until the operator says whether it counts.")]
OutputForm = Annotated[Form, typer.Option("--output", "-o", help="What is printed of the AIDecision.")]
