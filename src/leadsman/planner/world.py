"""The world as it was observed: all that a decision about one service may depend on. None of it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from leadsman.api.v1alpha1.airevision import AIRevisionSpec
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, ReadingState
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.ledger.outbox import Sinks
from leadsman.planner.governance import Act, Budget, Incident, Policy, Run, Suite
from leadsman.planner.report_clocks import EU_AI_ACT, ReportClock
from leadsman.stats.comparison import EProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An AIService."""

    namespace: str
    name: str
    uid: str
    generation: int
    resource_version: str
    created_at: datetime
    raw: Mapping[str, Any]
    """The spec as its user wrote it: digests are of this."""
    spec: AIServiceSpec
    status: AIServiceStatus
    """As it was written last. Empty after a forced replacement: what it says must also follow from the revisions."""
    request: str = ""
    """What the annotation leadsman.dev/request asks for."""
    changed_at: datetime | None = None
    """When its spec, or one of its inputs, was last seen to change. None: not since the operator started."""
    deleting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An AIRevision: the snapshot, and the dossier."""

    name: str
    uid: str
    resource_version: str
    created_at: datetime | None = None
    """None: not known, so that no decision can be shown to be younger."""
    spec: AIRevisionSpec
    status: AIRevisionStatus
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


class ChildKind(StrEnum):
    DEPLOYMENT = "Deployment"
    SERVICE = "Service"
    CONFIG_MAP = "ConfigMap"
    POD_DISRUPTION_BUDGET = "PodDisruptionBudget"
    NETWORK_POLICY = "NetworkPolicy"
    RISK_BUDGET = "RiskBudget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """An object that Leadsman made, or that stands where it would make one. What was rendered is in digests."""

    kind: ChildKind
    name: str
    uid: str
    resource_version: str
    owner_uid: str | None
    """Of its controller."""
    owner: str = ""
    """Kind and name of its controller, such as `AIService/support-assistant`: of an earlier one if the uid differs."""
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    """Those of leadsman.dev only."""
    content: str
    """Digest of what it is now (`children.content`)."""
    deleting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload(Child):
    """The Deployment of a revision. It has the revision's name."""

    replicas: int
    """Asked for."""
    pods: int
    """That exist, those that are not ready included. Without the ones on their way out."""
    ready: int
    """That are ready."""
    observed: bool
    """Has the Deployment controller seen the latest change of it?"""
    refusal: str = ""
    """What refuses its pods (quota, pod security): the ReplicaFailure condition's message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Child):
    """A Service in front of pods: the apex, or the preview."""

    selector: Mapping[str, str]
    ready: Mapping[str, int]
    """By revision: the ready addresses that its EndpointSlices list."""
    address: str = ""
    """`http://host:port` of its first port, by the address that the API server gave it. Empty: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod of a revision, with what is wrong with it."""

    name: str
    revision: str
    ready: bool
    restarts: int = 0
    """Of the container that restarted most."""
    oom_killed: str = ""
    """When a container was killed for memory, in words: which, limit, times. Empty: it was not."""
    waiting: str = ""
    """Why a container does not run: CrashLoopBackOff, ImagePullBackOff, CreateContainerConfigError …"""
    waiting_message: str = ""
    last_exit: str = ""
    """How a container ended last, in words: `container app exited with 3 (Error): last line of its message`."""
    evicted: str = ""
    """Why the node evicted it."""
    unschedulable: str = ""
    """Why no node takes it."""


class InputState(StrEnum):
    PRESENT = "Present"
    MISSING = "Missing"
    NOT_LABELLED = "NotLabelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A ConfigMap under spec.inputs."""

    name: str
    state: InputState
    digest: str = ""
    """Of its content, where it is present."""
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """`data` and `binaryData`, where it is present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCheck:
    """What the API server said to the Deployment of a revision, in a strict dry run."""

    digest: str
    """The revision's."""
    accepted: bool
    at: datetime
    message: str = ""
    """Its refusal, or its warnings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a monitor says of a revision now, after all readings so far."""

    monitor: str
    state: ReadingState
    """Failed only after enough failed readings in a row, or once evidence suffices."""
    at: datetime
    """Of the last reading. Older than three intervals: NoEvidence."""
    value: float | None = None
    serving: float | None = None
    """The serving revision's value, for comparisons."""
    limit: float | None = None
    samples: int | None = None
    requests: int | None = None
    """Events since `Watch.count_since`."""
    message: str = ""
    evidence: EProcess | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    service: Service
    revisions: tuple[Revision, ...] = ()
    """All of that service name, also of services that were deleted."""
    unreadable: tuple[str, ...] = ()
    """Revisions of it whose record cannot be read: names, with the reason."""
    workloads: Mapping[str, Workload] = field(default_factory=dict[str, Workload])
    """By revision."""
    apex: Route | None = None
    preview: Route | None = None
    others: Mapping[tuple[ChildKind, str], Child] = field(default_factory=dict[tuple[ChildKind, str], Child])
    """The remaining children, by kind and name."""
    pods: tuple[Pod, ...] = ()
    inputs: Mapping[str, Input] = field(default_factory=dict[str, Input])
    template: TemplateCheck | None = None
    """The last dry run, if it was of the desired revision."""
    signals: Mapping[tuple[str, str], Signal] = field(default_factory=dict[tuple[str, str], Signal])
    """By revision and monitor."""
    providers: frozenset[str] = frozenset()
    """Names of the metric providers that are configured."""
    scrapers: tuple[str, ...] = ()
    """Namespaces from which the pods' metrics are scraped."""
    policies: tuple[Policy, ...] = ()
    """GovernancePolicies that match, by name."""
    budgets: tuple[Budget, ...] = ()
    """RiskBudgets that it draws on, by name."""
    incidents: tuple[Incident, ...] = ()
    """About it, oldest first."""
    clocks: tuple[ReportClock, ...] = EU_AI_ACT
    """By when incidents are reported."""
    acts: tuple[Act, ...] = ()
    """AIDecisions about it, oldest first."""
    protected_since: datetime | None = None
    """Since when the admission policies that stamp and guard AIDecisions are in place, unaltered. None: they aren't."""
    unprotected: str = ""
    """Which of them is not, and why."""
    suites: Mapping[str, Suite] = field(default_factory=dict[str, Suite])
    """Those of its gates, by name."""
    runs: tuple[Run, ...] = ()
    """Evaluations of its revisions, oldest first."""
    refusals: Mapping[tuple[ChildKind, str], str] = field(default_factory=dict[tuple[ChildKind, str], str])
    """What the API server last said to a child that it refused, by kind and name. Gone once a write succeeds."""
    sinks: Sinks | None = None
    """What the ledger's sinks have. None: there are none, and the records keep what they have room for."""
