"""What to do about a verdict, and how many samples would do."""

from leadsman.api.v1alpha1.evalrun import CriterionResult, EvalRunStatus
from leadsman.api.v1alpha1.evalsuite import Criterion
from leadsman.evals.measured import Scale
from leadsman.stats.estimates import samples_to_prove
from leadsman.stats.proportions import Proportion


def on_run(status: EvalRunStatus) -> str:
    """What to do about a run as a whole."""
    if status.state == "Errored":
        return "the harness failed, which says nothing of the revision: mend what the message names, and evaluate again"
    if status.state != "Finished":
        return "wait until it is over"
    if status.verdict == "Passed":
        return "nothing: gates of this suite are open for this revision, as long as the run counts"
    return "see what stands below each criterion that is not met"


def on_criterion(found: CriterionResult) -> str:
    """What to do about one. Empty: nothing."""
    match found.verdict:
        case "Passed":
            return ""
        case "NotApplicable":
            return "nothing: there was no serving revision to compare with"
        case "Failed":
            return "mend the revision and apply another: more samples would say the same"
        case "Inconclusive":
            return _on_inconclusive(found)


def _on_inconclusive(found: CriterionResult) -> str:
    if found.missing_samples:
        in_all = f", {found.samples + found.missing_samples} in all" if found.samples else ""
        return f"evaluate {found.missing_samples} more samples{in_all}: at these rates they would prove it"
    if found.lower is not None:
        return "mend the revision, or ask for less: its value does not clear the limit, and more samples don't lift it"
    return "correct what the message names, and evaluate again"


def enough(criterion: Criterion, value: float) -> int | None:
    """Samples with which this value, where it is what is seen, passes a limit. None: no number, or no such limit."""
    scale, limit = Scale.of(criterion), criterion.min or criterion.max
    if limit is None or not scale.is_bounded:
        return None
    goodness = min(max(scale.goodness(value), 0.0), 1.0)
    return samples_to_prove(Proportion(goodness, 1), scale.goodness(float(limit)), float(criterion.confidence))
