"""A GovernancePolicy, carried out: its rules are written into the API server, and its status says what came of them."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from leadsman.api.v1alpha1.governancepolicy import GovernancePolicyStatus, RuleError
from leadsman.clients.errors import AlreadyExists, ApiError, Forbidden, Invalid
from leadsman.clients.kinds import GOVERNANCE_POLICY, Kind
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller import clock, logs
from leadsman.controller.apply.records import to_json
from leadsman.controller.engine.engine import Rest
from leadsman.controller.observe.enforcement import Enforced, altered, numbered
from leadsman.controller.observe.policies import Scope
from leadsman.controller.store import AnyKey, Key, PolicyKey, Store, concerned
from leadsman.controller.store.enforcement import KINDS, rule_at
from leadsman.planner.policies.compliance import Enforcement, Verdict, policy_status
from leadsman.planner.policies.objections import objections_of
from leadsman.planner.world import Service

TELL_EVERY_SECONDS: Final = 2.0
"""So often is a status written: it counts services, which may all change at once."""
_KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in KINDS}


class Governor:
    def __init__(self, api: Kubernetes, store: Store, wake: Callable[[AnyKey], None]) -> None:
        self._api = api
        self._store = store
        self._wake = wake
        self._told_at: dict[str, float] = {}
        """When a status was written last, by UID of the policy and the monotonic clock."""

    async def __call__(self, key: PolicyKey) -> Rest:
        """What belongs to a policy that is no more goes with it: the garbage collector sees to that."""
        policy = self._store.policies.scope(key.name)
        if policy is None:
            return Rest()
        with logs.concerning(**concerned(key)):
            trouble = await self._enforce(policy) if policy.spec is not None else None
            wait = self._told_at.get(policy.uid, -TELL_EVERY_SECONDS) + TELL_EVERY_SECONDS - time.monotonic()
            if wait > 0:
                return Rest(after=wait, trouble=trouble)
            await self._tell(policy)
        return Rest(trouble=trouble)

    async def _enforce(self, policy: Scope) -> ApiError | None:
        """Policies before their bindings. What is not wanted any more goes last."""
        enforcement = self._store.policies.enforcement
        wanted = enforcement.wanted(policy)
        standing = enforcement.standing(policy)
        for one in wanted:
            name = one["metadata"]["name"]
            try:
                await self._write(one, standing.get((one["kind"], name)))
            except (Invalid, Forbidden) as error:
                errors = tuple(_rule_errors(policy, name, error))
                self._note(policy, errors)
                return None if errors else error
        self._note(policy, ())
        names = {(one["kind"], one["metadata"]["name"]) for one in wanted}
        for place, found in standing.items():
            if place not in names and not found.deleting:
                await self._remove(found)
        return None

    def _note(self, policy: Scope, errors: tuple[RuleError, ...]) -> None:
        """What was refused no watch tells of."""
        enforcement = self._store.policies.enforcement
        before = enforcement.errors(policy)
        enforcement.refuse(policy, errors)
        if enforcement.errors(policy) != before:
            for found, _ in self._store.policies.covered_by(policy, self._store.services()):
                self._wake(Key(found.service.namespace, found.service.name))

    async def _write(self, wanted: dict[str, Any], found: Enforced | None) -> None:
        if found is not None and not altered(wanted, found):
            return
        kind, name = _KINDS[wanted["kind"]], wanted["metadata"]["name"]
        if found is None:
            try:
                answer = await self._api.create(kind, wanted)
            except AlreadyExists:  # of somebody else's making, or one that no watch has told of yet
                there = await self._api.get(kind, None, name)
                version = there["metadata"]["resourceVersion"]
                answer = await self._api.replace(kind, _versioned(wanted, version))
        else:
            answer = await self._api.replace(kind, _versioned(wanted, found.resource_version))
        self._store.wrote(kind, answer.object)

    async def _remove(self, found: Enforced) -> None:
        kind = _KINDS[found.kind]
        await self._api.delete(kind, None, found.name, uid=found.uid, resource_version=found.resource_version)

    async def _tell(self, policy: Scope) -> None:
        status = policy_status(
            name=policy.name,
            generation=policy.generation,
            unreadable=policy.problem if policy.spec is None else "",
            enforcement=self._enforcement(policy),
            verdicts=tuple(self._verdicts(policy)),
            before=policy.status,
            now=clock.now(),
        )
        if status != policy.status:
            await self._write_status(policy, status)
            self._told_at[policy.uid] = time.monotonic()

    def _enforcement(self, policy: Scope) -> Enforcement:
        enforcement = self._store.policies.enforcement
        return Enforcement(
            has_rules=policy.spec is not None and bool(policy.spec.rules),
            errors=enforcement.errors(policy),
            missing=enforcement.missing(policy),
        )

    def _verdicts(self, policy: Scope) -> list[Verdict]:
        found = self._store.policies.covered_by(policy, self._store.services())
        return [
            Verdict(
                namespace=declared.service.namespace,
                service=declared.service.name,
                objections=tuple(objections_of(said, declared.service)),
            )
            for declared, said in found
            if isinstance(declared.service, Service)
        ]

    async def _write_status(self, policy: Scope, status: GovernancePolicyStatus) -> None:
        body = {
            "apiVersion": GOVERNANCE_POLICY.api_version,
            "kind": GOVERNANCE_POLICY.name,
            "metadata": {"name": policy.name, "resourceVersion": policy.resource_version},
            "status": to_json(status),
        }
        answer = await self._api.replace(GOVERNANCE_POLICY, body, subresource="status")
        self._store.wrote(GOVERNANCE_POLICY, answer.object)


def _versioned(wanted: dict[str, Any], resource_version: str) -> dict[str, Any]:
    return {**wanted, "metadata": {**wanted["metadata"], "resourceVersion": resource_version}}


def _rule_errors(policy: Scope, part: str, error: ApiError) -> Iterator[RuleError]:
    """Of the admission policy that was refused, the first for each rule."""
    told: set[str] = set()
    for cause in error.causes:
        number = numbered(cause.field)
        rule = rule_at(policy, part, number) if number is not None else ""
        if rule and rule not in told:
            told.add(rule)
            yield RuleError(rule=rule, message=cause.message)
