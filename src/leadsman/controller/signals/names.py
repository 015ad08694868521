"""Has a provider ever heard of a metric? A counter that is misspelt would count nothing bad, for ever."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final, NamedTuple

from leadsman.clients.prometheus import Prometheus

KNOWN_FOR: Final = timedelta(hours=1)
ASKED_AGAIN_AFTER: Final = timedelta(seconds=5)
PATIENCE: Final = timedelta(seconds=60)
"""A new service is scraped some time after its pods are there: until then a name is not called wrong."""
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""Nobody asks any more: whoever misspells a name does not do so for ever."""


class Standing(Enum):
    KNOWN = auto()
    NOT_YET = auto()
    UNHEARD_OF = auto()
    """For as long as it takes to be scraped."""


class _Answer(NamedTuple):
    missed_since: datetime | None
    """None: there is such a metric."""
    until: datetime
    """When the provider is to be asked again."""


class Names:
    """Of one provider."""

    def __init__(self, provider: Prometheus) -> None:
        self._provider = provider
        self._answers: dict[tuple[str | None, str], _Answer] = {}

    async def standing(self, name: str, *, tenant: str | None, now: datetime) -> Standing:
        """As the provider says, or said a while ago.

        Raises:
            MetricsUnavailable: there is no answer.
        """
        asked = (tenant, name)
        answer = self._answers.get(asked)
        if answer is None or now >= answer.until:
            if await self._provider.exists(name, tenant=tenant, now=now):
                answer = _Answer(None, now + KNOWN_FOR)
            else:
                answer = _Answer((answer and answer.missed_since) or now, now + ASKED_AGAIN_AFTER)
            self._answers = {one: kept for one, kept in self._answers.items() if now < kept.until + FORGOTTEN_AFTER}
            self._answers[asked] = answer
        if answer.missed_since is None:
            return Standing.KNOWN
        return Standing.UNHEARD_OF if now >= answer.missed_since + PATIENCE else Standing.NOT_YET
