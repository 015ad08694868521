"""What would happen if this were applied? Steps, pods and times of a rollout, and what would hold it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leadsman.api.meta import Model
from leadsman.api.remarks import Remark
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.monitors import Comparison, Monitor
from leadsman.ledger.canonical import NotCanonicalError
from leadsman.planner.budgets.questions import cost_problem
from leadsman.planner.records.cast import PROMOTION
from leadsman.planner.revisions import templates
from leadsman.planner.revisions.digests import revision_digest, revision_name
from leadsman.planner.rollout.replicas import split
from leadsman.stats.comparison import Counts, EProcess, Null


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What a service gets, to tell how long evidence takes."""

    requests_per_minute: float
    bad_share: float


class ForecastStep(Model):
    name: str
    weight: int
    candidate: int
    serving: int
    """Pods of the two revisions once the weight is achieved."""
    percent: int
    """Of the traffic that the candidate really gets."""
    hold_seconds: int
    min_requests: int | None = None


class Forecast(Model):
    revision: str | None
    """None: it depends on ConfigMaps that are not at hand."""
    digest: str | None
    strategy: str
    steps: tuple[ForecastStep, ...]
    shortest_seconds: int
    """From the first traffic to the promotion, if all pods are ready at once and all evidence is there."""
    bake_seconds: int
    most_pods: int
    """At one moment of a rollout."""
    remarks: tuple[Remark, ...]


def forecast(
    name: str, raw: Mapping[str, Any], spec: AIServiceSpec, inputs: Mapping[str, str], traffic: Traffic | None
) -> Forecast:
    """Of a service that already serves: the first revision has no stages.

    Args:
        name: the service's.
        raw: the spec as its user wrote it.
        spec: the same, read.
        inputs: digests of those ConfigMaps under spec.inputs that are at hand.
        traffic: what to reckon with, where it is known.
    """
    missing = [one.config_map for one in spec.inputs if one.config_map not in inputs]
    steps = tuple(_steps(spec))
    problems: list[Remark] = []
    digest = None
    if not missing:
        try:
            digest = revision_digest(raw, inputs)
        except NotCanonicalError as error:
            problems.append(Remark(severity="Error", about="spec.template", message=str(error)))
    return Forecast(
        revision=revision_name(name, digest) if digest else None,
        digest=digest,
        strategy=spec.rollout.strategy,
        steps=steps,
        shortest_seconds=sum(step.hold_seconds for step in steps),
        bake_seconds=spec.rollout.bake_seconds,
        most_pods=spec.replicas * 2 if spec.rollout.strategy == "BlueGreen" else spec.replicas + spec.rollout.surge,
        remarks=(*problems, *_missing(missing), *_remarks(raw, spec, steps, traffic)),
    )


def _steps(spec: AIServiceSpec) -> Iterator[ForecastStep]:
    for stage in spec.rollout.stages:
        pods = split(spec.replicas, stage.weight, surge=spec.rollout.surge > 0)
        yield ForecastStep(
            name=stage.name,
            weight=stage.weight,
            candidate=pods.candidate,
            serving=pods.serving,
            percent=round(100 * pods.share),
            hold_seconds=stage.hold_seconds,
            min_requests=stage.min_requests,
        )
    yield ForecastStep(
        name=PROMOTION,
        weight=100,
        candidate=spec.replicas,
        serving=0,
        percent=100 if spec.replicas else 0,
        hold_seconds=0,
    )


def _missing(config_maps: list[str]) -> Iterator[Remark]:
    for name in config_maps:
        message = f"ConfigMap {name} is not in the files given: add it, to see which revision this makes"
        yield Remark(severity="Warning", about="spec.inputs", message=message)


def _remarks(
    raw: Mapping[str, Any], spec: AIServiceSpec, steps: tuple[ForecastStep, ...], traffic: Traffic | None
) -> Iterator[Remark]:
    if too_large := templates.too_large(raw["template"]):
        yield Remark(severity="Error", about="spec.template", message=too_large)
    yield from _budget(spec)
    yield from _gates(spec)
    yield from _shares(spec, steps)
    if not spec.monitors:
        message = "without monitors only the pods' health is watched: a bad answer is nobody's concern"
        yield Remark(severity="Warning", about="spec.monitors", message=message)
    for monitor in spec.monitors:
        yield from _monitor(spec, monitor, steps, traffic)
    loose = [
        f"{one.kind} {one.name}" for one in templates.unpinned(raw["template"], {i.config_map for i in spec.inputs})
    ]
    if loose:
        message = f"can change without a new revision: {', '.join(loose)}"
        yield Remark(severity="Warning", about="spec.template", message=message)


def _budget(spec: AIServiceSpec) -> Iterator[Remark]:
    for channel in spec.risk_budget.channels if spec.risk_budget is not None else ():
        if channel.cost is not None and (problem := cost_problem(channel.cost.query)):
            yield Remark(severity="Error", about=f"spec.riskBudget.channels[{channel.name}]", message=problem)


def _gates(spec: AIServiceSpec) -> Iterator[Remark]:
    if not spec.gates:
        return
    yield from _places(spec)
    if spec.service is None:
        message = "a revision is evaluated before it takes traffic, and without spec.service nobody can ask it"
        yield Remark(severity="Holds", about="spec.gates", message=message)
    if not spec.rollout.surge and spec.replicas < 2:
        message = "1 replica without surge has no pod to evaluate a candidate with, beside the one that serves"
        yield Remark(severity="Holds", about="spec.gates", message=message)


def _places(spec: AIServiceSpec) -> Iterator[Remark]:
    """What the gates stand before, and that each asks something of its own."""
    stages = [stage.name for stage in spec.rollout.stages]
    places = ", ".join(("Traffic", *stages))
    first: dict[str, str] = {}
    for gate in spec.gates:
        about = f"spec.gates[{gate.name}]"
        if gate.before != "Traffic" and gate.before not in stages:
            message = f"there is no stage {gate.before} under spec.rollout.stages"
            yield Remark(severity="Error", about=f"{about}.before", message=message, instead=f"write one of {places}")
        if gate.suite in first:
            message = f"asks suite {gate.suite} again, like gate {first[gate.suite]}: one run answers both"
            instead = "leave one of them out, or name another suite"
            yield Remark(severity="Warning", about=f"{about}.suite", message=message, instead=instead)
        first.setdefault(gate.suite, gate.name)


def _shares(spec: AIServiceSpec, steps: tuple[ForecastStep, ...]) -> Iterator[Remark]:
    if spec.replicas == 0:
        message = "with 0 replicas only a first revision becomes the serving one; every later one waits"
        yield Remark(severity="Holds", about="spec.replicas", message=message)
        return
    for step in steps[:-1]:
        if not (step.candidate and step.serving):
            message = f"{step.weight} % of {spec.replicas} pods without surge leaves none for one of the two revisions"
            yield Remark(severity="Holds", about=f"stage {step.name}", message=message)
        elif abs(step.percent - step.weight) > 5:
            message = (
                f"{step.candidate} of {step.candidate + step.serving} pods are {step.percent} %, not {step.weight} %"
            )
            yield Remark(severity="Warning", about=f"stage {step.name}", message=message)


def _monitor(
    spec: AIServiceSpec, monitor: Monitor, steps: tuple[ForecastStep, ...], traffic: Traffic | None
) -> Iterator[Remark]:
    about = f"monitor {monitor.name}"
    if monitor.compare is None:
        return
    if spec.rollout.strategy != "Canary":
        message = f"{spec.rollout.strategy} never has two revisions in traffic for long: the comparison does not apply"
        yield Remark(severity="Warning", about=about, message=message)
        return
    if traffic is None:
        if monitor.compare.to_serving == "NonInferior":
            message = (
                "how long the proof of no harm takes, depends on the traffic: leadsman plan says so with "
                "--requests-per-minute and --bad-share"
            )
            yield Remark(severity="Warning", about=about, message=message)
        return
    for step in steps[:-1]:
        yield from _comparison(about, monitor.compare, step, traffic)


def _comparison(about: str, compare: Comparison, step: ForecastStep, traffic: Traffic) -> Iterator[Remark]:
    if compare.to_serving == "NonInferior":
        minutes = minutes_to_proof(compare, step.percent / 100, traffic)
        if minutes * 60 > step.hold_seconds:
            held = f"stage {step.name} holds {step.hold_seconds // 60} min"
            message = (
                f"proof of no harm takes about {_in_words(minutes)} at {step.percent} %, and {held}: it waits for it"
            )
            yield Remark(severity="Holds", about=about, message=message)
        return
    minutes = minutes_to_harm(compare, step.percent / 100, traffic, times=3)
    if minutes * 60 > max(step.hold_seconds, 60):
        message = f"three times as many bad events take about {_in_words(minutes)} to show in stage {step.name}"
        yield Remark(severity="Warning", about=about, message=message)


def minutes_to_proof(compare: Comparison, share: float, traffic: Traffic) -> float:
    """Expected, of a candidate that is exactly as good as what serves."""
    process = EProcess(null=Null.WORSE, ratio=float(compare.ratio_at_most))
    return process.intervals_to_reject(_minute(share, traffic, times=1), float(compare.alpha))


def minutes_to_harm(compare: Comparison, share: float, traffic: Traffic, *, times: float) -> float:
    """Expected, until a candidate with so many times the bad share is found out."""
    process = EProcess(null=Null.NOT_WORSE, ratio=float(compare.ratio_at_most))
    return process.intervals_to_reject(_minute(share, traffic, times=times), float(compare.alpha))


def _minute(share: float, traffic: Traffic, *, times: float) -> Counts:
    candidate, serving = share * traffic.requests_per_minute, (1 - share) * traffic.requests_per_minute
    return Counts(
        candidate_bad=min(1, traffic.bad_share * times) * candidate,
        candidate_total=candidate,
        serving_bad=traffic.bad_share * serving,
        serving_total=serving,
    )


def _in_words(minutes: float) -> str:
    if math.isinf(minutes):
        return "for ever"
    return f"{math.ceil(minutes)} min" if minutes < 120 else f"{minutes / 60:.0f} h"
