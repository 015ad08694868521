"""What can go wrong between the operator and what it talks to, by what the caller can do about it.

ClientError
├── NoCredentials             there is no cluster to talk to, or no way to say who we are
├── ApiError                  the API server did not do what it was asked
│   ├── Invalid               it never will: the request is wrong (400, 413, 422)
│   ├── Unauthorized          it does not know who asks (401)
│   ├── Forbidden             it knows, and refuses: rights, quota, an admission policy (403)
│   ├── NotFound              there is no such object, kind or namespace (404)
│   ├── AlreadyExists         a create found something under that name (409)
│   ├── Conflict              the object is no longer what the request was made for (409)
│   ├── TooManyRequests       later (429)
│   └── Unreachable           no answer, or 5xx: a write may have happened all the same
├── MetricsUnavailable        the provider is down, slow, refuses us, or talks nonsense: there is no evidence
├── QueryRejected             the provider says that the query is wrong: waiting does not help
└── DeliveryFailed            a sink of the ledger did not take what it was given, or not all of it: once more

Texts may end up in a status that many can read: one line, bounded, without credentials and addresses.
"""

from typing import Final, NamedTuple

MESSAGE_CHARACTERS: Final = 512


def one_line(text: str, *, limit: int = MESSAGE_CHARACTERS) -> str:
    """Safe to show: no control, format or line characters (a terminal would obey them), at most `limit` long."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    words = " ".join(printable.split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


class ClientError(Exception):
    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))

    @property
    def message(self) -> str:
        return str(self.args[0])


class NoCredentials(ClientError):
    """There is no cluster to talk to, or no way to say who we are."""


class Cause(NamedTuple):
    """One of the reasons in a Status of the API server."""

    field: str
    """Path to it in the object, where it is about one."""
    reason: str
    message: str


class ApiError(ClientError):
    """The API server did not do what it was asked."""

    warnings: tuple[str, ...] = ()
    """That came with the answer: admission may have run to its end before something else was found."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        reason: str = "",
        causes: tuple[Cause, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        """What the API server said.

        Args:
            message: for people.
            status: of HTTP. 0: there was no answer.
            reason: one CamelCase word of the API server's.
            causes: in detail.
            retry_after: seconds that it asks us to wait.
        """
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.causes = causes
        self.retry_after = retry_after


class Invalid(ApiError):
    """The request is wrong, and stays wrong."""


class Unauthorized(ApiError):
    """The API server does not know who asks."""


class Forbidden(ApiError):
    """Refused: rights, quota, an admission policy."""


class NotFound(ApiError):
    """There is no such object, kind or namespace."""


class AlreadyExists(ApiError):
    """A create found something under that name."""


class Conflict(ApiError):
    """The object is no longer what the request was made for."""


class TooManyRequests(ApiError):
    """Later."""


class Unreachable(ApiError):
    """No answer, or 5xx. A write may have happened all the same."""


class MetricsUnavailable(ClientError):
    """There is no evidence, for a reason that may pass."""


class QueryRejected(ClientError):
    """The provider says that the query is wrong."""


class DeliveryFailed(ClientError):
    """A sink has not acknowledged what it was given. It may have it all the same."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """Why.

        Args:
            message: for people.
            retry_after: seconds that the sink asks us to wait.
        """
        super().__init__(message)
        self.retry_after = retry_after
