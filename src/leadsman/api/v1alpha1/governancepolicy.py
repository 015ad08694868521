"""GovernancePolicy: what every service of a risk tier must satisfy, as the risk office writes it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from leadsman.api.definition import AGE, Column, Definition, condition_message, condition_status
from leadsman.api.markers import ATOMIC, SET, Pattern, Rule, keyed_by
from leadsman.api.meta import LabelSelector, Model, Resource, Status
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.scalars import Count, DnsLabel, Identifier, KeyName, Labels, Message, ObjectName, Text, Tier, Uri
from leadsman.api.v1alpha1.approvals import Approvals, Before
from leadsman.api.v1alpha1.monitors import Monitors

_ZONE = "must be a time zone that exists, as IANA names it, such as Europe/Berlin or UTC"
_YEAR, _LEAP_YEAR = (
    "(19[7-9][0-9]|[2-9][0-9]{3})",
    "(19(7[26]|8[048]|9[26])|[2-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[3579][26])00)",
)
_DAY = (
    rf"({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    rf"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
)
LocalTime = Annotated[
    str,
    StringConstraints(max_length=35),
    Pattern(
        rf"^{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$",
        "is local time without a zone, on a day that exists, such as 2026-12-20T00:00:00; the zone stands in timeZone",
    ),
]
TimeZone = Annotated[
    str,
    StringConstraints(max_length=64),
    Pattern(r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", _ZONE),
    # An unknown zone is an error within the rule, which counts as broken.
    Rule("timestamp('2026-01-01T00:00:00Z').getHours(self) >= 0", _ZONE),
    Pattern("^(?i)local(time)?$", _ZONE, refused=True),
]


class Match(Model):
    """Which services the policy is about. All three must match; what is left out matches everything."""

    tiers: Annotated[tuple[Tier, ...], SET, Field(max_length=3)] = ()
    """Risk tiers. Empty: all."""
    namespace_selector: LabelSelector | None = None
    """Namespaces, by their labels."""
    selector: LabelSelector | None = None
    """AIServices, by their labels."""


class PolicyRule(Model):
    """One line of CEL that every matching service must satisfy, at admission and again at every reconcile."""

    name: DnsLabel
    """Unique in the policy."""
    expression: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    """CEL over object and oldObject, both an AIService; true means satisfied. Rules that mention oldObject apply at
    admission only."""
    message: Text
    """What to tell the person whose service breaks the rule: say what to write instead."""
    severity: Literal["Deny", "Warn"] = "Deny"
    """Deny refuses, Warn tells. Default Deny."""
    controls: Annotated[tuple[Identifier, ...], SET, Field(max_length=16)] = ()
    """Controls that the rule gives evidence for, such as EU-AI-Act:15."""


class RequiredGate(Model):
    """A gate that every matching service must have passed, with a suite of its own choice."""

    name: DnsLabel
    """Unique in the policy. The service's own gates can't have this name by accident: for revisions and waivers the
    gate is called policy/<policy>/<name>."""
    suite_labels: Annotated[Labels, Field(min_length=1)]
    """Labels of the EvalSuites that will do. A suite must carry all of them."""
    before: Before = "Traffic"
    """What the gate stands before: Traffic, Promotion, or a weight such as "50". Default Traffic."""
    waivable: Literal["Allowed", "Refused"] = "Allowed"
    """Whether a Waive decision may stand in for it: Allowed or Refused. Default Allowed."""


class Freeze(Model):
    """A time in which weights don't rise. Rollback keeps working."""

    name: DnsLabel
    """Unique in the policy."""
    start: LocalTime
    """When it begins, as local time such as 2026-12-20T00:00:00."""
    end: LocalTime
    """When it ends, as local time such as 2027-01-03T00:00:00."""
    time_zone: TimeZone = "UTC"
    """IANA time zone of start and end, such as Europe/Berlin. Default UTC."""

    validations = (Rule("self.start < self.end", "must lie after start: the freeze would never be on", field=".end"),)


class Limits(Model):
    """Bounds on every rollout. Where several policies match, the strictest holds."""

    first_weight_at_most: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    """Percent of traffic that the first stage may take, 1 to 100. Judged by the share that is achieved."""
    hold_seconds_at_least: Annotated[int, Field(ge=0, le=2_592_000, strict=True)] | None = None
    """Seconds that each stage must hold."""
    min_requests_at_least: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)] | None = None
    """Requests that each stage must see."""


class SignerIdentity(Model):
    identity: Identifier
    """Who may have signed, such as a CI workflow or a mail address."""
    issuer: Uri
    """Who must have vouched for that identity: the OpenID Connect issuer."""


class SignerKey(Model):
    """A public key."""

    name: KeyName
    """Unique in the policy. Services choose it by spec.model.signature.key."""
    pem: Annotated[
        str,
        StringConstraints(max_length=2048),
        Pattern(r"^-----BEGIN PUBLIC KEY-----\n", "must be PEM that begins with -----BEGIN PUBLIC KEY-----"),
    ]
    """The public key, in PEM."""


class Provenance(Model):
    """Where models must come from."""

    digest: Literal["Required", "Optional"] = "Optional"
    """Required: spec.model.digest must be there. Default Optional."""
    signature: Literal["Required", "Optional"] = "Optional"
    """Required: spec.model.signature must be there and verify. Default Optional."""
    identities: Annotated[tuple[SignerIdentity, ...], keyed_by("identity", "issuer"), Field(max_length=32)] = ()
    """Whose signatures count, by an identity that Sigstore vouches for. Without identities and keys nobody's does."""
    keys: Annotated[tuple[SignerKey, ...], keyed_by("name"), Field(max_length=32)] = ()
    """Public keys whose signatures count."""
    moving_tags: Literal["Refused", "Allowed"] = "Allowed"
    """Refused: images and spec.model.uri must not end in a moving tag such as latest. Default Allowed."""

    validations = (
        Rule(
            "!has(self.identities) || size(self.identities) == 0 || self.signature == 'Required'",
            "identities need signature: Required, or nobody would look at who signed",
            field=".identities",
        ),
        Rule(
            "!has(self.keys) || size(self.keys) == 0 || self.signature == 'Required'",
            "keys need signature: Required, or nobody would look at who signed",
            field=".keys",
        ),
    )


class AfterPromotion(Model):
    """What signals do once the bake is over."""

    on_signal_failure: Literal["OpenIncident", "RollbackIfPreviousHeld"] = "OpenIncident"
    """OpenIncident tells people. RollbackIfPreviousHeld also goes back, where the previous revision's Deployment is
    still there. Default OpenIncident."""


class GovernancePolicySpec(Model):
    """What must be satisfied, and by whom."""

    match: Match = Match()
    """Which services the policy is about. Default: all."""
    rules: Annotated[tuple[PolicyRule, ...], keyed_by("name"), Field(max_length=64)] = ()
    """CEL that every matching service must satisfy. At most 64."""
    required_gates: Annotated[tuple[RequiredGate, ...], keyed_by("name"), Field(max_length=16)] = ()
    """Gates that every matching service must have. At most 16."""
    monitors: Monitors = ()
    """Monitors that are added to every matching service. At most 32."""
    risk_budget: Literal["Required", "Optional"] = "Optional"
    """Required: each service refers to a RiskBudget by riskBudgetRef; an inline one, which its team writes itself,
    does not do. Default Optional."""
    approvals: Approvals | None = None
    """Who must approve a revision, and when."""
    freezes: Annotated[tuple[Freeze, ...], keyed_by("name"), Field(max_length=64)] = ()
    """Times in which weights don't rise. At most 64."""
    limits: Limits | None = None
    """Bounds on every rollout."""
    unpinned: Literal["Warn", "Refuse"] = "Warn"
    """What to do about Secrets, image tags and ConfigMaps outside inputs, which can change without a new revision.
    Default Warn."""
    provenance: Provenance | None = None
    """Where models must come from."""
    after_promotion: AfterPromotion | None = None
    """What signals do once the bake is over."""


class Violation(Model):
    """A service that breaks a rule."""

    namespace: DnsLabel
    """The service's namespace."""
    service: ObjectName
    """The service's name."""
    rule: Identifier
    """The rule that it breaks, or the field of the policy."""
    message: Message = ""
    """What the rule says."""


class RuleError(Model):
    """A rule that does not compile, and so cannot be satisfied."""

    rule: DnsLabel
    """The rule's name."""
    message: Message
    """What the API server says about it."""


class GovernancePolicyStatus(Status):
    """Whom it meets. Written by the operator only."""

    matched: Count | None = None
    """Services that the policy is about."""
    compliant: Count | None = None
    """Of those, the ones that satisfy it."""
    violating: Count | None = None
    """Of those, the ones that don't."""
    violations: Annotated[tuple[Violation, ...], ATOMIC, Field(max_length=100)] = ()
    """The first 100 violations."""
    rule_errors: Annotated[tuple[RuleError, ...], keyed_by("rule"), Field(max_length=64)] = ()
    """Rules that do not compile."""


class GovernancePolicy(Resource):
    """What every service of a risk tier must satisfy: CEL rules, gates, approvals, freezes, limits, provenance.

    All policies that match apply together.
    """

    definition: ClassVar[Definition] = Definition(
        plural="governancepolicies",
        short_names=("govpol",),
        scope="Cluster",
        columns=(
            Column("Ready", condition_status(Type.READY)),
            Column("Tiers", ".spec.match.tiers"),
            Column("Matched", ".status.matched", type="integer"),
            Column("Compliant", ".status.compliant", type="integer"),
            Column("Violating", ".status.violating", type="integer"),
            AGE,
            Column("Message", condition_message(Type.READY), wide=True),
        ),
        conditions=(Type.READY, Type.RULES_COMPILED, Type.ADMISSION_IN_PLACE),
    )

    kind: Literal["GovernancePolicy"] = "GovernancePolicy"
    spec: GovernancePolicySpec
    """What must be satisfied, and by whom."""
    status: GovernancePolicyStatus = GovernancePolicyStatus()
    """Whom it meets. Written by the operator only."""
