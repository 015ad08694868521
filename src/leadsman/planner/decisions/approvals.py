"""Which approvals does an attempt need, which are there, and who is missing?

    a stage with approval: Required     somebody other than the author
    a budget that is at risk            its owner, before the promotion
    a policy's requirement              so many people in that role, of these groups, for as long as ttlHours

A person fills one place of each policy, and any number of stages. An approval binds to the revision and to the terms:
gates and suites, monitors, rollout, risk and budget. It ceases to count while those are others.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from leadsman.api.v1alpha1.approvals import Approvals, Requirement
from leadsman.planner.budgets.effects import reckonings
from leadsman.planner.decisions.counted import entry
from leadsman.planner.decisions.force import BUDGET, counted_acts, is_waived
from leadsman.planner.decisions.matching import match
from leadsman.planner.governance import Act
from leadsman.planner.policies.gates import weight_of
from leadsman.planner.records.book import Record
from leadsman.planner.world import World

SERVICE_ACCOUNT: Final = "system:serviceaccount:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One slot: a stage's, a budget's, or a requirement of a policy."""

    slot: str
    weight: int
    """It is due before the candidate gets this much."""
    count: int = 1
    """How many people."""
    role: str | None = None
    groups: tuple[str, ...] = ()
    accountable: str | None = None
    """The person, or the group, that has to be one of them: a budget's owner."""
    by: tuple[Act, ...] = ()
    """Approvals that fill it."""
    lapsed: bool = False
    """Was there an approval that its policy's ttlHours have ended?"""
    knows_author: bool = True
    """False: duties are to be separated, and nobody says who made the change."""

    @property
    def is_filled(self) -> bool:
        return len(self.by) >= self.count


def needs(world: World, record: Record, now: datetime, *, is_first: bool) -> tuple[Need, ...]:
    """All of this attempt, whenever they are due, with who fills them."""
    given = tuple(act for act in counted_acts(world, record, "Approve", now) if not is_stale(record, act))
    stages = (_of_stage(world, record, given, name, weight) for name, weight in _stages(world))
    owners = _of_budgets(world, record, given, now)
    policies = (need for policy in _policies(world) for need in _of_policy(world, record, given, policy, now))
    found = (*stages, *owners, *policies)
    return tuple(replace(need, weight=0) for need in found) if is_first else found


def slots(found: tuple[Need, ...]) -> dict[str, tuple[str, ...]]:
    """What each approval fills, by its name."""
    filled: dict[str, tuple[str, ...]] = {}
    for need in found:
        for act in need.by:
            filled[act.name] = (*filled.get(act.name, ()), need.slot)
    return filled


def is_stale(record: Record, act: Act) -> bool:
    """Have the terms changed since it was counted?"""
    one = entry(record, act)
    return one is None or record.attempt is None or one.terms_digest != record.attempt.terms_digest


def authors(world: World, record: Record) -> frozenset[str]:
    """Who made the change, as the revision claims, and the spec as it is. In lower case, as addresses may be."""
    changes = (record.spec.change, world.service.spec.change)
    return frozenset(one.author.casefold() for one in changes if one is not None and one.author is not None)


def is_author(world: World, record: Record, act: Act) -> bool:
    return _username(act).casefold() in authors(world, record)


def lapse_at(world: World, act: Act) -> Iterator[datetime]:
    """When an approval ceases to count for a policy."""
    return (act.created_at + timedelta(hours=asked.ttl_hours) for _, asked in _policies(world))


def accepts_service_accounts(world: World) -> bool:
    return any(asked.service_accounts == "Allowed" for _, asked in _policies(world))


def accepts_author(world: World) -> bool:
    return any(asked.separation_of_duties == "Optional" for _, asked in _policies(world))


def is_service_account(act: Act) -> bool:
    return _username(act).startswith(SERVICE_ACCOUNT)


def _stages(world: World) -> Iterator[tuple[str, int]]:
    return ((one.name, one.weight) for one in world.service.spec.rollout.stages if one.approval == "Required")


def _of_stage(world: World, record: Record, given: tuple[Act, ...], name: str, weight: int) -> Need:
    will_do = (
        act
        for act in given
        if name in (act.spec.scope or (name,)) and not is_author(world, record, act) and not is_service_account(act)
    )
    return Need(slot=name, weight=weight, by=tuple(will_do)[:1])


def _of_budgets(world: World, record: Record, given: tuple[Act, ...], now: datetime) -> Iterator[Need]:
    """Of those at risk, unless they are waived. What has a scope is about stages."""
    if is_waived(world, record, BUDGET, now):
        return
    people = [act for act in given if not act.spec.scope and not is_author(world, record, act)]
    for one in reckonings(world, now):
        if one.state == "AtRisk" and one.owner is not None:
            owner = one.owner.accountable
            will_do = (act for act in people if not is_service_account(act) and _is_one(act, owner))
            yield Need(slot=f"{BUDGET}/{one.name}", weight=100, accountable=owner, by=tuple(will_do)[:1])


def _is_one(act: Act, accountable: str) -> bool:
    """The person, or one of the group."""
    return _username(act).casefold() == accountable.casefold() or accountable in _groups(act)


def _policies(world: World) -> Iterator[tuple[str, Approvals]]:
    """Those that cannot be read hold everything anyway."""
    for policy in world.policies:
        if policy.spec is not None and policy.spec.approvals is not None:
            yield policy.name, policy.spec.approvals


def _of_policy(
    world: World, record: Record, given: tuple[Act, ...], policy: tuple[str, Approvals], now: datetime
) -> Iterator[Need]:
    """What has a scope is about stages."""
    name, asked = policy
    unscoped = [act for act in given if not act.spec.scope]
    fresh = [act for act in unscoped if now < act.created_at + timedelta(hours=asked.ttl_hours)]
    may = [act for act in fresh if _may_sign(world, record, act, asked)]
    places = [one for one in asked.requirements for _ in range(one.count)]
    matched = match([[_username(act) for act in may if _suits(act, one)] for one in places])
    knows_author = asked.separation_of_duties == "Optional" or bool(authors(world, record))
    for one in asked.requirements:
        people = [person for index, person in matched.items() if places[index] is one] if knows_author else []
        yield Need(
            slot=f"{name}/{one.name}",
            weight=_weight(asked),
            count=one.count,
            role=one.role,
            groups=one.groups,
            by=tuple(_signed(may, one, person) for person in sorted(people)),
            lapsed=any(act not in fresh and _suits(act, one) for act in unscoped),
            knows_author=knows_author,
        )


def _weight(asked: Approvals) -> int:
    return weight_of(asked.before)


def _may_sign(world: World, record: Record, act: Act, asked: Approvals) -> bool:
    if is_service_account(act) and asked.service_accounts == "Refused":
        return False
    if asked.separation_of_duties == "Optional":
        return True
    return not is_author(world, record, act) and _username(act) not in _submitters(world, record)


def _submitters(world: World, record: Record) -> frozenset[str]:
    """Who brought results of this revision: nobody approves on his own evidence."""
    ours = (run for run in world.runs if run.spec.revision.name == record.name)
    return frozenset(run.spec.submitted_by.username for run in ours if run.spec.submitted_by is not None)


def _suits(act: Act, one: Requirement) -> bool:
    if act.spec.role != one.role:
        return False
    return not one.groups or not _groups(act).isdisjoint(one.groups)


def _signed(may: list[Act], one: Requirement, person: str) -> Act:
    """The first of this person's approvals that fits."""
    return next(act for act in may if _username(act) == person and _suits(act, one))


def _groups(act: Act) -> frozenset[str]:
    """As they were stamped: groups with a comma in their name are left out there."""
    written = act.spec.actor.groups if act.spec.actor is not None else None
    return frozenset((written or "").split(",")) - {""}


def _username(act: Act) -> str:
    return act.spec.actor.username if act.spec.actor is not None else ""
