"""Has a provider ever heard of a metric? A counter that is misspelt would count nothing bad, for ever."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from leadsman.clients.prometheus import Prometheus

KNOWN_FOR: Final = timedelta(hours=1)
ASKED_AGAIN_AFTER: Final = timedelta(seconds=5)
PATIENCE: Final = timedelta(seconds=60)
"""A new service is scraped some time after its pods are there: until then a name is not called wrong."""


class Standing(Enum):
    KNOWN = auto()
    NOT_YET = auto()
    UNHEARD_OF = auto()
    """For as long as it takes to be scraped."""


class Names:
    """Of one provider."""

    def __init__(self, provider: Prometheus) -> None:
        self._provider = provider
        self._answers: dict[tuple[str | None, str], tuple[bool, datetime]] = {}
        self._missed_since: dict[tuple[str | None, str], datetime] = {}

    async def standing(self, name: str, *, tenant: str | None, now: datetime) -> Standing:
        """As the provider says, or said a while ago.

        Raises:
            MetricsUnavailable: there is no answer.
        """
        asked = (tenant, name)
        known, until = self._answers.get(asked, (False, now))
        if now >= until:
            known = await self._provider.exists(name, tenant=tenant, now=now)
            self._answers = {one: kept for one, kept in self._answers.items() if kept[1] > now}
            self._answers[asked] = known, now + (KNOWN_FOR if known else ASKED_AGAIN_AFTER)
        if known:
            self._missed_since.pop(asked, None)
            return Standing.KNOWN
        since = self._missed_since.setdefault(asked, now)
        return Standing.UNHEARD_OF if now >= since + PATIENCE else Standing.NOT_YET
