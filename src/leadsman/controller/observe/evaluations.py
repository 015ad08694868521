"""Suites, runs, and the Jobs and pods that carry them out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

from leadsman.api.v1alpha1.evalrun import EvalRunSpec, EvalRunStatus
from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec, EvalSuiteStatus
from leadsman.clients.errors import one_line
from leadsman.controller.observe.complaints import complaint
from leadsman.controller.observe.fields import condition, mapping, mappings, text
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.parts import status_of
from leadsman.controller.observe.pods import trouble
from leadsman.ledger.canonical import NotCanonicalError
from leadsman.planner.evaluations.jobs import COLLECTOR
from leadsman.planner.evaluations.sight import EvaluationJob, EvaluationPod
from leadsman.planner.evaluations.suites import criteria_digest, suite_digest
from leadsman.planner.governance import Run, Suite
from leadsman.planner.labels import ASKED, PREFIX, RUN

_STARTING: Final = frozenset({"", "ContainerCreating", "PodInitializing"})


@dataclass(frozen=True, slots=True)
class UnreadableRun:
    """It counts for nothing."""

    name: str
    problem: str


def suite(seen: Metadata, raw: Mapping[str, Any], kept: Suite | None) -> Suite:
    """Kept: what was read when it had the same spec."""
    written = mapping(raw.get("spec"))
    status = status_of(EvalSuiteStatus, raw)
    if kept is not None:
        return replace(kept, resource_version=seen.resource_version, status=status, labels=seen.labels)
    spec: EvalSuiteSpec | None = None
    problem, digests = "", ("", "")
    try:
        digests = suite_digest(written), criteria_digest(written)
        spec = EvalSuiteSpec.from_dict(written)
    except ValidationError as error:
        problem = complaint(error, under="spec")
    except NotCanonicalError as error:
        problem = str(error)
    return Suite(
        namespace=seen.namespace,
        name=seen.name,
        resource_version=seen.resource_version,
        generation=seen.generation,
        created_at=seen.created_at,
        digest=digests[0],
        criteria_digest=digests[1],
        spec=spec,
        problem=problem,
        status=status,
        labels=seen.labels,
    )


def run(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, Run | UnreadableRun]:
    """With the service whose revision it is of."""
    written = mapping(raw.get("spec"))
    service = text(written.get("service"))
    try:
        spec = EvalRunSpec.from_dict(written)
        status = EvalRunStatus.from_dict(raw.get("status") or {})
    except ValidationError as error:
        return service, UnreadableRun(seen.name, complaint(error, under="EvalRun"))
    return service, Run(
        namespace=seen.namespace,
        name=seen.name,
        uid=seen.uid,
        resource_version=seen.resource_version,
        generation=seen.generation,
        created_at=seen.created_at,
        spec=spec,
        status=status,
    )


def job(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, EvaluationJob] | None:
    """With the name of its run. None: it is none of ours, or of an EvalRun no more."""
    kind, _, name = seen.owner.partition("/")
    if kind != "EvalRun" or RUN not in seen.labels:
        return None
    status = mapping(raw.get("status"))
    failed = condition(status, "Failed")
    words = ": ".join(one for one in (text(failed.get("reason")), text(failed.get("message"))) if one)
    number = seen.annotations.get(f"{PREFIX}number", "")
    return name, EvaluationJob(
        name=seen.name,
        uid=seen.uid,
        resource_version=seen.resource_version,
        number=int(number) if number.isdecimal() else 1,
        created_at=seen.created_at,
        failure=(one_line(words) or "it failed") if failed.get("status") == "True" else "",
        is_complete=condition(status, "Complete").get("status") == "True",
        deleting=seen.deleting,
        asked=seen.annotations.get(ASKED, ""),
    )


def pod(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, EvaluationPod] | None:
    """With the name of its Job."""
    job_name = seen.labels.get(RUN)
    if not job_name or seen.deleting:
        return None
    status = mapping(raw.get("status"))
    phase = text(status.get("phase"))
    # The collector always ends last, and always well.
    others = [one for one in mappings(status.get("initContainerStatuses")) if one.get("name") != COLLECTOR]
    found = trouble(seen, {**raw, "status": {**status, "initContainerStatuses": others}})
    waiting = found.waiting not in _STARTING or bool(found.waiting_message)
    stuck = ": ".join(one for one in (found.waiting, found.waiting_message) if one) if waiting else ""
    ended = found.evicted or (f"out of memory: {found.oom_killed}" if found.oom_killed else found.last_exit)
    return job_name, EvaluationPod(
        name=seen.name,
        job=job_name,
        owner_uid=seen.owner_uid,
        is_over=phase in {"Succeeded", "Failed"},
        ended=ended if phase == "Failed" else "",
        stuck=stuck if phase == "Pending" else "",
        unplaced=found.unschedulable if phase == "Pending" else "",
    )
