"""The one clock that decisions are made by."""

from datetime import UTC, datetime


def now() -> datetime:
    """To the millisecond: what is written down is read again as it was."""
    moment = datetime.now(UTC)  # noqa: TID251  this is where the time that is handed on comes from
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
