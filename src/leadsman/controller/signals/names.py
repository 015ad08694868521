"""Has a provider ever heard of a metric? A counter that is misspelt would count nothing bad, for ever."""

from datetime import datetime, timedelta
from typing import Final

from leadsman.clients.prometheus import Prometheus

KNOWN_FOR: Final = timedelta(hours=1)
UNKNOWN_FOR: Final = timedelta(seconds=60)
"""Less long: somebody is correcting it."""


class Names:
    """Of one provider."""

    def __init__(self, provider: Prometheus) -> None:
        self._provider = provider
        self._answers: dict[tuple[str | None, str], tuple[bool, datetime]] = {}

    async def is_known(self, name: str, *, tenant: str | None, now: datetime) -> bool:
        """As the provider says, or said a while ago.

        Raises:
            MetricsUnavailable: there is no answer.
        """
        known, until = self._answers.get((tenant, name), (False, now))
        if now >= until:
            known = await self._provider.exists(name, tenant=tenant, now=now)
            self._answers = {asked: kept for asked, kept in self._answers.items() if kept[1] > now}
            self._answers[tenant, name] = known, now + (KNOWN_FOR if known else UNKNOWN_FOR)
        return known
