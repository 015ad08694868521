"""What is to be done and written down. Nothing here has happened yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from leadsman.api.v1alpha1.aidecision import AIDecisionStatus
from leadsman.api.v1alpha1.aiincident import AIIncidentStatus
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Evidence, LedgerEntry
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.world import ChildKind

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A revision's record as it shall be. Written before anything else, guarded by the resource version."""

    revision: str
    status: AIRevisionStatus
    create: Object | None = None
    """The AIRevision to make first, where there is none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    kind: ChildKind
    object: Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Put back, or changed: the object as a whole, in place of the one of this resource version."""

    kind: ChildKind
    object: Object
    resource_version: str
    drift: bool
    """Was it changed by somebody else?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A Deployment that is as it should be, but for the number of its pods."""

    revision: str
    replicas: int
    resource_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    kind: ChildKind
    name: str
    uid: str
    resource_version: str


Operation = Create | Replace | Scale | Delete


def target(operation: Operation) -> tuple[ChildKind, str]:
    """Kind and name of the child that it is about."""
    match operation:
        case Create() | Replace():
            return operation.kind, str(operation.object["metadata"]["name"])
        case Scale():
            return ChildKind.DEPLOYMENT, operation.revision
        case Delete():
            return operation.kind, operation.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """For people who run `kubectl describe`. About the AIService."""

    type: Literal["Normal", "Warning"]
    reason: str
    message: str
    key: str
    """What makes it the same event: posted twice under one key, it appears once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A monitor to be read, of the pods of one revision."""

    revision: str
    monitor: Monitor
    attempt: int
    """A new attempt starts with fresh evidence."""
    versus: str | None = None
    """The serving revision that takes traffic at the same time. None: a comparison is NotApplicable."""
    since: datetime | None = None
    """When its stage's weight was achieved. Older readings say nothing of the stage: the first one after it wakes."""
    count_since: datetime | None = None
    """From when on to count the events of a ratio's `total` (minRequests). None: no need to."""
    evidence: Evidence | None = None
    """From before a restart, to go on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTrial:
    """A Deployment that the API server shall be asked about, in a strict dry run."""

    digest: str
    """The revision's."""
    deployment: Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What becomes of an AIDecision."""

    act: str
    """Its name."""
    status: AIDecisionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentStatus:
    """How an AIIncident stands."""

    incident: str
    """Its name."""
    status: AIIncidentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """In the order in which it is carried out."""

    trial: TemplateTrial | None = None
    dossiers: tuple[Dossier, ...] = ()
    operations: tuple[Operation, ...] = ()
    runs: tuple[Object, ...] = ()
    """EvalRuns to make."""
    incidents: tuple[Object, ...] = ()
    """AIIncidents to open."""
    incident_statuses: tuple[IncidentStatus, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    """Statuses of AIDecisions. After the dossiers: what is said to count is written down."""
    status: AIServiceStatus | None = None
    """As it shall be. None: nobody looked at it, as it is being deleted."""
    labels: Mapping[str, str] | None = None
    """Verdicts, by revision, that the label leadsman.dev/verdict does not show yet."""
    events: tuple[Event, ...] = ()
    entries: tuple[LedgerEntry, ...] = ()
    """New in the dossiers: for logs and metrics."""
    watches: tuple[Watch, ...] = ()
    wake_at: datetime | None = None
    """When to look again if nothing happens before."""
    partial: bool = False
    """A first step (a trial, a new AIRevision): once it is done, plan again at once. The rest depends on it."""
