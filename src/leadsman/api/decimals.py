"""Numbers as text: for people, and for records."""

import math
from decimal import Decimal
from typing import Final

_PLACES: Final = Decimal("0.000000001")
_BOUND: Final = 10**12


def shown(value: float) -> str:
    """Four digits that count, as a person reads it."""
    if not math.isfinite(value):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN")
    text = f"{value:.4g}"
    return text if "e" not in text else f"{Decimal(text):f}" if 1e-9 < abs(value) < _BOUND else text


def shown_beside(value: float, limit: str) -> str:
    """So that it does not read like the limit when it is not."""
    text = shown(value)
    return text if float(text) != float(limit) or value == float(limit) else f"{value:.12g}"


def decimal(value: float | None) -> str | None:
    """With at most 9 places. None: there is no number, or none that a record can hold."""
    if value is None or not math.isfinite(value) or abs(value) >= _BOUND - 1:
        return None
    text = f"{Decimal(value).quantize(_PLACES):f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
