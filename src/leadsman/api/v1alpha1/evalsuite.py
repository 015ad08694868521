"""EvalSuite: how a revision is evaluated, as its data scientist writes it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from leadsman.api.definition import AGE, Column, Definition, condition_message, condition_status
from leadsman.api.markers import Pattern, Rule, keyed_by
from leadsman.api.meta import Model, PodTemplate, Resource, Status
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.scalars import (
    Confidence,
    Digest,
    DnsLabel,
    Identifier,
    MetricUnit,
    PositiveDecimal,
    SliceWord,
    Threshold,
    Time,
)

ResultFormat = Literal["LMEval", "InspectAI", "Promptfoo", "JUnit", "Leadsman"]


class JobRunner(Model):
    """Leadsman runs a Job for each revision."""

    template: PodTemplate
    """The pod, as in a Job. It finds the candidate's address in the environment, and writes its results to
    results.path."""
    timeout_seconds: Annotated[int, Field(ge=10, le=604_800, strict=True)] = 3600
    """Seconds after which the Job is stopped and the run counts as errored, 10 to a week. Default 3600."""
    backoff_limit: Annotated[int, Field(ge=0, le=10, strict=True)] = 1
    """How often a failed pod is started again, at most 10. Default 1."""


class ExternalRunner(Model):
    """CI runs the evaluation and submits an EvalRun. There is nothing to set."""


class Runner(Model):
    """Who runs the evaluation: exactly one of job and external."""

    job: JobRunner | None = None
    """Leadsman runs a Job for each revision."""
    external: ExternalRunner | None = None
    """CI runs the evaluation and submits an EvalRun: write external: {}."""

    validations = (
        Rule(
            "has(self.job) != has(self.external)",
            "needs exactly one of job (Leadsman runs it) and external: {} (CI submits EvalRuns)",
        ),
    )


class Results(Model):
    """Where a Job leaves its results, and in which format."""

    format: ResultFormat
    """LMEval (lm-evaluation-harness), InspectAI, Promptfoo, JUnit, or Leadsman's own normal form."""
    path: Annotated[
        str,
        StringConstraints(min_length=1, max_length=1024),
        Pattern(r"^/[!-~]*$", "must be an absolute path in ASCII without blanks, such as /results"),
    ] = "/results"
    """Folder or file in the pod that holds the results. Default /results."""


class Dataset(Model):
    """What is asked. A result over another data set does not count."""

    name: Identifier
    """The data set's name."""
    digest: Digest | None = None
    """Its SHA-256, as sha256:<64 hex digits>."""
    license: Identifier | None = None
    """SPDX id of its licence, or a house name such as internal."""


class NonInferiority(Model):
    """Judges against the serving revision, on the same items."""

    margin: PositiveDecimal
    """By how much the metric may be worse, in the metric's own unit, as a decimal string such as "0.03"."""


class Slices(Model):
    """The criterion must hold in each slice of the data on its own, so that no average hides a group."""

    by: SliceWord
    """The property of a sample that tells slices apart, such as language: a name from the results."""
    min_samples: Annotated[int, Field(ge=1, le=10_000_000, strict=True)] = 50
    """A slice with fewer samples is Inconclusive. Default 50."""


class Criterion(Model):
    """What must be proven about one metric. Exactly one of min, max and nonInferior."""

    name: DnsLabel
    """Unique in the suite."""
    metric: Identifier
    """The metric's name in the results, such as `support_qa/acc,none`. A metric that is not there never passes."""
    direction: Literal["HigherIsBetter", "LowerIsBetter"]
    """Which way is better: HigherIsBetter or LowerIsBetter."""
    unit: MetricUnit = "Fraction"
    """The unit of the metric and of its limits. A result in another unit, or in none that is known, never passes.
    Default Fraction, which runs from 0 to 1; Percent runs from 0 to 100."""
    min: Threshold | None = None
    """The metric must be proven to be at least this, as a decimal string. For HigherIsBetter."""
    max: Threshold | None = None
    """The metric must be proven to be at most this, as a decimal string. For LowerIsBetter."""
    non_inferior: NonInferiority | None = None
    """The metric must be proven to be no worse than the serving revision's, by more than a margin."""
    confidence: Confidence = "0.95"
    """How sure the proof must be, as a decimal string between 0.5 and 1. Default "0.95"."""
    slices: Slices | None = None
    """The criterion must hold in each slice of the data on its own."""
    enforcement: Literal["Required", "Advisory"] = "Required"
    """Required, or Advisory: its verdict is shown and opens or closes nothing. Default Required."""

    validations = (
        Rule(
            "[has(self.min), has(self.max), has(self.nonInferior)].filter(given, given).size() == 1",
            "needs exactly one of min, max and nonInferior",
        ),
        Rule(
            "!has(self.min) || self.direction == 'HigherIsBetter'",
            "where lower is better the limit is max: write max, or direction: HigherIsBetter",
            field=".min",
        ),
        Rule(
            "!has(self.max) || self.direction == 'LowerIsBetter'",
            "where higher is better the limit is min: write min, or direction: LowerIsBetter",
            field=".max",
        ),
    )


class EvalSuiteSpec(Model):
    """Runner, results, data set and criteria."""

    runner: Runner
    """Who runs the evaluation: exactly one of job and external."""
    results: Results | None = None
    """Where a Job leaves its results. Required with runner.job."""
    dataset: Dataset | None = None
    """What is asked."""
    criteria: Annotated[tuple[Criterion, ...], keyed_by("name"), Field(min_length=1, max_length=32)]
    """What must be proven, each on its own: a suite is never averaged. One to 32, of which one at least is Required."""
    min_samples: Annotated[int, Field(ge=1, le=10_000_000, strict=True)] = 1
    """With fewer samples the verdict is Inconclusive. Default 1."""
    max_age_hours: Annotated[int, Field(ge=1, le=8784, strict=True)] = 336
    """Hours for which a run may be used again for the same revision, at most a year. Default 336, two weeks."""

    validations = (
        Rule(
            "!has(self.runner.job) || has(self.results)",
            "runner.job needs results: write the format that the Job leaves, such as results: {format: LMEval}",
        ),
        Rule(
            "self.criteria.exists(c, c.enforcement == 'Required')",
            "needs one criterion at least that is not Advisory: a gate that nothing can close is none",
            field=".criteria",
        ),
    )


class EvalSuiteStatus(Status):
    """What Leadsman made of it. Written by the operator only."""

    digest: Digest | None = None
    """SHA-256 of the spec. Runs and approvals bind to it."""
    criteria_digest: Digest | None = None
    """SHA-256 of the criteria alone."""
    criteria_since: Time | None = None
    """Since when the criteria are as they are. A run that started earlier is Inconclusive."""


class EvalSuite(Resource):
    """How a revision is evaluated: who runs it, how results are read, and what must be proven."""

    definition: ClassVar[Definition] = Definition(
        plural="evalsuites",
        short_names=("evs",),
        columns=(
            Column("Ready", condition_status(Type.READY)),
            Column("Format", ".spec.results.format"),
            Column("Dataset", ".spec.dataset.name"),
            Column("Samples", ".spec.minSamples", type="integer"),
            AGE,
            Column("Message", condition_message(Type.READY), wide=True),
        ),
        conditions=(Type.READY,),
        selectable=(".spec.results.format", ".spec.dataset.name"),
    )

    kind: Literal["EvalSuite"] = "EvalSuite"
    spec: EvalSuiteSpec
    """Runner, results, data set and criteria."""
    status: EvalSuiteStatus = EvalSuiteStatus()
    """What Leadsman made of it. Written by the operator only."""
