"""How does a revision stand by a suite? From the runs that count for it. What is missing, old or unclear is no pass.

    no run                      Pending        one is to be made, or submitted
    one that is not over        Running
    the last one that yielded   Passed, Failed, Inconclusive
    only ones that errored      Pending        the harness failed: tried again, later and later, and then no more

A run counts if it is of this very revision and suite, digest by digest, and compared with what serves now. The suite is
edited, another revision serves, the data drifts: then it no longer counts. A pass ages; a refusal does not, or whoever
waits long enough would be evaluated until chance lets it pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from leadsman.api.meta import RevisionReference
from leadsman.api.reasons import Reason
from leadsman.planner.evaluations.suites import compares
from leadsman.planner.governance import Run, Suite

State = Literal["Pending", "Running", "Passed", "Failed", "Inconclusive", "Waived"]
TRIES: Final = 6
FIRST_RETRY: Final = timedelta(seconds=30)
"""After an error of the harness. Each further one waits twice as long."""
_VERDICTS: Final[dict[str, tuple[State, Reason]]] = {
    "Passed": ("Passed", Reason.PASSED),
    "Failed": ("Failed", Reason.GATE_FAILED),
    "Inconclusive": ("Inconclusive", Reason.INCONCLUSIVE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One revision, one suite."""

    revision: RevisionReference
    suite: Suite
    baseline: RevisionReference | None = None
    """The serving revision, if it is another one."""
    not_before: datetime | None = None
    """Older runs do not count. When a run was made is known to the second only."""
    is_yardstick: bool = False
    """Are its figures asked for, whatever its verdict?"""

    @property
    def is_job(self) -> bool:
        """Does Leadsman run it, and not CI?"""
        return self.suite.spec is not None and self.suite.spec.runner.job is not None

    @property
    def compares(self) -> bool:
        return self.baseline is not None and self.suite.spec is not None and compares(self.suite.spec)

    @property
    def as_baseline(self) -> "Question":
        """How does the serving revision do? Of a question that compares with it."""
        if self.baseline is None:
            raise ValueError(f"{self.revision.name} is compared with nothing")
        return Question(revision=self.baseline, suite=self.suite, not_before=self.not_before, is_yardstick=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    state: State
    reason: Reason
    message: str
    unblock: str = "nothing: it goes on"
    run: Run | None = None
    """That decided, or is under way."""
    wants_run: RevisionReference | None = None
    """Of which revision a run is to be made now."""
    is_open_question: bool = False
    """Does the revision have to be alive, since it is evaluated, or may be at any moment?"""
    wake_at: datetime | None = None
    """When it may stand otherwise though nothing happens."""


def standing(question: Question, runs: Iterable[Run], now: datetime) -> Standing:
    """Of a suite that can be read.

    Args:
        question: what is asked.
        runs: of the service, oldest first.
        now: the time.
    """
    known = tuple(runs)
    found = _own(question, known, now)
    if found.wants_run is not None and question.compares:
        first = _own(question.as_baseline, known, now)
        if first.run is None or first.run.status.state != "Finished":
            return _baseline_first(first)
    return found


def _own(question: Question, known: tuple[Run, ...], now: datetime) -> Standing:
    """By the runs of this revision."""
    ours = [run for run in known if _is_about(run, question)]
    counting = [run for run in ours if _why_not(run, question) is None]
    if under_way := [run for run in counting if not run.is_over]:
        return _running(under_way[-1])
    finished = [run for run in counting if run.status.state == "Finished"]
    if finished and not _is_stale(finished[-1], question, now):
        return _judged(finished[-1], question)
    since = counting.index(finished[-1]) + 1 if finished else 0
    if counting[since:]:
        return _errored(counting[since:], question, now)
    return _nothing(ours, question)


def verdict_expires_at(run: Run, suite: Suite) -> datetime | None:
    if suite.spec is None:
        return None
    return (run.status.finished_at or run.created_at) + timedelta(hours=suite.spec.max_age_hours)


def _is_about(run: Run, question: Question) -> bool:
    """Name and digest: it is the name that an evaluation asks, and the digest that a verdict is for."""
    return run.spec.revision == question.revision and run.spec.suite.name == question.suite.name


def _is_stale(run: Run, question: Question, now: datetime) -> bool:
    expires = verdict_expires_at(run, question.suite)
    ages = question.is_yardstick or run.status.verdict == "Passed"
    return ages and expires is not None and now >= expires


def _why_not(run: Run, question: Question) -> str | None:
    """Why it does not count. None: it does."""
    if run.spec.suite.digest != question.suite.digest:
        return f"suite {question.suite.name} was edited since"
    if (run.spec.source == "Job") != question.is_job:
        return (
            f"{run.name} was {'run' if run.spec.source == 'Job' else 'submitted'}, which the suite's runner is not for"
        )
    if question.not_before is not None and run.created_at < question.not_before.replace(microsecond=0):
        since = f"{question.not_before:%Y-%m-%d %H:%M} UTC"
        return f"{run.name} is older than the drift, or the retry, at {since}"
    if question.compares and (run.spec.baseline is None or run.spec.baseline != question.baseline):
        name = question.baseline.name if question.baseline else ""
        return f"{run.name} does not compare with {name}, which serves now"
    if run.reason == Reason.CANCELLED.value:
        return f"{run.name} was cancelled: {run.status.message}"
    return None


def _baseline_first(first: Standing) -> Standing:
    """A comparison needs what it is compared with, by the same suite."""
    name = first.wants_run.name if first.wants_run else first.run.spec.revision.name if first.run else ""
    is_on_its_way = first.wants_run is not None or first.state == "Running"
    return Standing(
        state="Running" if is_on_its_way else "Pending",
        reason=first.reason,
        message=f"the serving revision {name} is evaluated first, to compare with: {first.message}",
        unblock=first.unblock,
        run=first.run if first.state == "Running" else None,
        wants_run=first.wants_run,
        is_open_question=is_on_its_way or first.wake_at is not None,
        wake_at=first.wake_at,
    )


def _running(run: Run) -> Standing:
    message = run.status.message or "waits for its turn"
    return Standing(
        state="Running",
        reason=Reason.GATES_RUNNING,
        message=f"{run.name}: {message}"[:1024],
        unblock="wait",
        run=run,
        is_open_question=True,
    )


def _judged(run: Run, question: Question) -> Standing:
    state, reason = _VERDICTS[run.status.verdict or "Inconclusive"]
    expires = verdict_expires_at(run, question.suite)
    unblock = {
        "Passed": "nothing: it goes on",
        "Failed": "mend it and apply another revision; to see the numbers: leadsman eval show " + run.name,
        "Inconclusive": "evaluate more samples; to see how many: leadsman eval explain " + run.name,
    }[state]
    return Standing(
        state=state,
        reason=reason,
        message=run.status.message[:1024],
        unblock=unblock,
        run=run,
        is_open_question=state == "Inconclusive" and not question.is_job,  # CI has to ask for more samples
        wake_at=expires if state == "Passed" else None,
    )


def _errored(runs: list[Run], question: Question, now: datetime) -> Standing:
    """For an error of the harness, and never for a verdict, another run is made."""
    last = runs[-1]
    what = f"{last.name} errored: {last.status.message}"[:960]
    if not question.is_job:
        unblock = "submit results that can be judged: leadsman eval submit"
        return Standing(
            state="Pending", reason=Reason.RUN_ERRORED, message=what, unblock=unblock, run=last, is_open_question=True
        )
    if len(runs) >= TRIES:
        unblock = f"mend suite {question.suite.name}: an edit of it is a new beginning; or create another EvalRun"
        message = f"{what} (the last of {TRIES} tries)"
        return Standing(state="Pending", reason=Reason.RUN_ERRORED, message=message, unblock=unblock, run=last)
    again_at = (last.status.finished_at or last.created_at) + FIRST_RETRY * 2 ** (len(runs) - 1)
    is_due = now >= again_at
    return Standing(
        state="Pending",
        reason=Reason.GATES_RUNNING,
        message=f"{what}; tried again at {again_at:%H:%M:%S} UTC",
        unblock="wait, or mend the suite",
        run=last,
        wants_run=question.revision if is_due else None,
        is_open_question=True,
        wake_at=None if is_due else again_at,
    )


def _nothing(ours: list[Run], question: Question) -> Standing:
    reason = (_why_not(ours[-1], question) or f"{ours[-1].name} is older than the suite's maxAgeHours") if ours else ""
    why = f": {reason}" if reason else ""
    if question.is_job:
        return Standing(
            state="Pending",
            reason=Reason.GATES_RUNNING,
            message=f"is about to be evaluated{why}",
            wants_run=question.revision,
            is_open_question=True,
        )
    name, digest = question.suite.name, question.revision.digest
    return Standing(
        state="Pending",
        reason=Reason.AWAITING_RESULTS,
        message=f"no results of suite {name} were submitted for {digest}{why}",
        unblock=f"leadsman eval submit --revision {question.revision.name} --suite {name} RESULTS",
        is_open_question=True,
    )
