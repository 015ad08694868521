"""Suites and runs, with the Jobs and pods that carry them out: what is known, and whom a change of it concerns."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.evaluations import UnreadableRun, job, pod, run, suite
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.store.key import AnyKey, Key, RunKey, SuiteKey
from leadsman.controller.store.shelf import Change, Place, Shelf
from leadsman.planner.evaluations.sight import EvaluationJob, EvaluationPod
from leadsman.planner.governance import Run, Suite
from leadsman.planner.policies.gates import carries


class Evaluations:
    def __init__(self) -> None:
        self._suites: Final[Shelf[Suite]] = Shelf(_suite)
        self._runs: Final[Shelf[Run | UnreadableRun]] = Shelf(_run)
        self._jobs: Final[Shelf[EvaluationJob]] = Shelf(_job)
        self._pods: Final[Shelf[EvaluationPod]] = Shelf(_pod)
        self._shelves: Final[Mapping[Kind, Shelf[Any]]] = {
            kinds.EVAL_SUITE: self._suites,
            kinds.EVAL_RUN: self._runs,
            kinds.JOB: self._jobs,
            kinds.POD: self._pods,
        }

    def shelves(self) -> Mapping[Kind, Shelf[Any]]:
        return self._shelves

    def suite(self, place: Place) -> Suite | None:
        return self._suites.get(place)

    def suites(self, namespace: str, names: Iterable[str], labels: Iterable[Mapping[str, str]]) -> dict[str, Suite]:
        """Those of these names, and those that carry one of these sets of labels, by name."""
        found = {name: one for name in names if (one := self._suites.get((namespace, name))) is not None}
        for wanted in labels:
            found |= {
                place[1]: one for place, one in self._suites.items() if place[0] == namespace and carries(one, wanted)
            }
        return found

    def run(self, place: Place) -> Run | None:
        found = self._runs.get(place)
        return found if isinstance(found, Run) else None

    def runs(self, key: Key) -> tuple[Run, ...]:
        """Of a service, oldest first."""
        found = (one for one in self._runs.of(key).values() if isinstance(one, Run))
        return tuple(sorted(found, key=lambda one: (one.created_at, one.name)))

    def unfinished(self, key: Key) -> frozenset[AnyKey]:
        """Runs of a service that wait for something."""
        return frozenset(RunKey(key.namespace, one.name) for one in self.runs(key) if not one.is_over)

    def jobs(self, place: Place) -> tuple[EvaluationJob, ...]:
        """Of a run, in the order of their numbers."""
        return tuple(sorted(self._jobs.of(Key(*place)).values(), key=lambda one: one.number))

    def pods(self, namespace: str, job_name: str) -> tuple[EvaluationPod, ...]:
        return tuple(self._pods.of(Key(namespace, job_name)).values())

    def active(self) -> Iterator[str]:
        """The namespace of each evaluation that runs."""
        return (place[0] for place, one in self._jobs.items() if not one.is_over and not one.deleting)

    def concerned(self, shelf: Shelf[Any], change: Change[Any]) -> frozenset[AnyKey]:
        """Besides the services that a suite's gates belong to."""
        namespace, name = change.place
        if shelf is self._suites:
            users = (place for place, one in self._runs.items() if _is_open(one, namespace, place, name))
            return frozenset({SuiteKey(namespace, name), *(RunKey(*place) for place in users)})
        if shelf is self._runs:
            # One that has ended makes room for others, and may be what others compare with.
            is_over = isinstance(change.after, Run) and change.after.is_over
            return frozenset({RunKey(namespace, name), *change.owners, *(self._waiting() if is_over else ())})
        if shelf is self._jobs:
            return frozenset(RunKey(*owner) for owner in change.owners) | self._waiting()
        return frozenset(
            RunKey(*owner) for jobs in change.owners for owner in self._jobs.owners((jobs.namespace, jobs.name))
        )

    def owns(self, shelf: Shelf[Any]) -> bool:
        return any(shelf is one for one in self._shelves.values())

    def _waiting(self) -> frozenset[AnyKey]:
        return frozenset(
            RunKey(*place)
            for place, one in self._runs.items()
            if isinstance(one, Run) and not one.is_over and one.status.state != "Running"
        )


def _is_open(one: Run | UnreadableRun, namespace: str, place: Place, suite_name: str) -> bool:
    return isinstance(one, Run) and place[0] == namespace and one.spec.suite.name == suite_name and not one.is_over


def _suite(seen: Metadata, raw: Mapping[str, Any], kept: Suite | None) -> tuple[None, Suite]:
    return None, suite(seen, raw, kept)


def _run(seen: Metadata, raw: Mapping[str, Any], _: Run | UnreadableRun | None) -> tuple[str, Run | UnreadableRun]:
    return run(seen, raw)


def _job(seen: Metadata, raw: Mapping[str, Any], _: EvaluationJob | None) -> tuple[str, EvaluationJob] | None:
    return job(seen, raw)


def _pod(seen: Metadata, raw: Mapping[str, Any], _: EvaluationPod | None) -> tuple[str, EvaluationPod] | None:
    return pod(seen, raw)
