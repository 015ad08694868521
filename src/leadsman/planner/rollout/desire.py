"""What does the spec ask for, and can it be had? The desired revision, how it comes to be, or what keeps it from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision import AIRevisionSpec, PinnedInput, RevisedService
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.ledger.canonical import NotCanonicalError
from leadsman.planner import children
from leadsman.planner.plan import TemplateTrial
from leadsman.planner.records.book import Book, Record
from leadsman.planner.revisions import templates
from leadsman.planner.revisions.digests import revision_digest, revision_name
from leadsman.planner.world import InputState, Service, World

SETTLE: Final = timedelta(seconds=2)
"""One `kubectl apply` of a service and its ConfigMaps makes one revision, not one for each object."""
TRY_AGAIN: Final = timedelta(seconds=30)
"""A template that was refused may be accepted later: a quota or an admission policy changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desire:
    digest: str | None = None
    """None: it cannot be told, since an input is missing or has just changed."""
    name: str | None = None
    record: Record | None = None
    """None: there is no such revision yet."""
    blocker: Blocker | None = None
    """Why there is none."""
    trial: TemplateTrial | None = None
    """What the API server has to be asked before there can be one."""
    draft: AIRevisionSpec | None = None
    """What it will be: it can be made now."""
    wake_at: datetime | None = None


def desire(world: World, book: Book) -> Desire:
    if blocker := _inputs(world):
        return Desire(blocker=blocker)
    pinned = {one.config_map: world.inputs[one.config_map].digest for one in world.service.spec.inputs}
    try:
        digest = revision_digest(world.service.raw, pinned)
    except NotCanonicalError as error:
        return Desire(blocker=_refused(world, str(error)))
    name = revision_name(world.service.name, digest)
    if world.unreadable and name not in book.records:
        return Desire(digest=digest, name=name)  # whether there is one already, and its number, cannot be told
    record = book.records.get(name)
    if record is not None:
        return _known(record, digest, name)
    return _new(world, book, digest, name)


def _known(record: Record, digest: str, name: str) -> Desire:
    if record.spec.digest == digest or not record.is_readable:
        return Desire(digest=digest, name=name, record=record)
    blocker = Blocker(
        type="Revision",
        name=name,
        reason=Reason.REVISION_NAME_COLLISION,
        message=f"{name} exists, of another digest: {record.spec.digest} instead of {digest}",
        unblock="change something in spec.template, such as an annotation, so that the digest is another one",
    )
    return Desire(digest=digest, name=name, blocker=blocker)


def _new(world: World, book: Book, digest: str, name: str) -> Desire:
    settled_at = _settled_at(world.service)
    if settled_at and book.now < settled_at:
        return Desire(name=name, wake_at=settled_at)  # without a digest: nothing is abandoned for what may not stay
    spec = _snapshot(world, book, digest, name)
    if too_large := templates.too_large(spec.template):
        return Desire(digest=digest, name=name, blocker=_refused(world, too_large))
    check = world.template
    if check is None or check.digest != digest or (not check.accepted and book.now >= check.at + TRY_AGAIN):
        trial = TemplateTrial(digest=digest, deployment=children.deployment(world.service, name, spec, replicas=0))
        return Desire(digest=digest, name=name, trial=trial)
    if not check.accepted:
        blocker = _refused(world, check.message)
        return Desire(digest=digest, name=name, blocker=blocker, wake_at=check.at + TRY_AGAIN)
    return Desire(digest=digest, name=name, draft=spec)


def _settled_at(service: Service) -> datetime | None:
    """Only where there are inputs, which arrive one by one."""
    return service.changed_at + SETTLE if service.changed_at and service.spec.inputs else None


def _inputs(world: World) -> Blocker | None:
    for named in world.service.spec.inputs:
        found = world.inputs.get(named.config_map)
        state = found.state if found else InputState.MISSING
        match state:
            case InputState.PRESENT:
                continue
            case InputState.MISSING:
                message = f"ConfigMap {named.config_map} does not exist"
                reason = Reason.INPUT_MISSING
                unblock = f"create ConfigMap {named.config_map} with the label leadsman.dev/input"
            case InputState.NOT_LABELLED:
                message = f"ConfigMap {named.config_map} lacks the label leadsman.dev/input"
                reason = Reason.INPUT_NOT_LABELLED
                namespace = world.service.namespace
                unblock = f"kubectl label configmap {named.config_map} -n {namespace} leadsman.dev/input=true"
        return Blocker(type="Input", name=named.config_map, reason=reason, message=message, unblock=unblock)
    return None


def _refused(world: World, message: str) -> Blocker:
    return Blocker(
        type="Template",
        name=world.service.name,
        reason=Reason.POD_TEMPLATE_REFUSED,
        message=message[:4096],
        unblock="correct spec.template",
    )


def _snapshot(world: World, book: Book, digest: str, name: str) -> AIRevisionSpec:
    service = world.service
    copies = {one.config_map: children.copy_name(one.config_map, name) for one in service.spec.inputs}
    template = templates.render_template(service.raw["template"], service=service.name, revision=name, copies=copies)
    fields: dict[str, Any] = {
        "service": RevisedService(name=service.name, uid=service.uid),
        "number": 1 + max((record.spec.number for record in book.records.values()), default=0),
        "digest": digest,
        "template": template,
        "model": service.spec.model,
        "inputs": _pinned(world, copies),
        "unpinned": templates.unpinned(template, frozenset(copies.values())),
    }
    if service.spec.change is not None:
        fields["change"] = service.spec.change
    return AIRevisionSpec(**fields)


def _pinned(world: World, copies: Mapping[str, str]) -> tuple[PinnedInput, ...]:
    return tuple(
        PinnedInput(config_map=name, copy_=copies[name], digest=world.inputs[name].digest) for name in sorted(copies)
    )
