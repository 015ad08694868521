"""Strings, numbers and times with bounds: what a field may hold, the same for the API server and for these models."""

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, PlainSerializer, StringConstraints

from leadsman.api.markers import Extension, Pattern, Rule

LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
DNS_NAME: Final = rf"{LABEL}(\.{LABEL})*"
_QUALIFIED = rf"^({DNS_NAME}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?$"
_RFC3339 = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)

# Control characters, the two separators of lines, and what turns the direction of writing round.
_CONTROL = r"\x7f-\x9f\x{2028}-\x{202e}\x{2066}-\x{2069}"
_INVISIBLE = (
    r"\x00-\x20\x7f-\xa0\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{1680}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{2000}-\x{200f}"
    r"\x{2028}-\x{202f}\x{205f}-\x{206f}\x{2800}\x{3000}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}\x{e0000}-\x{e0fff}"
)
_LINE = rf"^[^\x00-\x1f{_CONTROL}]*[^{_INVISIBLE}][^\x00-\x1f{_CONTROL}]*$"
_LINES = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f{_CONTROL}]*[^{_INVISIBLE}][^\x00-\x08\x0b\x0c\x0e-\x1f{_CONTROL}]*$"

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_END = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
_IN_OUR_TIME = Rule(
    "self >= timestamp('1970-01-01T00:00:00Z') && self < timestamp('9999-01-01T00:00:00Z')",
    "must lie between the years 1970 and 9998: write the year in full, such as 2026",
)


def _refuse_numbers(value: object) -> object:
    """Pydantic would read 1700000000 as a time; the API server would not."""
    if isinstance(value, int | float):
        msg = 'write a quoted string, such as "2026-11-23T10:00:00Z" or "2026-11-23"'
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueErrors
    return value


def _rfc3339(moment: dt.datetime) -> str:
    """No more digits than there is to say, so that what was read is written again as it was."""
    digits = "microseconds" if moment.microsecond % 1000 else "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=digits).replace("+00:00", "Z")


DnsLabel = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=rf"^{LABEL}$")]
"""The name of a part within an object: a stage, a gate, a monitor."""
KeyName = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=rf"^{LABEL}$")]
"""Of a public key, within a policy."""
ObjectName = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=rf"^{DNS_NAME}$")]
"""The name of another object."""
GateName = Annotated[str, StringConstraints(min_length=1, max_length=324, pattern=rf"^(policy/{DNS_NAME}/)?{LABEL}$")]
"""A gate of the service, or `policy/<policy>/<name>`: one that a GovernancePolicy requires."""
Uid = Annotated[str, StringConstraints(min_length=1, max_length=63)]
Digest = Annotated[
    str,
    StringConstraints(max_length=71),
    Pattern(r"^sha256:[a-f0-9]{64}$", "must be sha256: and 64 hex digits in lower case, in full"),
]
Commit = Annotated[
    str,
    StringConstraints(max_length=64),
    Pattern(r"^[a-f0-9]{7,64}$", "must be the hash of a commit, 7 to 64 hex digits in lower case: not a branch or tag"),
]
Uri = Annotated[
    str,
    StringConstraints(max_length=2048),
    Pattern(
        r"^[a-z][a-z0-9+.-]*:[!-~]+$",
        "must be a URI that begins with its scheme in lower case, such as https://docs.example.com/card or "
        "oci://models.example.com/llm:1.4.0, in ASCII without blanks",
    ),
]
Identifier = Annotated[
    str,
    StringConstraints(min_length=1, max_length=253),
    Pattern(_LINE, "must have something to read in it, on one line without control characters"),
]
"""A name from a world that is not ours: a person, a team, a metric, a ticket."""
Visible = Pattern(_LINES, "must have something to read in it, without control characters")
Text = Annotated[str, StringConstraints(min_length=1, max_length=1024), Visible]
ShortText = Annotated[str, StringConstraints(max_length=256)]
"""In a record that has hundreds of them, and must fit in etcd."""
ShortMessage = Annotated[str, StringConstraints(max_length=1024)]
Explanation = Annotated[str, StringConstraints(min_length=10, max_length=1024), Visible]
"""Long enough to say something."""
Message = Annotated[str, StringConstraints(max_length=4096)]
SliceWord = Annotated[str, StringConstraints(min_length=1, max_length=63)]
"""A property of samples, or a value of it. Hundreds of them are in a result: too many for a rule on each."""
CamelCase = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[A-Z][A-Za-z0-9]*$")]
Tier = Literal["Minimal", "Limited", "High"]
MetricUnit = Literal["Fraction", "Percent", "Seconds", "Count", "Currency"]
"""Of an evaluation's metric. Fraction runs from 0 to 1, Percent from 0 to 100."""
Share = Annotated[str, StringConstraints(min_length=1, max_length=32)]
"""Text for a column: `1/2`, `63%`."""
Slot = Annotated[str, StringConstraints(min_length=1, max_length=317)]
"""An approval slot: `policy/requirement`."""

_DECIMAL = r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$"
DecimalString = Annotated[str, StringConstraints(max_length=24, pattern=_DECIMAL)]
"""A number as text, such as "0.02": floats don't survive the way through YAML, JSON and five languages."""
Threshold = Annotated[
    str,
    StringConstraints(max_length=24),
    Pattern(
        _DECIMAL,
        'must be a plain decimal number in quotes, without a unit and with at most 9 decimal places: 2 % is "0.02", '
        '2.5 seconds are "2.5"',
    ),
]
"""What a person writes, and so may get wrong."""
NonNegativeDecimal = Annotated[
    str,
    StringConstraints(max_length=24),
    Pattern(
        r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$",
        'must be a decimal number of 0 or more in quotes, with at most 9 decimal places, such as "0.0127"',
    ),
]
PositiveDecimal = Annotated[
    str,
    StringConstraints(max_length=24, pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$"),
    Rule(
        "self.matches('^(0|[1-9][0-9]{0,11})([.][0-9]{1,9})?$') && self.matches('[1-9]')",
        'must be a decimal number greater than 0, in quotes, such as "0.5" or "5000"',
    ),
]
Fraction = Annotated[str, StringConstraints(max_length=11, pattern=r"^(0(\.[0-9]{1,9})?|1(\.0{1,9})?)$")]
"""From "0" to "1"."""
OpenFraction = Annotated[
    str,
    StringConstraints(max_length=11),
    Pattern(
        r"^0\.[0-9]{0,8}[1-9][0-9]{0,8}$",
        'must lie between "0" and "1", both excluded, as a decimal number in quotes: 95 % are "0.95"',
    ),
]
Confidence = Annotated[
    str,
    StringConstraints(max_length=11),
    Pattern(
        r"^0\.(5[0-9]*[1-9][0-9]*|[6-9][0-9]*)$",
        'must lie between "0.5", which proves nothing, and "1", both excluded, as a decimal number in quotes: 95 % are '
        '"0.95"',
    ),
]

Time = Annotated[
    AwareDatetime,
    Field(ge=_EPOCH, lt=_END),
    BeforeValidator(_refuse_numbers),
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
    Extension({"pattern": _RFC3339}),
    _IN_OUR_TIME,
]
"""RFC 3339 with a zone. The pattern keeps out the other forms that the API server's `date-time` lets through.
Nanoseconds, as Go writes them, are accepted and cut here."""
Date = Annotated[dt.date, Field(ge=_EPOCH.date(), lt=_END.date()), BeforeValidator(_refuse_numbers), _IN_OUR_TIME]

Generation = Annotated[int, Field(ge=-1, strict=True)]
Count = Annotated[int, Field(ge=0, le=2**53, strict=True)]
"""Up to what every JSON parser reads exactly."""
Weight = Annotated[int, Field(ge=0, le=100, strict=True)]
Seconds = Annotated[int, Field(ge=0, le=2_592_000, strict=True)]
"""Up to 30 days."""

QualifiedName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=317),
    Pattern(
        _QUALIFIED,
        "must be a name of at most 63 letters, digits, -, _ and ., which may have a domain before it, such as team or "
        "example.com/team",
    ),
]
LabelKey = QualifiedName
LabelValue = Annotated[
    str,
    StringConstraints(max_length=63),
    Pattern(
        r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
        "must be a label's value: at most 63 letters, digits, -, _ and ., with a letter or digit at both ends",
    ),
]
Labels = Annotated[
    dict[LabelKey, LabelValue],
    Field(max_length=16),
    Rule(
        "self.all(k, !format.qualifiedName().validate(k).hasValue())",
        "has a key that no label can have: write at most 63 letters, digits, -, _ and ., with a domain before it where "
        "needed, such as team or example.com/team",
    ),
]
