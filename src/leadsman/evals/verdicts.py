"""May a revision go on, by what its evaluation proves? Only Passed opens a gate.

The verdict of a run is the worst of its required criteria. Missing, partial, errored and unscored evidence is never a
pass: the denominator is always what was planned, and whatever makes numbers doubtful makes them Inconclusive.
"""

from dataclasses import dataclass
from typing import Final

from leadsman.api.decimals import decimal
from leadsman.api.v1alpha1.evalrun import CriterionResult, Verdict
from leadsman.api.v1alpha1.evalsuite import Criterion, EvalSuiteSpec
from leadsman.evals.criteria import RANK, Baseline, Finding, finding
from leadsman.evals.normal import Results
from leadsman.evals.sentences import clipped, readable

__all__ = ["Baseline", "Judgement", "doubt", "judge"]

_MESSAGE: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a run proves."""

    verdict: Verdict
    message: str
    criteria: tuple[CriterionResult, ...]
    """In the order of the suite."""


def judge(
    suite: EvalSuiteSpec, results: Results, baseline: Baseline | None, *, dataset_is_pinned: bool = False
) -> Judgement:
    """The verdict on each criterion and on the run.

    Args:
        suite: with its criteria. That they are older than the run is for the caller to know.
        results: of the candidate.
        baseline: None: no revision serves.
        dataset_is_pinned: the data set is the suite's by other means than the results saying so, such as a Job that
            Leadsman runs from the suite's own template. Results that name another one don't count even then.
    """
    why = doubt(suite, results, dataset_is_pinned=dataset_is_pinned)
    found = [
        _recorded(
            criterion,
            Finding(verdict="Inconclusive", message=why) if why else finding(criterion, suite, results, baseline),
        )
        for criterion in suite.criteria
    ]
    required = [one for one in found if one.enforcement == "Required"]
    return Judgement(
        verdict=_worst(required),
        message=clipped(why or _summary(required), _MESSAGE),
        criteria=tuple(found),
    )


def _worst(required: list[CriterionResult]) -> Verdict:
    """Of a suite, which has one at least. A comparison with nothing is not in the way."""
    verdicts = {one.verdict for one in required}
    if "Failed" in verdicts:
        return "Failed"
    return "Inconclusive" if "Inconclusive" in verdicts or not verdicts else "Passed"


def doubt(suite: EvalSuiteSpec, results: Results, *, dataset_is_pinned: bool) -> str:
    """Why none of the numbers counts; empty where nothing speaks against all of them. Arguments as for `judge`."""
    if results.problems:
        return "; ".join(map(readable, results.problems))
    wanted, used = suite.dataset.digest if suite.dataset else None, results.dataset_digest
    if wanted is None or wanted == used or (used is None and dataset_is_pinned):
        return ""
    if used is None:
        return f"the results don't say which data set they are of: write datasetDigest, which is to be {wanted}"
    return f"the results are of another data set: {readable(used)}, and the suite asks for {wanted}"


def _summary(required: list[CriterionResult]) -> str:
    open_ones = [one for one in required if one.verdict in ("Failed", "Inconclusive")]
    count = f"{len(required)} required {'criterion' if len(required) == 1 else 'criteria'}"
    if not open_ones:
        shown = "; ".join(f"{one.name}: {one.message}" for one in required)
        return f"{count} met: {shown}"
    open_ones.sort(key=lambda one: RANK[one.verdict])
    return f"{len(open_ones)} of {count} not met: " + "; ".join(
        f"{one.name} {one.verdict}: {one.message}" for one in open_ones
    )


def _recorded(criterion: Criterion, found: Finding) -> CriterionResult:
    margin = criterion.non_inferior.margin if criterion.non_inferior else None
    return CriterionResult(
        name=criterion.name,
        metric=criterion.metric,
        verdict=found.verdict,
        enforcement=criterion.enforcement,
        slice=found.slice,
        baseline=decimal(found.baseline),
        value=decimal(found.value),
        lower=decimal(found.lower),
        upper=decimal(found.upper),
        confidence=criterion.confidence,
        threshold=criterion.min or criterion.max or f"-{margin}",
        samples=found.samples,
        missing_samples=found.missing,
        message=clipped(found.message, _MESSAGE),
    )
