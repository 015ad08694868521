"""What looks like text, a version, a time or an address, and is none."""

from typing import Final

from integration.api.mistake import SHA, Mistake

NOTHING_TO_READ: Final = "must have something to read in it"
_BLANK = {
    "blanks": "   ",
    "a no-break space": "\u00a0",
    "a zero-width space": "\u200b",
    "a braille blank": "\u2800",
    "a tag": "\U000e0001",
}
_UNREADABLE = {"a bell": "dana\u0007", "a line break": "dana\nerin", "writing turned round": "dana\u202enimda"}

_TEXTS = tuple(
    Mistake(f"{what} for a name", {"spec.owner.accountable": text}, NOTHING_TO_READ)
    for what, text in {**_BLANK, **_UNREADABLE}.items()
) + tuple(
    Mistake(f"blanks in {path}", {path: " \t "}, f'{path}: Invalid value: " \\t ": {NOTHING_TO_READ}')
    for path in ("spec.owner.team", "spec.model.name", "spec.purpose.intendedUse", "spec.model.provider.modelId")
)

_MOVING = (
    "v1:latest", "refs/heads/main", "origin/main", "models@stable", "LATEST", "HEAD",
    "^1.0", ">=1.0", "<2", "~1", "1.x", "1.X", "1.x.0", "2026.*",
)  # fmt: skip
_VERSIONS = tuple(
    Mistake(
        f"version {version}, which moves",
        {"spec.model.version": version},
        "is a moving name, so nobody could say later which model it was: write the exact version, such as 2026.11.1",
    )
    for version in _MOVING
) + tuple(
    Mistake(
        f"version {version!r}, which nobody can type",
        {"spec.model.version": version},
        "must be ASCII letters, digits and signs without blanks: write the version as 2026.11.1",
    )
    for version in ("l\u0430test", "1.4\u00a0", "1.4 beta", "\uff11.4")
)

NO_TIME: Final = "must lie between the years 1970 and 9998: write the year in full, such as 2026"
_TIMES = (
    Mistake("a restart in the year 1", {"spec.restartedAt": "0001-01-01T00:00:00Z"}, NO_TIME),
    Mistake("a restart at the end of time", {"spec.restartedAt": "9999-12-31T23:59:59-23:00"}, NO_TIME),
    Mistake("a review before computers", {"spec.lifecycle.reviewBy": "1926-11-23"}, NO_TIME),
    Mistake(
        "a restart in the year 0", {"spec.restartedAt": "0000-01-01T00:00:00Z"}, "spec.restartedAt: Invalid value: "
    ),
    Mistake("a review in the year 0", {"spec.lifecycle.reviewBy": "0000-01-01"}, "spec.lifecycle.reviewBy: Invalid "),
)

_URI = "must be a URI that begins with its scheme in lower case, such as https://docs.example.com/card"
_ADDRESSES = (
    Mistake("a scheme in capitals", {"spec.owner.oncall": "HTTP://pager.example.com"}, _URI),
    Mistake("an address with a no-break space", {"spec.owner.oncall": "https://pager.example.com/\u00a0"}, _URI),
    Mistake("an address with an umlaut", {"spec.owner.oncall": "https://pager.example.com/ä"}, _URI),
    Mistake(
        "a digest in capitals",
        {"spec.model.digest": SHA[:-1] + "A"},
        "must be sha256: and 64 hex digits in lower case, in full",
    ),
    Mistake(
        "a commit that is a tag",
        {"spec.change.commit": "v1.2.3"},
        'spec.change.commit: Invalid value: "v1.2.3": must be the hash of a commit, 7 to 64 hex digits in lower case: '
        "not a branch or tag",
    ),
)

_DECIMAL = (
    'must be a plain decimal number in quotes, without a unit and with at most 9 decimal places: 2 % is "0.02", '
    '2.5 seconds are "2.5"'
)
_NUMBERS = (
    Mistake("a threshold of ten decimal places", {"spec.monitors.2.max": "0.0200000000"}, _DECIMAL),
    Mistake("a threshold as a power", {"spec.monitors.2.max": "1e3"}, _DECIMAL),
    Mistake("a threshold with a comma", {"spec.monitors.2.max": "2,5"}, _DECIMAL),
    Mistake(
        "a tolerance in percent",
        {"spec.monitors.1.compare.ratioAtMost": "25%"},
        'must be a decimal number in quotes, at least "1": a quarter more is "1.25"',
    ),
)

TEXTS: Final = (*_TEXTS, *_VERSIONS, *_TIMES, *_ADDRESSES, *_NUMBERS)
