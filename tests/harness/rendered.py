"""What a reader of a log sees: plain lines, nothing wrapped."""

import io

from rich.console import Console, RenderableType


def plain(renderable: RenderableType) -> list[str]:
    console = Console(file=io.StringIO(), width=4096, color_system=None, legacy_windows=False)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]
