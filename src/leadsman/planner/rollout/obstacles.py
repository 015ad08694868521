"""What stands in the way of the whole service? It holds what moves forward, and nothing that goes back or serves.

What the API server refuses is tried again for as long as it is wanted, so a refusal must not change what is wanted: it
holds the next step of traffic, and not the pods that are asked for.
"""

from collections.abc import Iterator

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.ledger.outbox import Outbox, Trouble, trouble
from leadsman.planner import children
from leadsman.planner.decisions.force import hold
from leadsman.planner.records.book import Record
from leadsman.planner.records.cast import Cast
from leadsman.planner.world import ChildKind, World

_MESSAGE = 4096


def obstacles(world: World, cast: Cast) -> Iterator[Blocker]:
    yield from _records(world)
    yield from _claims(world, cast)


def _records(world: World) -> Iterator[Blocker]:
    for text in world.unreadable:
        name, _, why = text.partition(":")
        yield Blocker(
            type="Record",
            name=name,
            reason=Reason.RECORD_UNREADABLE,
            message=f"AIRevision {name} cannot be read: {why.strip()}"[:_MESSAGE],
            unblock="run a version of Leadsman that can read it, or restore it from a backup",
        )


def ledger_trouble(world: World) -> Trouble | None:
    """Where it has sinks: why what is written down from now on might be lost, or might replace what was."""
    if world.sinks is None:
        return None
    outbox = Outbox.of({one.name: one.status.ledger for one in world.revisions}, is_whole=not world.unreadable)
    return trouble(outbox, world.sinks)


def unrecorded(world: World) -> Iterator[Blocker]:
    """For a candidate: each step forward needs entries that reach the sinks."""
    found = ledger_trouble(world)
    if found is None:
        return
    act = "look into the operator's log for why a sink takes nothing; it is tried again and again"
    if found.seen is not None:
        act = f"compare the two; who gives up what was lost adds {found.seen.hash} to the setting ledger.givenUp"
    yield Blocker(
        type="Record" if found.seen is not None else "Ledger",
        name=world.service.name,
        reason=found.reason,
        message=found.message[:_MESSAGE],
        unblock=act,
    )


def _claims(world: World, cast: Cast) -> Iterator[Blocker]:
    """Objects of others in the places of ours. Pods of theirs say nothing about ours."""
    namespace, needed = world.service.namespace, _needed(cast)
    for kind, name in children.strangers(world):
        if kind is ChildKind.SERVICE:
            yield Blocker(
                type="Service",
                name=name,
                reason=Reason.SERVICE_NOT_OWNED,
                message=f"a Service {name} exists that Leadsman did not make",
                unblock=f"kubectl annotate service {name} -n {namespace} leadsman.dev/adopt=true, "
                "or rename one of the two",
            )
        elif kind is ChildKind.NETWORK_POLICY and world.service.spec.access is not None:
            yield Blocker(
                type="Service",
                name=name,
                reason=Reason.NETWORK_POLICY_NOT_OWNED,
                message=f"a NetworkPolicy {name} exists that Leadsman did not make: who may call is not as declared",
                unblock=f"kubectl annotate networkpolicy {name} -n {namespace} leadsman.dev/adopt=true, "
                "or rename one of the two",
            )
        elif kind is ChildKind.DEPLOYMENT and name in needed:
            yield Blocker(
                type="Revision",
                name=name,
                reason=Reason.DEPLOYMENT_NOT_OWNED,
                message=f"a Deployment {name} exists that Leadsman did not make",
                unblock=f"kubectl delete deployment {name} -n {namespace}, after a look at whose it is",
            )


def refusals(world: World, cast: Cast) -> Iterator[Blocker]:
    """Of what is needed now: a Deployment that is kept at zero can wait."""
    needed = _needed(cast)
    for (kind, name), message in sorted(world.refusals.items()):
        if kind in {ChildKind.DEPLOYMENT, ChildKind.CONFIG_MAP} and name not in needed:
            continue
        yield Blocker(
            type="Child",
            name=name,
            reason=Reason.CHILD_REFUSED,
            message=f"the API server refuses {kind} {name}: {message}"[:_MESSAGE],
            unblock="read what it says: a quota, a permission or an admission policy; it is tried again and again",
        )


def held_back(world: World, cast: Cast) -> Iterator[Blocker]:
    """What the spec asks for, by a Rollback that somebody decided."""
    held, service = hold(cast.serving), world.service
    if held is not None and cast.serving is not None:
        yield Blocker(
            type="Revision",
            name=cast.serving.name,
            reason=Reason.ROLLED_BACK,
            message=f"{held.actor.username} went back to it ({held.name}), and it is held",
            unblock=f"leadsman resume {service.name} -n {service.namespace}, or apply another revision",
        )


def losses(world: World, record: Record | None) -> Iterator[Blocker]:
    """Inputs that a revision was recorded with and that are nowhere any more: a new pod of it would not start."""
    for copy in children.lost(world, record.spec) if record is not None else ():
        yield Blocker(
            type="Input",
            name=copy,
            reason=Reason.INPUT_MISSING,
            message=f"ConfigMap {copy}, the copy of an input, is gone, and the input holds something else by now",
            unblock="give the input the content that it had, or go on with another revision",
        )


def _needed(cast: Cast) -> frozenset[str]:
    records = [record for record in (cast.serving, cast.candidate) if record is not None]
    copies = (pinned.copy_ for record in records for pinned in record.spec.inputs)
    return frozenset((*(record.name for record in records), *copies))
