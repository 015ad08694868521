"""A record that does not fit: what of it may go, so that what was decided can be written and carried out."""

from collections.abc import Iterator

from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Attempt
from leadsman.clients.errors import ApiError


def is_too_large(error: ApiError) -> bool:
    """413 by the API server's limit for requests; etcd's own limit arrives as 500, in etcd's or in gRPC's words."""
    said = error.message.lower()
    return error.status == 413 or "request is too large" in said or "message larger than max" in said


def lighter(status: AIRevisionStatus) -> Iterator[AIRevisionStatus]:
    """The record without its oldest readings, then without all readings, then without earlier attempts."""
    attempts = list(status.attempts)
    for index, attempt in enumerate(attempts):
        if attempt.readings:
            attempts[index] = attempt.model_copy(update={"readings": ()})
            yield _with(status, attempts)
    while len(attempts) > 1:
        del attempts[0]
        yield _with(status, attempts)


def _with(status: AIRevisionStatus, attempts: list[Attempt]) -> AIRevisionStatus:
    return status.model_copy(update={"attempts": tuple(attempts)})
