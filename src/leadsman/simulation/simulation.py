"""All changes of a time, one after the other, through the planner."""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Final

import aiohttp

from leadsman.api.meta import Model
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.providers import Provider
from leadsman.controller.signals.reader import Reader
from leadsman.planner.signals.selectors import Selector
from leadsman.simulation.declaration import Declaration
from leadsman.simulation.outcome import Rehearsed
from leadsman.simulation.past import STEP, Generation, Period, generations
from leadsman.simulation.rehearsal import rehearse

TIMEOUT_SECONDS: Final = 60.0
"""For a question: about weeks it takes longer than about now."""


class NothingToCount(ValueError):
    """No monitor of the declaration counts what every pod has."""


class Simulated(Model):
    """What the declaration makes of the changes of a time."""

    namespace: str
    name: str
    since: datetime
    until: datetime
    left_out: tuple[str, ...]
    """What of the declaration could not be simulated, and why."""
    first: str | None
    """The generation that was there when the time began, or that came first in it. None: there was none."""
    changes: tuple[Rehearsed, ...]


async def simulate(
    declaration: Declaration, provider: Provider, period: Period, tell: Callable[[Rehearsed], None]
) -> Simulated:
    """Each change of that time by itself, against the generation before it.

    Args:
        declaration: the service.
        provider: what measured it: it stands for all providers that the declaration names.
        period: when, and whose pods.
        tell: is told of each change as soon as it is through.

    Raises:
        NothingToCount: no monitor has a ratio.
        QueryRejected: the expression for the pods is wrong.
        MetricsUnavailable: there is no answer.
    """
    ratio = next((one.ratio for one in declaration.spec.monitors if one.ratio is not None), None)
    if ratio is None:
        raise NothingToCount
    async with aiohttp.ClientSession() as session:
        prometheus = Prometheus(provider, session)
        found = await generations(prometheus, Selector.parse(ratio.total), period)
        readers = {name: Reader(prometheus, _unheard) for name in declaration.providers}
        changes: list[Rehearsed] = []
        for serving, candidate in _pairs(found, period.since):
            following = [one.first_seen for one in found if one.first_seen > candidate.first_seen]
            until = min([*following[:1], max(candidate.last_seen, candidate.first_seen + STEP), period.until])
            changes.append(await rehearse(declaration, serving, candidate, readers, until=until))
            tell(changes[-1])
    return Simulated(
        namespace=declaration.namespace,
        name=declaration.name,
        since=period.since,
        until=period.until,
        left_out=declaration.left_out,
        first=found[0].name if found else None,
        changes=tuple(changes),
    )


def _pairs(found: tuple[Generation, ...], since: datetime) -> list[tuple[Generation, Generation]]:
    """Each generation that came, and the one that served: the newest before it."""
    return [pair for pair in itertools.pairwise(found) if pair[1].first_seen > since + STEP]


def _unheard(_provider: str, _result: str) -> None:
    """Nobody counts these questions."""
