"""A cluster in memory that carries out plans: for the planner's tests, where an operator may die after any write.

Deployments get pods, pods get ready, or not, statuses and EndpointSlices follow; nothing of it happens before `tick`,
and a tick may be of some controllers only, so that what the operator sees lags behind what is so.
The real API server is for the integration tests; here the planner is searched with thousands of histories.
"""

import copy
import datetime as dt
import enum
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from harness.laboratory import Laboratory
from leadsman.api.v1alpha1.aidecision import AIDecisionSpec, AIDecisionStatus
from leadsman.api.v1alpha1.aiincident import AIIncidentSpec, AIIncidentStatus
from leadsman.api.v1alpha1.airevision import AIRevisionSpec
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, LedgerEntry
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.planner import children
from leadsman.planner.core import plan
from leadsman.planner.governance import Act, Budget, Incident, Policy, Suite
from leadsman.planner.labels import APPLIED, PREFIX, REVISION, SERVICE
from leadsman.planner.plan import (
    Create,
    Delete,
    Dossier,
    Event,
    IncidentStatus,
    Operation,
    Plan,
    Replace,
    Ruling,
    Scale,
    Watch,
    target,
)
from leadsman.planner.revisions.digests import input_digest
from leadsman.planner.world import (
    Child,
    ChildKind,
    Input,
    InputState,
    Pod,
    Revision,
    Route,
    Service,
    Signal,
    TemplateCheck,
    Workload,
    World,
)

START = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


class Killed(Exception):
    """The operator, after one of its writes."""


class Stale(Exception):
    """A write that was refused, since somebody else was faster."""


class Controller(enum.Flag):
    """Whoever else works on the cluster."""

    DEPLOYMENTS = enum.auto()
    KUBELET = enum.auto()
    STATUSES = enum.auto()
    ENDPOINTS = enum.auto()
    ALL = DEPLOYMENTS | KUBELET | STATUSES | ENDPOINTS


NOBODY: Final = "uid-of-nobody"


@dataclass(slots=True)
class SimulatedPod:
    name: str
    ready: bool = False
    crashes: bool = False


@dataclass(slots=True)
class SimulatedObject:
    kind: ChildKind
    raw: dict[str, Any]
    uid: str
    version: int
    pods: list[SimulatedPod] = field(default_factory=list[SimulatedPod])
    """Of a Deployment."""
    seen: tuple[int, int] = (0, 0)
    """What the status of a Deployment says: pods, and how many of them are ready."""
    seen_version: int = 0
    listed: frozenset[str] = frozenset()
    """Of a Service: pods in its EndpointSlices."""

    _content: tuple[int, str] = (0, "")

    @property
    def name(self) -> str:
        return self.raw["metadata"]["name"]

    def content(self) -> str:
        if self._content[0] != self.version:
            self._content = (self.version, children.content(self.kind, self.raw))
        return self._content[1]


class Simulation:
    def __init__(self, spec: Mapping[str, Any], name: str = "bot") -> None:  # noqa: PLR0915  each part of the world
        self.name = name
        self.now = START
        self._counter = itertools.count(1)
        self.revisions: dict[str, Revision] = {}
        self.objects: dict[tuple[ChildKind, str], SimulatedObject] = {}
        self.config_maps: dict[str, dict[str, Any]] = {}
        self.check: TemplateCheck | None = None
        self.signals: dict[tuple[str, str], Signal] = {}
        self.watches: tuple[Watch, ...] = ()
        self._attempts: dict[tuple[str, str], int] = {}
        self.events: list[Event] = []
        self.entries: list[LedgerEntry] = []
        self.wake_at: dt.datetime | None = None
        self.writes_left: int | None = None
        """How many writes until the operator is killed. None: it lives on."""
        self.conflict_in: int | None = None
        """How many writes until one is refused as stale. None: never."""
        self.refuses: Callable[[ChildKind, str], str] = lambda _kind, _name: ""
        """Why the API server does not take a child. Empty: it does."""
        self.places: int | None = None
        """For so many pods there are nodes. None: for all."""
        self.complaint = ""
        """What pods that are not ready say."""
        self.can_try = True
        """Does the API server answer dry runs?"""
        self.refusals: dict[tuple[ChildKind, str], str] = {}
        self.unreadable: frozenset[str] = frozenset()
        """Revisions whose record cannot be read."""
        self.unlabelled: frozenset[str] = frozenset()
        """ConfigMaps without the label of inputs."""
        self.writes = 0
        self.providers = frozenset({"default"})
        self.policies: tuple[Policy, ...] = ()
        self.budgets: tuple[Budget, ...] = ()
        """Measured anew whenever somebody looks."""
        self.incidents: tuple[Incident, ...] = ()
        self.acts: tuple[Act, ...] = ()
        self.request = ""
        """The annotation leadsman.dev/request."""
        self.protected_since: dt.datetime | None = START - dt.timedelta(days=1)
        self.pod_gets_ready: Callable[[str], bool] = lambda _: True
        """By revision."""
        self.says: Callable[[Watch], Signal | None] = lambda _: None
        """What a monitor says. None: nothing."""
        self.laboratory: Final = Laboratory()
        self.observers: list[Callable[[Simulation], None]] = []
        """Told after each write, and after each tick that changed something."""
        self.critics: list[Callable[[World, Plan], None]] = []
        """Told of each plan before it is carried out."""
        self._spec: tuple[str, Any] = ("", None)
        self.create(spec)

    # What users do.

    def create(self, spec: Mapping[str, Any]) -> None:
        """Also after a deletion, or as `kubectl replace --force`: without any status."""
        self.raw = copy.deepcopy(dict(spec))
        self.uid = f"uid-{next(self._counter)}"
        self.created_at = self.now
        self.generation = 1
        self.status = AIServiceStatus()
        self.changed_at: dt.datetime | None = None

    def edit(self, change: Callable[[dict[str, Any]], None]) -> None:
        before = copy.deepcopy(self.raw)
        change(self.raw)
        if self.raw != before:
            self.generation += 1
            self.changed_at = self.now

    def decide(self, decision: str, actor: str, groups: str = "", **spec: Any) -> str:
        """An AIDecision, as the API server stores it. Without `revision` it is about the candidate.

        Returns:
            Its name.
        """
        name = f"act-{next(self._counter)}"
        about = spec.pop("revision", self.status.candidate_revision)
        written = {
            "service": self.name,
            "decision": decision,
            "reason": "looked at it with care",
            "actor": {"username": actor, "groups": groups},
            **({"revision": about} if about is not None else {}),
            **spec,
        }
        made = Act(
            namespace="shop",
            name=name,
            uid=f"uid-{name}",
            resource_version="1",
            generation=1,
            created_at=self.now.replace(microsecond=0),
            spec=AIDecisionSpec.from_dict(written),
            status=AIDecisionStatus(),
        )
        self.acts = (*self.acts, made)
        return name

    def ruling(self, name: str) -> tuple[str, str] | None:
        """What the AIDecision's condition Counted says: status and reason."""
        act = next(one for one in self.acts if one.name == name)
        return next(((one.status, one.reason) for one in act.status.conditions), None)

    def delete(self) -> None:
        """Its children go with it; the records stay."""
        self.collect_garbage(NOBODY)

    def collect_garbage(self, owner: str) -> None:
        """Children of AIServices that are no more.

        Args:
            owner: UID of the AIService that exists.
        """
        self.objects = {
            key: thing
            for key, thing in self.objects.items()
            if _owner(thing.raw).get("kind") != "AIService" or _owner(thing.raw)["uid"] == owner
        }

    # What the operator does.

    @property
    def spec(self) -> Any:
        written = json.dumps(self.raw, sort_keys=True)
        if self._spec[0] != written:
            self._spec = (written, AIServiceSpec.from_dict(self.raw))
        return self._spec[1]

    def world(self) -> World:
        return World(
            service=Service(
                namespace="shop",
                name=self.name,
                uid=self.uid,
                generation=self.generation,
                resource_version="1",
                created_at=self.created_at,
                raw=self.raw,
                spec=self.spec,
                status=self.status,
                changed_at=self.changed_at,
                request=self.request,
            ),
            revisions=tuple(one for name, one in self.revisions.items() if name not in self.unreadable),
            unreadable=tuple(f"{name}: status.verdict: no such verdict" for name in sorted(self.unreadable)),
            workloads={thing.name: self._workload(thing) for thing in self._of(ChildKind.DEPLOYMENT)},
            apex=self._route(self.name),
            preview=self._route(f"{self.name}-preview"),
            others={
                key: _child(thing)
                for key, thing in self.objects.items()
                if key[0] not in {ChildKind.DEPLOYMENT, ChildKind.SERVICE}
            },
            pods=tuple(
                Pod(
                    name=pod.name,
                    revision=thing.name,
                    ready=pod.ready,
                    waiting="CrashLoopBackOff" if pod.crashes else "",
                    last_exit=self.complaint if not pod.ready else "",
                )
                for thing in self._of(ChildKind.DEPLOYMENT)
                for pod in thing.pods
            ),
            inputs={name: self._input(name) for name in (one["configMap"] for one in self.raw.get("inputs", []))},
            template=self.check,
            signals=dict(self.signals),
            providers=self.providers,
            policies=self.policies,
            budgets=tuple(map(self._measured, self.budgets)),
            incidents=self.incidents,
            acts=self.acts,
            protected_since=self.protected_since,
            suites=self._suites(),
            runs=self.laboratory.told(),
            refusals=dict(self.refusals),
        )

    def _measured(self, budget: Budget) -> Budget:
        if budget.status is None:
            return budget
        return replace(budget, status=budget.status.model_copy(update={"measured_at": self.now}))

    def _suites(self) -> dict[str, Suite]:
        """Those of its gates, and those that policies may ask for."""
        own = {gate["suite"] for gate in self.raw.get("gates", ())}
        return {name: one for name, one in self.laboratory.suites.items() if name in own or one.labels}

    def reconcile(self) -> Plan:
        """Plans and carries out, until there is nothing more to do before something happens."""
        refused: dict[tuple[ChildKind, str], str] = {}
        for _ in range(24):
            world = self.world()
            made = plan(world, self.now)
            for criticise in self.critics:
                criticise(world, made)
            if made.trial is not None and self.can_try:
                self.check = TemplateCheck(digest=made.trial.digest, accepted=True, at=self.now)
                continue
            try:
                changed = self._carry_out(made, refused)
            except Stale:
                continue
            if made.trial is not None or not (made.partial or changed):
                return made
        raise AssertionError("plans that never end")

    def restart(self) -> None:
        """The operator: what it had in memory is gone, what it had written stays."""
        self.check = None
        self.signals.clear()
        self.watches = ()
        self.changed_at = None
        self.writes_left = None
        self.refusals.clear()

    def _carry_out(self, made: Plan, refused: dict[tuple[ChildKind, str], str]) -> bool:
        """Say whether something else is refused than before."""
        for dossier in made.dossiers:
            self._write_dossier(dossier)
        self.entries += made.entries
        for operation in made.operations:
            child = target(operation)
            if why := self.refuses(*child):
                refused[child] = why
            elif not (isinstance(operation, Create) and any(kind is ChildKind.CONFIG_MAP for kind, _ in refused)):
                self._write(lambda operation=operation: self._operate(operation))
        for run in made.runs:
            self._write(lambda run=run: self.laboratory.create(run, self.now))
        for incident in made.incidents:
            self._write(partial(self._report, incident))
        self._tell(made)
        self.events += made.events
        self.watches, self.wake_at = made.watches, made.wake_at
        is_news, self.refusals = refused != self.refusals, dict(refused)
        return is_news

    def _tell(self, made: Plan) -> None:
        for one in made.incident_statuses:
            self._write(lambda one=one: self._follow(one))
        for ruling in made.rulings:
            self._write(lambda ruling=ruling: self._rule(ruling))
        if made.status is not None and made.status != self.status:
            self._write(lambda: self._set_status(made.status))
        for name, verdict in (made.labels or {}).items():
            self._write(lambda name=name, verdict=verdict: self._label(name, verdict))

    def _write(self, write: Callable[[], None]) -> None:
        if self.conflict_in is not None:
            self.conflict_in -= 1
            if self.conflict_in < 0:
                self.conflict_in = None
                raise Stale
        if self.writes_left is not None:
            if self.writes_left == 0:
                raise Killed
            self.writes_left -= 1
        self.writes += 1
        write()
        for observe in self.observers:
            observe(self)

    def _write_dossier(self, dossier: Dossier) -> None:
        if dossier.create is not None:
            spec = AIRevisionSpec.from_dict(dossier.create["spec"])
            labels = dossier.create["metadata"]["labels"]
            fresh = Revision(
                name=dossier.revision, uid=f"uid-{next(self._counter)}", resource_version="1",
                created_at=self.now.replace(microsecond=0), spec=spec, status=AIRevisionStatus(), labels=labels,
            )  # fmt: skip
            self._write(lambda: self.revisions.update({dossier.revision: fresh}))
        stored = AIRevisionStatus.from_dict(dossier.status.to_dict())  # as it comes back from the API server
        self._write(
            lambda: self.revisions.update({dossier.revision: replace(self.revisions[dossier.revision], status=stored)})
        )

    def _set_status(self, status: AIServiceStatus | None) -> None:
        assert status is not None
        self.status = AIServiceStatus.from_dict(status.to_dict())

    def _rule(self, ruling: Ruling) -> None:
        stored = AIDecisionStatus.from_dict(ruling.status.to_dict())
        self.acts = tuple(replace(act, status=stored) if act.name == ruling.act else act for act in self.acts)

    def report(self, severity: str, name: str = "by-a-person", **spec: Any) -> None:
        """An AIIncident, by a person."""
        moment = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        said = {"category": "Privacy", "awareAt": moment, "summary": "A customer saw another one's data.", **spec}
        written = {"service": self.name, "severity": severity, **said}
        self._report({"metadata": {"name": name}, "spec": written})

    def _report(self, raw: Mapping[str, Any]) -> None:
        name = raw["metadata"]["name"]
        assert name not in {one.name for one in self.incidents}, f"AIIncident {name} exists"
        made = Incident(
            namespace="shop",
            name=name,
            resource_version=str(next(self._counter)),
            generation=1,
            created_at=self.now.replace(microsecond=0),
            spec=AIIncidentSpec.from_dict(raw["spec"]),
            status=AIIncidentStatus(),
        )
        self.incidents = (*self.incidents, made)

    def _follow(self, told: IncidentStatus) -> None:
        stored = AIIncidentStatus.from_dict(told.status.to_dict())
        self.incidents = tuple(
            replace(one, status=stored) if one.name == told.incident else one for one in self.incidents
        )

    def _label(self, name: str, verdict: str) -> None:
        labels = {**self.revisions[name].labels, "leadsman.dev/verdict": verdict}
        self.revisions[name] = replace(self.revisions[name], labels=labels)

    def _operate(self, operation: Operation) -> None:
        match operation:
            case Create(kind=kind, object=raw):
                name = raw["metadata"]["name"]
                assert (kind, name) not in self.objects, f"{kind} {name} exists"
                self.objects[kind, name] = self._made(kind, raw, [])
            case Replace(kind=kind, object=raw, resource_version=version):
                old = self._fenced(kind, raw["metadata"]["name"], version)
                made = self._made(kind, raw, old.pods, uid=old.uid)
                made.seen, made.seen_version, made.listed = old.seen, old.seen_version, old.listed
                self.objects[kind, old.name] = made
            case Scale(revision=name, replicas=replicas, resource_version=version):
                old = self._fenced(ChildKind.DEPLOYMENT, name, version)
                old.raw["spec"]["replicas"] = replicas
                old.version = next(self._counter)
            case Delete(kind=kind, name=name, resource_version=version):
                self._fenced(kind, name, version)
                del self.objects[kind, name]

    def _fenced(self, kind: ChildKind, name: str, version: str) -> SimulatedObject:
        found = self.objects[kind, name]
        assert str(found.version) == version, f"stale write to {kind} {name}"
        return found

    def _made(
        self, kind: ChildKind, raw: Mapping[str, Any], pods: list[SimulatedPod], uid: str | None = None
    ) -> SimulatedObject:
        body = copy.deepcopy(dict(raw))
        if kind is ChildKind.DEPLOYMENT:
            body["metadata"].setdefault("annotations", {})[APPLIED] = children.content(kind, body)
        return SimulatedObject(kind, body, uid or f"uid-{next(self._counter)}", next(self._counter), pods)

    # What Kubernetes and Prometheus do.

    def tick(self, who: Controller = Controller.ALL, *, pods: int = 100) -> bool:
        """One round of the other controllers. Did anything change?

        Args:
            who: acts; the others are slow.
            pods: how many of a Deployment may come or go in it.
        """
        before = self._what_others_made()
        for thing in self._of(ChildKind.DEPLOYMENT):
            if Controller.DEPLOYMENTS in who:
                self._scale(thing, pods)
            if Controller.KUBELET in who:
                for pod in thing.pods[:pods]:
                    pod.ready = self.pod_gets_ready(thing.name) and (pod.ready or self._has_place())
            if Controller.STATUSES in who:
                thing.seen = (len(thing.pods), sum(pod.ready for pod in thing.pods))
                thing.seen_version = thing.version
        for thing in self._of(ChildKind.SERVICE) if Controller.ENDPOINTS in who else ():
            thing.listed = frozenset(pod.name for pod in self._selected(thing) if pod.ready)
        changed = self._what_others_made() != before
        for observe in self.observers if changed else ():
            observe(self)
        return changed

    def evaluate(self) -> bool:
        """One round of the evaluation controller. Did anything change?"""
        changed = self.laboratory.work(self.world, self.now)
        for observe in self.observers if changed else ():
            observe(self)
        return changed

    def _has_place(self) -> bool:
        running = sum(self.pods(thing.name, ready=True) for thing in self._of(ChildKind.DEPLOYMENT))
        return self.places is None or running < self.places

    def _scale(self, thing: SimulatedObject, most: int) -> None:
        """Unready pods go first."""
        wanted = thing.raw["spec"]["replicas"]
        for _ in range(min(most, wanted - len(thing.pods))):
            thing.pods.append(SimulatedPod(f"{thing.name}-{next(self._counter)}"))
        thing.pods.sort(key=lambda pod: not pod.ready)
        del thing.pods[max(wanted, len(thing.pods) - most) :]

    def _what_others_made(self) -> Any:
        pods = [
            (thing.name, thing.seen, thing.seen_version, [(pod.name, pod.ready) for pod in thing.pods])
            for thing in self._of(ChildKind.DEPLOYMENT)
        ]
        return pods, [(thing.name, thing.listed) for thing in self._of(ChildKind.SERVICE)]

    def _selected(self, service: SimulatedObject) -> Iterator[SimulatedPod]:
        selector = service.raw["spec"]["selector"]
        for thing in self._of(ChildKind.DEPLOYMENT):
            if selector.get(REVISION) in {None, thing.name} and selector.get(SERVICE) in {None, self.name}:
                yield from thing.pods

    def read(self) -> bool:
        """One round of readings. Did one change its state?"""
        changed = False
        wanted = {(watch.revision, watch.monitor.name): watch for watch in self.watches}
        for key in [key for key in self.signals if key not in wanted or self._attempts[key] != wanted[key].attempt]:
            del self.signals[key]
        self._attempts = {key: watch.attempt for key, watch in wanted.items()}
        for key, watch in wanted.items():
            said = self.says(watch)
            if said is None:
                continue
            said = replace(said, at=self.now)
            before = self.signals.get(key)
            changed |= before is None or (before.state, before.requests) != (said.state, said.requests)
            self.signals[key] = said
        return changed

    def settle(self, *, rounds: int = 60) -> Plan:
        """Until nothing changes without time passing."""
        for _ in range(rounds):
            writes = self.writes
            made = self.reconcile()
            moved = self.tick()
            evaluated = self.evaluate()
            if not (self.read() or moved or evaluated or self.writes > writes):
                return made
        raise AssertionError("never comes to rest")

    def run(self, seconds: float, *, step: float = 5) -> None:
        """Time passes, readings come in."""
        until = self.now + dt.timedelta(seconds=seconds)
        self.settle()
        while self.now < until:
            self.now = min(until, self.now + dt.timedelta(seconds=step))
            self.read()
            self.settle()

    # What tests look at.

    def pods(self, revision: str, *, ready: bool = False) -> int:
        thing = self.objects.get((ChildKind.DEPLOYMENT, revision))
        return sum(pod.ready or not ready for pod in thing.pods) if thing else 0

    def asked(self, revision: str) -> int:
        thing = self.objects.get((ChildKind.DEPLOYMENT, revision))
        return thing.raw["spec"]["replicas"] if thing else 0

    @property
    def in_traffic(self) -> dict[str, int]:
        """Ready pods that users reach, by revision."""
        apex = self.objects.get((ChildKind.SERVICE, self.name))
        if apex is not None:
            pods = {pod.name for thing in self._of(ChildKind.DEPLOYMENT) for pod in thing.pods if pod.ready}
            return _by_revision(apex.listed & pods)
        if "service" in self.raw:
            return {}
        return {thing.name: n for thing in self._of(ChildKind.DEPLOYMENT) if (n := self.pods(thing.name, ready=True))}

    @property
    def selector(self) -> Mapping[str, str] | None:
        apex = self.objects.get((ChildKind.SERVICE, self.name))
        return apex.raw["spec"]["selector"] if apex else None

    def condition(self, type_: str) -> tuple[str, str] | None:
        found = next((one for one in self.status.conditions if one.type == type_), None)
        return (found.status, found.reason) if found else None

    def verdict(self, revision: str | None) -> str | None:
        return self.revisions[revision].status.verdict if revision else None

    def _of(self, kind: ChildKind) -> Iterator[SimulatedObject]:
        return (thing for (found, _), thing in list(self.objects.items()) if found is kind)

    def _workload(self, thing: SimulatedObject) -> Workload:
        return Workload(
            **_fields(thing),
            replicas=thing.raw["spec"]["replicas"],
            pods=thing.seen[0],
            ready=thing.seen[1],
            observed=thing.seen_version == thing.version,
        )

    def _route(self, name: str) -> Route | None:
        thing = self.objects.get((ChildKind.SERVICE, name))
        if thing is None:
            return None
        return Route(
            **_fields(thing),
            selector=thing.raw["spec"]["selector"],
            ready=_by_revision(thing.listed),
            address=address(thing),
        )

    def _input(self, name: str) -> Input:
        found = self.config_maps.get(name)
        if found is None:
            return Input(name=name, state=InputState.MISSING)
        if name in self.unlabelled:
            return Input(name=name, state=InputState.NOT_LABELLED)
        return Input(name=name, state=InputState.PRESENT, digest=input_digest(found), data=found)


def address(service: SimulatedObject) -> str:
    """Another one each time that it is made."""
    return f"http://{service.name}.{service.uid}:80"


def _by_revision(pods: Iterable[str]) -> dict[str, int]:
    return dict(Counter(name.rpartition("-")[0] for name in pods))


def _owner(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(raw["metadata"].get("ownerReferences", [])), {})


def _fields(thing: SimulatedObject) -> dict[str, Any]:
    metadata, owner = thing.raw["metadata"], _owner(thing.raw)
    annotations = metadata.get("annotations", {})
    return {
        "kind": thing.kind,
        "name": thing.name,
        "uid": thing.uid,
        "resource_version": str(thing.version),
        "owner_uid": owner.get("uid"),
        "owner": f"{owner.get('kind')}/{owner.get('name')}" if owner else "",
        "labels": metadata.get("labels", {}),
        "annotations": {key: value for key, value in annotations.items() if key.startswith(PREFIX)},
        "content": thing.content(),
    }


def _child(thing: SimulatedObject) -> Child:
    return Child(**_fields(thing))
