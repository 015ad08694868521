"""What verdicts say to people."""

import difflib
from collections.abc import Iterable
from typing import Final

from leadsman.api.decimals import shown, shown_beside
from leadsman.api.v1alpha1.evalsuite import Criterion
from leadsman.evals.measured import Scale

_NAME: Final = 253
WORD: Final = 63
"""Characters of a slice's property and value (api.scalars.SliceWord)."""
_NAMES: Final = 5
_EQUAL: Final = "as good"


def readable(name: str, longest: int = _NAME) -> str:
    """A name from a tool, so that a record can hold it: printable, on one line, not endless."""
    text = "".join(letter if letter.isprintable() else "?" for letter in name).strip()
    return clipped(text, longest) or "(blank)"


def clipped(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def no_metric(wanted: str, names: Iterable[str]) -> str:
    """With what there is, close names first."""
    there = sorted(names)
    close = difflib.get_close_matches(wanted, there, n=_NAMES, cutoff=0.4)
    listed = [*close, *(name for name in there if name not in close)]
    if not listed:
        return f"the results have no metric {wanted}, and no other"
    more = f" and {len(listed) - _NAMES} more" if len(listed) > _NAMES else ""
    return f"the results have no metric {wanted}: they have {', '.join(map(readable, listed[:_NAMES]))}{more}"


def held(criterion: Criterion, scale: Scale, verdict: str, bounds: tuple[float, float]) -> str:
    """Where the value lies for sure. Bounds are goodness."""
    limit = criterion.min or criterion.max or "0"
    least, most = (shown_beside(scale.value(bound), limit) for bound in bounds)
    at_least, at_most = ("at least", "at most") if criterion.min else ("at most", "at least")
    sign = f"{'min' if criterion.min else 'max'} {limit}"
    if verdict == "Passed":
        return f"proven to be {at_least} {least} ({sign})"
    if verdict == "Failed":
        return f"proven to be {at_most} {most} ({sign})"
    low, high = sorted((least, most), key=float)
    return f"between {low} and {high} ({sign})"


def beside(margin: str, scale: Scale, verdict: str, bounds: tuple[float, float]) -> str:
    """How far the candidate is from the baseline for sure. Bounds are differences of goodness."""
    lower, upper = (_distance(bound * scale.size, margin) for bound in bounds)
    if verdict == "Passed":
        return f"proven to be {lower} at worst (margin {margin})"
    if verdict == "Failed":
        return f"proven to be {upper} at best (margin {margin})"
    return f"between {lower} and {upper} (margin {margin})"


def apart(difference: float, revision: str, baseline: float) -> str:
    """How far both were seen to be apart, in the metric's unit."""
    text = _distance(difference, "0")
    return f"{text} {'as' if text == _EQUAL else 'than'} {revision} with {shown(baseline)}"


def _distance(difference: float, margin: str) -> str:
    text = shown_beside(abs(difference), margin)
    return _EQUAL if float(text) == 0 else f"{text} {'better' if difference > 0 else 'worse'}"


def needs(missing: int | None, rate: str) -> str:
    if missing is None:
        return f"{rate} no number of samples would prove it"
    return f"{missing} more {'sample' if missing == 1 else 'samples'} {rate} would prove it"


def number(value: float) -> str:
    return shown(value)
