"""GovernancePolicies: which are about a service, are their rules in force, and what do these say of it?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from leadsman.api.reasons import Reason
from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.policies import Scope, scope
from leadsman.controller.observe.services import Declared, Unreadable
from leadsman.controller.store.enforcement import Enforcement
from leadsman.controller.store.key import AnyKey, Key, PolicyKey
from leadsman.controller.store.shelf import Change, Place, Shelf
from leadsman.controller.store.signatures import Look, Signatures, Unverified
from leadsman.planner.governance import Policy
from leadsman.planner.policies.admission import judged_rules
from leadsman.planner.policies.judging import Judgement, question
from leadsman.planner.policies.signatures import asking
from leadsman.planner.world import Service

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """A service that the API server is to be asked about, by one policy."""

    policy: Scope
    service: Service
    labels: Labels
    question: str


class Policies:
    def __init__(self, look: Look = lambda _, __: None) -> None:
        """Empty.

        Args:
            look: finds the ConfigMaps with signatures.
        """
        self._scopes: Final[Shelf[Scope]] = Shelf(_scope)
        self._namespaces: Final[Shelf[Labels]] = Shelf(_labels)
        self.enforcement: Final = Enforcement()
        self.signatures: Final = Signatures(look)
        self._judgements: Final[dict[tuple[Key, str], Judgement]] = {}
        """By service and policy. Lost in a restart, and asked for anew."""

    def shelves(self) -> Iterator[tuple[Kind, Shelf[Any]]]:
        yield kinds.GOVERNANCE_POLICY, self._scopes
        yield kinds.NAMESPACE, self._namespaces
        yield from self.enforcement.shelves().items()

    def owns(self, shelf: Shelf[Any]) -> bool:
        return any(shelf is one for _, one in self.shelves())

    def scope(self, name: str) -> Scope | None:
        return self._scopes.get(("", name))

    def of(self, service: Service, labels: Labels) -> tuple[Policy, ...]:
        """With what their rules say of the service as it is, by name."""
        return tuple(self._policy(one, service, labels) for one in self._covering(service, labels))

    def unjudged(self, declared: Declared | None) -> Iterator[Unjudged]:
        """Of policies whose rules are in force."""
        if declared is None or isinstance(declared.service, Unreadable):
            return
        service, labels = declared.service, declared.labels
        for one in self._covering(service, labels):
            if one.spec is not None and judged_rules(one.spec) and not self._problem(one)[0]:
                asked = question(service, labels, one.spec)
                if self._known(one, service, asked) is None:
                    yield Unjudged(policy=one, service=service, labels=labels, question=asked)

    def unverified(self, one: Declared | None) -> Iterator[Unverified]:
        """Signatures that nobody has verified yet."""
        if one is not None and isinstance(one.service, Service):
            for policy in self.of(one.service, one.labels):
                if (found := self.signatures.unverified(policy, one.service)) is not None:
                    yield found

    def spared(self, one: Declared | None) -> frozenset[str]:
        """ConfigMaps with signatures that nobody asks for."""
        return one.bundles - one.inputs if one is not None and not any(self.asking(one)) else frozenset()

    def asking(self, one: Declared | None) -> Iterator[PolicyKey]:
        """Those that require a signature of it, where it says that there is one."""
        if one is not None and one.bundles and isinstance(one.service, Service):
            yield from (PolicyKey(of.name) for of in self._covering(one.service, one.labels) if asking(of.spec))

    def judge(self, key: Key, policy: str, found: Judgement) -> None:
        self._judgements[key, policy] = found

    def forget(self, key: Key) -> None:
        """A service that is no more."""
        for one in [one for one in self._judgements if one[0] == key]:
            del self._judgements[one]

    def covered_by(self, one: Scope, services: Iterable[tuple[Place, Declared]]) -> Iterator[tuple[Declared, Policy]]:
        """Services that can be read, with what the policy says of each."""
        for place, found in services:
            if isinstance(found.service, Service) and self._may_cover(one, place[0], found):
                yield found, self._policy(one, found.service, found.labels)

    def counting(self, change: Change[Declared]) -> Iterator[PolicyKey]:
        """Those that count a service, or did, if something that they are about has changed in it."""
        told = [one for one in (change.before, change.after) if one is not None]
        alike = {(one.service.uid, one.service.generation, tuple(sorted(one.labels.items()))) for one in told}
        if len(alike) == len(told):
            for one in told:
                if isinstance(one.service, Service):
                    yield from (PolicyKey(policy.name) for policy in self._covering(one.service, one.labels))

    def concerned(
        self, shelf: Shelf[Any], change: Change[Any], services: Iterable[tuple[Place, Declared]]
    ) -> tuple[frozenset[Key], frozenset[AnyKey]]:
        """Services and policies. All services are gone through: so rarely does the risk office change its mind."""
        if shelf is self._namespaces:
            _, name = change.place
            here = [(place, found) for place, found in services if place[0] == name]
            policies = (PolicyKey(one.name) for _, one in self._scopes.items())
            return frozenset(Key(*place) for place, _ in here), frozenset(policies if here else ())
        if shelf is self._scopes:
            scopes = [one for one in (change.before, change.after) if one is not None]
            names = {one.name for one in scopes}
        else:
            names = {owner.name for owner in change.owners}
            scopes = [one for name in names if (one := self.scope(name)) is not None]
        covered = (
            Key(*place) for place, found in services if any(self._may_cover(one, place[0], found) for one in scopes)
        )
        return frozenset(covered), frozenset(PolicyKey(name) for name in names)

    def _policy(self, one: Scope, service: Service, labels: Labels) -> Policy:
        if one.spec is None:
            return Policy(name=one.name, spec=None, problem=one.problem, reason=Reason.SPEC_UNREADABLE)
        problem, reason = self._problem(one)
        known = None
        if is_asked := bool(judged_rules(one.spec)):
            known = self._known(one, service, question(service, labels, one.spec))
        judged = Policy(
            name=one.name,
            spec=one.spec,
            problem=problem,
            reason=reason,
            violations=known.violations if known is not None else (),
            judged=known is not None or not is_asked,
        )
        return self.signatures.with_answer(judged, service)

    def _problem(self, one: Scope) -> tuple[str, str]:
        return self.enforcement.problem(one) if one.spec is not None else (one.problem, Reason.SPEC_UNREADABLE)

    def _known(self, one: Scope, service: Service, asked: str) -> Judgement | None:
        found = self._judgements.get((Key(service.namespace, service.name), one.name))
        return found if found is not None and found.question == asked else None

    def _covering(self, service: Service, labels: Labels) -> list[Scope]:
        around = self._namespaces.get(("", service.namespace))
        tier = service.spec.risk.tier
        found = (one for _, one in self._scopes.items() if one.may_cover(tier, labels, around))
        return sorted(found, key=lambda one: one.name)

    def _may_cover(self, one: Scope, namespace: str, found: Declared) -> bool:
        if isinstance(found.service, Unreadable):
            return True
        return one.may_cover(found.service.spec.risk.tier, found.labels, self._namespaces.get(("", namespace)))


def _scope(seen: Metadata, raw: Mapping[str, Any], _: Scope | None) -> tuple[None, Scope]:
    return None, scope(seen, raw)


def _labels(seen: Metadata, _: Mapping[str, Any], __: Labels | None) -> tuple[None, Labels]:
    return None, seen.labels
