"""What is wrong with a suite, before anything is judged by it: limits that no result meets, names that none has."""

from collections.abc import Iterator
from typing import Final

from leadsman.api.remarks import Remark
from leadsman.api.v1alpha1.evalsuite import Criterion, EvalSuiteSpec
from leadsman.evals.criteria import finding, meaningless
from leadsman.evals.feasibility import DISCORDANT, feasibility
from leadsman.evals.measured import Obstacle, Scale, measured
from leadsman.evals.normal import Metric, Results
from leadsman.evals.sentences import no_metric, number
from leadsman.evals.verdicts import doubt
from leadsman.stats.estimates import samples_to_prove
from leadsman.stats.proportions import Proportion

_NEARLY_ALL: Final = 0.99
"""To write instead of all."""


def lint_suite(suite: EvalSuiteSpec) -> Iterator[Remark]:
    """By itself: what the API server refuses, and what it cannot see."""
    runner = suite.runner
    if (runner.job is None) == (runner.external is None):
        instead = "write one: job (Leadsman runs it), or external: {} (CI submits EvalRuns)"
        yield Remark(severity="Error", about="spec.runner", message="needs exactly one runner", instead=instead)
    if runner.job is not None and suite.results is None:
        message, instead = "the Job's results have no format", "write for example results: {format: LMEval}"
        yield Remark(severity="Error", about="spec.results", message=message, instead=instead)
    if all(one.enforcement == "Advisory" for one in suite.criteria):
        message = "every criterion is Advisory: a gate that nothing can close is none"
        instead = "leave enforcement out of one at least"
        yield Remark(severity="Error", about="spec.criteria", message=message, instead=instead)
    for criterion in suite.criteria:
        form = list(_form(criterion))
        yield from form or _limits(criterion, suite)


def lint_results(suite: EvalSuiteSpec, results: Results) -> Iterator[Remark]:
    """Beside what its tool really writes."""
    pinned = suite.runner.job is not None
    if why := doubt(suite, results, dataset_is_pinned=pinned):
        yield Remark(severity="Holds", about="spec", message=f"by these results nothing is proven: {why}")
    for criterion in suite.criteria:
        if problem(criterion):
            continue
        metric = results.metrics.get(criterion.metric)
        if metric is None:
            message = no_metric(criterion.metric, results.metrics)
            yield _error(criterion, "metric", message, "write one of those, as the tool calls it")
        elif metric.unit != criterion.unit:
            yield _other_unit(criterion, metric)
        elif not why:
            yield from _unproven(criterion, suite, results)


def problem(criterion: Criterion) -> str | None:
    """Why its limit says nothing. None: it does."""
    for remark in _form(criterion):
        return f"{remark.message}: {remark.instead}"
    found = meaningless(criterion, Scale.of(criterion))
    return found.message if found else None


def _form(criterion: Criterion) -> Iterator[Remark]:
    about = f"spec.criteria[{criterion.name}]"
    given = [one for one in (criterion.min, criterion.max, criterion.non_inferior) if one is not None]
    if len(given) != 1:
        message, instead = f"has {len(given) or 'no'} limits", "write exactly one of min, max and nonInferior"
        yield Remark(severity="Error", about=about, message=message, instead=instead)
    elif criterion.min is not None and criterion.direction == "LowerIsBetter":
        message, instead = "where lower is better the limit is max", "write max, or direction: HigherIsBetter"
        yield Remark(severity="Error", about=f"{about}.min", message=message, instead=instead)
    elif criterion.max is not None and criterion.direction == "HigherIsBetter":
        message, instead = "where higher is better the limit is min", "write min, or direction: LowerIsBetter"
        yield Remark(severity="Error", about=f"{about}.max", message=message, instead=instead)


def _limits(criterion: Criterion, suite: EvalSuiteSpec) -> Iterator[Remark]:
    scale, field = Scale.of(criterion), _field(criterion)
    if found := meaningless(criterion, scale):
        yield _error(criterion, field, found.message, _in_its_unit(criterion))
        return
    least = criterion.slices.min_samples if criterion.slices else suite.min_samples
    found = feasibility(criterion, least)
    if found is None:
        return
    if found.least is None:
        yield _error(criterion, field, "no number of samples can prove it", _provable(criterion, scale))
    elif found.least > least:
        yield _too_few(criterion, found.least, least)
    if criterion.unit == "Percent" and criterion.min and float(criterion.min) <= 1:
        message = f"{criterion.min} in Percent is hardly anything: all is 100"
        instead = f'write "{number(float(criterion.min) * 100)}", or unit: Fraction'
        yield Remark(severity="Warning", about=_about(criterion, field), message=message, instead=instead)


def _too_few(criterion: Criterion, needed: int, least: int) -> Remark:
    if criterion.non_inferior is not None:
        takes = (
            f"takes {needed} samples to show that an equal candidate is within {criterion.non_inferior.margin}, where "
            f"both differ on {number(DISCORDANT * 100)} % of the items"
        )
    else:
        takes = f"takes {needed} samples to be proven at {criterion.confidence}, even if none fails"
    where = "slices: {minSamples: N}" if criterion.slices else "minSamples: N"
    return Remark(
        severity="Warning",
        about=_about(criterion, _field(criterion)),
        message=f"{takes}, and minSamples asks for {least}: with fewer it can only be Inconclusive",
        instead=f"write {where.replace('N', str(needed))} or more, or a wider limit",
    )


def _other_unit(criterion: Criterion, metric: Metric) -> Remark:
    found = measured(metric, Scale.of(criterion), unknown=0)
    message = found.message if isinstance(found, Obstacle) else f"{metric.name} is in another unit"
    limit = criterion.min or criterion.max or (criterion.non_inferior and criterion.non_inferior.margin)
    factors = {("Percent", "Fraction"): 0.01, ("Fraction", "Percent"): 100}
    factor = factors.get((criterion.unit, metric.unit or ""))
    is_already = factor == 0.01 and limit is not None and float(limit) <= 1
    instead = f'here: "{number(float(limit) * (1 if is_already else factor))}"' if limit and factor else None
    return _error(criterion, "unit", message, instead)


def _unproven(criterion: Criterion, suite: EvalSuiteSpec, results: Results) -> Iterator[Remark]:
    found = finding(criterion, suite, results, None)
    if found.verdict == "Inconclusive":
        message = f"by these results it is Inconclusive: {found.message}"
        yield Remark(severity="Holds", about=_about(criterion, _field(criterion)), message=message)


def _in_its_unit(criterion: Criterion) -> str:
    limit = criterion.min or criterion.max
    if criterion.unit == "Fraction" and limit and 1 < float(limit) <= 100:
        return f'write "{number(float(limit) / 100)}", or unit: Percent'
    return (
        f"write a number between, or the metric's own unit: {criterion.unit} is the default" if limit else "write less"
    )


def _provable(criterion: Criterion, scale: Scale) -> str | None:
    """In place of all, or of none."""
    if criterion.non_inferior is not None:
        return "write a wider margin"
    needed = samples_to_prove(Proportion(1, 1), _NEARLY_ALL, float(criterion.confidence))
    value = number(scale.value(_NEARLY_ALL))
    return f'write for example "{value}", which {needed} samples prove of which none fails'


def _error(criterion: Criterion, field: str, message: str, instead: str | None) -> Remark:
    """Of one that can never pass, which matters less where it is Advisory."""
    severity = "Error" if criterion.enforcement == "Required" else "Warning"
    return Remark(severity=severity, about=_about(criterion, field), message=message, instead=instead)


def _field(criterion: Criterion) -> str:
    return "nonInferior.margin" if criterion.non_inferior else "min" if criterion.min else "max"


def _about(criterion: Criterion, field: str) -> str:
    return f"spec.criteria[{criterion.name}].{field}"
