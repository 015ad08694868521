"""Suites, runs and what carries them out, as the planner sees them, in one line each."""

import datetime as dt
from typing import Any, Final

from harness.laboratory import JOB
from leadsman.api.meta import RevisionReference
from leadsman.api.v1alpha1.evalrun import EvalRunSpec, EvalRunStatus
from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec, EvalSuiteStatus
from leadsman.planner.evaluations.suites import criteria_digest, suite_digest
from leadsman.planner.governance import Run, Suite

NOW: Final = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
HOUR, MINUTE, SECOND = dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(seconds=1)
NEW: Final = RevisionReference(name="bot-2222222222", digest="sha256:" + "2" * 64)
OLD: Final = RevisionReference(name="bot-1111111111", digest="sha256:" + "1" * 64)


def suite(raw: dict[str, Any] = JOB, **changes: Any) -> Suite:
    """That was looked at a day ago."""
    written = raw | changes
    digests = suite_digest(written), criteria_digest(written)
    return Suite(
        namespace="shop",
        name="qa",
        resource_version="1",
        generation=1,
        created_at=NOW - 24 * HOUR,
        digest=digests[0],
        criteria_digest=digests[1],
        spec=EvalSuiteSpec.from_dict(written),
        status=EvalSuiteStatus(digest=digests[0], criteria_digest=digests[1], criteria_since=NOW - 24 * HOUR),
    )


def run(of: RevisionReference, by: Suite, says: str = "", *, ago: dt.timedelta = HOUR, **spec: Any) -> Run:
    """A run that was made, and ended, so long ago. `says`: a verdict, Errored, Cancelled, Running; nothing yet."""
    made: dict[str, Any] = {
        "service": "bot",
        "revision": of.to_dict(),
        "suite": {"name": by.name, "digest": by.digest},
        "source": "Job",
    }
    return Run(
        namespace="shop",
        name=f"{of.name}-{by.name}-{int(ago.total_seconds())}s-ago",
        uid="run",
        resource_version="1",
        generation=1,
        created_at=NOW - ago,
        spec=EvalRunSpec.from_dict(made | spec),
        status=EvalRunStatus.from_dict(_status(says, NOW - ago)),
    )


def _status(says: str, at: dt.datetime) -> dict[str, Any]:
    moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if says in {"Passed", "Failed", "Inconclusive"}:
        return {"state": "Finished", "verdict": says, "finishedAt": moment, "message": f"accuracy {says}"}
    if says in {"Errored", "Cancelled"}:
        condition = {
            "type": "Complete",
            "status": "True",
            "reason": {"Errored": "RunErrored"}.get(says, says),
            "message": "",
            "lastTransitionTime": moment,
        }
        return {"state": "Errored", "finishedAt": moment, "message": "no file", "conditions": [condition]}
    return {"state": says} if says else {}
