"""AIIncident: something went wrong; its clocks, its evidence, its review."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from leadsman.api.definition import AGE, Column, Definition
from leadsman.api.markers import ATOMIC, IMMUTABLE, Rule, keyed_by
from leadsman.api.meta import Actor, Model, Resource, Status
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.scalars import CamelCase, DnsLabel, Explanation, Identifier, Message, ObjectName, Text, Time

Severity = Literal["Sev1", "Sev2", "Sev3", "Sev4"]
Category = Literal[
    "Health", "Quality", "Safety", "Latency", "Drift", "Cost", "Budget",
    "Privacy", "Security", "Fairness",
    "Death", "SeriousHarm", "FundamentalRights", "CriticalInfrastructure", "WidespreadInfringement",
    "Other",
]  # fmt: skip


_LEGAL = "['Death', 'SeriousHarm', 'FundamentalRights', 'CriticalInfrastructure', 'WidespreadInfringement']"


class Report(Model):
    """A report that was made, to whom a clock asks for one."""

    clock: DnsLabel
    """Which report: the name of a clock in status."""
    made_at: Time
    """When it was made."""
    reference: Text
    """Where it can be found: the authority's file number, or an address."""


class AIIncidentSpec(Model):
    """What went wrong."""

    service: Annotated[ObjectName, Rule(IMMUTABLE, "an incident stays with its service: open another one")]
    """The AIService's name, in the same namespace."""
    revision: Annotated[ObjectName, Rule(IMMUTABLE, "an incident stays with its revision: open another one")] | None = (
        None
    )
    """The AIRevision that was running, where it is known. May be added later, and then stays."""
    severity: Annotated[
        Severity,
        Rule("self <= oldSelf", "severity only rises, towards Sev1: to end an incident write a CloseIncident decision"),
    ]
    """Sev1 (worst) to Sev4. Sev1 and Sev2 freeze promotions of the service until closed. May be raised, never
    lowered."""
    category: Annotated[
        Category,
        Rule(
            f"!(oldSelf in {_LEGAL}) || self in {_LEGAL}",
            "this category has legal report clocks, which an edit can't stop: keep it, or open another incident",
        ),
    ]
    """What it is about. The report clocks follow from it: Death, SeriousHarm, FundamentalRights,
    CriticalInfrastructure and WidespreadInfringement have legal ones, and may only be edited into each other."""
    aware_at: Annotated[Time, Rule("self <= oldSelf", "may only move to an earlier time: reports would be due later")]
    """When somebody became aware of it. The clocks start here. May be moved earlier, never later."""
    summary: Explanation
    """What happened, in 10 to 1024 characters."""
    detected_by: Identifier | None = None
    """What or who found it: a monitor's name, a person, a customer."""
    reports: Annotated[tuple[Report, ...], keyed_by("clock"), Field(max_length=16)] = ()
    """Reports that were made. They stop the clocks in status, and stay."""

    validations = (
        Rule("!has(oldSelf.revision) || has(self.revision)", "revision was recorded and stays: leave it in"),
        Rule(
            "!has(oldSelf.reports) || (has(self.reports) && "
            "oldSelf.reports.all(was, self.reports.exists(one, one == was)))",
            "a report that was made stays as it was written: leave it in",
        ),
    )


class Clock(Model):
    """A report that is due."""

    name: DnsLabel
    """Which report."""
    due_at: Time
    """When it is due."""
    source: Text
    """What asks for it, such as Regulation (EU) 2024/1689, Article 73(2)."""
    met_at: Time | None = None
    """When it was made, as spec.reports says. Absent: not yet."""


class TimelineEntry(Model):
    """Something that happened in the course of the incident."""

    at: Time
    """When."""
    type: CamelCase
    """What, as one word."""
    message: Message
    """What, as a sentence."""
    actor: Actor | None = None
    """Who, where a person acted."""


class EvidenceHold(Model):
    """Keeps Deployment, inputs, evaluations and ledger of the revision from being deleted."""

    since: Time
    """Since when."""
    revisions: Annotated[tuple[ObjectName, ...], ATOMIC, Field(max_length=32)] = ()
    """The revisions that are kept. A service under a hold can't be deleted without the verb purge."""
    released_at: Time | None = None
    """When the hold was lifted. Absent: it lasts."""


class Review(Model):
    """How the incident was closed."""

    decision: ObjectName
    """The CloseIncident decision that was counted."""
    reviewer: Actor
    """Who reviewed it: not the author of the change."""
    at: Time
    """When."""


class AIIncidentStatus(Status):
    """How it goes on. Written by the operator only."""

    state: Literal["Open", "Mitigated", "Closed"] | None = None
    """Open: users may be exposed. Mitigated: they no longer are. Closed: reviewed."""
    mitigated_at: Time | None = None
    """When users were no longer exposed."""
    closed_at: Time | None = None
    """When it was closed."""
    clocks: Annotated[tuple[Clock, ...], keyed_by("name"), Field(max_length=16)] = ()
    """Reports that are due."""
    timeline: Annotated[tuple[TimelineEntry, ...], ATOMIC, Field(max_length=200)] = ()
    """What happened, oldest first. At most 200 entries."""
    evidence_hold: EvidenceHold | None = None
    """What must be kept, and for how long."""
    review: Review | None = None
    """How it was closed."""


class AIIncident(Resource):
    """Something went wrong: severity, clocks, evidence hold, review. Opened by the operator or by a person."""

    definition: ClassVar[Definition] = Definition(
        plural="aiincidents",
        short_names=("aiinc",),
        columns=(
            Column("Service", ".spec.service"),
            Column("Severity", ".spec.severity"),
            Column("Category", ".spec.category"),
            Column("State", ".status.state"),
            Column("Aware", ".spec.awareAt", type="date"),
            AGE,
            Column("Revision", ".spec.revision", wide=True),
            Column("Summary", ".spec.summary", wide=True),
        ),
        conditions=(Type.CLOSED,),
        selectable=(".spec.service", ".spec.severity", ".spec.category", ".status.state"),
    )

    kind: Literal["AIIncident"] = "AIIncident"
    spec: AIIncidentSpec
    """What went wrong."""
    status: AIIncidentStatus = AIIncidentStatus()
    """How it goes on. Written by the operator only."""
