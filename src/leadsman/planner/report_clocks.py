"""By when an incident has to be reported, where a law says so. A table, which the operator's settings may replace."""

from typing import Annotated, Final

from pydantic import Field

from leadsman.api.meta import Model
from leadsman.api.scalars import DnsLabel, Text
from leadsman.api.v1alpha1.aiincident import AIIncidentSpec, Category


class ReportClock(Model):
    """A report that incidents of some categories are due."""

    name: DnsLabel
    """Which report."""
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=16)]
    """Of the incidents."""
    days: Annotated[int, Field(ge=1, le=365, strict=True)]
    """After somebody became aware of it."""
    source: Text
    """What asks for it."""


_ACT: Final = "Regulation (EU) 2024/1689 (AI Act), Article 73"
EU_AI_ACT: Final = (
    ReportClock(
        name="eu-ai-act-serious-incident",
        categories=("SeriousHarm", "FundamentalRights"),
        days=15,
        source=f"{_ACT}(2): not later than 15 days after becoming aware",
    ),
    ReportClock(
        name="eu-ai-act-widespread",
        categories=("WidespreadInfringement", "CriticalInfrastructure"),
        days=2,
        source=f"{_ACT}(3): not later than two days after becoming aware",
    ),
    ReportClock(
        name="eu-ai-act-death",
        categories=("Death",),
        days=10,
        source=f"{_ACT}(4): not later than 10 days after becoming aware",
    ),
)
"""The longest that the law allows. It asks for a report at once where a causal link is established."""


def clocks_of(spec: AIIncidentSpec, table: tuple[ReportClock, ...]) -> tuple[ReportClock, ...]:
    return tuple(one for one in table if spec.category in one.categories)
