"""What is written down of a run: on its way, at its end, and where it yielded nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType, Reason
from leadsman.api.v1alpha1.evalrun import EvalRunStatus, Outcomes, RawResult, Tool
from leadsman.evals.kept import hashed
from leadsman.evals.normal import Results
from leadsman.evals.verdicts import Baseline, Judgement, judge
from leadsman.planner.evaluations.sight import RunSight
from leadsman.planner.governance import Run

_MESSAGE: Final = 4096
_CLOCKS_APART: Final = timedelta(minutes=5)
"""So far ahead another machine's clock may be."""


def verdict(
    sight: RunSight, results: Results, baseline: Baseline | None, *, started_at: datetime, now: datetime
) -> Judgement:
    """Of results by a suite that is the one that the run is bound to.

    Args:
        sight: of the run.
        results: what the tool reports.
        baseline: None: the run compares with nothing, since nothing served.
        started_at: when the evaluation began. Criteria that are younger prove nothing.
        now: the time.
    """
    suite = sight.suite
    if suite is None or suite.spec is None:
        raise ValueError(f"{sight.run.name}: a suite that cannot be read judges nothing")
    found = judge(suite.spec, hashed(results), baseline, dataset_is_pinned=sight.run.spec.source == "Job")
    if problem := _out_of_time(sight, results, started_at, now):
        return Judgement(verdict="Inconclusive", message=problem, criteria=found.criteria)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What a run has come to."""

    results: Results
    judgement: Judgement
    outcomes: Outcomes | None
    """Where its samples are kept."""
    started_at: datetime


def finished(run: Run, proven: Proven, now: datetime) -> EvalRunStatus:
    """With its verdict."""
    results, found = proven.results, proven.judgement
    tool = {"name": results.tool} | ({"version": results.tool_version} if results.tool_version else {})
    ended_at = min(results.finished_at, now) if run.spec.source == "Submitted" and results.finished_at else now
    fields: dict[str, Any] = {
        "state": "Finished",
        "verdict": found.verdict,
        "message": found.message[:_MESSAGE],
        "job": run.status.job,
        "started_at": proven.started_at,
        "finished_at": _whole(ended_at),
        "criteria": found.criteria,
        "tool": Tool(**tool),
        "raw": RawResult(digest=results.raw_digest) if results.raw_digest else None,
        "outcomes": proven.outcomes,
    }
    if run.spec.results is not None and run.spec.results.raw is not None:
        fields["raw"] = run.spec.results.raw
    return _status(run, fields, Reason[found.verdict.upper()], "True", now)


def errored(run: Run, reason: Reason, message: str, now: datetime) -> EvalRunStatus:
    """It yielded nothing to judge. Never a pass, and never the model's fault."""
    fields: dict[str, Any] = {
        "state": "Errored",
        "message": message[:_MESSAGE],
        "job": run.status.job,
        "started_at": run.status.started_at,
        "finished_at": _whole(now),
    }
    return _status(run, fields, reason, "True", now)


def under_way(run: Run, message: str, now: datetime, *, job: str | None, begun: bool) -> EvalRunStatus:
    fields: dict[str, Any] = {
        "state": "Running" if begun else "Pending",
        "message": message[:_MESSAGE],
        "job": job or run.status.job,
        "started_at": run.status.started_at or (_whole(now) if begun else None),
    }
    return _status(run, fields, Reason.RUNNING if begun else Reason.QUEUED, "False", now)


def _out_of_time(sight: RunSight, results: Results, started_at: datetime, now: datetime) -> str:
    suite = sight.suite
    since = suite.status.criteria_since if suite is not None else None
    if since is None or since > started_at:
        changed = f"{since:%Y-%m-%d %H:%M:%S} UTC" if since else "an unknown time"
        began = f"{started_at:%Y-%m-%d %H:%M:%S} UTC"
        return f"the criteria were changed at {changed}, after the evaluation began at {began}: evaluate again"
    if results.finished_at is not None and results.finished_at > now + _CLOCKS_APART:
        return f"the results are from the future: they ended at {results.finished_at:%Y-%m-%d %H:%M:%S} UTC"
    return ""


def _status(
    run: Run, fields: dict[str, Any], reason: Reason, complete: Literal["True", "False"], now: datetime
) -> EvalRunStatus:
    before = next((one for one in run.status.conditions if one.type == ConditionType.COMPLETE.value), None)
    condition = Condition(
        type=ConditionType.COMPLETE,
        status=complete,
        observed_generation=run.generation,
        last_transition_time=before.last_transition_time if before and before.status == complete else _whole(now),
        reason=reason,
        message=fields["message"],
    )
    known = {key: value for key, value in fields.items() if value is not None}
    return EvalRunStatus(observed_generation=run.generation, conditions=(condition,), **known)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
