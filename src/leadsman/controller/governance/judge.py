"""Asks the API server whether a service that is there still satisfies the rules: once for each change of either."""

from collections.abc import Callable
from typing import Any

from leadsman.clients.errors import AlreadyExists, ApiError, Forbidden, Invalid
from leadsman.clients.kinds import AI_SERVICE
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.store import AnyKey, Key, PolicyKey, Store
from leadsman.controller.store.policies import Unjudged
from leadsman.planner.policies.judging import dry_runs, judgement


class Unanswered(ApiError):
    """The admission policies that were asked are not at work yet, on the API server that was asked."""


class Judge:
    def __init__(self, api: Kubernetes, store: Store, wake: Callable[[AnyKey], None]) -> None:
        self._api = api
        self._store = store
        self._wake = wake

    async def __call__(self, key: Key) -> ApiError | None:
        """Why something could not be judged. Then the next step waits, and nothing that serves or goes back."""
        trouble: ApiError | None = None
        for one in self._store.unjudged(key):
            try:
                await self._ask(key, one)
            except ApiError as error:
                trouble = error
        return trouble

    async def _ask(self, key: Key, one: Unjudged) -> None:
        policy, spec = one.policy, one.policy.spec
        if spec is None:
            return
        answers = [await self._warnings(asked) for asked in dry_runs(one.service, one.labels, policy.name, spec)]
        found = judgement(policy.name, spec, one.question, answers)
        if found is None:
            raise Unanswered(f"GovernancePolicy {policy.name}: its rules are not in force yet")
        self._store.policies.judge(key, policy.name, found)
        self._wake(PolicyKey(policy.name))

    async def _warnings(self, asked: dict[str, Any]) -> tuple[str, ...]:
        """It exists, which is found out after all rules were asked; what else may be refused has warnings too."""
        try:
            return (await self._api.create(AI_SERVICE, asked, dry_run=True)).warnings
        except (AlreadyExists, Invalid, Forbidden) as error:
            return error.warnings
