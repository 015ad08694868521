"""The revisions of a service, newest first: what each was, where it got to, who changed it."""

from collections.abc import Iterable

from leadsman.api.meta import Model
from leadsman.api.scalars import Time
from leadsman.api.v1alpha1 import AIRevision
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.moments import render_time


class PastRevision(Model):
    number: int
    name: str
    digest: str
    model: str
    model_version: str
    verdict: str | None = None
    reason: str | None = None
    message: str = ""
    attempts: int
    created_at: Time | None = None
    first_served_at: Time | None = None
    author: str | None = None
    commit: str | None = None
    pull_request: str | None = None


class History(Model):
    namespace: str
    service: str
    revisions: tuple[PastRevision, ...]
    """Newest first."""


HEADER = ("NUMBER", "REVISION", "MODEL", "VERDICT", "REASON", "ATTEMPTS", "FIRST SERVED", "AUTHOR", "COMMIT")


def history(namespace: str, service: str, revisions: Iterable[AIRevision]) -> History:
    newest_first = sorted(revisions, key=lambda one: (one.spec.number, one.metadata.name or ""), reverse=True)
    return History(namespace=namespace, service=service, revisions=tuple(_past(one) for one in newest_first))


def _past(revision: AIRevision) -> PastRevision:
    spec, status = revision.spec, revision.status
    return PastRevision(
        number=spec.number,
        name=revision.metadata.name or "",
        digest=spec.digest,
        model=spec.model.name,
        model_version=spec.model.version,
        verdict=status.verdict,
        reason=status.reason,
        message=status.message,
        # The dossier keeps the last eight; their numbers count all attempts of the service.
        attempts=len(status.attempts),
        created_at=revision.metadata.creation_timestamp,
        first_served_at=status.first_served_at,
        author=spec.change.author if spec.change else None,
        commit=spec.change.commit if spec.change else None,
        pull_request=spec.change.pull_request if spec.change else None,
    )


def row(past: PastRevision) -> tuple[str, ...]:
    return (
        str(past.number),
        past.name,
        f"{past.model} {past.model_version}",
        past.verdict or ABSENT,
        past.reason or ABSENT,
        str(past.attempts),
        render_time(past.first_served_at),
        past.author or ABSENT,
        (past.commit or ABSENT)[:12],
    )
