"""AIService: the product, as its platform engineer writes it into Git."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from leadsman.api.definition import AGE, Column, Definition, condition_message, condition_reason, condition_status
from leadsman.api.markers import ATOMIC, PORT_OR_NAME, SET, Rule, keyed_by
from leadsman.api.meta import Model, NameReference, PodTemplate, Resource
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.scalars import Date, Digest, DnsLabel, Identifier, ObjectName, QualifiedName, Text, Tier, Time, Uri
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.api.v1alpha1.channels import Channels, WindowDays
from leadsman.api.v1alpha1.models import AIModel, Change
from leadsman.api.v1alpha1.monitors import Monitors
from leadsman.api.v1alpha1.rollout import Rollout


class Owner(Model):
    """Who builds it, who answers for it, and whom to call."""

    team: Identifier
    """The team that builds and runs it."""
    accountable: Identifier
    """The person or group that answers for it: a mail address or a group's name."""
    contact: Identifier | None = None
    """Where to ask, such as a chat channel."""
    oncall: Uri | None = None
    """Where to page."""
    escalation: Annotated[tuple[Identifier, ...], ATOMIC, Field(max_length=8)] = ()
    """Whom to call next, in order. At most 8."""


class Purpose(Model):
    """What it is for, and what it must not be used for."""

    intended_use: Text
    """What it does, for whom, in a sentence or two. At most 1024 characters."""
    prohibited_uses: Annotated[tuple[Identifier, ...], SET, Field(max_length=32)] = ()
    """What it must not be used for. At most 32."""
    affected_groups: Annotated[tuple[Identifier, ...], SET, Field(max_length=32)] = ()
    """Whose lives its answers touch. At most 32."""


class ImpactAssessment(Model):
    """The assessment of its impact on people, written down elsewhere."""

    uri: Uri
    """Where it is."""
    digest: Digest | None = None
    """Its SHA-256, as sha256:<64 hex digits>."""
    expires_on: Date | None = None
    """The last day on which it is current, as YYYY-MM-DD, in UTC. After it no revision moves forward."""


class Risk(Model):
    """How much harm it could do. GovernancePolicies match on the tier."""

    tier: Tier
    """Minimal, Limited or High."""
    impact_assessment: ImpactAssessment | None = None
    """The impact assessment, where one is due."""


class Input(Model):
    """A ConfigMap that is part of the behaviour: prompts, guardrails, settings."""

    config_map: Annotated[ObjectName, StringConstraints(max_length=242)]
    """Name of the ConfigMap, in the same namespace, at most 242 characters: its copies get eleven
    more. It carries the label leadsman.dev/input. Each revision gets its own immutable copy, so that a rollback
    restores prompts together with pods."""


PortNumber = Annotated[int, Field(ge=1, le=65535, strict=True)]
PortName = Annotated[str, StringConstraints(min_length=1, max_length=15)]


class ServicePort(Model):
    name: DnsLabel
    """Unique among the ports."""
    port: PortNumber
    """The port of the Service, 1 to 65535."""
    target_port: Annotated[PortNumber | PortName, PORT_OR_NAME] | None = None
    """Port number, or name of a container's port, which has at most 15 characters. Default: the same as port."""
    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"
    """TCP, UDP or SCTP. Default TCP."""
    app_protocol: QualifiedName | None = None
    """What is spoken on it, for gateways, such as http or kubernetes.io/h2c."""

    validations = (
        Rule(
            "!has(self.targetPort) || type(self.targetPort) == int || "
            "self.targetPort.matches('^[a-z0-9]+(-[a-z0-9]+)*$') "
            "&& self.targetPort.matches('[a-z]')",
            "is a number from 1 to 65535 without quotes, or a container port's name: lower-case letters, digits and "
            "single dashes, with a letter",
            field=".targetPort",
        ),
    )


class ServiceTemplate(Model):
    """The Services that Leadsman makes: `<name>` for users, `<name>-preview` for a candidate in the dark."""

    ports: Annotated[
        tuple[ServicePort, ...],
        keyed_by("name"),
        Field(min_length=1, max_length=16),
        Rule(
            "self.all(a, self.exists_one(b, b.port == a.port && b.protocol == a.protocol))",
            "two ports of one number and protocol: leave one out, or give it another number",
        ),
    ]
    """One to 16 ports."""
    session_affinity: Literal["None", "ClientIP"] = "None"
    """ClientIP sends a client to the same pod again, and so to the same revision. Default None."""


class Gate(Model):
    """An evaluation that a revision must pass."""

    name: Annotated[
        DnsLabel,
        Rule(
            "!(self in ['budget', 'freeze'])", "budget and freeze mean something else in a waiver: choose another name"
        ),
    ]
    """Unique among the gates."""
    suite: ObjectName
    """The EvalSuite, by name, in the same namespace."""
    before: Annotated[str, StringConstraints(max_length=63, pattern=r"^(Traffic|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$")] = (
        "Traffic"
    )
    """What the gate stands before: Traffic, or the name of a stage. Default Traffic."""


class InlineRiskBudget(Model):
    """A risk budget of this service alone. Leadsman makes a RiskBudget of the service's name from it."""

    window_days: WindowDays = 28
    """Days of the rolling window, 1 to 92. Default 28."""
    channels: Channels
    """What may go wrong, and how much of it. At most 16."""


class AllowFrom(Model):
    namespace: DnsLabel
    """A namespace whose pods may call the service."""


class Access(Model):
    """Who may call the service. Becomes a NetworkPolicy; without it nothing is restricted."""

    allow_from: Annotated[tuple[AllowFrom, ...], keyed_by("namespace"), Field(max_length=64)] = ()
    """Namespaces whose pods may call. An empty list allows none."""


class Lifecycle(Model):
    """When it must be looked at again, and when it ends."""

    review_by: Date | None = None
    """The day, as YYYY-MM-DD in UTC, after which no revision moves forward until the owner has reviewed the service."""
    retire_by: Date | None = None
    """The day, as YYYY-MM-DD in UTC, on which it should no longer serve. No revision moves forward from then on; what
    serves goes on serving until somebody deletes the AIService."""

    validations = (
        Rule(
            "!has(self.reviewBy) || !has(self.retireBy) || self.reviewBy <= self.retireBy",
            "must not lie after retireBy",
            field=".reviewBy",
        ),
    )


class AIServiceSpec(Model):
    """What should serve, under which rules."""

    owner: Owner
    """Who builds it, who answers for it, and whom to call."""
    purpose: Purpose
    """What it is for, and what it must not be used for."""
    risk: Risk
    """How much harm it could do, and the assessment that says so."""
    model: AIModel
    """The model that it runs."""
    inputs: Annotated[tuple[Input, ...], keyed_by("configMap"), Field(max_length=16)] = ()
    """ConfigMaps that are part of the behaviour. A change of their content makes a new revision. At most 16."""
    replicas: Annotated[int, Field(ge=0, le=10_000, strict=True)] = 1
    """Pods that serve. Default 1. Under an autoscaler leave the field out of Git; never write null, which means the
    default and scales down to 1."""
    template: PodTemplate
    """The pods, as in a Deployment. The API server checks it by a strict dry run: see condition PodTemplateValid."""
    service: ServiceTemplate | None = None
    """Ports of the Service in front of the pods. Without it no Service is made."""
    gates: Annotated[tuple[Gate, ...], keyed_by("name"), Field(max_length=16)] = ()
    """Evaluations that a revision must pass. At most 16."""
    rollout: Rollout = Rollout()
    """How it moves from one revision to the next."""
    monitors: Monitors = ()
    """Signals that judge a revision while it runs. At most 32."""
    restarted_at: Time | None = None
    """Change it to restart the pods one by one without a new revision, such as for a rotated Secret."""
    risk_budget: InlineRiskBudget | None = None
    """How much may go wrong in a rolling window. At most one of riskBudget and riskBudgetRef."""
    risk_budget_ref: NameReference | None = None
    """A RiskBudget shared with other services, in the same namespace. At most one of riskBudget and riskBudgetRef."""
    access: Access | None = None
    """Who may call the service. Becomes a NetworkPolicy."""
    change: Change | None = None
    """Where the change comes from, as CI claims it. Not trusted as identity."""
    lifecycle: Lifecycle | None = None
    """When it must be looked at again, and when it ends."""

    validations = (
        Rule(
            "!has(self.riskBudget) || !has(self.riskBudgetRef)",
            "two risk budgets: keep riskBudget (this service's own) or riskBudgetRef (shared), not both",
        ),
        Rule(
            "!has(self.gates) || self.gates.all(g, g.before == 'Traffic'"
            " || (has(self.rollout.stages) && self.rollout.stages.exists(s, s.name == g.before)))",
            "before of each gate is Traffic or the name of a stage under rollout.stages",
            field=".gates",
        ),
        Rule(
            "!has(self.rollout.stages) || !self.rollout.stages.exists(s, has(s.minRequests))"
            " || (has(self.monitors) && self.monitors.exists(m, has(m.ratio)))",
            "minRequests needs a monitor with ratio: its total counter is what counts the requests",
            field=".rollout.stages",
        ),
        Rule(
            "!has(self.riskBudget) || self.riskBudget.channels.all(c, !has(c.ratio) || !has(c.ratio.monitor)"
            " || (has(self.monitors) && self.monitors.exists(m, m.name == c.ratio.monitor && has(m.ratio))))",
            "ratio.monitor of each channel names a monitor under spec.monitors that has ratio",
            field=".riskBudget.channels",
        ),
    )


class AIService(Resource):
    """A governed AI service: owner, purpose, risk, model, pods, gates, rollout, monitors, risk budget and access.

    Each change of its behaviour becomes a revision, and moves forward only on measured evidence.
    """

    definition: ClassVar[Definition] = Definition(
        plural="aiservices",
        short_names=("aisvc",),
        columns=(
            Column("Ready", condition_status(Type.READY)),
            Column("Reason", condition_reason(Type.READY)),
            Column("Tier", ".spec.risk.tier"),
            Column("Serving", ".status.servingRevision"),
            Column("Candidate", ".status.candidateRevision"),
            Column("Weight", ".status.stage.weight", type="integer"),
            Column("Gates", ".status.summary.gates"),
            Column("Approvals", ".status.summary.approvals"),
            Column("Budget", ".status.summary.budget"),
            AGE,
            Column("Owner", ".spec.owner.team", wide=True),
            Column("Model", ".spec.model.name", wide=True),
            Column("Message", condition_message(Type.READY), wide=True),
        ),
        conditions=(
            Type.READY, Type.AVAILABLE, Type.POLICY_COMPLIANT, Type.GATES_PASSED, Type.APPROVED, Type.SIGNALS_HEALTHY,
            Type.WITHIN_RISK_BUDGET, Type.POD_TEMPLATE_VALID, Type.INPUTS_RESOLVED, Type.MONITORS_RESOLVABLE,
            Type.ACCESS_RESTRICTED, Type.RECONCILING, Type.STALLED, Type.ROLLED_BACK, Type.REVIEW_DUE,
            Type.ASSESSMENT_DUE, Type.RETIREMENT_DUE, Type.BREAK_GLASS_ACTIVE, Type.EVIDENCE_DEGRADED,
        ),
        selectable=(".spec.owner.team", ".spec.risk.tier"),
        scalable=True,
    )  # fmt: skip

    kind: Literal["AIService"] = "AIService"
    spec: AIServiceSpec
    """What should serve, under which rules."""
    status: AIServiceStatus = AIServiceStatus()
    """What is so. Written by the operator only."""

    validations = (
        Rule(
            "self.metadata.name.size() <= 46 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
            "the name of an AIService is at most 46 lower-case letters, digits and dashes, and begins with a letter: "
            "its Service, revisions and pods are named after it",
        ),
    )
