"""What waits for an approval, read off the services' status."""

from collections.abc import Iterable, Iterator
from typing import Final

from leadsman.api.meta import Model
from leadsman.api.reasons import ConditionType, Reason
from leadsman.api.scalars import Time
from leadsman.api.v1alpha1 import AIService
from leadsman.cli.view.standing import find

_WAITS: Final = frozenset({Reason.AWAITING_APPROVAL.value, Reason.APPROVAL_STALE.value})


class Missing(Model):
    name: str
    """The stage, or the slot of a policy. Empty: status does not say which."""
    reason: str
    message: str = ""


class Waiting(Model):
    namespace: str
    service: str
    revision: str | None
    missing: tuple[Missing, ...]
    since: Time | None = None
    may_approve: bool | None = None
    """May whoever asks approve it, as RBAC has it? Whether it would count, the operator says."""


def waiting(services: Iterable[AIService]) -> Iterator[Waiting]:
    """Those that wait, the one that has waited longest first."""
    found = [one for service in services if (one := _waiting(service)) is not None]
    yield from sorted(found, key=lambda one: (one.since is None, one.since and one.since.timestamp()))


def _waiting(service: AIService) -> Waiting | None:
    approved = find(service, ConditionType.APPROVED)
    missing = [
        Missing(name=one.name, reason=one.reason, message=one.message)
        for one in service.status.blockers
        if one.type == "Approval"
    ]
    if not missing and approved is not None and approved.status != "True" and approved.reason in _WAITS:
        missing.append(Missing(name="", reason=approved.reason, message=approved.message))
    if not missing:
        return None
    return Waiting(
        namespace=service.metadata.namespace or "",
        service=service.metadata.name or "",
        revision=service.status.candidate_revision,
        missing=tuple(missing),
        since=approved.last_transition_time if approved is not None else None,
    )
