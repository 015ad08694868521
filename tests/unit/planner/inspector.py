"""What must hold after every write and every move of the cluster, whatever anybody does.

The oracles are written from the rules, not from the planner: they look at pods, addresses and records only.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from harness.simulation import Simulation, address
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Attempt, StageRecord
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.ledger.chain import BEGINNING, entry_hash
from leadsman.planner.core import plan
from leadsman.planner.governance import Act
from leadsman.planner.labels import REVISION
from leadsman.planner.plan import Delete, Dossier, Plan
from leadsman.planner.world import ChildKind, Revision, Signal, World
from unit.planner.commands import forbids, least_hold, most_at_first, required
from unit.planner.consent import Consent

GOES_BACK = {"Health", "Quality", "Safety", "Latency"}
AT_ONCE = {"SafetyFailed", "WorkloadFailed", "ProgressDeadlineExceeded"}


class Inspector:
    """Looks at a simulation. What it excuses for a while is excused until the next rest."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.meddled = False
        """Somebody changed the operator's objects, or records cannot be read: traffic may go anywhere for a moment."""
        self.short = False
        """Pods are not ready, or were taken away by others, or the way back did not wait: capacity may be short."""
        self.doubled = False
        """Two revisions run in full: BlueGreen, or a way back."""
        self._chain: dict[int, str] = {0: BEGINNING.hash}
        self._dossiers: dict[str, AIRevisionStatus] = {}
        self._status = AIServiceStatus()
        self._since_rest: list[tuple[int, int]] = []
        self._mixed: set[str] = set()
        """Evaluations at whose address somebody else answered, or nobody."""
        self._finished: set[str] = set()
        self.consent = Consent()
        self.at_rest()
        simulation.observers.append(self.look)
        simulation.critics.append(self.judge)

    def at_rest(self) -> None:
        """All controllers have done what there was to do."""
        rollout = self.simulation.spec.rollout
        self._since_rest = [(self.simulation.spec.replicas, rollout.surge)]
        pods = sum(map(self.simulation.pods, self.simulation.revisions))
        is_warm = pods > self.simulation.spec.replicas + rollout.surge
        self.doubled = rollout.strategy == "BlueGreen" or is_warm or any(_open(self.simulation, "rollback"))
        self.meddled = bool(self.simulation.unreadable or self.simulation.refusals)
        self.short = not all(pod.ready for thing in self.simulation.objects.values() for pod in thing.pods)

    def edited(self) -> None:
        rollout = self.simulation.spec.rollout
        self._since_rest.append((self.simulation.spec.replicas, rollout.surge))
        self.doubled |= rollout.strategy == "BlueGreen"

    # After each change.

    def look(self, simulation: Simulation) -> None:
        for name, revision in simulation.revisions.items():
            if self._dossiers.get(name) is not revision.status:
                self._dossier(name, self._dossiers.get(name, AIRevisionStatus()), revision.status)
                self._dossiers[name] = revision.status
        self._ledger()
        self._evaluations()
        if simulation.status is not self._status:
            before, self._status = self._status, simulation.status
            if simulation.status.conditions:
                self._told(before, simulation.status)
        if not self.meddled:
            self._traffic()
            self._capacity()

    def _traffic(self) -> None:
        simulation = self.simulation
        for name in simulation.in_traffic:
            status = simulation.revisions[name].status
            assert status.attempts[-1].stages, f"{name} takes traffic before it was let in"
            is_leaving = name in _open(simulation, "rollback")
            assert status.verdict != "RolledBack" or is_leaving, f"{name} is quarantined and takes traffic"
        if _is_wide(simulation):
            pods = [name for name in simulation.revisions if simulation.pods(name)]
            assert len(pods) <= 2, f"the apex selects pods of {pods}"

    def _capacity(self) -> None:
        simulation = self.simulation
        floor = min(replicas for replicas, _ in self._since_rest)
        without_surge = min(surge for _, surge in self._since_rest) == 0
        if not self.short and _has_served(simulation):
            reached = sum(simulation.in_traffic.values())
            assert reached >= floor - without_surge, f"{reached} pods in traffic, {floor} replicas"
            selected = (simulation.selector or {}).get(REVISION)
            if selected is not None and not without_surge:
                assert simulation.asked(selected) >= floor, f"pods of {selected} go, which the apex selects"
        if not self.doubled:
            most = max(replicas for replicas, _ in self._since_rest) + max(surge for _, surge in self._since_rest)
            pods = {name: simulation.pods(name) for name in simulation.revisions}
            assert sum(pods.values()) <= most, f"{pods} are more than {most}"

    def _evaluations(self) -> None:
        """Each is of one revision and no other, from its first moment to its verdict."""
        laboratory = self.simulation.laboratory
        services = [thing for (kind, _), thing in self.simulation.objects.items() if kind is ChildKind.SERVICE]
        selected = {address(thing): thing.raw["spec"]["selector"].get(REVISION) for thing in services}
        for name, asked in laboratory.under_way().items():
            if selected.get(asked) != laboratory.runs[name].spec.revision.name and not self.meddled:
                self._mixed.add(name)
        for name, run in laboratory.runs.items():
            if run.status.state == "Finished" and name not in self._finished:
                self._finished.add(name)
                assert name not in self._mixed, f"{name} did not measure {run.spec.revision.name} alone"

    def _ledger(self) -> None:
        known = {
            entry.sequence: entry
            for revision in self.simulation.revisions.values()
            if revision.status.ledger is not None
            for entry in revision.status.ledger.entries
        }
        entries = [e for r in self.simulation.revisions.values() if r.status.ledger for e in r.status.ledger.entries]
        assert len(entries) == len(known), "a number was given twice"
        assert sorted(known) == list(range(1, len(known) + 1)), f"the ledger has gaps: {sorted(known)}"
        for sequence in range(len(self._chain), len(known) + 1):
            entry = known[sequence]
            assert entry.hash == entry_hash(entry), f"entry {sequence} was changed"
            assert entry.previous == self._chain[sequence - 1], f"entry {sequence} follows another one"
            self._chain[sequence] = entry.hash
        assert all(known[sequence].hash == self._chain[sequence] for sequence in known), "history was rewritten"
        head = self.simulation.status.ledger
        assert head is None or self._chain.get(head.sequence) == head.hash, "the head runs ahead of the dossiers"

    def _dossier(self, name: str, before: AIRevisionStatus, after: AIRevisionStatus) -> None:
        numbers = [attempt.number for attempt in after.attempts]
        assert numbers == sorted(set(numbers)), f"{name}: attempts {numbers}"
        old = {attempt.number: attempt for attempt in before.attempts}
        for attempt in after.attempts:
            weights = [stage.weight for stage in attempt.stages if stage.name != "rollback"]
            assert weights == sorted(weights), f"{name}: weights fall: {weights}"
            if attempt.number in old:
                _goes_on(name, old[attempt.number], attempt)
        if after.verdict == "RolledBack" != before.verdict:
            self.doubled = True
            self.short |= after.reason in AT_ONCE
        is_back = (stage := _stage(after)) is not None and stage.name == "rollback"
        if is_back or after.verdict == "Aborted" != before.verdict:
            self.doubled = True

    def _told(self, before: AIServiceStatus, after: AIServiceStatus) -> None:
        told = {one.type: one for one in after.conditions}
        assert not {"Reconciling", "Stalled"} <= told.keys(), "kstatus: never both"
        assert "Ready" in told, "Ready is always there"
        assert after.observed_generation <= self.simulation.generation
        assert all(one.observed_generation == after.observed_generation for one in after.conditions)
        if told["Ready"].status == "True":
            assert after.serving_revision == after.desired_revision, "Ready, and something else serves"
        old, new = before.progress, after.progress
        if old and new and old.deadline_at and new.deadline_at and before.attempt == after.attempt:
            assert old.deadline_at == new.deadline_at, "a deadline was restarted"

    # Before each plan is carried out.

    def judge(self, world: World, made: Plan) -> None:
        if world.service.deleting:
            return
        self.consent.look(world)
        self._goes_back_if_it_must(world, made)
        for run in made.runs:
            _may_be_made(world, run)
        for dossier in made.dossiers:
            before = next((one.status for one in world.revisions if one.name == dossier.revision), AIRevisionStatus())
            entered = _entered(before, dossier.status)
            if entered is not None:
                self._may_enter(world, before, dossier, {one.revision: one.status for one in made.dossiers})
        kept = _history(world, made)
        for operation in made.operations:
            if isinstance(operation, Delete) and operation.kind is ChildKind.DEPLOYMENT:
                assert operation.name not in kept, f"{operation.name} belongs to the history"

    def is_deterministic(self) -> None:
        world = self.simulation.world()
        assert plan(world, self.simulation.now) == plan(world, self.simulation.now)

    def _goes_back_if_it_must(self, world: World, made: Plan) -> None:
        serving = [one for one in world.revisions if one.status.verdict in {"Serving", "Superseded"}]
        for revision in world.revisions:
            stage = _stage(revision.status)
            if stage is None or stage.name == "rollback" or not _takes_traffic(world, revision.name):
                continue
            bad = [one for one in _failed(world, revision, self.simulation.now) if _counts(world, revision, one)]
            others = [one for one in serving if one is not revision]
            if bad and others:
                written = {one.revision: one.status.verdict for one in made.dossiers}
                assert written.get(revision.name) == "RolledBack", f"{revision.name} failed {bad} and stays: {made}"

    def _may_enter(
        self, world: World, before: AIRevisionStatus, dossier: Dossier, written: Mapping[str, AIRevisionStatus]
    ) -> None:
        service, name = world.service.spec, dossier.revision
        assert not service.rollout.paused, "paused, and it went on"
        assert not world.unreadable, "held, and it went on"
        now = self.simulation.now
        waived = {scope for act in _decided(world, dossier, "Waive", now) for scope in act.spec.scope}
        is_broken = self.consent.is_broken(world, name, dossier.status, now)
        assert not self.consent.is_unreviewed(world, name, written), "nobody has reviewed the broken glass"
        assert not list(forbids(world, now, waived=waived | ({"freeze"} if is_broken else set()))), "forbidden"
        assert world.service.request != "Pause", "paused, and it went on"
        if not is_broken:
            self._gates_are_open(world, before, dossier)
            self._people_agreed(world, dossier)
        assert before.verdict != "RolledBack", "quarantined, and it went on"
        stages = dossier.status.attempts[-1].stages
        if len(stages) == 1:
            is_first = _serving(world, made=dossier) is None
            assert is_first or stages[0].weight <= most_at_first(world), "more than a first stage may take"
            return
        left = stages[-2]
        assert left.achieved_at is not None, "its weight was never achieved"
        declared = {one.name: one for one in service.rollout.stages}.get(left.name)
        hurried = is_broken or any(_decided(world, dossier, "Promote", self.simulation.now))
        if declared is not None:
            held_until = left.achieved_at + dt.timedelta(seconds=max(declared.hold_seconds, least_hold(world)))
            assert hurried or self.simulation.now >= held_until, "in the hold"
        for monitor in service.monitors:
            signal = world.signals.get((name, monitor.name))
            if monitor.compare is not None and not _is_wide(self.simulation):
                continue
            assert monitor.provider in world.providers, "nobody can read the monitor"
            assert signal is not None, f"silence of {monitor.name} is no pass"
            assert signal.state == "Passed", f"{signal} is no pass"
            assert signal.at >= left.achieved_at, f"{signal} is from before the stage"
            assert signal.at >= self.simulation.now - dt.timedelta(seconds=3 * monitor.interval_seconds), "old news"
            if declared is not None and declared.min_requests and monitor.ratio and not hurried:
                assert (signal.requests or 0) >= declared.min_requests, "too few requests"

    def _people_agreed(self, world: World, dossier: Dossier) -> None:
        stage = dossier.status.attempts[-1].stages[-1]
        weight = stage.weight if _serving(world, made=dossier) is not None else 100
        now = self.simulation.now
        missing = self.consent.is_given(world, dossier.revision, dossier.status, now, weight=weight)
        assert not missing, f"{dossier.revision} enters {stage.name} without {missing}"

    def _gates_are_open(self, world: World, before: AIRevisionStatus, dossier: Dossier) -> None:
        """Of those before the stage that is entered: the last word on this very revision, by the suite as it is."""
        serving = _serving(world, made=dossier)
        stage = dossier.status.attempts[-1].stages[-1]
        digest = next((one.spec.digest for one in world.revisions if one.name == dossier.revision), "")
        for gate in (*world.service.spec.gates, *(gate for gate, _ in required(world))):
            if serving is not None and stage.name != "promotion" and gate.before not in {"Traffic", stage.name}:
                continue
            if any(gate.name in act.spec.scope for act in _decided(world, dossier, "Waive", self.simulation.now)):
                continue
            suite = world.suites.get(gate.suite)
            assert suite is not None, f"{gate.name}: no such suite"
            assert suite.spec is not None, f"{gate.name}: nobody can read the suite"
            is_job = suite.spec.runner.job is not None
            oldest = self.simulation.now - dt.timedelta(hours=suite.spec.max_age_hours)
            counting = [
                run
                for run in world.runs
                if (run.spec.revision.name, run.spec.revision.digest) == (dossier.revision, digest)
                and (run.spec.suite.name, run.spec.suite.digest) == (gate.suite, suite.digest)
                and (run.spec.source == "Job") == is_job
                and run.status.state == "Finished"
                and run.created_at >= (before.reevaluate_since or run.created_at)
            ]
            if serving is not None and any(one.non_inferior for one in suite.spec.criteria):
                counting = [run for run in counting if run.spec.baseline and run.spec.baseline.name == serving.name]
            assert counting, f"{gate.name} of {dossier.revision}: nothing was evaluated"
            last = counting[-1]
            assert last.status.verdict == "Passed", f"{gate.name} of {dossier.revision}: {last}"
            assert last.status.finished_at is not None
            assert last.status.finished_at > oldest, f"{gate.name} of {dossier.revision}: evidence of {last} is too old"


def _decided(world: World, dossier: Dossier, decision: str, now: dt.datetime) -> Iterator[Act]:
    """By somebody, in this attempt, of this revision, and not over."""
    began = dossier.status.attempts[-1].started_at.replace(microsecond=0)
    for act in world.acts:
        is_alive = act.spec.expires_at is None or now < act.spec.expires_at
        is_of_it = act.spec.decision == decision and act.spec.revision == dossier.revision
        if is_of_it and is_alive and act.created_at >= began:
            yield act


def _serving(world: World, made: Dossier) -> Revision | None:
    """Who came to serve last, and was not taken back."""
    served = [
        one
        for one in world.revisions
        if one.name != made.revision
        and one.status.verdict in {"Serving", "Superseded"}
        and one.status.attempts
        and one.status.attempts[-1].outcome == "Promoted"
    ]
    return max(served, key=lambda one: one.status.attempts[-1].number, default=None)


def _may_be_made(world: World, raw: Any) -> None:
    """One at a time; after an error again and again, but not for ever; after a verdict never, as long as it counts."""
    made, number = raw["spec"], int(raw["metadata"]["name"].rpartition("-")[2])
    assert number >= 1
    revision = next(one for one in world.revisions if one.name == made["revision"]["name"])
    since = revision.status.reevaluate_since
    alike = [
        run
        for run in world.runs
        if run.spec.revision.to_dict() == made["revision"]
        and run.spec.suite.to_dict() == made["suite"]
        and run.spec.source == "Job"
        and (run.spec.baseline.to_dict() if run.spec.baseline else None) == made.get("baseline")
        and (since is None or run.created_at >= since)
    ]
    assert all(run.is_over for run in alike), f"{raw} while another one runs"
    verdicts = [index for index, run in enumerate(alike) if run.status.state == "Finished"]
    errors = [run for run in alike[verdicts[-1] + 1 if verdicts else 0 :] if run.reason != "Cancelled"]
    assert len(errors) < 6, f"{raw} is tried for ever"
    if verdicts and revision.status.verdict == "Pending" and "baseline" in made:
        assert alike[verdicts[-1]].status.verdict == "Passed", f"{raw} is evaluated until it passes"


def _goes_on(name: str, old: Attempt, new: Attempt) -> None:
    assert new.started_at == old.started_at, f"{name}: an attempt began twice"
    assert old.outcome in {None, "Promoted", new.outcome}, f"{name}: {old.outcome} became {new.outcome}"
    assert len(new.stages) >= len(old.stages) or len(new.stages) == 16, f"{name}: stages were forgotten"
    for was, now in zip(old.stages, new.stages, strict=False):
        if len(new.stages) < 16:
            assert (was.name, was.weight, was.started_at) == (now.name, now.weight, now.started_at), f"{name}: {was}"
            for field in ("achieved_at", "ended_at"):
                assert getattr(was, field) in {None, getattr(now, field)}, f"{name}: {field} of {was.name} moved"


def _open(simulation: Simulation, stage: str) -> Iterator[str]:
    for name, revision in simulation.revisions.items():
        found = _stage(revision.status)
        if found is not None and found.name == stage:
            yield name


def _stage(status: AIRevisionStatus) -> StageRecord | None:
    stages = status.attempts[-1].stages if status.attempts else ()
    return stages[-1] if stages and stages[-1].ended_at is None else None


def _entered(before: AIRevisionStatus, after: AIRevisionStatus) -> StageRecord | None:
    """A stage with more weight than it had."""
    stage = _stage(after)
    if stage is None or stage.name in {"rollback", "bake"} or stage == _stage(before):
        return None
    is_same = (was := _stage(before)) is not None and (was.name, was.started_at) == (stage.name, stage.started_at)
    return None if is_same else stage


def _is_wide(simulation: Simulation) -> bool:
    selector = simulation.selector
    if selector is None:
        return "service" not in simulation.raw
    return REVISION not in selector


def _has_served(simulation: Simulation) -> bool:
    """Does a revision serve that nothing is held against?"""
    return any(
        attempt.outcome == "Promoted" and revision.status.verdict in {"Serving", "Superseded"}
        for revision in simulation.revisions.values()
        for attempt in revision.status.attempts
    )


def _takes_traffic(world: World, name: str) -> bool:
    if world.service.spec.service is None:
        return True
    return world.apex is not None and world.apex.selector.get(REVISION) in {None, name}


def _failed(world: World, revision: Revision, now: dt.datetime) -> Iterator[Signal]:
    """News that is bad."""
    for monitor in world.service.spec.monitors:
        signal = world.signals.get((revision.name, monitor.name))
        if signal is None or monitor.provider not in world.providers or monitor.class_ not in GOES_BACK:
            continue
        if signal.state == "Failed" and now <= signal.at + dt.timedelta(seconds=3 * monitor.interval_seconds):
            yield signal


def _counts(world: World, revision: Revision, signal: Signal) -> bool:
    """Comparisons say something only while two revisions take traffic."""
    monitor = next(one for one in world.service.spec.monitors if one.name == signal.monitor)
    is_wide = world.apex is not None and REVISION not in world.apex.selector
    is_candidate = revision.status.attempts[-1].outcome is None
    return monitor.compare is None or (is_candidate and (is_wide or world.service.spec.service is None))


def _history(world: World, made: Plan) -> list[str]:
    """The newest of those that served, and of those that had pods and did not, as many as were asked for of each."""
    after = {one.name: one.status for one in world.revisions} | {one.revision: one.status for one in made.dossiers}
    newest = sorted((one for one in world.revisions), key=lambda one: -one.spec.number)
    served = [one.name for one in newest if after[one.name].first_served_at is not None]
    let_in = [one.name for one in newest if any(attempt.stages for attempt in after[one.name].attempts)]
    lost = [name for name in let_in if name not in served]
    limit = world.service.spec.rollout.history_limit
    return [*served[:limit], *lost[:limit]]
