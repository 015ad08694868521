"""Why a verb that talks to a cluster ends, each with the next step for the person who meets it.

CommandFailed
├── NoCluster        no kubeconfig, or the API server does not answer
├── NotInstalled     the cluster does not know Leadsman's kinds
├── NotAllowed       the API server refuses this user
├── NotFound         there is no such object
├── AlreadyThere     there is one of that name
├── Unreadable       an object of another version of Leadsman
└── UnusableInput    a file that nothing can be said of
"""

from typing import ClassVar


class CommandFailed(Exception):
    """Something a person can act on: what happened, and what to do next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


class NoCluster(CommandFailed):
    """No kubeconfig says where the cluster is, or its API server does not answer."""


class NotInstalled(CommandFailed):
    """The cluster does not know Leadsman's kinds."""


class NotAllowed(CommandFailed):
    """The API server refuses this user."""


class NotFound(CommandFailed):
    """There is no such object."""

    exit_code = 4


class AlreadyThere(CommandFailed):
    """There is an object of that name."""


class Unreadable(CommandFailed):
    """What came from the cluster says something that this version does not know."""


class UnusableInput(CommandFailed):
    """A file that nothing can be said of."""

    exit_code = 2
