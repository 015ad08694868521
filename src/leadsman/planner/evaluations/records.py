"""EvalRuns as they are made: their names, and what they are bound to."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from leadsman.api.meta import API_VERSION, RevisionReference
from leadsman.api.v1alpha1.evalrun import EvalRunSpec
from leadsman.ledger.canonical import digest
from leadsman.planner.governance import Run, Suite
from leadsman.planner.labels import REVISION, SERVICE
from leadsman.planner.world import Service

NAME: Final = "leadsman.dev/run-name/v1"
_LONGEST: Final = 230
"""Characters: a number, and the suffix of what belongs to the run, still have to fit into a name."""


def run_object(
    service: Service,
    suite: Suite,
    revision: RevisionReference,
    baseline: RevisionReference | None,
    runs: Iterable[Run],
) -> Mapping[str, Any]:
    """The next run of this revision by this suite. Whoever makes it twice is refused by its name."""
    spec: dict[str, Any] = {
        "service": service.name,
        "revision": revision.to_dict(),
        "suite": {"name": suite.name, "digest": suite.digest},
        "source": "Job",
    }
    if baseline is not None:
        spec["baseline"] = baseline.to_dict()
    return _object(service.namespace, spec, (run.name for run in runs))


def submitted_run(namespace: str, spec: EvalRunSpec, names: Iterable[str]) -> Mapping[str, Any]:
    """The next run of this revision by this suite, with the results that somebody brings.

    Args:
        namespace: the service's.
        spec: of source Submitted.
        names: of the runs that there are.
    """
    return _object(namespace, spec.model_dump(mode="json", exclude_unset=True, exclude_none=True), names)


def _object(namespace: str, spec: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    revision: str = spec["revision"]["name"]
    return {
        "apiVersion": API_VERSION,
        "kind": "EvalRun",
        "metadata": {
            "name": run_name(revision, spec["suite"]["name"], names),
            "namespace": namespace,
            "labels": {SERVICE: spec["service"], REVISION: revision},
        },
        "spec": spec,
    }


def run_name(revision: str, suite: str, names: Iterable[str]) -> str:
    """`<revision>-<suite>-<number>`, where that is not too long."""
    stem = f"{revision}-{suite}"
    if len(stem) > _LONGEST:
        stem = f"{stem[: _LONGEST - 9].rstrip('-.')}-{digest(NAME, stem).removeprefix('sha256:')[:8]}"
    numbers = (name.removeprefix(f"{stem}-") for name in names if name.startswith(f"{stem}-"))
    return f"{stem}-{1 + max((int(number) for number in numbers if number.isdecimal()), default=0)}"
