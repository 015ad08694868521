"""What evaluation tools wrote (tests/golden/evals), and what becomes of it when a field changes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Edit = Callable[[Any], object]

GOLDEN = Path(__file__).parents[1] / "golden" / "evals"


def golden(tool: str, name: str = "") -> dict[str, bytes]:
    folder = GOLDEN / tool / name
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def edited(files: dict[str, bytes], edit: Edit, *, suffix: str = ".json") -> dict[str, bytes]:
    """With the one JSON file among them changed."""
    (path,) = [path for path in files if path.endswith(suffix)]
    value = json.loads(files[path])
    edit(value)
    return {**files, path: json.dumps(value).encode()}
