"""What has to be written so that the children are as wanted? It follows from what is there, not from what was done.

    Services ─► copies of inputs ─► who may call, what may be evicted ─► more pods ─► fewer pods ─► deletions

Services come first, so that nothing which is refused stands between a rollback and the traffic. Fewer pods, and
deletions, are not even planned until the apex is seen to select what it shall: pods that it still selects are never
taken away, in whatever order writes succeed or fail. One thing comes before the Services: pods that were hidden are
opened to callers, or the Service would send users to a closed door.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from leadsman.api.v1alpha1.airevision import AIRevisionSpec, PinnedInput
from leadsman.planner.children.access import render_network_policies
from leadsman.planner.children.budget import render_risk_budget
from leadsman.planner.children.config_map import is_pinned, original, render_copy
from leadsman.planner.children.deployment import render_deployment
from leadsman.planner.children.disruption import render_disruption_budget
from leadsman.planner.children.ownership import Owner, Standing, may_be_deleted, service_owner, standing
from leadsman.planner.children.rendering import Rendered, is_changed_by_others, is_intact, settle
from leadsman.planner.children.service import preview_name, render_service
from leadsman.planner.labels import REVISION
from leadsman.planner.plan import Create, Delete, Operation, Replace, Scale
from leadsman.planner.policies.gates import asked_gates
from leadsman.planner.world import Child, ChildKind, Workload, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    deployments: Mapping[str, int]
    """Pods of each revision. A Deployment that is not named here loses its pods and then goes."""
    apex: Mapping[str, str] | None
    """What it selects. None: it stays as it is, and none is made."""
    preview: Mapping[str, str] | None
    """What it selects. None: there is none."""
    hidden: str | None = None
    """The revision in the dark, which nobody calls but its evaluations."""
    keep: frozenset[str] = frozenset()
    """Revisions whose copies of inputs stay, besides those of `deployments`."""

    @property
    def revisions(self) -> list[str]:
        return sorted(self.keep | self.deployments.keys())


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What is known of the revisions. One whose record cannot be read is in neither."""

    specs: Mapping[str, AIRevisionSpec]
    uids: Mapping[str, str]

    def pinned(self, revision: str) -> Iterator[tuple[PinnedInput, Owner]]:
        """Nothing of a revision that has no record yet: its copies belong to the record."""
        if revision in self.specs and revision in self.uids:
            owner = Owner(kind="AIRevision", name=revision, uid=self.uids[revision])
            yield from ((pinned, owner) for pinned in self.specs[revision].inputs)


def operations(
    world: World, wanted: Wanted, specs: Mapping[str, AIRevisionSpec], uids: Mapping[str, str]
) -> tuple[Operation, ...]:
    """In the order in which they are to be carried out. Nothing for a service that is being deleted.

    Args:
        world: as observed.
        wanted: as decided.
        specs: what each revision is.
        uids: of the AIRevisions that exist.
    """
    if world.service.deleting:
        return ()
    records = Records(specs=specs, uids=uids)
    is_routed = _is_routed(world, wanted)
    workloads = [
        *_missing_workloads(world, wanted, records),
        *(one for child in _workloads(world) for one in _workload(world, child, wanted, records, reduce=is_routed)),
    ]
    guards = tuple(_guards(world, wanted))
    opens = wanted.hidden is None and (ChildKind.NETWORK_POLICY, preview_name(world.service.name)) in world.others
    return (
        *(guards if opens else ()),
        *_services(world, wanted),
        *_copies(world, wanted, records),
        *(() if opens else guards),
        *sorted(workloads, key=partial(_takes_pods, world)),
        *(_deletions(world, wanted) if is_routed else ()),
    )


def strangers(world: World) -> tuple[tuple[ChildKind, str], ...]:
    """Objects of others that stand where Leadsman's belong, Services first. They are left as they are."""
    owner = service_owner(world.service)
    there = [*_routes(world), *_named_guards(world), *_workloads(world)]
    return tuple((child.kind, child.name) for child in there if standing(child, owner) is Standing.FOREIGN)


def foreign(world: World) -> str | None:
    """The Service of somebody else's that is in the way."""
    return next((name for kind, name in strangers(world) if kind is ChildKind.SERVICE), None)


def _is_routed(world: World, wanted: Wanted) -> bool:
    """Does the apex select what it shall? Of none, or of somebody else's, no pods can be kept for its sake.

    One that is not seen may only have lost its labels: making it anew tells, or is refused.
    """
    apex, selector = world.apex, wanted.apex
    if selector is None or world.service.spec.service is None:
        return True
    if apex is None:
        return (ChildKind.SERVICE, world.service.name) in world.refusals
    return apex.selector == selector or standing(apex, service_owner(world.service)) is Standing.FOREIGN


def _services(world: World, wanted: Wanted) -> Iterator[Operation]:
    service, template = world.service, world.service.spec.service
    if template is None:
        return
    places = ((service.name, world.apex, wanted.apex), (preview_name(service.name), world.preview, wanted.preview))
    for name, child, selector in places:
        if selector is not None and (write := settle(child, render_service(service, name, template, selector))):
            yield write


def _copies(world: World, wanted: Wanted, records: Records) -> Iterator[Operation]:
    for revision in wanted.revisions:
        for pinned, owner in records.pinned(revision):
            child = world.others.get((ChildKind.CONFIG_MAP, pinned.copy_))
            yield from _copy(world, pinned, render_copy(world, pinned, owner), child)


def _copy(world: World, pinned: PinnedInput, ours: Rendered, child: Child | None) -> Iterator[Operation]:
    """One that holds something else is made anew, since nothing can change it; but only where its data is at hand."""
    has_data = original(world, pinned) is not None
    if child is None or is_pinned(world, pinned):
        if (child is not None or has_data) and (write := settle(child, ours)):
            yield write
    elif has_data and may_be_deleted(child, ours.origin.owner):
        yield _delete(child)


def _guards(world: World, wanted: Wanted) -> Iterator[Operation]:
    for ours in _wanted_guards(world, wanted):
        if write := settle(world.others.get((ours.kind, ours.name)), ours):
            yield write


def _wanted_guards(world: World, wanted: Wanted) -> Iterator[Rendered]:
    evaluated = bool(asked_gates(world))
    yield from render_network_policies(world.service, world.scrapers, wanted.hidden, evaluated=evaluated)
    if world.service.spec.replicas > 1:
        yield render_disruption_budget(world.service)
    if (budget := render_risk_budget(world.service)) is not None:
        yield budget


def _missing_workloads(world: World, wanted: Wanted, records: Records) -> Iterator[Operation]:
    """Not before the copies of its inputs are there, or made in this very plan."""
    for revision in sorted(wanted.deployments.keys() - world.workloads.keys()):
        if (spec := records.specs.get(revision)) is None or not _has_inputs(world, spec, revision in records.uids):
            continue
        ours = render_deployment(world.service, revision, spec, replicas=wanted.deployments[revision])
        yield Create(kind=ours.kind, object=ours.to_object())


def _has_inputs(world: World, spec: AIRevisionSpec, has_record: bool) -> bool:
    return all(
        is_pinned(world, pinned)
        or (
            has_record
            and (ChildKind.CONFIG_MAP, pinned.copy_) not in world.others
            and original(world, pinned) is not None
        )
        for pinned in spec.inputs
    )


def _workload(world: World, child: Workload, wanted: Wanted, records: Records, *, reduce: bool) -> Iterator[Operation]:
    if child.deleting or standing(child, service_owner(world.service)) is Standing.FOREIGN:
        return
    replicas = wanted.deployments.get(child.name, 0)
    if not reduce:
        replicas = max(replicas, child.replicas)
    spec = records.specs.get(child.name) if child.name in wanted.deployments else None
    ours = render_deployment(world.service, child.name, spec, replicas=replicas) if spec is not None else None
    if ours is not None and not is_intact(child, ours) and not _is_scaled_first(child, ours, replicas):
        yield Replace(
            kind=ours.kind,
            object=ours.to_object(),
            resource_version=child.resource_version,
            drift=is_changed_by_others(child, ours),
        )
    elif child.replicas != replicas:
        yield Scale(revision=child.name, replicas=replicas, resource_version=child.resource_version)


def _is_scaled_first(child: Workload, ours: Rendered, replicas: int) -> bool:
    """More pods, as they were, before a change that the API server may refuse. But not of what somebody changed."""
    return child.replicas < replicas and not is_changed_by_others(child, ours)


def _takes_pods(world: World, operation: Operation) -> bool:
    """Does it lower a number of pods?"""
    match operation:
        case Scale(revision=revision, replicas=replicas):
            return replicas < world.workloads[revision].replicas
        case Replace(object={"metadata": {"name": revision}, "spec": {"replicas": replicas}}):
            return replicas < world.workloads[revision].replicas
        case _:
            return False


def _deletions(world: World, wanted: Wanted) -> Iterator[Operation]:
    owner = service_owner(world.service)
    guards = {(ours.kind, ours.name) for ours in _wanted_guards(world, wanted)}
    unwanted: list[Child] = [
        *_unwanted_routes(world, wanted),
        *(child for child in _named_guards(world) if (child.kind, child.name) not in guards),
        *(
            child
            for child in _workloads(world)
            if child.name not in wanted.deployments and child.replicas + child.pods == 0
        ),
    ]
    yield from (_delete(child) for child in unwanted if may_be_deleted(child, owner))
    for (kind, _), child in sorted(world.others.items()):
        revision = child.labels.get(REVISION)
        if kind is ChildKind.CONFIG_MAP and revision and revision not in wanted.revisions:
            record = Owner(kind="AIRevision", name=revision, uid=child.owner_uid or "")
            if may_be_deleted(child, record) and child.owner in {"", f"AIRevision/{revision}"}:
                yield _delete(child)


def _unwanted_routes(world: World, wanted: Wanted) -> Iterator[Child]:
    has_ports = world.service.spec.service is not None
    if world.apex is not None and not has_ports:
        yield world.apex
    if world.preview is not None and (not has_ports or wanted.preview is None):
        yield world.preview


def _delete(child: Child) -> Delete:
    return Delete(kind=child.kind, name=child.name, uid=child.uid, resource_version=child.resource_version)


def _routes(world: World) -> list[Child]:
    return [child for child in (world.apex, world.preview) if child is not None]


def _named_guards(world: World) -> list[Child]:
    name = world.service.name
    places = (
        (ChildKind.NETWORK_POLICY, name),
        (ChildKind.NETWORK_POLICY, preview_name(name)),
        (ChildKind.POD_DISRUPTION_BUDGET, name),
        (ChildKind.RISK_BUDGET, name),
    )
    return [world.others[place] for place in places if place in world.others]


def _workloads(world: World) -> list[Workload]:
    return [world.workloads[name] for name in sorted(world.workloads)]
