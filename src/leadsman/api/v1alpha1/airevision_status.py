"""The dossier of a revision: verdict, gates, attempts, decisions, and the ledger entries still to be delivered.

Long lists are atomic: the operator alone writes them, and managedFields would name every entry of a keyed one.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from leadsman.api.markers import ATOMIC, Rule, keyed_by
from leadsman.api.meta import Model, Person, Status
from leadsman.api.scalars import (
    CamelCase,
    Count,
    DecimalString,
    Digest,
    DnsLabel,
    GateName,
    Identifier,
    Message,
    NonNegativeDecimal,
    ObjectName,
    Share,
    ShortMessage,
    ShortText,
    Slot,
    Time,
    Weight,
)
from leadsman.api.v1alpha1.aiincident import Category, Severity
from leadsman.api.v1alpha1.riskbudget import BudgetState

RevisionVerdict = Literal[
    "Pending", "Admitted", "RollingOut", "Serving", "Superseded", "RolledBack", "Rejected", "Aborted"
]
GateState = Literal["Pending", "Running", "Passed", "Failed", "Inconclusive", "Waived", "NotApplicable"]
ReadingState = Literal["Passed", "Failed", "Inconclusive", "NoEvidence", "Invalid", "NotApplicable"]
Facts = Annotated[
    dict[Annotated[str, StringConstraints(max_length=63)], ShortText],
    Field(max_length=8),
    Rule("self.all(k, k.size() <= 63)", "has a key of more than 63 characters: write a shorter one"),
]


class GateResult(Model):
    """How a gate stands for this revision."""

    name: GateName
    """The gate's name; policy/<policy>/<name> for one that a policy requires."""
    suite: ObjectName
    """The EvalSuite."""
    suite_digest: Digest | None = None
    """SHA-256 of the suite that was applied."""
    state: GateState
    """Only Passed and Waived open the gate."""
    run: ObjectName | None = None
    """The EvalRun that decided, or the AIDecision that waived."""
    message: ShortMessage = ""
    """Why, with the numbers."""
    since: Time | None = None
    """Since when it stands so."""


class StageRecord(Model):
    """A stage as it was gone through."""

    name: DnsLabel
    """The stage's name; promotion, bake and rollback (back to another revision) are recorded under these names."""
    weight: Weight
    """Percent of traffic asked for."""
    achieved_percent: Weight | None = None
    """Percent of the pods that were the candidate's."""
    started_at: Time
    """When it was entered."""
    achieved_at: Time | None = None
    """When the weight was achieved and the hold began."""
    ended_at: Time | None = None
    """When it ended."""
    requests: Count | None = None
    """Requests that the candidate answered in this stage."""


class Evidence(Model):
    """The whole state of a comparison with the serving revision: an e-process may be looked at at any time."""

    hypothesis: Literal["NotWorse", "Worse"]
    """What evidence is gathered against: that the candidate is not worse, or that it is."""
    ratio: NonNegativeDecimal
    """How many times the serving revision's bad share is tolerated, as a decimal string."""
    logs: Annotated[tuple[DecimalString, ...], ATOMIC, Field(min_length=1, max_length=6)]
    """The logarithm of the likelihood ratio for each alternative, as decimal strings."""


class Reading(Model):
    """What a monitor said last, or what decided."""

    monitor: DnsLabel
    """The monitor's name."""
    state: ReadingState
    """What the reading means."""
    value: DecimalString | None = None
    """The candidate's value."""
    serving: DecimalString | None = None
    """The serving revision's value, for comparisons."""
    limit: DecimalString | None = None
    """What it was held against."""
    samples: Count | None = None
    """Events behind the value."""
    at: Time
    """When it was read."""
    message: ShortText = ""
    """In a sentence."""
    evidence: Evidence | None = None
    """For comparisons: the evidence so far, to go on with after a restart."""


class BudgetStanding(Model):
    """A change of a risk budget's state that was written into the ledger."""

    name: ObjectName
    """The RiskBudget."""
    state: BudgetState
    """What it came to."""
    since: Time
    """Since when."""


class IncidentRecord(Model):
    """An incident that the operator opens, as it was decided."""

    name: ObjectName
    """The AIIncident."""
    cause: ShortText
    """What it was opened for, once: rollback/<attempt>, failing/<attempt>, or budget/<name>/<time>."""
    severity: Severity
    """At first."""
    category: Category
    """What it is about."""
    revision: ObjectName | None = None
    """The AIRevision that it is about."""
    aware_at: Time
    """When it was decided."""
    summary: ShortMessage
    """What happened, with the numbers."""
    detected_by: Identifier | None = None
    """The monitor, or the budget."""
    opened_at: Time | None = None
    """When the AIIncident was first seen. It is not made again then, whatever becomes of it."""


class Attempt(Model):
    """One time at which the revision was the candidate."""

    number: Annotated[int, Field(ge=1, le=2**53, strict=True)]
    """Counts the attempts of the service's revisions."""
    started_at: Time
    """When it became the candidate."""
    ended_at: Time | None = None
    """When it ceased to be."""
    outcome: Literal["Promoted", "RolledBack", "Rejected", "Aborted"] | None = None
    """How it ended. Absent while it runs."""
    reason: CamelCase | None = None
    """Why it ended so, as one word."""
    message: ShortMessage = ""
    """Why it ended so, with the numbers."""
    terms_digest: Digest | None = None
    """SHA-256 of gates, suites, monitors, rollout, risk and budget as they are: approvals bind to it."""
    terms_since: Time | None = None
    """When other terms than those at its start were first seen. Absent: since its start. An approval that is older was
    made under other terms."""
    spent_request: CamelCase | None = None
    """What the annotation leadsman.dev/request already asked for when it began. That was about an earlier attempt."""
    stages: Annotated[tuple[StageRecord, ...], ATOMIC, Field(max_length=16)] = ()
    """The stages it went through."""
    readings: Annotated[tuple[Reading, ...], ATOMIC, Field(max_length=64)] = ()
    """The last reading of each monitor."""


class CountedDecision(Model):
    """A decision that was counted for this revision."""

    name: ObjectName
    """The AIDecision's name."""
    decision: CamelCase
    """What was decided."""
    attempt: Count
    """The attempt it counted for."""
    terms_digest: Digest | None = None
    """SHA-256 of the terms as they were when it was counted. Other terms than the attempt's make an approval stale."""
    actor: Person
    """Who decided. The groups are in the AIDecision."""
    slots: Annotated[tuple[Slot, ...], ATOMIC, Field(max_length=8)] = ()
    """The approval slots it fills, as policy/requirement; that of a stage has the stage's name."""
    at: Time
    """When it was made."""
    instead_of: Digest | None = None
    """For Rollback: the digest that the spec asked for, which does not start meanwhile. Absent: the hold is over."""
    revoked_by: ObjectName | None = None
    """The Revoke decision that took it back."""
    incident: ObjectName | None = None
    """For BreakGlass: the incident that it was for."""
    reviewed_by: ObjectName | None = None
    """For BreakGlass: the CloseIncident decision by which another person reviewed it."""


class LedgerEntry(Model):
    """One thing that was decided or came true. Entries are chained by hash."""

    sequence: Count
    """Counts the entries of a service, from 1, over all its revisions."""
    at: Time
    """When."""
    type: Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[a-z]+(\.[a-zA-Z]+)*$")]
    """What, such as promotion.decided or traffic.verified."""
    actor: Person | None = None
    """Who, where a person acted."""
    reason: CamelCase | None = None
    """Why, as one word."""
    message: ShortText | None = None
    """Why, as a sentence."""
    facts: Facts = Field(default_factory=dict)
    """What it was decided on: digests, names, numbers."""
    previous: Digest
    """Hash of the entry before."""
    hash: Digest
    """SHA-256 over the canonical form of this entry, previous included."""


class Ledger(Model):
    """The outbox: entries that the sinks have not acknowledged yet."""

    acknowledged: Count = 0
    """Number of the last entry that every sink has. Default 0."""
    entries: Annotated[tuple[LedgerEntry, ...], ATOMIC, Field(max_length=200)] = ()
    """Entries not yet acknowledged, oldest first. At most 200."""


class RevisionSummary(Model):
    """Ready-made text for columns and dashboards."""

    gates: Share | None = None
    """Gates passed or waived, of those declared: 1/2."""
    approvals: Share | None = None
    """Approval slots filled, of those required: 0/1."""


class AIRevisionStatus(Status):
    """The dossier. Written by the operator only."""

    verdict: RevisionVerdict | None = None
    """Where the revision has got to. RolledBack means quarantined until a Retry decision."""
    reason: CamelCase | None = None
    """Why, as one word."""
    message: Message = ""
    """Why, with the numbers."""
    first_served_at: Time | None = None
    """When it first served users in full. Absent: it never did. Decides whether a service's next revision is its
    first."""
    gates: Annotated[tuple[GateResult, ...], keyed_by("name"), Field(max_length=32)] = ()
    """How the gates stand, those that policies add included."""
    reevaluate_since: Time | None = None
    """When a Drift monitor failed last: only younger evaluations count."""
    attempts: Annotated[tuple[Attempt, ...], ATOMIC, Field(max_length=8)] = ()
    """The last eight times at which it was the candidate."""
    decisions: Annotated[tuple[CountedDecision, ...], ATOMIC, Field(max_length=100)] = ()
    """Decisions that were counted. The last 100."""
    budgets: Annotated[tuple[BudgetStanding, ...], keyed_by("name"), Field(max_length=16)] = ()
    """Changes of risk budgets that were written into the ledger while it was on its way, or served."""
    incidents: Annotated[tuple[IncidentRecord, ...], ATOMIC, Field(max_length=16)] = ()
    """Incidents that were opened for it. The last 16."""
    ledger: Ledger | None = None
    """Ledger entries that the sinks have not acknowledged yet."""
    summary: RevisionSummary | None = None
    """Ready-made text for columns and dashboards."""
