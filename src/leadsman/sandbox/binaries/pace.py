"""How long a build will still take: the times of a known machine, corrected by the speed seen on this one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from leadsman.sandbox.binaries.catalogue import Binary
from leadsman.sandbox.binaries.events import Step

# Believed before anything was seen: so many seconds at the expected speed. Without them the first package decides.
PRIOR_SECONDS = 30.0
AT_LEAST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    step: Step
    packages: int
    """To compile: neither in Go's build cache, nor compiled for an earlier job."""

    @property
    def seconds(self) -> float:
        return self.step.binary.expected_seconds(self.packages)


def jobs(steps: Iterable[Step], stale: Mapping[Binary, frozenset[str]]) -> tuple[Job, ...]:
    """What is shared is compiled once: by the first that needs it."""
    compiled = dict[str, frozenset[str]]()
    result: list[Job] = []
    for step in steps:
        group = step.binary.group
        earlier = compiled.get(group, frozenset()) | compiled.get("", frozenset())
        result.append(Job(step, len(stale[step.binary] - earlier)))
        compiled[group] = compiled.get(group, frozenset()) | stale[step.binary]
        # Another group has other versions of most modules; the standard library is the same for all.
        compiled[""] = compiled.get("", frozenset()) | frozenset(filter(_is_standard, stale[step.binary]))
    return tuple(result)


def _is_standard(package: str) -> bool:
    return "." not in package.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    to_come: float
    """Expected seconds of all jobs that are not done."""
    done: float = 0.0
    """Expected seconds of those that are."""
    spent: float = 0.0
    """Seconds that those have really taken."""

    @classmethod
    def of(cls, all_jobs: Iterable[Job]) -> Self:
        return cls(to_come=sum(job.seconds for job in all_jobs))

    def seconds_left(self, job: Job, *, compiled: int, linked: float, elapsed: float) -> float:
        """`job` is the first of those to come, `linked` the seconds since the last of its packages was compiled."""
        binary = job.step.binary
        done = binary.seconds_per_package * compiled + min(linked, binary.link_seconds)
        slowness = (self.spent + elapsed + PRIOR_SECONDS) / (self.done + done + PRIOR_SECONDS)
        return slowness * max(self.to_come - done, AT_LEAST_SECONDS)

    def after(self, job: Job, elapsed: float) -> Self:
        return replace(
            self, to_come=self.to_come - job.seconds, done=self.done + job.seconds, spent=self.spent + elapsed
        )
