"""Is the candidate worse than the revision that serves beside it? Evidence that grows with each reading.

NotWorse passes until harm is shown, NonInferior only once the absence of harm is: both may be looked at at any time
(`leadsman.stats.comparison`). Harm that is shown counts whatever minSamples says: evidence bounds its own error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from leadsman.api.decimals import decimal, shown
from leadsman.api.v1alpha1.airevision_status import Evidence, ReadingState
from leadsman.api.v1alpha1.monitors import Comparison
from leadsman.planner.signals.counters import Base, Tally, advance, consistent
from leadsman.planner.signals.queries import PodCounts
from leadsman.stats.comparison import Counts, EProcess, Null

ByPod = Mapping[str, PodCounts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What was counted of one revision."""

    bases: Mapping[str, Base] = field(default_factory=dict[str, Base])
    counted: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    harm: EProcess
    """Against the candidate being no worse."""
    proof: EProcess | None = None
    """Against its being worse, where the absence of harm is to be proven."""
    candidate: Side = field(default_factory=Side)
    serving: Side = field(default_factory=Side)

    @property
    def evidence(self) -> EProcess:
        """What is kept over a restart. A record has room for one: beside a proof, harm is then looked for anew."""
        return self.proof or self.harm


def begin(compare: Comparison, kept: Evidence | None) -> Comparing:
    """With evidence from before a restart, where there is some of the same question."""
    ratio = float(compare.ratio_at_most)
    before = from_evidence(kept)
    fresh = Comparing(
        harm=EProcess(null=Null.NOT_WORSE, ratio=ratio),
        proof=EProcess(null=Null.WORSE, ratio=ratio) if compare.to_serving == "NonInferior" else None,
    )
    if before is None or before.ratio != ratio or before.null is not fresh.evidence.null:
        return fresh
    return replace(fresh, proof=before) if fresh.proof else replace(fresh, harm=before)


def after(so_far: Comparing, candidate: ByPod, serving: ByPod) -> Comparing | None:
    """With what both gained since the last reading. None: there are more bad events than events."""
    candidate_bases, candidate_gained = advance(so_far.candidate.bases, candidate)
    serving_bases, serving_gained = advance(so_far.serving.bases, serving)
    ours, theirs = consistent(candidate_gained), consistent(serving_gained)
    if ours is None or theirs is None:
        return None  # the bases stay: counters that are only late come together again
    counts = Counts(
        candidate_bad=ours.bad, candidate_total=ours.total, serving_bad=theirs.bad, serving_total=theirs.total
    )
    return Comparing(
        harm=so_far.harm.after([counts]),
        proof=so_far.proof.after([counts]) if so_far.proof else None,
        candidate=Side(bases=candidate_bases, counted=so_far.candidate.counted + ours),
        serving=Side(bases=serving_bases, counted=so_far.serving.counted + theirs),
    )


def verdict(so_far: Comparing, name: str, compare: Comparison, min_samples: int) -> tuple[ReadingState, str]:
    """What it comes to so far, with the numbers, for the monitor of that name."""
    alpha, n = float(compare.alpha), so_far.candidate.counted.total
    shares = f"{name} {_shares(so_far)}"
    if so_far.harm.rejects(alpha):
        return "Failed", f"{shares}: more than {compare.ratio_at_most} times as bad, shown at alpha {compare.alpha}"
    if n < min_samples:
        return "Inconclusive", f"n={int(n)} of {min_samples}"
    if so_far.proof is None:
        return "Passed", f"{shares}: no harm shown"
    if so_far.proof.rejects(alpha):
        return "Passed", f"{shares}: less than {compare.ratio_at_most} times as bad, proven at alpha {compare.alpha}"
    return "Inconclusive", f"{shares}: not proven yet, evidence {shown(so_far.proof.evidence)} of {shown(1 / alpha)}"


def to_evidence(process: EProcess) -> Evidence:
    """As a record has it."""
    return Evidence(
        hypothesis=process.null.value,
        ratio=decimal(process.ratio) or "0",
        logs=tuple(decimal(log) or "0" for log in process.logs),
    )


def from_evidence(kept: Evidence | None) -> EProcess | None:
    """None: there is none, or it was gathered against other alternatives than today's."""
    if kept is None:
        return None
    begun = EProcess(null=Null(kept.hypothesis), ratio=float(kept.ratio))
    logs = tuple(float(log) for log in kept.logs)
    return replace(begun, logs=logs) if len(logs) == len(begun.logs) else None


def _shares(so_far: Comparing) -> str:
    ours, theirs = so_far.candidate.counted, so_far.serving.counted
    candidate, serving = (shown(side.share) if side.share is not None else "nothing" for side in (ours, theirs))
    return f"{candidate} against {serving} of the serving revision, n={int(ours.total)}"
