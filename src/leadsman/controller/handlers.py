"""Kopf's part: it logs in, watches, resumes watches, and tells of each event. It writes nothing into any object.

Why so little of it is used: its authors recommend event handlers for operators that reconcile by level (critiques and
reconciliation in its documentation), and change handlers double each object by annotations.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import kopf

from leadsman.api.meta import GROUP
from leadsman.clients.kinds import Kind
from leadsman.clients.pool import Pool
from leadsman.controller.watched import WATCHED, Watched

Seen = Callable[[Kind, str | None, Mapping[str, Any]], None]
"""Takes what was seen of an object: its kind, ADDED, MODIFIED, DELETED or None (listed), and the object."""
EXIT_SECONDS: Final = 15.0
"""Besides draining: with the default of 10 s below the 30 s that Kubernetes gives a pod to end."""


def registry(
    pool: Pool, seen: Seen, *, started: Callable[[], None], cleanup: Callable[[], Awaitable[None]]
) -> kopf.OperatorRegistry:
    """Handlers for all that is watched.

    Args:
        pool: whose sessions Kopf uses.
        started: is called once Kopf has taken the signals of the process, before it watches anything.
        seen: is told of each event, in the order of an object's events. Microseconds: all watches wait for it.
        cleanup: is awaited when the watches have ended, for whatever reason.
    """
    own = kopf.OperatorRegistry()

    async def login(**_: object) -> kopf.AiohttpSession:
        return kopf.AiohttpSession(server=pool.server, aiohttp_session=pool.session())

    async def start_up(**_: object) -> None:
        started()

    async def clean_up(**_: object) -> None:
        await cleanup()

    kopf.on.login(registry=own)(login)
    kopf.on.startup(registry=own)(start_up)
    kopf.on.cleanup(registry=own)(clean_up)
    for watched in WATCHED:
        kind = watched.kind
        kopf.on.event(kind.group, kind.version, kind.plural, registry=own, id=kind.name)(_handler(kind, seen))
    return own


def settings(drain_seconds: float) -> kopf.OperatorSettings:
    """Kopf's, for an operator that keeps nothing in objects.

    Args:
        drain_seconds: how long `cleanup` may take.

    Raises:
        AssertionError: a selector would not be in force, so that all pods of the cluster would be watched.
    """
    chosen = kopf.OperatorSettings()
    chosen.peering.standalone = True
    chosen.posting.enabled = False
    # The kinds are there before the operator starts, or it doesn't: no need to watch CRDs and namespaces.
    chosen.scanning.disabled = True
    # Kopf strips this finalizer wherever it sees it: the name must be nobody's.
    chosen.persistence.finalizer = f"{GROUP}/kopf-unused"
    chosen.persistence.diffbase_storage = _NoDiffBase()
    chosen.persistence.progress_storage = _NoProgress()
    # Until then each object's last event is kept: 27 MB for 1,000 objects with the default of 5 s.
    chosen.queueing.idle_timeout = 0.3
    chosen.watching.chunk_size = 500
    chosen.process.ultimate_exiting_timeout = drain_seconds + EXIT_SECONDS
    for watched in WATCHED:
        if watched.selector:
            # By tuple: of the other forms that Kopf documents some match nothing, and say nothing.
            chosen.watching.label_selectors[watched.kind.group, watched.kind.version, watched.kind.plural] = (
                watched.selector
            )
    for watched in WATCHED:
        _assert_in_force(chosen, watched)
    return chosen


def _assert_in_force(chosen: kopf.OperatorSettings, watched: Watched) -> None:
    kind = watched.kind
    resource = kopf.Resource(group=kind.group, version=kind.version, plural=kind.plural, kind=kind.name)
    in_force = chosen.watching.label_selectors.collect(resource)
    if in_force != [watched.selector] * bool(watched.selector):
        raise AssertionError(f"{kind.plural} would be watched by {in_force}, not by {watched.selector!r}")


def _handler(kind: Kind, seen: Seen) -> Callable[..., Awaitable[None]]:
    async def handle(event: Mapping[str, Any], **_: object) -> None:
        seen(kind, event["type"], event["object"])

    return handle


class _NoDiffBase(kopf.DiffBaseStorage):
    """Kopf copies and compares each object twice for change handlers, of which there are none here."""

    def build(self, **_: Any) -> Any:
        return {}

    def fetch(self, **_: Any) -> None:
        return None

    def store(self, **_: Any) -> None:
        return None


class _NoProgress(kopf.ProgressStorage):
    """Event handlers make no progress that would have to be remembered."""

    def fetch(self, **_: Any) -> None:
        return None

    def store(self, **_: Any) -> None:
        return None

    def purge(self, **_: Any) -> None:
        return None

    def touch(self, **_: Any) -> None:
        return None

    def clear(self, *, essence: Any) -> Any:
        return essence
