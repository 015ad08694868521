"""How a look at a service that came to no end is counted, and what the log says of it."""

import logging

import pytest

from leadsman.clients.errors import ApiError, Conflict, Forbidden, Invalid, NotFound, TooManyRequests, Unreachable
from leadsman.controller.metrics import Metrics
from leadsman.controller.reconcile import Refused, Restless
from leadsman.controller.store import Key
from leadsman.controller.telemetry import Telemetry

KEY = Key("support", "assistant")


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (Conflict("has changed", status=409), "conflict"),
        (NotFound("is gone", status=404), "conflict"),
        (Unreachable("no answer in time"), "unreachable"),
        (TooManyRequests("later", status=429), "unreachable"),
        (Refused("a quota"), "refused"),
        (Forbidden("no rights", status=403), "refused"),
        (Invalid("too long", status=422), "refused"),
        (ApiError("gone", status=410), "refused"),
        (Restless("16 plans"), "failed"),
        (KeyError("metadata"), "failed"),
    ],
)
def test_only_a_mistake_of_ours_is_called_failed_and_has_a_trace(
    error: Exception, result: str, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics()
    with caplog.at_level(logging.DEBUG):
        Telemetry(metrics).failed(KEY, error, retry_after=0.02)

    assert metrics.registry.get_sample_value("leadsman_reconciles_total", {"result": result}) == 1
    assert [bool(record.exc_info) for record in caplog.records] == [result == "failed"]
