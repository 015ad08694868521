"""RiskBudget: how much may go wrong in a rolling window, and what is left of it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from leadsman.api.definition import AGE, Column, Definition, condition_message
from leadsman.api.markers import ATOMIC, keyed_by
from leadsman.api.meta import LabelSelector, Model, Resource, Status
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.scalars import (
    Date,
    DecimalString,
    DnsLabel,
    Fraction,
    Identifier,
    ObjectName,
    Share,
    ShortMessage,
    Time,
)
from leadsman.api.v1alpha1.channels import Channels, WindowDays

BudgetState = Literal["Healthy", "AtRisk", "Exhausted", "FastBurn", "Unknown"]


class BudgetOwner(Model):
    """Who may approve while the budget is at risk."""

    team: Identifier
    """The team that watches the budget."""
    accountable: Identifier
    """The risk owner: a mail address or a group's name."""


class RiskBudgetSpec(Model):
    """How much may go wrong, and for whom."""

    owner: BudgetOwner
    """The risk owner."""
    selector: LabelSelector | None = None
    """AIServices of this namespace that draw on it, besides those that name it in riskBudgetRef. Default: no others.
    An empty selector selects every service."""
    window_days: WindowDays = 28
    """Days of the rolling window, 1 to 92. Default 28."""
    channels: Channels
    """What may go wrong, and how much of it. One to 16."""


class Day(Model):
    """What one day contributed."""

    date: Date
    """The day in UTC, as YYYY-MM-DD."""
    bad: DecimalString
    """Bad events, points, money or minutes, as a decimal string."""
    total: DecimalString | None = None
    """All events, as a decimal string. For ratios."""
    measured_seconds: Annotated[int, Field(ge=0, le=86_400, strict=True)]
    """Seconds of the day that were measured."""


class RevisionShare(Model):
    """What one revision spent in the last hour."""

    name: ObjectName
    """The AIRevision."""
    bad: DecimalString
    """Its bad events, as a decimal string."""
    total: DecimalString
    """All its events, as a decimal string."""


class ChannelStatus(Model):
    """How one channel stands."""

    name: DnsLabel
    """The channel's name."""
    state: BudgetState
    """The channel's state."""
    since: Time | None = None
    """Since when it is in this state."""
    message: ShortMessage = ""
    """Why it is Unknown. Empty in other states."""
    spent: DecimalString | None = None
    """What was spent in the window, in the channel's unit."""
    allowance: DecimalString | None = None
    """What may be spent in the window, in the channel's unit."""
    consumed: DecimalString | None = None
    """Spent divided by allowance: "1" and more means exhausted."""
    burn_rate: DecimalString | None = None
    """How many times too fast it is spent, over the last hour."""
    coverage: Fraction | None = None
    """Share of the last 24 hours that was measured."""
    counted_until: Time | None = None
    """Until when the daily sums count. Days that were over by then are not read again."""
    revisions: Annotated[tuple[RevisionShare, ...], ATOMIC, Field(max_length=16)] = ()
    """Who spent it in the last hour: the 16 with the most bad events. For ratios."""
    days: Annotated[tuple[Day, ...], ATOMIC, Field(max_length=93)] = ()
    """Daily sums, so that the window may be longer than the metric provider remembers."""


class RiskBudgetStatus(Status):
    """What is left of it. Written by the operator only."""

    state: BudgetState | None = None
    """The state of the worst channel. Channels are never averaged."""
    binding_channel: DnsLabel | None = None
    """The worst channel: the one that decides."""
    remaining: Share | None = None
    """What is left in the worst channel: 63%."""
    exhausted_at: Time | None = None
    """Since when it is exhausted."""
    measured_at: Time | None = None
    """When it was last computed."""
    services: Annotated[tuple[ObjectName, ...], ATOMIC, Field(max_length=200)] = ()
    """The services that draw on it. The first 200."""
    channels: Annotated[tuple[ChannelStatus, ...], keyed_by("name"), Field(max_length=16)] = ()
    """How each channel stands."""


class RiskBudget(Resource):
    """How much may go wrong in a rolling window. When it is spent, changes stop and rollbacks go on."""

    definition: ClassVar[Definition] = Definition(
        plural="riskbudgets",
        short_names=("rbudget",),
        columns=(
            Column("State", ".status.state"),
            Column("Remaining", ".status.remaining"),
            Column("Channel", ".status.bindingChannel"),
            Column("Window", ".spec.windowDays", type="integer"),
            AGE,
            Column("Owner", ".spec.owner.accountable", wide=True),
            Column("Message", condition_message(Type.READY), wide=True),
        ),
        conditions=(Type.READY, Type.EVIDENCE_DEGRADED),
        selectable=(".spec.owner.team", ".status.state"),
    )

    kind: Literal["RiskBudget"] = "RiskBudget"
    spec: RiskBudgetSpec
    """How much may go wrong, and for whom."""
    status: RiskBudgetStatus = RiskBudgetStatus()
    """What is left of it. Written by the operator only."""
