"""AIDecision: one human act on one revision, which never changes, and whose actor the API server stamps."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from leadsman.api.definition import AGE, Column, Definition, condition_message, condition_reason, condition_status
from leadsman.api.markers import ATOMIC, IMMUTABLE, SET, Rule
from leadsman.api.meta import Actor, Model, Resource, Status
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.scalars import DNS_NAME, LABEL, Count, DnsLabel, Explanation, Identifier, ObjectName, Slot, Time

Decision = Literal[
    "Approve",
    "Reject",
    "Revoke",
    "Waive",
    "Retry",
    "Promote",
    "Pause",
    "Resume",
    "Abort",
    "Rollback",
    "BreakGlass",
    "CloseIncident",
]

Scope = Annotated[
    str,
    StringConstraints(max_length=324, pattern=rf"^({LABEL}|policy/{DNS_NAME}/{LABEL}|incident/{DNS_NAME})$"),
]


_NEVER = "a decision never changes: create another AIDecision, such as Revoke"


class AIDecisionSpec(Model):
    """Who decides what about which revision, and why. It never changes."""

    service: ObjectName
    """The AIService's name, in the same namespace."""
    revision: ObjectName | None = None
    """The AIRevision that this is about, and no other. May be absent for Pause, Resume and CloseIncident. For
    Rollback: the revision to go back to."""
    decision: Decision
    """Approve, Reject, Revoke, Waive, Retry, Promote, Pause, Resume, Abort, Rollback, BreakGlass or CloseIncident.
    One needs the verb of that name, in lower case, on the aiservice."""
    revokes: ObjectName | None = None
    """For Revoke: the AIDecision that is taken back."""
    whose: Literal["Own", "Another"] | None = None
    """For Revoke: whose decision it takes back. Another person's needs the verb revoke-any on the aiservice. Default
    Own."""
    incident: ObjectName | None = None
    """For CloseIncident and BreakGlass: the AIIncident that this is about."""
    scope: Annotated[tuple[Scope, ...], SET, Field(max_length=16)] = ()
    """For Approve: the stages; without any, every approval that this attempt still needs. For Waive: gates by name,
    those of a policy as policy/<policy>/<name>, budget, freeze, or incident/<name>."""
    role: DnsLabel | None = None
    """The capacity in which one signs: needs verb sign on decisionroles/<role>."""
    reason: Explanation
    """Why, in 10 to 1024 characters: it will be read by an auditor. For CloseIncident: the review."""
    ticket: Identifier | None = None
    """Where it was discussed, such as CHG-4711."""
    expires_at: Time | None = None
    """When it stops to count. For Waive required, and at most 7 days away."""
    actor: Actor | None = None
    """Who decided. Stamped by the API server from the request's own identity: leave it out."""

    validations = (
        Rule(
            "has(self.revision) || self.decision in ['Pause', 'Resume', 'CloseIncident']",
            "a decision is about one revision: write revision, as shown by kubectl get airev",
        ),
        Rule(
            "(self.decision == 'Revoke') == has(self.revokes)",
            "Revoke names the AIDecision it takes back in revokes; other decisions leave revokes out",
        ),
        Rule(
            "self.decision == 'Revoke' || !has(self.whose)",
            "only Revoke takes anything back: leave it out",
            field=".whose",
        ),
        Rule(
            "(self.decision in ['CloseIncident', 'BreakGlass']) == has(self.incident)",
            "CloseIncident and BreakGlass name the AIIncident in incident; other decisions leave incident out",
        ),
        Rule(
            "self.decision in ['Approve', 'Waive'] || !has(self.scope) || size(self.scope) == 0",
            "only Approve and Waive have a scope: leave it out",
            field=".scope",
        ),
        Rule(
            "self.decision != 'Waive' || (has(self.scope) && size(self.scope) > 0)",
            "Waive needs a scope: gates by name, budget, freeze, or incident/<name>",
        ),
        Rule(
            "self.decision != 'Approve' || !has(self.scope) || self.scope.all(s, !s.contains('/'))",
            "the scope of Approve is stages by name; what has a / belongs to Waive",
            field=".scope",
        ),
        Rule(
            "self.decision != 'Waive' || has(self.expiresAt)",
            "a waiver ends: write expiresAt, at most 7 days from now",
        ),
    )


class AIDecisionStatus(Status):
    """Whether it counts. Written by the operator only."""

    attempt: Count | None = None
    """The attempt that it counts for."""
    slots: Annotated[tuple[Slot, ...], ATOMIC, Field(max_length=16)] = ()
    """Approval slots that it fills, as policy/requirement; that of a stage has the stage's name."""


class AIDecision(Resource):
    """One human act on one revision. It never changes, and the API server stamps who acted."""

    definition: ClassVar[Definition] = Definition(
        plural="aidecisions",
        short_names=("aidec",),
        columns=(
            Column("Service", ".spec.service"),
            Column("Decision", ".spec.decision"),
            Column("Revision", ".spec.revision"),
            Column("Actor", ".spec.actor.username"),
            Column("Counted", condition_status(Type.COUNTED)),
            Column("Why", condition_reason(Type.COUNTED)),
            AGE,
            Column("Reason", ".spec.reason", wide=True),
            Column("Message", condition_message(Type.COUNTED), wide=True),
        ),
        conditions=(Type.COUNTED,),
        selectable=(".spec.service", ".spec.revision", ".spec.decision", ".spec.actor.username"),
    )

    kind: Literal["AIDecision"] = "AIDecision"
    spec: Annotated[
        AIDecisionSpec,
        Rule(IMMUTABLE, _NEVER),
        # Sets compare without their order.
        Rule("!has(self.scope) || !has(oldSelf.scope) || self.scope.map(s, s) == oldSelf.scope.map(s, s)", _NEVER),
    ]
    """Who decides what about which revision, and why. It never changes."""
    status: AIDecisionStatus = AIDecisionStatus()
    """Whether it counts. Written by the operator only."""
