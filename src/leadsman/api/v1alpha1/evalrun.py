"""EvalRun: one evaluation of one revision by one suite, and its verdict."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from leadsman.api.definition import AGE, Column, Definition
from leadsman.api.markers import ATOMIC, IMMUTABLE, Rule, keyed_by, unique_by
from leadsman.api.meta import Actor, Model, Resource, RevisionReference, Status
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.scalars import (
    Count,
    DecimalString,
    Digest,
    DnsLabel,
    Identifier,
    Message,
    MetricUnit,
    NonNegativeDecimal,
    ObjectName,
    OpenFraction,
    SliceWord,
    Time,
    Uri,
)

Verdict = Literal["Passed", "Failed", "Inconclusive"]


class SuiteReference(Model):
    name: ObjectName
    """The EvalSuite's name."""
    digest: Digest
    """SHA-256 of the suite's spec, from its status, when the run was made."""


class Tool(Model):
    """What produced the numbers."""

    name: Identifier
    """Such as lm-evaluation-harness."""
    version: Identifier | None = None
    """Its version."""


class RawResult(Model):
    """The tool's own output, kept elsewhere."""

    uri: Uri | None = None
    """Where it is."""
    digest: Digest
    """Its SHA-256, as sha256:<64 hex digits>."""


class Samples(Model):
    """What was planned and what came of it. The denominator is always what was planned."""

    planned: Annotated[int, Field(ge=1, le=2**53, strict=True)]
    """Samples that the suite has."""
    effective: Count
    """Samples that were scored."""
    errored: Count = 0
    """Samples that ended in an error. They count as not passed. Default 0."""
    unscored: Count = 0
    """Samples that nobody could score. They count as not passed. Default 0."""

    validations = (
        Rule(
            "self.effective + self.errored + self.unscored <= self.planned",
            "effective, errored and unscored samples together can't be more than planned",
        ),
    )


class Paired(Model):
    """The same items, answered by the baseline and by this revision."""

    better: Count
    """Items that only this revision got right."""
    worse: Count
    """Items that only the baseline got right."""
    same: Count
    """Items on which both agree."""


class SliceResult(Model):
    """One metric in one slice of the data."""

    by: SliceWord
    """The property of a sample that tells slices apart, such as language."""
    name: SliceWord
    """Which slice, such as de."""
    value: DecimalString
    """The metric's value in it, in the metric's unit."""
    samples: Samples
    """What was planned in it and what came of it."""


class MetricResult(Model):
    """One metric, in the normal form of all tools."""

    metric: Identifier
    """The metric's name, as criteria refer to it."""
    value: DecimalString
    """Its value, as a decimal string. NaN and infinity have no place here: leave the metric out."""
    unit: MetricUnit
    """Fraction runs from 0 to 1, Percent from 0 to 100."""
    stderr: NonNegativeDecimal | None = None
    """Standard error of the value, where the tool gives one."""
    samples: Samples
    """What was planned and what came of it."""
    paired: Paired | None = None
    """For comparisons with the baseline on the same items."""
    slices: Annotated[tuple[SliceResult, ...], ATOMIC, Field(max_length=64)] = ()
    """The metric in slices of the data, at most 64."""

    validations = (
        Rule(
            "self.unit != 'Fraction' || self.value.matches('^(0([.][0-9]+)?|1([.]0+)?)$')",
            'a Fraction runs from "0" to "1": 91 % are "0.91", or "91" with unit: Percent',
            field=".value",
        ),
        Rule(
            "self.unit != 'Percent' || self.value.matches('^([0-9][0-9]?([.][0-9]+)?|100([.]0+)?)$')",
            'a Percent runs from "0" to "100": for anything beyond write unit: Count',
            field=".value",
        ),
        Rule(
            "!has(self.paired) || self.paired.better + self.paired.worse + self.paired.same <= self.samples.planned",
            "better, worse and same together can't be more than the samples that were planned",
            field=".paired",
        ),
    )


class RunResults(Model):
    """The results in normal form, as CI submits them."""

    tool: Tool
    """What produced the numbers."""
    started_at: Time
    """When the evaluation began. The suite's criteria must be older."""
    finished_at: Time
    """When it ended."""
    dataset_digest: Digest | None = None
    """SHA-256 of the data set that was used. Must be the suite's, where that names one."""
    metrics: Annotated[tuple[MetricResult, ...], ATOMIC, unique_by("metric"), Field(min_length=1, max_length=128)]
    """The metrics. One to 128."""
    raw: RawResult | None = None
    """The tool's own output, kept elsewhere."""

    validations = (Rule("self.startedAt <= self.finishedAt", "must not lie before startedAt", field=".finishedAt"),)


class EvalRunSpec(Model):
    """What is evaluated, by what. It never changes."""

    service: ObjectName
    """The AIService's name."""
    revision: RevisionReference
    """The revision that is evaluated."""
    suite: SuiteReference
    """The suite that evaluates it."""
    baseline: RevisionReference | None = None
    """The revision it is compared with, for criteria with nonInferior."""
    source: Literal["Job", "Submitted"]
    """Job: the operator runs the suite's Job. Submitted: CI brings the results."""
    submitted_by: Actor | None = None
    """Who submitted the results. Stamped by the API server."""
    results: RunResults | None = None
    """For source Submitted: the results in normal form."""

    validations = (
        Rule(
            "!has(self.baseline) || self.baseline.name != self.revision.name && "
            "self.baseline.digest != self.revision.digest",
            "is the revision itself: write the revision that served when the evaluation began",
            field=".baseline",
        ),
        Rule(
            "has(self.baseline) || !has(self.results) || !self.results.metrics.exists(m, has(m.paired))",
            "paired results need baseline: write the revision that they are compared with",
        ),
        Rule(
            "(self.source == 'Submitted') == has(self.results)",
            "source Submitted brings results; source Job leaves results out, the operator reads them from the Job",
        ),
        Rule(
            "self.source == 'Submitted' || !has(self.submittedBy)",
            "nobody submits a run of source Job: leave submittedBy out",
            field=".submittedBy",
        ),
    )


class CriterionResult(Model):
    """What was proven about one criterion."""

    name: DnsLabel
    """The criterion's name."""
    metric: Identifier
    """The metric that was looked at."""
    verdict: Literal["Passed", "Failed", "Inconclusive", "NotApplicable"]
    """Passed opens a gate. NotApplicable: there is no serving revision to compare with, and the metric was measured in
    full."""
    enforcement: Literal["Required", "Advisory"] = "Required"
    """Advisory: its verdict opens and closes nothing."""
    slice: SliceWord | None = None
    """The slice that decided, where the criterion holds for each."""
    baseline: DecimalString | None = None
    """The serving revision's value, for comparisons."""
    value: DecimalString | None = None
    """The metric's value. Absent where the results don't have it."""
    lower: DecimalString | None = None
    """Lower end of the confidence interval."""
    upper: DecimalString | None = None
    """Upper end of the confidence interval."""
    confidence: OpenFraction | None = None
    """Confidence of the interval."""
    threshold: DecimalString | None = None
    """What it was held against."""
    samples: Count | None = None
    """Samples behind the value: the denominator, as planned."""
    missing_samples: Count | None = None
    """How many more samples a verdict would need, where it is Inconclusive."""
    message: Message = ""
    """In a sentence."""


class Outcomes(Model):
    """What came of each sample, kept compressed in a ConfigMap: later revisions are compared with it, item by item."""

    config_map: ObjectName
    """The ConfigMap."""
    digest: Digest
    """SHA-256 of what it holds."""
    metrics: Annotated[tuple[Identifier, ...], ATOMIC, Field(max_length=128)] = ()
    """Metrics whose samples are in it."""


class EvalRunStatus(Status):
    """What came of it. Written by the operator only."""

    state: Literal["Pending", "Running", "Finished", "Errored"] | None = None
    """How far the run is. Errored: it yielded nothing to judge."""
    verdict: Verdict | None = None
    """The worst of the required criteria's verdicts: Failed, then Inconclusive, then Passed."""
    message: Message = ""
    """In a sentence, with the numbers."""
    job: ObjectName | None = None
    """The Job that ran it, or runs it: the last one, where it was tried again."""
    started_at: Time | None = None
    """When the evaluation began."""
    finished_at: Time | None = None
    """When it ended."""
    criteria: Annotated[tuple[CriterionResult, ...], keyed_by("name"), Field(max_length=32)] = ()
    """The verdict on each criterion."""
    tool: Tool | None = None
    """What produced the numbers."""
    raw: RawResult | None = None
    """The tool's own output."""
    outcomes: Outcomes | None = None
    """What came of each sample."""


class EvalRun(Resource):
    """One evaluation of one revision by one suite, and its verdict: Passed, Failed or Inconclusive."""

    definition: ClassVar[Definition] = Definition(
        plural="evalruns",
        short_names=("evr",),
        columns=(
            Column("Service", ".spec.service"),
            Column("Revision", ".spec.revision.name"),
            Column("Suite", ".spec.suite.name"),
            Column("State", ".status.state"),
            Column("Verdict", ".status.verdict"),
            AGE,
            Column("Source", ".spec.source", wide=True),
            Column("Message", ".status.message", wide=True),
        ),
        conditions=(Type.COMPLETE,),
        selectable=(".spec.service", ".spec.revision.name", ".spec.suite.name", ".status.verdict"),
    )

    kind: Literal["EvalRun"] = "EvalRun"
    spec: Annotated[EvalRunSpec, Rule(IMMUTABLE, "a run never changes: create another EvalRun with results of its own")]
    """What is evaluated, by what. It never changes."""
    status: EvalRunStatus = EvalRunStatus()
    """What came of it. Written by the operator only."""
