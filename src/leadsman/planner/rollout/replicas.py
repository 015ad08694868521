"""How many pods at this weight? The share of traffic is the share of pods."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Split:
    candidate: int
    serving: int

    @property
    def share(self) -> Fraction:
        """Of the pods, and so of the traffic, that is the candidate's; 0 where there are none."""
        return Fraction(self.candidate, max(1, self.candidate + self.serving))


def split(replicas: int, weight: int, *, surge: bool) -> Split:
    """The split that comes nearest to `weight` percent.

    Neither side is without pods at a weight between 0 and 100 unless there is but one pod to give; a tie goes to the
    candidate. With `surge` there may be one pod more than `replicas`, if that comes nearer.

    Args:
        replicas: what the service asks for, not negative.
        weight: percent, 0 to 100.
        surge: may there be one pod more for as long as the stage lasts?
    """
    if replicas < 0 or not 0 <= weight <= 100:
        raise ValueError(f"no split of {replicas} replicas at {weight} %")
    if replicas == 0:
        return Split(0, 0)
    totals = (replicas, replicas + 1) if surge else (replicas,)
    wanted = Fraction(weight, 100)
    possible = [Split(count, total - count) for total in totals for count in _counts(replicas * wanted)]
    allowed = [one for one in possible if _is_allowed(one, weight, most=totals[-1])]
    return min(allowed or possible, key=lambda one: abs(one.share - wanted))


def _counts(exact: Fraction) -> tuple[int, ...]:
    floor = exact.numerator // exact.denominator
    return (floor,) if exact == floor else (floor + 1, floor)


def _is_allowed(one: Split, weight: int, *, most: int) -> bool:
    return most == 1 or weight in {0, 100} or (one.candidate > 0 and one.serving > 0)
