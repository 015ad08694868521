"""What can go wrong with a sandbox, each with the next step for the person who meets it.

SandboxError
├── Unsupported    this machine cannot do what was asked
├── BuildFailed    a binary or an image could not be made
├── StartFailed    a part of the cluster did not come up
└── NotRunning     there is no such sandbox, or it is not up
"""

import re
from collections.abc import Iterable
from typing import NamedTuple


class SandboxError(Exception):
    """Something a person can act on: what happened, and what to do next."""

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


class Unsupported(SandboxError):
    """This machine cannot do what was asked."""


class BuildFailed(SandboxError):
    """A binary or an image could not be made."""


class StartFailed(SandboxError):
    """A part of the cluster did not come up."""


class NotRunning(SandboxError):
    """There is no such sandbox, or it is not up."""


class Cause(NamedTuple):
    """A way in which a tool fails: what of its output shows that, what happened, and what to do next."""

    pattern: re.Pattern[str]
    what: str
    next_step: str


def find_cause(causes: Iterable[Cause], output: str) -> Cause | None:
    """The first that matches."""
    return next((cause for cause in causes if cause.pattern.search(output)), None)
