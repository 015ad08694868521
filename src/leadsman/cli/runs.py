"""EvalRuns and their suites as verbs look them up."""

import difflib
from collections.abc import Iterable

from leadsman.api.v1alpha1 import EvalRun, EvalSuite
from leadsman.cli.cluster import Cluster, Object, Selection
from leadsman.cli.errors import NotFound
from leadsman.cli.lookup import NEAR_ENOUGH
from leadsman.cli.view.observed import read
from leadsman.clients.kinds import EVAL_RUN, EVAL_SUITE, Kind


def list_runs(cluster: Cluster, *, service: str | None = None, namespace: str | None) -> tuple[Object, ...]:
    """The newest first. Namespace None: of all."""
    fields = f"spec.service={service}" if service else ""
    found = cluster.list(Selection(kind=EVAL_RUN, namespace=namespace, fields=fields)).items
    return tuple(sorted(found, key=lambda one: (one["metadata"]["creationTimestamp"], _number(one)), reverse=True))


def _number(found: Object) -> tuple[str, int]:
    stem, _, number = found["metadata"]["name"].rpartition("-")
    return stem, int(number) if number.isdecimal() else 0


def get_run(cluster: Cluster, name: str) -> Object:
    return get_near(cluster, EVAL_RUN, name)


def find_suite(cluster: Cluster, name: str) -> EvalSuite | None:
    """None: there is none."""
    try:
        return read(EvalSuite, cluster.get(EVAL_SUITE, name))
    except NotFound:
        return None


def suite_of(cluster: Cluster, run: EvalRun) -> EvalSuite | None:
    """That the run is bound to. None: it is gone, or was edited since."""
    found = find_suite(cluster, run.spec.suite.name)
    return found if found is not None and found.status.digest == run.spec.suite.digest else None


def get_near(cluster: Cluster, kind: Kind, name: str) -> Object:
    """Raise NotFound with the names that are near."""
    try:
        return cluster.get(kind, name)
    except NotFound as error:
        there = cluster.list(Selection(kind=kind, namespace=cluster.namespace)).items
        raise missing(cluster, name, {kind.name: [one["metadata"]["name"] for one in there]}) from error


def missing(cluster: Cluster, name: str, there: dict[str, list[str]]) -> NotFound:
    """Of none of these kinds, by name; with what there is."""
    near = difflib.get_close_matches(name, [one for names in there.values() for one in names], n=3, cutoff=NEAR_ENOUGH)
    what = " or ".join(there)
    verb = "leadsman eval list" if "EvalRun" in there else f"kubectl get {next(iter(there)).lower()}s"
    return NotFound(
        f"there is no {what} {name} in namespace {cluster.namespace}",
        next_step=f"did you mean {_or(near)}?" if near else f"see which there are: {verb} -n {cluster.namespace}",
    )


def _or(names: Iterable[str]) -> str:
    return ", ".join(names)
