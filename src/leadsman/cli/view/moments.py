"""Times as people read them: how long ago, how long still, and when."""

import datetime as dt
import re
from typing import Final

_UNITS: Final = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_DURATION: Final = re.compile(r"(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s?)?")


def render_span(span: dt.timedelta) -> str:
    """Its two largest units: 3d4h, 5m20s, 12s."""
    left = max(0, round(span.total_seconds()))
    said: list[str] = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if said and not count:
            break
        if count:
            said.append(f"{count}{unit}")
        if len(said) == 2:
            break
    return "".join(said) or "0s"


def render_age(since: dt.datetime | None, now: dt.datetime) -> str:
    """The largest unit, as kubectl's AGE column."""
    if since is None:
        return "<unknown>"
    seconds = max(0, round((now - since).total_seconds()))
    for unit, size in _UNITS:
        # kubectl too says 119s and 90m: the larger unit alone would be too coarse at two.
        if seconds >= 2 * size or unit == "s":
            return f"{seconds // size}{unit}"
    raise AssertionError(seconds)


def render_time(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%MZ") if moment else "-"


def render_left(until: dt.datetime, now: dt.datetime) -> str:
    """`5m20s left, until 10:10:00Z`."""
    clock = until.astimezone(dt.UTC).strftime(
        "%H:%M:%SZ" if abs(until - now) < dt.timedelta(days=1) else "%Y-%m-%d %H:%MZ"
    )
    if until <= now:
        return f"over since {clock}"
    return f"{render_span(until - now)} left, until {clock}"


def parse_duration(text: str) -> float:
    """Seconds of `90`, `90s`, `10m`, `1h30m` or `7d`.

    Raises:
        ValueError: for anything else.
    """
    found = _DURATION.fullmatch(text.strip())
    if not found or not any(found.groups()):
        raise ValueError(f"{text!r} is no duration: write for example 90s, 10m, 1h30m or 7d")
    return float(sum(int(found[unit] or 0) * size for unit, size in _UNITS))
