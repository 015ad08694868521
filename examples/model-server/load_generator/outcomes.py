"""What came of the requests, and the summary of it."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

UNANSWERED = "none"
"""The code of a request that got no answer: refused, reset, timed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    code: str
    seconds: float
    version: str = "unknown"
    right: bool | None = None
    behind_seconds: float = 0.0
    error: str = ""
    feedback: str = ""


@dataclass(slots=True)
class Tally:
    """Counts as it goes: a long run keeps two numbers for each request, not the answers."""

    codes: Counter[str] = field(default_factory=Counter[str])
    feedback: Counter[str] = field(default_factory=Counter[str])
    wrong: int = 0
    seconds: list[float] = field(default_factory=list[float])
    behind: float = 0.0

    def add(self, outcome: Outcome) -> None:
        self.codes[outcome.code] += 1
        self.wrong += outcome.right is False
        self.behind = max(self.behind, outcome.behind_seconds)
        if outcome.feedback:
            self.feedback[outcome.feedback] += 1
        if outcome.code != UNANSWERED:
            self.seconds.append(outcome.seconds)

    @property
    def count(self) -> int:
        return self.codes.total()

    def document(self) -> dict[str, object]:
        return {
            "count": self.count,
            "codes": dict(sorted(self.codes.items())),
            "wrong": self.wrong,
            "feedback": dict(sorted(self.feedback.items())),
            "latencySeconds": percentiles(self.seconds),
            "maxBehindSeconds": round(self.behind, 3),
        }


@dataclass(slots=True)
class Results:
    all: Tally = field(default_factory=Tally)
    versions: dict[str, Tally] = field(default_factory=dict[str, Tally])
    errors: Counter[str] = field(default_factory=Counter[str])

    def add(self, outcome: Outcome) -> None:
        self.all.add(outcome)
        self.versions.setdefault(outcome.version, Tally()).add(outcome)
        if outcome.error:
            self.errors[outcome.error] += 1

    @property
    def answered(self) -> int:
        return self.all.count - self.all.codes[UNANSWERED]

    def document(self, elapsed: float) -> dict[str, object]:
        return {
            **self.all.document(),
            "elapsedSeconds": round(elapsed, 3),
            "requestsPerSecond": round(self.all.count / elapsed, 2) if elapsed else 0.0,
            "versions": {version: tally.document() for version, tally in sorted(self.versions.items())},
            "errors": dict(self.errors.most_common(5)),
        }


def percentiles(seconds: Sequence[float]) -> Mapping[str, float]:
    """The nearest rank: a value that was seen, never one in between."""
    ordered = sorted(seconds)
    if not ordered:
        return {}
    ranks = {f"p{share}": math.ceil(share / 100 * len(ordered)) - 1 for share in (50, 90, 95, 99)}
    return {name: round(ordered[rank], 4) for name, rank in {**ranks, "max": len(ordered) - 1}.items()}


def render(results: Results, elapsed: float) -> str:
    everything = results.all
    head = f"{everything.count} requests in {elapsed:.1f} s ({everything.count / max(elapsed, 1e-9):.1f}/s)"
    lines = [head, *(_line(name, tally) for name, tally in [("all", everything), *sorted(results.versions.items())])]
    if everything.behind > 0.1:
        lines.append(f"behind schedule by up to {everything.behind:.1f} s: raise --concurrency, or lower --rate")
    lines += [f"{count} x {error}" for error, count in results.errors.most_common(5)]
    return "\n".join(lines)


def _line(name: str, tally: Tally) -> str:
    codes = " ".join(f"{code}:{count}" for code, count in sorted(tally.codes.items()))
    rated = " ".join(f"{verdict}:{count}" for verdict, count in sorted(tally.feedback.items()))
    times = " ".join(f"{rank} {value * 1000:.0f} ms" for rank, value in percentiles(tally.seconds).items())
    parts = (f"  {name:<12}", f"{tally.count:>6}", codes, f"wrong:{tally.wrong}", rated, times)
    return "  ".join(part for part in parts if part)
