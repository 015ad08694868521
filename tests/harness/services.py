"""AIServices as users write them, with pods that behave as told."""

from typing import Any

from harness.pods import Script

Object = dict[str, Any]


def ai_service(name: str, version: str, script: Script | None = None, **spec: Any) -> Object:
    """One model on two pods behind a Service; whatever is in `spec` stands above that."""
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "AIService",
        "metadata": {"name": name},
        "spec": {
            "owner": {"team": "support", "accountable": "dana@example.com"},
            "purpose": {"intendedUse": "Drafts replies that a person reviews."},
            "risk": {"tier": "Minimal"},
            "model": {"name": name, "version": version},
            "replicas": 2,
            "service": {"ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
            "template": (script or Script()).template(),
            **spec,
        },
    }


def reason_of(seen: Object, condition: str) -> str | None:
    conditions = seen.get("status", {}).get("conditions", [])
    return next((one["reason"] for one in conditions if one["type"] == condition), None)


def serves(version: str) -> Any:
    """Is the revision of this version in traffic, as the service's status says?"""

    def held(seen: Object) -> bool:
        status = seen.get("status", {})
        return (
            seen["spec"]["model"]["version"] == version
            and status.get("observedGeneration") == seen["metadata"]["generation"]
            and status.get("servingRevision") is not None
            and status.get("servingRevision") == status.get("desiredRevision")
            and bool(status.get("traffic", {}).get("verified"))
        )

    return held
