"""RiskBudgets: which a service draws on, who draws on one, and how each stands."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from leadsman.api.v1alpha1.riskbudget import RiskBudgetStatus
from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.budgets import Allotment, allotment
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.services import Declared
from leadsman.controller.store.key import AnyKey, BudgetKey, Key
from leadsman.controller.store.shelf import Change, Place, Shelf
from leadsman.planner.governance import Budget
from leadsman.planner.world import Service


class Budgets:
    def __init__(self) -> None:
        self._budgets: Final[Shelf[Allotment]] = Shelf(_allotment)
        self._standings: Final[dict[Place, RiskBudgetStatus]] = {}
        """As they were computed last. Lost in a restart, and computed anew."""

    def shelves(self) -> Mapping[Kind, Shelf[Any]]:
        return {kinds.RISK_BUDGET: self._budgets}

    def owns(self, shelf: Shelf[Any]) -> bool:
        return shelf is self._budgets

    def all(self) -> Iterator[Allotment]:
        return (one for _, one in self._budgets.items())

    def get(self, key: BudgetKey) -> Allotment | None:
        return self._budgets.get((key.namespace, key.name))

    def standing(self, key: BudgetKey) -> RiskBudgetStatus | None:
        """None: it was not computed since the operator started."""
        return self._standings.get((key.namespace, key.name))

    def stands(self, key: BudgetKey, status: RiskBudgetStatus | None) -> None:
        """None: there is no such budget."""
        if status is None:
            self._standings.pop((key.namespace, key.name), None)
        else:
            self._standings[key.namespace, key.name] = status

    def of(self, found: Declared) -> tuple[Budget, ...]:
        """That a service draws on, by name; also one that it names and that is not there."""
        service = found.service
        if not isinstance(service, Service):
            return ()
        here = (one for one in self.all() if one.namespace == service.namespace)
        drawn = {one.name: one for one in here if one.is_drawn_on_by(found)}
        named = [service.spec.risk_budget_ref.name] if service.spec.risk_budget_ref is not None else []
        own = [service.name] if service.spec.risk_budget is not None else []
        return tuple(self._budget(name, drawn.get(name), service) for name in sorted({*drawn, *named, *own}))

    def concerned(
        self, change: Change[Allotment], services: Iterable[tuple[Place, Declared]]
    ) -> tuple[frozenset[Key], frozenset[AnyKey]]:
        """Services and budgets. All services are gone through: so rarely is a budget edited."""
        told = [one for one in (change.before, change.after) if one is not None]
        here = ((place, found) for place, found in services if place[0] == change.place[0])
        drawing = (Key(*place) for place, found in here if any(one.is_drawn_on_by(found) for one in told))
        return frozenset(drawing), frozenset({BudgetKey(*change.place)})

    def _budget(self, name: str, found: Allotment | None, service: Service) -> Budget:
        if found is None:
            return Budget(name=name, spec=None, problem="there is no such RiskBudget")
        is_own = service.spec.risk_budget is not None and name == service.name
        if is_own and found.owner_uid != service.uid:
            return Budget(name=name, spec=None, problem="a RiskBudget of that name is not this service's own")
        status = self._standings.get((found.namespace, name))
        return Budget(name=name, spec=found.spec, problem=found.problem, status=status)


def _allotment(seen: Metadata, raw: Mapping[str, Any], _: Allotment | None) -> tuple[None, Allotment]:
    return None, allotment(seen, raw)
