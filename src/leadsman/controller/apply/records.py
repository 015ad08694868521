"""The records' part of a plan: revisions with their dossiers, verdicts as labels, the service's status.

All of it is guarded by resource versions: who decided on something older writes nothing.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Ledger
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.api.v1alpha1.evalrun import EvalRunStatus
from leadsman.api.v1alpha1.evalsuite import EvalSuiteStatus
from leadsman.api.v1alpha1.riskbudget import RiskBudgetStatus
from leadsman.clients.errors import AlreadyExists, ApiError, Conflict
from leadsman.clients.kinds import (
    AI_DECISION,
    AI_INCIDENT,
    AI_REVISION,
    AI_SERVICE,
    EVAL_RUN,
    EVAL_SUITE,
    RISK_BUDGET,
    Kind,
)
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.apply import absence
from leadsman.controller.apply.size import is_too_large, lighter
from leadsman.controller.observe.budgets import Allotment
from leadsman.controller.observe.services import Unreadable
from leadsman.controller.store import Store
from leadsman.planner.governance import Act, Incident, Run, Suite
from leadsman.planner.labels import VERDICT
from leadsman.planner.plan import Dossier, IncidentStatus, Ruling
from leadsman.planner.world import Revision, Service, World

log = logging.getLogger(__name__)


class Records:
    def __init__(self, api: Kubernetes, store: Store) -> None:
        self._api = api
        self._store = store

    async def write_dossier(self, world: World, dossier: Dossier) -> bool:
        """Say whether there was something to write.

        Raises:
            Conflict: the revision, or its record, is not what the decision was made on.
        """
        namespace = world.service.namespace
        if dossier.create is not None:
            made = await self._create(dossier.create)
            await self._write_dossier(namespace, dossier, made["metadata"]["resourceVersion"])
            return True
        known = next((one for one in world.revisions if one.name == dossier.revision), None)
        if known is None:
            raise Conflict(f"AIRevision {dossier.revision} is gone", status=404)
        if known.status == dossier.status:
            return False
        await self._write_dossier(namespace, dossier, known.resource_version)
        return True

    async def write_status(self, service: Service | Unreadable, status: AIServiceStatus | None) -> bool:
        """Say whether there was something to write."""
        if status is None or status == service.status:
            return False
        body = _with_status(AI_SERVICE, service.namespace, service.name, service.resource_version, status)
        await self._replace_status(AI_SERVICE, body)
        return True

    async def acknowledge(self, namespace: str, revision: Revision, up_to: int) -> None:
        """Every sink has the entries of the service's ledger up to this one.

        Raises:
            Conflict: the record is not what it was.
        """
        ledger = (revision.status.ledger or Ledger()).model_copy(update={"acknowledged": up_to})
        status = revision.status.model_copy(update={"ledger": ledger})
        body = _with_status(AI_REVISION, namespace, revision.name, revision.resource_version, status)
        await self._replace_status(AI_REVISION, body)

    async def create_run(self, run: Mapping[str, Any]) -> bool:
        """One more evaluation. Say whether it was made."""
        return await self._create_once(EVAL_RUN, run)

    async def open_incident(self, incident: Mapping[str, Any]) -> None:
        """It is there afterwards, or another one of its name is."""
        await self._create_once(AI_INCIDENT, incident)

    async def write_incidents(self, incidents: tuple[Incident, ...], statuses: Iterable[IncidentStatus]) -> bool:
        """Say whether there was something to write."""
        known = {one.name: one for one in incidents}
        return await self._write_all(AI_INCIDENT, ((known[one.incident], one.status) for one in statuses))

    async def write_budget(self, budget: Allotment, status: RiskBudgetStatus) -> None:
        await self._write_all(RISK_BUDGET, [(budget, status)])

    async def write_evaluation(self, of: Run | Suite, status: EvalRunStatus | EvalSuiteStatus) -> bool:
        """The status of a run or a suite. Say whether there was something to write."""
        if status == of.status:
            return False
        kind = EVAL_RUN if isinstance(of, Run) else EVAL_SUITE
        await self._replace_status(kind, _with_status(kind, of.namespace, of.name, of.resource_version, status))
        return True

    async def write_rulings(self, acts: tuple[Act, ...], rulings: Iterable[Ruling]) -> bool:
        """Statuses of AIDecisions. Say whether there was something to write."""
        known = {act.name: act for act in acts}
        return await self._write_all(AI_DECISION, ((known[one.act], one.status) for one in rulings))

    async def write_verdicts(self, world: World, verdicts: Mapping[str, str]) -> bool:
        """As labels of revisions, to select by. Say whether there was something to write.

        Only what the record is seen to say: a verdict that was written just now has its label in the next round.
        """
        told = [one for one in world.revisions if one.status.verdict == verdicts.get(one.name, "")]
        missing = [one for one in told if one.labels.get(VERDICT) != one.status.verdict]
        namespace = world.service.namespace
        for one in missing:
            metadata = {"resourceVersion": one.resource_version, "labels": {VERDICT: one.status.verdict}}
            with absence.noticed(self._store, AI_REVISION, (namespace, one.name), one.resource_version):
                answer = await self._api.patch_merge(AI_REVISION, namespace, one.name, {"metadata": metadata})
                self._store.wrote(AI_REVISION, answer.object)
        return bool(missing)

    async def _create_once(self, kind: Kind, made: Mapping[str, Any]) -> bool:
        """Say whether it was made: one of that name may be there that no watch has told of."""
        try:
            answer = await self._api.create(kind, made)
        except AlreadyExists:
            metadata = made["metadata"]
            self._store.wrote(kind, await self._api.get(kind, metadata["namespace"], metadata["name"]))
            return False
        self._store.wrote(kind, answer.object)
        return True

    async def _write_all(self, kind: Kind, statuses: Iterable[tuple[Act | Incident | Allotment, BaseModel]]) -> bool:
        """Say whether there was something to write."""
        wrote = False
        for of, status in statuses:
            await self._replace_status(kind, _with_status(kind, of.namespace, of.name, of.resource_version, status))
            wrote = True
        return wrote

    async def _create(self, revision: Mapping[str, Any]) -> Mapping[str, Any]:
        metadata = revision["metadata"]
        try:
            answer = await self._api.create(AI_REVISION, revision)
        except AlreadyExists as error:
            there = await self._api.get(AI_REVISION, metadata["namespace"], metadata["name"])
            self._store.wrote(AI_REVISION, there)
            raise Conflict(f"AIRevision {metadata['name']} is there already", status=error.status) from error
        self._store.wrote(AI_REVISION, answer.object)
        return answer.object

    async def _write_dossier(self, namespace: str, dossier: Dossier, resource_version: str) -> None:
        """What does not fit loses its oldest readings: a record that is too large must not hold up a rollback."""
        smaller = lighter(dossier.status)
        status: AIRevisionStatus = dossier.status
        while True:
            body = _with_status(AI_REVISION, namespace, dossier.revision, resource_version, status)
            try:
                await self._replace_status(AI_REVISION, body)
            except ApiError as error:
                less = next(smaller, None) if is_too_large(error) else None
                if less is None:
                    raise
                status = less
                log.warning(
                    "the record is too large: older readings are left out", extra={"revision": dossier.revision}
                )
            else:
                return

    async def _replace_status(self, kind: Kind, body: Mapping[str, Any]) -> None:
        metadata = body["metadata"]
        place = (metadata["namespace"], metadata["name"])
        with absence.noticed(self._store, kind, place, metadata["resourceVersion"]):
            answer = await self._api.replace(kind, body, subresource="status")
            self._store.wrote(kind, answer.object)


def _with_status(kind: Kind, namespace: str, name: str, resource_version: str, status: BaseModel) -> dict[str, Any]:
    return {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "metadata": {"namespace": namespace, "name": name, "resourceVersion": resource_version},
        "status": to_json(status),
    }


def to_json(status: BaseModel) -> dict[str, Any]:
    """Without null, which a structural schema refuses where a field is not nullable."""
    return status.model_dump(mode="json", exclude_unset=True, exclude_none=True)
