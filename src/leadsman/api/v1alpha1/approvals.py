"""Who must approve a revision, as a GovernancePolicy asks for it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from leadsman.api.markers import SET, Rule, keyed_by
from leadsman.api.meta import Model
from leadsman.api.scalars import DnsLabel, Identifier

Before = Annotated[str, StringConstraints(max_length=9, pattern=r"^(Traffic|Promotion|[1-9][0-9]?)$")]
"""Traffic, Promotion, or a weight as text."""


class Requirement(Model):
    """A slot that people fill by approving. One person fills one slot of a policy."""

    name: DnsLabel
    """Unique in the policy."""
    role: DnsLabel
    """The capacity in which one signs: the approver needs verb sign on decisionroles/<role>."""
    groups: Annotated[tuple[Identifier, ...], SET, Field(max_length=16)] = ()
    """Groups that the approver must be in one of. Empty: the role suffices."""
    count: Annotated[int, Field(ge=1, le=10, strict=True)] = 1
    """How many different people, 1 to 10. Default 1."""


class Approvals(Model):
    """Who must approve a revision, and when."""

    requirements: Annotated[tuple[Requirement, ...], keyed_by("name"), Field(min_length=1, max_length=8)]
    """The slots. One to 8."""
    before: Before = "Traffic"
    """What must be approved: Traffic, Promotion, or a weight such as "50". Default Traffic."""
    ttl_hours: Annotated[int, Field(ge=1, le=2160, strict=True)] = 168
    """Hours for which an approval holds, at most 90 days. Default 168, one week."""
    separation_of_duties: Literal["Required", "Optional"] = "Required"
    """Required: the author of a change does not approve it. Default Required."""
    service_accounts: Literal["Refused", "Allowed"] = "Refused"
    """Whether a service account may sign. Default Refused: decisions are made by people."""

    validations = (
        Rule(
            "self.requirements.map(r, r.count).sum() <= 20",
            "more than 20 approvals for one revision: lower the counts",
            field=".requirements",
        ),
    )
