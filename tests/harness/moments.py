"""A service at the moments of its life that people and GitOps tools have to tell apart, as the operator writes them."""

from typing import Any

from harness.cluster import Object
from harness.manifests import EXAMPLES

GOOD = "assistant-7c01aa93f2"
NEW = "assistant-9b2e41c07d"
DIGEST = "sha256:" + "9b2e41c07d" + "0" * 54
SINCE = "2026-11-23T10:00:00Z"
GENERATION = 7


def condition(type_: str, status: str, reason: str, message: str = "") -> Object:
    return {
        "type": type_,
        "status": status,
        "observedGeneration": GENERATION,
        "lastTransitionTime": SINCE,
        "reason": reason,
        "message": message,
    }


AVAILABLE = condition("Available", "True", "MinimumReplicasAvailable")
QUARANTINE = {
    "digest": DIGEST,
    "revision": NEW,
    "reason": "SignalFailed",
    "message": "errors 0.081 > 0.02, n=1240",
    "since": SINCE,
    "incident": NEW,
}


def service(*conditions: Object, spec: Object | None = None, **status: Any) -> Object:
    """Named assistant, of generation 7."""
    return {
        **EXAMPLES["aiservice-minimal"],
        "metadata": {
            "name": "assistant",
            "namespace": "support",
            "generation": GENERATION,
            "creationTimestamp": "2026-11-01T10:00:00Z",
        },
        "spec": EXAMPLES["aiservice-minimal"]["spec"] | (spec or {}),
        "status": {"observedGeneration": GENERATION, "conditions": list(conditions)} | status,
    }


def moving(reason: str, message: str = "", **status: Any) -> Object:
    ready = condition("Ready", "Unknown", reason, message)
    return service(
        ready, AVAILABLE, condition("Reconciling", "True", reason, message), servingRevision=GOOD,
        desiredRevision=NEW, candidateRevision=NEW, **status,
    )  # fmt: skip


def waiting(reason: str, message: str = "", **status: Any) -> Object:
    ready = condition("Ready", "False", reason, message)
    return service(
        ready, AVAILABLE, servingRevision=GOOD, desiredRevision=NEW, candidateRevision=NEW, **status
    )  # fmt: skip


def well(reason: str, *more: Object, **status: Any) -> Object:
    ready = condition("Ready", "True", reason, f"{NEW} serves everyone")
    return service(ready, AVAILABLE, *more, servingRevision=NEW, desiredRevision=NEW, **status)


def stalled(reason: str, word: str, *more: Object, **status: Any) -> Object:
    message = f"errors 0.081 > 0.02, n=1240; {GOOD} serves"
    return service(
        condition("Ready", "False", reason, message), AVAILABLE, condition("Stalled", "True", word, message),
        condition("RolledBack", "True", reason, message), *more, servingRevision=GOOD, desiredRevision=NEW, **status,
    )  # fmt: skip


def _of_generation(found: Object, generation: int) -> Object:
    return {**found, "metadata": {**found["metadata"], "generation": generation}}


def _deleted(found: Object) -> Object:
    return {**found, "metadata": {**found["metadata"], "deletionTimestamp": SINCE}}


def _never_seen() -> Object:
    """The CRD's default is all that there is."""
    return {**service(), "status": {"observedGeneration": -1}}


APPROVAL = {
    "type": "Approval",
    "name": "half",
    "reason": "AwaitingApproval",
    "message": "0 of 1",
    "unblock": f"leadsman approve assistant --revision {NEW} --reason …",
}
STAGE = {
    "name": "canary",
    "weight": 10,
    "startedAt": SINCE,
    "holdUntil": "2026-11-23T10:10:00Z",
    "deadlineAt": "2026-11-23T10:40:00Z",
}
MOMENTS: dict[str, Object] = {
    "created": _never_seen(),
    "resolving": moving("Resolving"),
    "gates running": moving("GatesRunning", "quality runs"),
    "rolling out": moving("RollingOut", "stage canary at 10 %", stage=STAGE, attempt=14),
    "awaiting evidence": moving("AwaitingEvidence", "errors: n=31 of 500", stage=STAGE, attempt=14),
    "awaiting approval": waiting("AwaitingApproval", "half wants an approval", blockers=[APPROVAL]),
    "freeze": waiting("ChangeFreeze", "year-end until 2027-01-03"),
    "paused": waiting("Paused", "paused before half"),
    "baking": well("Baking", bake={"startedAt": SINCE, "until": "2026-11-23T11:00:00Z"}, previousRevision=GOOD),
    "promoted": well("Promoted"),
    "rolled back": stalled("RolledBack", "RevisionQuarantined", quarantine=[QUARANTINE]),
    "rejected": stalled("Rejected", "Rejected"),
    "aborted": stalled("Aborted", "Aborted"),
    "break-glass": well("Promoted", condition("BreakGlassActive", "True", "BreakGlass", "until 14:00, INC-1")),
    "new spec, operator down": _of_generation(well("Promoted"), GENERATION + 1),
    "fix over a rollback, operator down": _of_generation(stalled("RolledBack", "RevisionQuarantined"), GENERATION + 1),
    "deleted": _deleted(well("Promoted")),
}
