"""`leadsman eval`: evaluations of revisions."""

import typer

from leadsman.cli import eval_compare, eval_explain, eval_list, eval_show, eval_submit
from leadsman.cli.options import Verbs

EXIT_CODES = (
    "Exit code: 0 Passed; 1 wrong usage, or no cluster; 2 not judged yet, or Inconclusive; 3 Failed or Errored; "
    "4 no such run; 130 Ctrl-C."
)

app = typer.Typer(cls=Verbs, help="Evaluations of revisions: what they prove, and why not.", no_args_is_help=True)
app.command("list")(eval_list.list_evaluations)
app.command(epilog=EXIT_CODES)(eval_show.show)
app.command()(eval_explain.explain)
app.command()(eval_compare.compare)
app.command(epilog=f"{EXIT_CODES} Without --wait: 0, once it is submitted.")(eval_submit.submit)
