"""Times in which weights don't rise. They are written as local time: what a clock on the wall shows.

Where daylight saving makes a time come twice, or never, a freeze begins at the earlier of its two readings and ends at
the later one. https://docs.python.org/3/library/datetime.html#datetime.datetime.fold
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.planner.world import World


def is_time_zone(name: str) -> bool:
    """Here: the API server may know younger ones."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A freeze of a policy."""

    policy: str
    name: str
    start: datetime
    end: datetime
    time_zone: str

    @property
    def full_name(self) -> str:
        return f"{self.policy}/{self.name}"

    @property
    def local_end(self) -> datetime:
        """As a clock on the wall shows it."""
        return self.end.astimezone(ZoneInfo(self.time_zone))

    def is_on(self, now: datetime) -> bool:
        return self.start <= now < self.end


def freezes(world: World) -> Iterator[Frozen]:
    """All of them, past ones too."""
    for policy in world.policies:
        if policy.spec is not None:
            yield from freezes_of(policy.name, policy.spec)


def freezes_of(policy: str, spec: GovernancePolicySpec) -> Iterator[Frozen]:
    for one in spec.freezes:
        yield Frozen(
            policy=policy,
            name=one.name,
            start=min(_readings(one.start, one.time_zone)),
            end=max(_readings(one.end, one.time_zone)),
            time_zone=one.time_zone,
        )


def frozen(world: World, now: datetime) -> Frozen | None:
    """The freeze that is on. Of several the one that lasts longest."""
    return max((one for one in freezes(world) if one.is_on(now)), key=lambda one: one.end, default=None)


def boundaries(world: World) -> Iterator[datetime]:
    """When one begins or ends."""
    for one in freezes(world):
        yield from (one.start, one.end)


def _readings(local: str, zone: str) -> tuple[datetime, datetime]:
    """In UTC: two times of one zone are compared by what the clock shows."""
    written = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    return written.astimezone(UTC), written.replace(fold=1).astimezone(UTC)
