"""The children's part of a plan: each operation is one write, preceded by what it needs to know."""

from collections.abc import Mapping
from typing import Final

from leadsman.clients import kinds
from leadsman.clients.errors import AlreadyExists, Conflict, NotFound
from leadsman.clients.kinds import Kind
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.apply import absence
from leadsman.controller.apply.trial import Trials
from leadsman.controller.store import Key, Store
from leadsman.planner.children import carried, sealed
from leadsman.planner.plan import Create, Delete, Operation, Replace, Scale
from leadsman.planner.world import ChildKind

KINDS: Final[Mapping[ChildKind, Kind]] = {
    ChildKind.DEPLOYMENT: kinds.DEPLOYMENT,
    ChildKind.SERVICE: kinds.SERVICE,
    ChildKind.CONFIG_MAP: kinds.CONFIG_MAP,
    ChildKind.POD_DISRUPTION_BUDGET: kinds.POD_DISRUPTION_BUDGET,
    ChildKind.RISK_BUDGET: kinds.RISK_BUDGET,
    ChildKind.NETWORK_POLICY: kinds.NETWORK_POLICY,
}


class Children:
    def __init__(self, api: Kubernetes, store: Store, trials: Trials) -> None:
        self._api = api
        self._trials = trials
        self._store = store

    async def carry_out(self, key: Key, operation: Operation) -> None:
        """Afterwards the store knows what is there now.

        Raises:
            ApiError: it was not done. After a Conflict what was decided is out of date: decide again.
        """
        match operation:
            case Create():
                await self._create(key, operation)
            case Replace():
                place = (key.namespace, str(operation.object["metadata"]["name"]))
                with absence.noticed(self._store, KINDS[operation.kind], place, operation.resource_version):
                    await self._replace(key, operation)
            case Scale():
                place = (key.namespace, operation.revision)
                with absence.noticed(self._store, kinds.DEPLOYMENT, place, operation.resource_version):
                    await self._scale(key.namespace, operation)
            case Delete():
                await self._delete(key.namespace, operation)

    async def _create(self, key: Key, operation: Create) -> None:
        kind = KINDS[operation.kind]
        new = operation.object
        try:
            if operation.kind is ChildKind.DEPLOYMENT:
                new = await self._trials.sealed_for_creation(new)
            made = await self._api.create(kind, new)
        except AlreadyExists as error:
            name = str(new["metadata"]["name"])
            self._store.found(key, kind, await self._api.get(kind, key.namespace, name))
            raise Conflict(f"{kind.name} {name} is there already", status=error.status) from error
        self._store.wrote(kind, made.object)

    async def _replace(self, key: Key, operation: Replace) -> None:
        kind = KINDS[operation.kind]
        name = str(operation.object["metadata"]["name"])
        live = await self._api.get(kind, key.namespace, name)
        if live["metadata"]["resourceVersion"] != operation.resource_version:
            self._store.found(key, kind, live)
            raise Conflict(f"{kind.name} {name} has changed", status=409)
        changed = carried(operation, live)
        if operation.kind is ChildKind.DEPLOYMENT:
            tried = await self._api.replace(kind, changed, dry_run=True)
            changed = sealed(changed, tried.object)
        self._store.wrote(kind, (await self._api.replace(kind, changed)).object)

    async def _scale(self, namespace: str, operation: Scale) -> None:
        patch = {
            "metadata": {"resourceVersion": operation.resource_version},
            "spec": {"replicas": operation.replicas},
        }
        scaled = await self._api.patch_merge(kinds.DEPLOYMENT, namespace, operation.revision, patch)
        self._store.wrote(kinds.DEPLOYMENT, scaled.object)

    async def _delete(self, namespace: str, operation: Delete) -> None:
        """What is there no more is forgotten at once, or it would be deleted again; the rest waits for finalizers."""
        kind = KINDS[operation.kind]
        try:
            left = await self._api.delete(
                kind, namespace, operation.name, uid=operation.uid, resource_version=operation.resource_version
            )
        except NotFound:
            left = None
        if left is None:
            self._store.drop(kind, operation.uid)
        else:
            self._store.wrote(kind, left)
