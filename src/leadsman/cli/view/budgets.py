"""Risk budgets as tables: all of them, or the channels of one with who spent them."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.style import Style
from rich.table import Table
from rich.text import Text

from leadsman.api.decimals import shown
from leadsman.api.v1alpha1 import RiskBudget
from leadsman.api.v1alpha1.riskbudget import BudgetState, ChannelStatus
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.marks import BAD, GOOD, PLAIN, SLOW
from leadsman.cli.view.tables import table

_COLORS: Final[dict[BudgetState | None, Style]] = {
    "Healthy": GOOD,
    "AtRisk": SLOW,
    "Unknown": SLOW,
    "Exhausted": BAD,
    "FastBurn": BAD,
}


def render_budgets(found: Iterable[RiskBudget], *, everywhere: bool) -> Table:
    place = ("NAMESPACE",) if everywhere else ()
    header = (*place, "NAME", "STATE", "REMAINING", "CHANNEL", "WINDOW", "OWNER", "SERVICES")
    return table(header, (_row(one, everywhere=everywhere) for one in found))


def render_budget(one: RiskBudget) -> Iterator[Table]:
    """Its channels; and what each revision spent in the last hour."""
    yield table(
        ("CHANNEL", "STATE", "SPENT", "ALLOWANCE", "CONSUMED", "BURN RATE", "COVERAGE", "MESSAGE"),
        (_channel(channel) for channel in one.status.channels),
    )
    shares = [
        (channel.name, share.name, _number(share.bad), _number(share.total))
        for channel in one.status.channels
        for share in channel.revisions
    ]
    if shares:
        yield table(("CHANNEL", "REVISION", "BAD (1 h)", "TOTAL (1 h)"), shares)


def _row(one: RiskBudget, *, everywhere: bool) -> tuple[Text | str, ...]:
    status = one.status
    return (
        *((one.metadata.namespace or "",) if everywhere else ()),
        one.metadata.name or "",
        _state(status.state),
        status.remaining or ABSENT,
        status.binding_channel or ABSENT,
        f"{one.spec.window_days} d",
        one.spec.owner.accountable,
        ", ".join(status.services) or ABSENT,
    )


def _channel(one: ChannelStatus) -> tuple[Text | str, ...]:
    return (
        one.name,
        _state(one.state),
        _number(one.spent),
        _number(one.allowance),
        _percent(one.consumed),
        _number(one.burn_rate),
        _percent(one.coverage),
        one.message,
    )


def _state(state: BudgetState | None) -> Text:
    return Text(state or ABSENT, _COLORS.get(state, PLAIN))


def _number(text: str | None) -> str:
    return ABSENT if text is None else shown(float(text))


def _percent(text: str | None) -> str:
    return ABSENT if text is None else f"{shown(100 * float(text))} %"
