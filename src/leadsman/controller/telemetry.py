"""What the log and the metrics say of the work: how long something waited, and what went wrong."""

import logging
from typing import Final

from leadsman.clients.errors import ApiError, Conflict, NotFound, TooManyRequests, Unreachable
from leadsman.clients.kubernetes import Request
from leadsman.controller import logs
from leadsman.controller.metrics import Metrics
from leadsman.controller.reconcile import Refused
from leadsman.controller.store import AnyKey, concerned

log = logging.getLogger(__name__)

LOUD_AFTER_SECONDS: Final = 1.0
"""A conflict is the ordinary way to learn that something changed meanwhile; a second of them is not."""


class Telemetry:
    """Implements the engine's `Observer`."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def requested(self, request: Request) -> None:
        self._metrics.requests.labels(request.verb, request.resource, str(request.code)).inc()

    def started(self, key: AnyKey, *, waited: float) -> None:
        self._metrics.queue_seconds.observe(max(0.0, waited))
        log.debug("looking", extra=concerned(key))

    def failed(self, key: AnyKey, error: Exception, *, retry_after: float) -> None:
        """The trace is for errors that nobody foresaw."""
        result = _result(error)
        self._metrics.reconciles.labels(result).inc()
        pairs = {"result": result, "retry_after": round(retry_after, 3)}
        with logs.concerning(**concerned(key)):
            if not isinstance(error, ApiError | Refused):
                log.error("could not decide", extra=pairs, exc_info=error)
            elif result == "conflict" and retry_after < LOUD_AFTER_SECONDS:
                log.debug("decides again", extra={**pairs, "error": str(error)})
            else:
                log.warning("could not carry out", extra={**pairs, "error": str(error), **_causes(error)})


def _result(error: Exception) -> str:
    match error:
        case Conflict() | NotFound():
            return "conflict"
        case Unreachable() | TooManyRequests():
            return "unreachable"
        case ApiError() | Refused():
            return "refused"
        case _:
            return "failed"


def _causes(error: Exception) -> dict[str, str]:
    causes = error.causes if isinstance(error, ApiError) else ()
    return {"causes": "; ".join(f"{cause.field}: {cause.message}" for cause in causes[:4])} if causes else {}
