"""From results on this machine to an EvalRun: what they are of, what of them counts, and what becomes of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from leadsman.api.meta import RevisionReference
from leadsman.api.v1alpha1 import AIRevision, AIService, EvalRun, EvalSuite
from leadsman.api.v1alpha1.evalrun import EvalRunSpec, SuiteReference
from leadsman.api.v1alpha1.evalsuite import ResultFormat
from leadsman.cli import following, lookup, results, runs
from leadsman.cli.cluster import Cluster, Selection
from leadsman.cli.errors import AlreadyThere, CommandFailed
from leadsman.cli.view.observed import read
from leadsman.clients.kinds import AI_REVISION, EVAL_RUN, EVAL_SUITE
from leadsman.evals.linting import lint_results
from leadsman.evals.normal import Results
from leadsman.evals.pairing import pair
from leadsman.evals.submitted import NotSubmittable, to_api
from leadsman.planner.evaluations.records import submitted_run
from leadsman.planner.evaluations.suites import compares

TRIES: Final = 3
"""Of names: somebody else may have taken the next number at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Names, as the user gave them."""

    service: str | None
    revision: str
    suite: str
    baseline: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Of the evaluation. Times and digest are for what the results don't say."""

    files: tuple[str, ...]
    baseline_files: tuple[str, ...]
    form: ResultFormat | None
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    dataset_digest: str | None
    raw_uri: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is submitted for."""

    namespace: str
    service: str
    revision: RevisionReference
    suite: EvalSuite
    suite_reference: SuiteReference
    baseline: RevisionReference | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    namespace: str
    spec: EvalRunSpec
    notes: tuple[str, ...]
    """What people should know before they rely on it."""


def resolve(cluster: Cluster, asked: Asked) -> Target:
    """Digests are those that the cluster knows.

    Raises:
        CommandFailed: there is no such thing, or results for it would not count.
    """
    revision = read(AIRevision, runs.get_near(cluster, AI_REVISION, asked.revision))
    service = revision.spec.service.name
    if asked.service not in {None, service}:
        raise CommandFailed(
            f"revision {asked.revision} is of service {service}, not of {asked.service}",
            next_step=f"see the revisions of {asked.service}: leadsman history {asked.service}",
        )
    suite = read(EvalSuite, runs.get_near(cluster, EVAL_SUITE, asked.suite))
    reference = RevisionReference(name=asked.revision, digest=revision.spec.digest)
    baseline, notes = _baseline(cluster, asked, service, suite)
    return Target(
        namespace=cluster.namespace,
        service=service,
        revision=reference,
        suite=suite,
        suite_reference=_suite_reference(suite, asked.suite),
        baseline=baseline,
        notes=notes,
    )


def _suite_reference(suite: EvalSuite, name: str) -> SuiteReference:
    if suite.spec.runner.job is not None:
        raise CommandFailed(
            f"suite {name} is run by Leadsman (runner.job): results that are submitted for it don't count",
            next_step="write runner: {external: {}} into the suite, or leave the evaluation to Leadsman",
        )
    digest, seen = suite.status.digest, suite.status.observed_generation
    if digest is None or seen < (suite.metadata.generation or 0):
        raise CommandFailed(
            f"the operator has not looked at suite {name} as it is now, so its digest is unknown",
            next_step=f"wait for it: kubectl wait evalsuite/{name} --for=condition=Ready; is the operator running?",
        )
    return SuiteReference(name=name, digest=digest)


def _baseline(
    cluster: Cluster, asked: Asked, service: str, suite: EvalSuite
) -> tuple[RevisionReference | None, tuple[str, ...]]:
    name, notes = asked.baseline, ()
    if name is None and compares(suite.spec):
        serving = read(AIService, lookup.get_service(cluster, service)).status.serving_revision
        name = serving if serving != asked.revision else None
        notes = (f"compared with {name}, which serves now",) if name else ("nothing else serves to compare with",)
    if name is None:
        return None, notes
    found = read(AIRevision, runs.get_near(cluster, AI_REVISION, name))
    if name == asked.revision or found.spec.service.name != service:
        raise CommandFailed(
            f"{name} cannot be the baseline of {asked.revision}: it is "
            f"{'the same' if name == asked.revision else f'of service {found.spec.service.name}'}",
            next_step=f"name the revision that served when the evaluation began: leadsman history {service}",
        )
    return RevisionReference(name=name, digest=found.spec.digest), notes


def prepare(target: Target, given: Given) -> Prepared:
    """Read, completed, paired and normalised.

    Raises:
        CommandFailed: nothing of it can be submitted.
    """
    form = given.form or (target.suite.spec.results.format if target.suite.spec.results else None)
    if form is None:
        raise CommandFailed(
            f"suite {target.suite_reference.name} does not say in which format its results are",
            next_step=f"add --format, one of {results.FORMATS}",
        )
    found = _completed(results.read(form, given.files), given)
    notes = [*target.notes, *found.notes]
    notes += [f"{it.about}: {it.message}" for it in lint_results(target.suite.spec, found)]
    if given.baseline_files:
        found = _paired(target, found, results.read(form, given.baseline_files), notes)
    try:
        made = to_api(found, raw_uri=given.raw_uri)
    except NotSubmittable as error:
        raise CommandFailed(
            f"{', '.join(given.files)}: {error}", next_step="evaluate again, in full; or add what the results don't say"
        ) from error
    wanted = {criterion.metric for criterion in target.suite.spec.criteria}
    notes += [f"metric {name} is left out: {why}" for name, why in made.left_out.items() if name in wanted]
    fields: dict[str, Any] = {"baseline": target.baseline} if target.baseline else {}
    spec = EvalRunSpec(
        service=target.service,
        revision=target.revision,
        suite=target.suite_reference,
        source="Submitted",
        results=made.results,
        **fields,
    )
    return Prepared(namespace=target.namespace, spec=spec, notes=tuple(notes))


def _completed(found: Results, given: Given) -> Results:
    """What the results say themselves, nobody says otherwise."""
    said: dict[str, Any] = {
        "started_at": given.started_at,
        "finished_at": given.finished_at,
        "dataset_digest": given.dataset_digest,
    }
    for name, value in said.items():
        known = getattr(found, name)
        if value is not None and known is not None and known != value:
            option = f"--{name.replace('_', '-')}"
            raise CommandFailed(f"{option} {value}: the results say {known}", next_step=f"leave {option} out")
    return replace(found, **{name: value for name, value in said.items() if value is not None})


def _paired(target: Target, ours: Results, theirs: Results, notes: list[str]) -> Results:
    if target.baseline is None:
        raise CommandFailed(
            "there are results of a baseline, and no baseline",
            next_step="add --baseline REVISION, or a criterion with nonInferior to the suite",
        )
    if theirs.problems:
        raise CommandFailed(
            f"the baseline's results prove nothing: {'; '.join(theirs.problems)}",
            next_step="evaluate the baseline again, in full",
        )
    paired = pair(ours, theirs, target.suite.spec, target.baseline.name)
    notes += [f"metric {name} is not paired: {why}" for name, why in paired.unpaired.items()]
    return paired.results


def render(cluster: Cluster, prepared: Prepared) -> Mapping[str, Any]:
    """The EvalRun as it would be made now."""
    revision = prepared.spec.revision.name
    selection = Selection(kind=EVAL_RUN, namespace=cluster.namespace, fields=f"spec.revision.name={revision}")
    names = (one["metadata"]["name"] for one in cluster.list(selection).items)
    return submitted_run(prepared.namespace, prepared.spec, names)


def create(cluster: Cluster, prepared: Prepared) -> str:
    """Its name."""
    for _ in range(TRIES - 1):
        try:
            return _create(cluster, prepared)
        except AlreadyThere:
            continue
    return _create(cluster, prepared)


def _create(cluster: Cluster, prepared: Prepared) -> str:
    return cluster.create(EVAL_RUN, render(cluster, prepared))["metadata"]["name"]


def wait(cluster: Cluster, name: str, timeout: float | None) -> EvalRun | None:
    """As it is once it is judged. None: it was not within so many seconds."""
    for found in following.changes(cluster, EVAL_RUN, name, timeout):
        run = read(EvalRun, found)
        if run.status.state in {"Finished", "Errored"}:
            return run
    return None
