"""From what a person decides to an AIDecision: which revision it binds to, why, until when, and what became of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

from leadsman.api.meta import API_VERSION, Actor, Condition
from leadsman.api.reasons import ConditionType
from leadsman.api.v1alpha1 import AIDecision, AIRevision, AIService
from leadsman.api.v1alpha1.aidecision import AIDecisionSpec, Decision
from leadsman.cli import documents, following, runs
from leadsman.cli.cluster import Cluster, Object
from leadsman.cli.errors import CommandFailed, NotAllowed
from leadsman.cli.view.observed import read
from leadsman.clients.kinds import AI_DECISION, AI_REVISION, SELF_SUBJECT_REVIEW

OF_THE_SERVICE: Final[frozenset[Decision]] = frozenset({"Pause", "Resume", "CloseIncident"})
"""They are about whatever is on its way, unless a revision is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is decided, by the names that the user gave."""

    decision: Decision
    service: str
    revision: str | None = None
    scope: tuple[str, ...] = ()
    revokes: str | None = None
    is_anothers: bool = False
    """What is revoked is another person's."""
    incident: str | None = None

    @property
    def verb(self) -> str:
        """What RBAC calls it, on aiservices."""
        return "revoke-any" if self.is_anothers else self.decision.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    reason: str | None = None
    ticket: str | None = None
    role: str | None = None
    expires_in: float | None = None
    """Seconds."""


def bind(cluster: Cluster, service: AIService, act: Act) -> Act:
    """To a revision of the service: the one that was named, or the one that the decision must be about.

    Raises:
        CommandFailed: there is none, or it is another service's.
    """
    if act.revision is not None:
        return replace(act, revision=_own(cluster, act.service, act.revision))
    if act.decision in OF_THE_SERVICE:
        return act
    if act.revokes is not None:
        revoked = read(AIDecision, runs.get_near(cluster, AI_DECISION, act.revokes))
        actor = revoked.spec.actor
        is_anothers = actor is None or actor.username != whoami(cluster).username
        return replace(act, revision=revoked.spec.revision, is_anothers=is_anothers)
    status = service.status
    name = status.candidate_revision or (status.desired_revision if act.decision == "Retry" else None)
    if name is None:
        raise CommandFailed(
            f"{act.service} has no candidate: nothing is on its way that a decision could be about",
            next_step=f"name a revision with --revision; see which there are: leadsman history {act.service} "
            f"-n {cluster.namespace}",
        )
    return replace(act, revision=name)


def _own(cluster: Cluster, service: str, name: str) -> str:
    found = read(AIRevision, runs.get_near(cluster, AI_REVISION, name))
    if found.spec.service.name != service:
        raise CommandFailed(
            f"revision {name} is of service {found.spec.service.name}, not of {service}",
            next_step=f"see the revisions of {service}: leadsman history {service} -n {cluster.namespace}",
        )
    return name


def write(act: Act, grounds: Grounds, now: dt.datetime) -> AIDecisionSpec:
    """Raise CommandFailed where no decision can say so."""
    until = now + dt.timedelta(seconds=grounds.expires_in) if grounds.expires_in is not None else None
    fields: dict[str, Any] = {
        "service": act.service,
        "revision": act.revision,
        "decision": act.decision,
        "revokes": act.revokes,
        "whose": "Another" if act.is_anothers else None,
        "incident": act.incident,
        "scope": list(act.scope) or None,
        "role": grounds.role,
        "reason": grounds.reason,
        "ticket": grounds.ticket,
        "expiresAt": until.isoformat(timespec="seconds").replace("+00:00", "Z") if until else None,
    }
    try:
        return AIDecisionSpec.from_dict({key: value for key, value in fields.items() if value is not None})
    except ValidationError as error:
        said = "; ".join(str(mistake) for mistake in documents.mistakes(error))
        raise CommandFailed(f"no decision can say so: {said}", next_step="correct what is named") from error


def create(cluster: Cluster, spec: AIDecisionSpec, *, dry_run: bool) -> Object:
    """As the API server keeps it, its actor filled in."""
    made: Mapping[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": AI_DECISION.name,
        "metadata": {"generateName": f"{spec.service}-", "namespace": cluster.namespace},
        "spec": spec.to_dict(),
    }
    try:
        return cluster.create(AI_DECISION, made, dry_run=dry_run)
    except NotAllowed as error:
        verb = "revoke-any" if spec.whose == "Another" else spec.decision.lower()
        raise NotAllowed(
            error.what, next_step=f"see who may: leadsman who-can {verb} {spec.service} -n {cluster.namespace}"
        ) from error


def whoami(cluster: Cluster) -> Actor:
    """Who the API server says that one is: the actor that it stamps."""
    asked = {"apiVersion": SELF_SUBJECT_REVIEW.api_version, "kind": SELF_SUBJECT_REVIEW.name}
    found: Mapping[str, Any] = cluster.create(SELF_SUBJECT_REVIEW, asked)["status"]["userInfo"]
    return Actor(username=found["username"], groups=",".join(found.get("groups") or ()))


def wait(cluster: Cluster, name: str, timeout: float | None) -> Condition | None:
    """Whether it counts, once the operator says so. None: it did not within so many seconds."""
    for found in following.changes(cluster, AI_DECISION, name, timeout):
        conditions = read(AIDecision, found).status.conditions
        counted = next((one for one in conditions if one.type == ConditionType.COUNTED.value), None)
        if counted is not None and counted.status != "Unknown":
            return counted
    return None
