"""The Job of an evaluation: the suite's pod as its author wrote it, and beside it a collector of the results.

The collector is a native sidecar, so it still runs when the evaluation has ended, however that ended; it prints the
results for the operator to read.
"""

import copy
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec, JobRunner, Results
from leadsman.ledger.canonical import digest
from leadsman.planner.evaluations.sight import RunSight
from leadsman.planner.governance import Run
from leadsman.planner.labels import ASKED, EVALUATION, PREFIX, RUN, SERVICE

COLLECTOR: Final = "leadsman-collector"
VOLUME: Final = "leadsman-results"
JOB: Final = "leadsman.dev/job-name/v1"
KEPT_SECONDS: Final = 86_400
"""So long a Job that has ended stays, with the logs of its pod, for whoever wants to look."""
SWEEP_UP_SECONDS: Final = 60
"""Besides the suite's timeout: for the image to be pulled, and for the collector to read."""
PASSED_ON: Final = ("kueue.x-k8s.io/",)
"""Labels and annotations of the suite's template that a queue looks for on the Job itself."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    candidate: str
    """`http://host:port` where the revision that is evaluated answers, and no other."""
    baseline: str | None = None
    """The same of the serving revision, where it is another one and can be told apart."""


def job_name(run: Run, number: int) -> str:
    """`<revision>-<5 hex digits>`: the name of a Job is a label of its pods, and has 63 characters at most."""
    digits = digest(JOB, {"run": run.name, "uid": run.uid, "number": number}).removeprefix("sha256:")[:5]
    return f"{run.spec.revision.name}-{digits}"


def render_job(run: Run, suite: EvalSuiteSpec, number: int, addresses: Addresses, collector_image: str) -> Json:
    """Of a suite whose runner is a Job.

    Args:
        run: what is evaluated.
        suite: by what.
        number: of the Jobs of this run, from 1.
        addresses: where the revisions answer.
        collector_image: Leadsman's own image.
    """
    runner, results = cast("JobRunner", suite.runner.job), cast("Results", suite.results)
    name = job_name(run, number)
    template = _pod_template(runner.template, results, _environment(run, results, addresses), collector_image)
    metadata = _mapping(template, "metadata")
    metadata["labels"] = {**_mapping(metadata, "labels"), RUN: name, SERVICE: EVALUATION}
    passed_on = {
        field: {key: value for key, value in _mapping(metadata, field).items() if key.startswith(PASSED_ON)}
        for field in ("labels", "annotations")
    }
    owner = {"apiVersion": "leadsman.dev/v1alpha1", "kind": "EvalRun", "name": run.name, "uid": run.uid}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": run.namespace,
            "labels": {**passed_on["labels"], RUN: name},
            "annotations": {**passed_on["annotations"], f"{PREFIX}number": str(number), ASKED: addresses.candidate},
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": False}],
        },
        "spec": {
            "parallelism": 1,
            "completions": 1,
            "backoffLimit": 0,  # what a second pod is to be tried for, is decided by what the first one left
            "activeDeadlineSeconds": runner.timeout_seconds + SWEEP_UP_SECONDS,
            "ttlSecondsAfterFinished": KEPT_SECONDS,
            "template": {**template, "metadata": metadata},
        },
    }


def _pod_template(raw: Mapping[str, Any], results: Results, environment: Json, image: str) -> Json:
    template = copy.deepcopy(dict(raw))
    spec = _mapping(template, "spec")
    mount = {"name": VOLUME, "mountPath": _folder(results.path)}
    for container in (*_objects(spec, "containers"), *_objects(spec, "initContainers")):
        _extend(container, "volumeMounts", mount)
        named = {entry.get("name") for entry in _objects(container, "env")}
        for key, value in environment.items():
            if key not in named:
                _extend(container, "env", {"name": key, "value": value})
    spec["initContainers"] = [_collector(results, mount, image), *_objects(spec, "initContainers")]
    _extend(spec, "volumes", {"name": VOLUME, "emptyDir": {"sizeLimit": "1Gi"}})
    spec["restartPolicy"] = "Never"
    spec.setdefault("automountServiceAccountToken", False)
    return {**template, "spec": spec}


def _collector(results: Results, mount: Json, image: str) -> Json:
    """Whoever the pod runs as reads what that one wrote."""
    return {
        "name": COLLECTOR,
        "image": image,
        "command": ["python3", "-m", "leadsman.evals.collector"],
        "args": [f"--format={results.format}", f"--path={results.path}"],
        "restartPolicy": "Always",
        "volumeMounts": [{**mount, "readOnly": True}],
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def _environment(run: Run, results: Results, addresses: Addresses) -> Json:
    found = {
        "LEADSMAN_SERVICE": run.spec.service,
        "LEADSMAN_REVISION": run.spec.revision.name,
        "LEADSMAN_RUN": run.name,
        "LEADSMAN_RESULTS": results.path,
        "LEADSMAN_CANDIDATE_URL": addresses.candidate,
    }
    return found | ({"LEADSMAN_BASELINE_URL": addresses.baseline} if addresses.baseline else {})


def _folder(path: str) -> str:
    """What is mounted: the path itself, or the folder of what looks like a file."""
    folder, name = posixpath.split(path.rstrip("/"))
    return folder if "." in name and folder != "/" else path


def _mapping(holder: Mapping[str, Any], field: str) -> Json:
    value: Any = holder.get(field)
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}


def _objects(holder: Mapping[str, Any], field: str) -> list[Json]:
    value: Any = holder.get(field)
    return (
        [cast("Json", one) for one in cast("list[Any]", value) if isinstance(one, dict)]
        if isinstance(value, list)
        else []
    )


def _extend(holder: Json, field: str, entry: Json) -> None:
    holder[field] = [*_objects(holder, field), entry]


def looks_at(sight: RunSight) -> Addresses | None:
    """Where the revisions of a run answer now. None: the one that is evaluated does not, or not alone."""
    if sight.candidate is None:
        return None
    return Addresses(candidate=sight.candidate, baseline=sight.baseline_address)
