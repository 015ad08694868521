"""One query to a provider, and what became of it, for the metrics."""

from collections.abc import Callable
from datetime import datetime

from leadsman.clients.errors import QueryRejected
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.samples import Samples

Asked = Callable[[str, str], None]
"""Told of each query: the provider, and `answered`, `refused` or `unavailable`."""


async def answer(provider: Prometheus, query: str, *, at: datetime, tenant: str | None, asked: Asked) -> Samples:
    """What the provider answers.

    Raises:
        QueryRejected: the question is wrong.
        MetricsUnavailable: there is no answer.
    """
    result = "unavailable"
    try:
        samples = await provider.query(query, at=at, tenant=tenant)
        result = "answered"
    except QueryRejected:
        result = "refused"
        raise
    else:
        return samples
    finally:
        asked(provider.provider.name, result)
