"""Reports of OpenReports, where a cluster has that API: one for each service, written when it says something else.

At rest it costs one request a minute, metadata only; where the API is not served one each time that is swept.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final

from leadsman.clients.errors import ClientError, NotFound
from leadsman.clients.kinds import REPORT
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller import logs
from leadsman.controller.store import Key, Store
from leadsman.ledger.canonical import digest
from leadsman.planner.report.open_report import MANAGED_BY, SOURCE, open_report
from leadsman.planner.world import Revision, Service

log = logging.getLogger(__name__)

CONTENT: Final = "leadsman.dev/content"
"""Annotation on a Report: digest of what it says."""
Known = Mapping[tuple[str, str], Mapping[str, Any]]
"""Metadata of Reports, by namespace and name."""


class Reports:
    def __init__(self, api: Kubernetes, store: Store, namespaces: tuple[str, ...]) -> None:
        self._api = api
        self._store = store
        self._scopes: tuple[str | None, ...] = namespaces or (None,)

    async def forever(self, every_seconds: float, look_seconds: float) -> None:
        """Until it is cancelled.

        Args:
            every_seconds: how often to write what is new, where the API is served.
            look_seconds: how often to look whether it is served by now.
        """
        while True:
            try:
                is_served = await self.once()
            except ClientError as error:
                log.warning("could not read Reports", extra={"error": error.message})
                is_served = False
            await asyncio.sleep(every_seconds if is_served else look_seconds)

    async def once(self) -> bool:
        """Write what is new. Is the API served?

        Raises:
            ClientError: nobody knows.
        """
        try:
            known = await self._known()
        except NotFound:
            return False
        for key, made in self._made():
            with logs.concerning(namespace=key.namespace, service=key.name):
                await self._write(made, known)
        return True

    async def _known(self) -> Known:
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for namespace in self._scopes:
            async for one in self._api.list_metadata(REPORT, namespace, labels=f"{MANAGED_BY}={SOURCE}"):
                found[one["metadata"]["namespace"], one["metadata"]["name"]] = one["metadata"]
        return found

    def _made(self) -> Iterator[tuple[Key, dict[str, Any]]]:
        for place, found in list(self._store.services()):
            if isinstance(found.service, Service) and found.service.status.conditions:
                key = Key(*place)
                yield key, open_report(found.service, self._revision(key, found.service))

    def _revision(self, key: Key, service: Service) -> Revision | None:
        wanted = service.status.candidate_revision or service.status.serving_revision
        return next((one for one in self._store.revisions(key)[0] if one.name == wanted), None)

    async def _write(self, made: dict[str, Any], known: Known) -> None:
        """One that cannot be written is nobody else's trouble, and is tried again."""
        content = digest("leadsman.dev/report/v1", made)
        metadata: dict[str, Any] = {**made["metadata"], "annotations": {CONTENT: content}}
        before = known.get((metadata["namespace"], metadata["name"]))
        try:
            if before is None:
                await self._api.create(REPORT, {**made, "metadata": metadata})
            elif before.get("annotations", {}).get(CONTENT) != content:
                version = {"resourceVersion": before["resourceVersion"]}
                await self._api.replace(REPORT, {**made, "metadata": metadata | version})
        except ClientError as error:
            log.warning("could not write the Report", extra={"error": error.message})
