"""Did people agree? Written from the rules: it looks at who decided what and when, and never at what was counted."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Attempt, CountedDecision
from leadsman.api.v1alpha1.approvals import Approvals
from leadsman.planner.governance import Act
from leadsman.planner.world import World

FOUR_HOURS = dt.timedelta(hours=4)
TERMS = ("gates", "monitors", "rollout", "risk", "riskBudget", "riskBudgetRef")
Told = tuple[str, dt.datetime, str]


class Consent:
    """Remembers under which terms, and how well protected, each decision was made."""

    def __init__(self) -> None:
        self._terms: str = ""
        self._made_under: dict[Told, tuple[str, str]] = {}
        """Terms that the operator saw last before it saw the act, and with it."""
        self._void: set[Told] = set()

    def look(self, world: World) -> None:
        """Before each plan."""
        terms = _terms(world)
        for act in world.acts:
            if _told(act) not in self._made_under:
                self._made_under[_told(act)] = (self._terms, terms)
                since = world.protected_since
                if since is None or act.created_at < since + dt.timedelta(seconds=10):
                    self._void.add(_told(act))
        self._terms = terms

    def is_given(self, world: World, name: str, status: AIRevisionStatus, now: dt.datetime, *, weight: int) -> str:
        """Who is missing before this weight. Empty: nobody.

        Args:
            world: as it was seen.
            name: of the revision that gets the weight.
            status: its dossier, with the attempt.
            now: the time.
            weight: 0 to 100; for a first revision 100.
        """
        good = list(self._good(world, name, status.attempts[-1], now))
        authors = _authors(world, name)
        others = [act for act in good if _who(act).lower() not in authors and not _who(act).startswith("system:")]
        for stage in world.service.spec.rollout.stages:
            is_due = stage.approval == "Required" and stage.weight <= weight
            if is_due and not any(stage.name in (act.spec.scope or (stage.name,)) for act in others):
                return f"{stage.name}: none of {[_who(act) for act in good]}"
        for policy in world.policies:
            asked = policy.spec.approvals if policy.spec is not None else None
            if asked is None:
                continue
            due_at = {"Traffic": "0", "Promotion": "100"}.get(asked.before, asked.before)
            if int(due_at) <= weight and not _is_filled(good, asked, authors, now):
                return f"{policy.name}: {[(_who(act), act.spec.role) for act in good]} do not do"
        return ""

    def is_broken(self, world: World, name: str, status: AIRevisionStatus, now: dt.datetime) -> bool:
        """Has somebody broken the glass, less than four hours ago, for this attempt?"""
        began = status.attempts[-1].started_at.replace(microsecond=0)
        return any(
            act.spec.decision == "BreakGlass"
            and act.spec.revision == name
            and _told(act) not in self._void
            and began <= act.created_at
            and now < min(act.spec.expires_at or act.created_at + FOUR_HOURS, act.created_at + FOUR_HOURS)
            and not _who(act).startswith("system:")
            and not self._is_taken_back(world, act)
            for act in world.acts
        )

    def is_unreviewed(self, world: World, name: str, written: Mapping[str, AIRevisionStatus]) -> bool:
        """Is there a broken glass, of another attempt, that nobody has reviewed?

        Args:
            world: as it was seen.
            name: the revision that goes on.
            written: what the plan writes, by revision: a review may be counted with it.
        """
        number = written[name].attempts[-1].number
        for one in world.revisions:
            for found in written.get(one.name, one.status).decisions:
                is_own = one.name == name and found.attempt == number
                if found.decision == "BreakGlass" and not is_own and not self._is_reviewed(world, found):
                    return True
        return False

    def _is_reviewed(self, world: World, broken: CountedDecision) -> bool:
        """By somebody else, once; his decision may be gone since."""
        if broken.reviewed_by is None:
            return False
        for act in world.acts:
            if act.name == broken.reviewed_by and act.spec.decision == "CloseIncident":
                return _who(act) != broken.actor.username and act.created_at >= broken.at
        return True

    def _good(self, world: World, name: str, attempt: Attempt, now: dt.datetime) -> Iterator[Act]:
        terms = _terms(world)
        for act in world.acts:
            if act.spec.decision != "Approve" or act.spec.revision != name or _told(act) in self._void:
                continue
            before, with_it = self._made_under[_told(act)]
            is_of_now = act.created_at >= attempt.started_at.replace(microsecond=0)
            is_alive = act.spec.expires_at is None or now < act.spec.expires_at
            if before == with_it == terms and is_of_now and is_alive and not self._is_taken_back(world, act):
                yield act

    def _is_taken_back(self, world: World, act: Act) -> bool:
        revokes = (one for one in world.acts if one.spec.decision == "Revoke" and one.spec.revokes == act.name)
        return any(
            _who(one) == _who(act)
            and one.spec.revision == act.spec.revision
            and one.created_at >= act.created_at
            and _told(one) not in self._void
            and any(said.status == "True" for said in one.status.conditions)
            for one in revokes
        )


def _is_filled(good: list[Act], asked: Approvals, authors: set[str], now: dt.datetime) -> bool:
    """By trying all ways."""
    separated = asked.separation_of_duties == "Required"
    if separated and not authors:
        return False
    young = [act for act in good if now < act.created_at + dt.timedelta(hours=asked.ttl_hours)]
    may = [act for act in young if not (separated and _who(act).lower() in authors)]
    may = [act for act in may if asked.service_accounts == "Allowed" or not _who(act).startswith("system:")]
    places = [one for one in asked.requirements for _ in range(one.count)]

    def fits(left: list[Any], spent: set[str]) -> bool:
        if not left:
            return True
        first, *rest = left
        suits = (act for act in may if act.spec.role == first.role and _who(act) not in spent)
        suits = (act for act in suits if not first.groups or set(first.groups) & set(_groups(act)))
        return any(fits(rest, spent | {_who(act)}) for act in suits)

    return fits(places, set())


def _terms(world: World) -> str:
    written = {key: world.service.raw.get(key) for key in TERMS}
    suites = {name: suite.digest for name, suite in sorted(world.suites.items())}
    return json.dumps([written, suites], sort_keys=True)


def _authors(world: World, name: str) -> set[str]:
    revision = next((one.spec.change for one in world.revisions if one.name == name), None)
    changes = (revision, world.service.spec.change)
    return {one.author.lower() for one in changes if one is not None and one.author is not None}


def _groups(act: Act) -> list[str]:
    return (act.spec.actor.groups or "").split(",") if act.spec.actor is not None else []


def _who(act: Act) -> str:
    return act.spec.actor.username if act.spec.actor is not None else ""


def _told(act: Act) -> Told:
    return act.name, act.created_at, _who(act)
