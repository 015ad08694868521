"""What verbs share: options as kubectl has them, and exit codes."""

import contextlib
from collections.abc import Generator
from typing import Annotated, Any, Final, Literal

import typer
from typer.core import TyperGroup

WRONG_USAGE: Final = 1

Namespace = Annotated[str | None, typer.Option("--namespace", "-n", help="Default: the context's.", show_default=False)]
Context = Annotated[str | None, typer.Option("--context", help="Which context of the kubeconfig.", show_default=False)]
Kubeconfig = Annotated[
    str | None,
    typer.Option("--kubeconfig", help="Default: KUBECONFIG, or ~/.kube/config.", show_default=False),
]
Format = Literal["text", "json", "yaml"]
Output = Annotated[Format, typer.Option("--output", "-o", help="Text for people; json and yaml for programs.")]
EXIT_CODES: Final = (
    "Exit code: 0 Ready; 1 wrong usage, or no cluster; 2 not there yet (under way, waiting for people or evidence, or "
    "what --until names was not reached); 3 stalled, rolled back or quarantined; 4 no such service; 130 Ctrl-C."
)


class Verbs(TyperGroup):
    """Wrong usage exits with 1, as with kubectl: 2 says of a service that it is not there yet."""

    def make_context(self, *words: Any, **settings: Any) -> Any:
        with _wrong_usage():
            return super().make_context(*words, **settings)

    def invoke(self, ctx: Any) -> Any:
        with _wrong_usage():
            return super().invoke(ctx)


@contextlib.contextmanager
def _wrong_usage() -> Generator[None]:
    try:
        yield
    except typer.TyperException as error:
        error.exit_code = WRONG_USAGE
        raise
