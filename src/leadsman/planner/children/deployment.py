"""The Deployment of a revision: its pods, as recorded."""

from typing import Any, Final

from leadsman.api.v1alpha1.airevision import AIRevisionSpec
from leadsman.planner.children.ownership import service_owner
from leadsman.planner.children.rendering import Origin, Rendered
from leadsman.planner.labels import RESTARTED_AT, REVISION, SERVICE
from leadsman.planner.plan import Object
from leadsman.planner.revisions.templates import stamped
from leadsman.planner.world import ChildKind, Service

_REPLICA_SETS: Final = 1
"""Kept beside the current one. What can be gone back to is a revision, not a ReplicaSet."""


def deployment(service: Service, revision: str, spec: AIRevisionSpec, *, replicas: int) -> Object:
    return render_deployment(service, revision, spec, replicas=replicas).to_object()


def render_deployment(service: Service, revision: str, spec: AIRevisionSpec, *, replicas: int) -> Rendered:
    selector = {SERVICE: service.name, REVISION: revision}
    body: dict[str, Any] = {
        "replicas": replicas,
        "selector": {"matchLabels": selector},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": _rolling_update(service)},
        "revisionHistoryLimit": _REPLICA_SETS,
        "progressDeadlineSeconds": service.spec.rollout.progress_deadline_seconds,
        "template": _template(service, spec),
    }
    return Rendered(
        kind=ChildKind.DEPLOYMENT,
        name=revision,
        origin=Origin(namespace=service.namespace, service=service.name, owner=service_owner(service)),
        body={"spec": body},
        extra_labels={REVISION: revision},
    )


def _template(service: Service, spec: AIRevisionSpec) -> dict[str, Any]:
    """Verbatim, save for a restart that was asked for: as the user wrote it, so that only an edit restarts."""
    restarted_at = service.raw.get("restartedAt")
    return stamped(spec.template, "annotations", {RESTARTED_AT: str(restarted_at)}) if restarted_at else spec.template


def _rolling_update(service: Service) -> dict[str, int]:
    """For restarts: of one revision to the next is another Deployment."""
    surge = service.spec.rollout.surge
    return {"maxSurge": surge, "maxUnavailable": 0 if surge else 1}
