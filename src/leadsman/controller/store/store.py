"""The index: level-triggered, without I/O. Who puts things in is told which services to look at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.children import CHILDREN, child
from leadsman.controller.observe.metadata import metadata
from leadsman.controller.observe.services import Declared, Unreadable, declared
from leadsman.controller.store.budgets import Budgets
from leadsman.controller.store.decisions import Decisions
from leadsman.controller.store.difference import is_same
from leadsman.controller.store.drawers import Drawers
from leadsman.controller.store.evaluations import Evaluations
from leadsman.controller.store.holdings import Holdings
from leadsman.controller.store.incidents import Incidents
from leadsman.controller.store.inputs import LOOK_AGAIN, Absence, Inputs
from leadsman.controller.store.key import AnyKey, Key
from leadsman.controller.store.policies import Policies, Unjudged
from leadsman.controller.store.shelf import Change, Place, Shelf
from leadsman.controller.store.signatures import Unverified
from leadsman.controller.store.strangers import Stranger, Strangers
from leadsman.planner.children.service import preview_name
from leadsman.planner.governance import Suite
from leadsman.planner.policies.gates import carries, wanted_labels
from leadsman.planner.world import (
    Child,
    ChildKind,
    Input,
    InputState,
    Revision,
    Route,
    Signal,
    TemplateCheck,
    Workload,
    World,
)

NOBODY: Final[frozenset[AnyKey]] = frozenset()
MODIFIED: Final = "MODIFIED"
EVALUATIONS: Final = frozenset({kinds.EVAL_SUITE, kinds.EVAL_RUN, kinds.JOB})


class Store:
    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        providers: frozenset[str] = frozenset(),
        wake: Callable[[AnyKey], None] = lambda _: None,
    ) -> None:
        """Empty.

        Args:
            clock: the time, with its zone.
            providers: names of the metric providers that are configured.
            wake: is told whom an own write concerns besides its writer.
        """
        self._clock = clock
        self._wake = wake
        self._providers = providers
        self._services: Shelf[Declared] = Shelf(declared)
        self.policies: Final = Policies(lambda namespace, name: self._inputs.known((namespace, name), clock()))
        self.budgets: Final = Budgets()
        self.incidents: Final = Incidents()
        self._holdings = Holdings()
        self.evaluations: Final = Evaluations()
        self.decisions: Final = Decisions(clock)
        self.drawers: Final = Drawers(self._services, self._holdings, self.policies)
        self._inputs = Inputs()
        self._strangers = Strangers()
        self._changed_at: dict[Key, datetime] = {}
        self._unaware: dict[str, frozenset[AnyKey]] = {}
        self._shelves: dict[Kind, tuple[Shelf[Any], ...]] = {}
        parts = (self.decisions, self._holdings, self.evaluations, self.budgets, self.incidents)
        own = ((kinds.AI_SERVICE, self._services), (kinds.CONFIG_MAP, self._inputs.present), *self.policies.shelves())
        for kind, shelf in (*own, *(each for part in parts for each in part.shelves().items())):
            self._shelves[kind] = (*self._shelves.get(kind, ()), shelf)

    def observe(self, kind: Kind, event_type: str | None, seen: Mapping[str, Any]) -> frozenset[AnyKey]:
        """What was told by a watch.

        Args:
            kind: of the object.
            event_type: ADDED, MODIFIED, DELETED, or None for an object in a list.
            seen: the object.

        Returns:
            What is to be looked at, since this changes something. None for the echo of an own write, and for old news.
        """
        own = metadata(seen)
        return self._take(kind, event_type, seen) | (self._unaware.pop(own.uid, NOBODY) if own else NOBODY)

    def wrote(self, kind: Kind, answer: Mapping[str, Any]) -> None:
        """What the API server answered to an own write, dry runs excluded: the event that tells of it wakes nobody.

        A service's look writes all but evaluations, and knows of what it wrote; others hear of it here.
        """
        for key in self._take(kind, MODIFIED, answer):
            if kind in EVALUATIONS or not isinstance(key, Key):
                self._wake(key)

    def absent(self, kind: Kind, place: Place, resource_version: str) -> None:
        """Where an own write was to go there is nothing: a deletion that no watch has told of, or not yet.

        Only if what is held is still what the write was made for: another of that name may have been told of meanwhile.
        """
        for shelf in self._shelves[kind]:
            if (uid := shelf.uid(place, resource_version)) is not None:
                self.drop(kind, uid)

    def found(self, key: Key, kind: Kind, standing: Mapping[str, Any]) -> None:
        """What was read where a child of the service stands, or should: whose it is shows now.

        What no watch shows, as it lacks our labels, holds for half a minute.
        """
        self._read(key, kind, standing)
        seen = metadata(standing)
        if seen is not None and (CHILDREN[kind], seen.name) not in self._holdings.children(key):
            stranger = Stranger(child(CHILDREN[kind], seen, standing), self._clock() + LOOK_AGAIN)
            self._strangers.meet(key, stranger)

    def unresolved_inputs(self, key: Key) -> tuple[str, ...]:
        """ConfigMaps that it names and no watch shows, to be `resolved`. Of signatures: if a policy asks for one."""
        spared = self.policies.spared(self._services.get(key))
        return self._inputs.unresolved(key, self._clock(), spared=spared)

    def resolved(self, key: Key, name: str, found: Mapping[str, Any] | None) -> None:
        """What a look-up found; None: there is no such ConfigMap. Holds for half a minute, or until an event."""
        if found is not None:
            self._read(key, kinds.CONFIG_MAP, found)
        state = InputState.MISSING if found is None else InputState.NOT_LABELLED
        self._inputs.note_absence((key.namespace, name), Absence(state, self._clock() + LOOK_AGAIN))

    def look_again_at(self, key: Key) -> datetime | None:
        """When to look at the service again though no event comes: for what no watch tells of."""
        return min((*self._inputs.look_again_at(key), *self._strangers.look_again_at(key)), default=None)

    def world(
        self, key: Key, *, signals: Mapping[tuple[str, str], Signal], template: TemplateCheck | None, now: datetime
    ) -> World | Unreadable | None:
        """None: there is no such AIService."""
        found = self._services.get(key)
        if found is None:
            return None
        if isinstance(found.service, Unreadable):
            return found.service
        policies = self.policies.of(found.service, found.labels)
        children = {**self._strangers.of(key, now), **self._holdings.children(key)}
        apex = self._route(key, children.pop((ChildKind.SERVICE, key.name), None))
        preview = self._route(key, children.pop((ChildKind.SERVICE, preview_name(key.name)), None))
        revisions, unreadable = self._holdings.revisions(key)
        return World(
            service=replace(found.service, changed_at=self._changed_at.get(key)),
            revisions=revisions,
            unreadable=unreadable,
            workloads={one.name: one for one in children.values() if isinstance(one, Workload)},
            apex=apex,
            preview=preview,
            others={name: one for name, one in children.items() if not isinstance(one, Workload)},
            pods=self._holdings.pods(key),
            inputs={name: self._inputs.one((key.namespace, name), now) for name in sorted(found.inputs)},
            template=template,
            signals=signals,
            providers=self._providers,
            policies=policies,
            budgets=self.budgets.of(found),
            incidents=self.incidents.of(key),
            acts=self.decisions.acts(key),
            protected_since=self.decisions.protection.since,
            unprotected=self.decisions.protection.problem,
            suites=self.evaluations.suites(key.namespace, found.suites, wanted_labels(policies)),
            runs=self.evaluations.runs(key),
        )

    def revisions(self, key: Key) -> tuple[tuple[Revision, ...], tuple[str, ...]]:
        """Of a service, whether or not there is one at the moment: those that can be read, and what is wrong else."""
        return self._holdings.revisions(key)

    def recorded(self, place: Place) -> Key | None:
        """The service whose revision it is."""
        return self._holdings.service_of(place)

    def unjudged(self, key: Key) -> tuple[Unjudged, ...]:
        """What the API server is to be asked about the service."""
        return tuple(self.policies.unjudged(self._services.get(key)))

    def unverified(self, key: Key) -> tuple[Unverified, ...]:
        """Signatures of its model that nobody has verified yet."""
        return tuple(self.policies.unverified(self._services.get(key)))

    def services(self) -> Iterator[tuple[Place, Declared]]:
        return self._services.items()

    def note(self, key: Key) -> str:
        """Why the service's status could not be read. Empty: it could."""
        return found.note if (found := self._services.get(key)) else ""

    def known(self, kind: Kind) -> dict[str, Place]:
        """Namespace and name by UID: a sweep that does not find them says `drop`."""
        return {uid: place for shelf in self._shelves[kind] for uid, place in shelf.known().items()}

    def drop(self, kind: Kind, uid: str) -> frozenset[AnyKey]:
        """An object that is no more, though no watch told of it. Returns what is to be looked at."""
        self._unaware.pop(uid, None)
        woken: frozenset[AnyKey] = frozenset(self._strangers.drop(uid))
        for shelf in self._shelves[kind]:
            if (change := shelf.drop(uid)) is not None:
                woken |= self._concerned(shelf, change, listed=False)
        return woken

    def _take(self, kind: Kind, event_type: str | None, seen: Mapping[str, Any]) -> frozenset[AnyKey]:
        woken = NOBODY
        for shelf in self._shelves[kind]:
            change = shelf.take(event_type, seen)
            if change is not None and not is_same(change.before, change.after):
                woken |= self._concerned(shelf, change, listed=event_type is None)
        return woken

    def _read(self, key: Key, kind: Kind, seen: Mapping[str, Any]) -> None:
        """For one service, before the watch told of it. To the others its event will still be news."""
        own, others = metadata(seen), self._take(kind, MODIFIED, seen) - {key}
        if own is not None and others:
            self._unaware[own.uid] = others

    def _concerned(self, shelf: Shelf[Any], change: Change[Any], *, listed: bool) -> frozenset[AnyKey]:
        if self.evaluations.owns(shelf):
            return self.evaluations.concerned(shelf, change) | self._gated(change)
        others: frozenset[AnyKey] = NOBODY
        if self.policies.owns(shelf):
            services, others = self.policies.concerned(shelf, change, self._services.items())
        elif self.budgets.owns(shelf):
            services, others = self.budgets.concerned(change, self._services.items())
        else:
            services = self._services_concerned(shelf, change, listed=listed)
        if shelf is self._services:
            others = frozenset(self.policies.counting(change))
        if shelf is self._inputs.present:
            others = frozenset(one for key in services for one in self.policies.asking(self._services.get(key)))
        return (services | others).union(*(self.evaluations.unfinished(key) for key in services))

    def _services_concerned(self, shelf: Shelf[Any], change: Change[Any], *, listed: bool) -> frozenset[Key]:
        if shelf is self._services:
            return self._service_changed(change, listed=listed)
        if shelf is self._inputs.present:
            return self._input_changed(change, listed=listed)
        if self.decisions.owns(shelf):
            return self.decisions.concerned(shelf, change, (place for place, _ in self._services.items()))
        if self.incidents.owns(shelf):
            return change.owners
        record = change.after or change.before
        if isinstance(record, Child):
            for key in change.owners:
                self._strangers.part(key, (record.kind, record.name))
        return frozenset(key for key in change.owners if self._services.get(key) is not None)

    def _service_changed(self, change: Change[Declared], *, listed: bool) -> frozenset[Key]:
        key, before, after = Key(*change.place), change.before, change.after
        self._inputs.name(key, after.inputs | after.bundles if after else frozenset())
        if after is None:
            self.policies.forget(key)
            self._strangers.forget(key)
            self._changed_at.pop(key, None)
            if before is not None:
                self.drawers.forget(before.service.uid)
        elif before is None:
            if not listed:
                self._changed_at[key] = self._clock()
        elif (before.service.uid, before.service.generation) != (after.service.uid, after.service.generation):
            self._changed_at[key] = self._clock()
        return frozenset({key})

    def _input_changed(self, change: Change[Input], *, listed: bool) -> frozenset[Key]:
        users = self._inputs.users(change.place)
        self._inputs.forget_absence(change.place)
        if change.before is not None or not listed:
            self._changed_at |= dict.fromkeys(users, self._clock())
        return users

    def _gated(self, change: Change[Any]) -> frozenset[Key]:
        """Services with a gate of this suite: all are gone through, so rarely is a suite edited."""
        suites = [one for one in (change.before, change.after) if isinstance(one, Suite)]
        asked = ((place, found, one) for place, found in self._services.items() for one in suites)
        return frozenset(
            Key(*place) for place, found, one in asked if one.namespace == place[0] and self._may_ask(found, one)
        )

    def _may_ask(self, found: Declared, suite: Suite) -> bool:
        """By a gate of its own, or of a policy's."""
        if isinstance(found.service, Unreadable) or suite.name in found.suites:
            return True
        return any(carries(suite, wanted) for wanted in wanted_labels(self.policies.of(found.service, found.labels)))

    def _route(self, key: Key, standing: Child | None) -> Route | None:
        if not isinstance(standing, Route):
            return None
        return replace(standing, ready=self._holdings.ready(key, standing.name))
