"""Events, for people who run `kubectl describe aisvc`. They announce what is true already, and hold up nothing."""

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from leadsman.api.meta import API_VERSION
from leadsman.clients.errors import AlreadyExists, ClientError
from leadsman.clients.kinds import EVENT
from leadsman.clients.kubernetes import Kubernetes
from leadsman.planner.plan import Event
from leadsman.planner.world import Service

log = logging.getLogger(__name__)

COMPONENT: Final = "leadsman.dev/operator"
REMEMBERED: Final = 4096
MESSAGE_CHARACTERS: Final = 1024
"""The API server refuses longer ones."""
WITHIN_SECONDS: Final = 2.0
"""All Events of one plan. Then what is next to be decided waits no longer for them."""


class Announcements:
    def __init__(self, api: Kubernetes, instance: str, *, within_seconds: float = WITHIN_SECONDS) -> None:
        """Who posts Events.

        Args:
            api: where to.
            instance: which of several operators this is.
            within_seconds: how long those of one plan may take together.
        """
        self._api = api
        self._within = within_seconds
        self._instance = instance[:128]
        self._posted: OrderedDict[str, None] = OrderedDict()

    async def post(self, service: Service, events: Iterable[Event], now: datetime) -> None:
        """Once for each key, whoever decides it and however often: its name comes from the key."""
        try:
            async with asyncio.timeout(self._within):
                for event in events:
                    await self._post(service, event, now)
        except TimeoutError:
            log.warning("events could not be posted in time")

    async def _post(self, service: Service, event: Event, now: datetime) -> None:
        body = event_object(service, event, now, self._instance)
        identity = f"{service.namespace}/{body['metadata']['name']}"
        if identity in self._posted:
            return
        try:
            await self._api.create(EVENT, body)
        except AlreadyExists:
            pass
        except ClientError as error:
            log.warning("an event could not be posted", extra={"reason": event.reason, "error": error.message})
            return
        self._posted[identity] = None
        if len(self._posted) > REMEMBERED:
            self._posted.popitem(last=False)


def event_object(service: Service, event: Event, now: datetime, instance: str) -> dict[str, Any]:
    key = hashlib.sha256(f"{service.uid}\n{event.key}".encode()).hexdigest()[:20]
    message = (
        event.message if len(event.message) <= MESSAGE_CHARACTERS else event.message[: MESSAGE_CHARACTERS - 1] + "…"
    )
    moment = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "apiVersion": EVENT.api_version,
        "kind": EVENT.name,
        "metadata": {"namespace": service.namespace, "name": f"{service.name}.{key}"},
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
        "type": event.type,
        "reason": event.reason,
        "message": message,
        "involvedObject": {
            "apiVersion": API_VERSION,
            "kind": "AIService",
            "namespace": service.namespace,
            "name": service.name,
            "uid": service.uid,
        },
        "source": {"component": COMPONENT},
        "reportingComponent": COMPONENT,
        "reportingInstance": instance,
    }
