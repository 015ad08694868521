"""Objects as no API server would send them: real ones in which something else stands in one place or another."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]
ANYTHING = st.sampled_from([None, True, -1, 2**70, 1.5, float("nan"), "", "text", "\ud800", [], [None], {}, {"a": {}}])


@st.composite
def damaged(draw: st.DrawFn, objects: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """The kind of one of the objects, and the object, in which up to four fields hold something else."""
    real = draw(st.sampled_from(objects))
    raw = copy.deepcopy(real)
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(raw))
        if not places:
            break
        path = draw(st.sampled_from(places))
        _put(raw, path, copy.deepcopy(draw(ANYTHING)))
    return real["kind"], raw


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*path, key)
        yield from _places(below, (*path, key))


def _put(raw: Any, path: Path, value: Any) -> None:
    *above, last = path
    for step in above:
        raw = raw[step]
    raw[last] = value
