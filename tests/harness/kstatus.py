"""How GitOps tools judge the health of an object: kstatus and Flux, as their sources have it."""

from collections.abc import Callable
from typing import Literal

from harness.cluster import Object

Health = Literal["InProgress", "Failed", "Current", "Terminating"]
Expression = Callable[[Object], bool]


def compute(found: Object) -> Health:
    """For kinds that are not Kubernetes' own.

    https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/status/{status,generic}.go
    """
    if found["metadata"].get("deletionTimestamp"):
        return "Terminating"
    if _is_behind(found):
        return "InProgress"
    for condition in found.get("status", {}).get("conditions", []):
        # In the order of the list, and the first wins.
        if condition["type"] == "Reconciling" and condition["status"] == "True":
            return "InProgress"
        if condition["type"] == "Stalled" and condition["status"] == "True":
            return "Failed"
    # False or Unknown may go on or be doomed, which kstatus cannot tell: that is what Stalled is for.
    ready = next((one for one in found.get("status", {}).get("conditions", []) if one["type"] == "Ready"), None)
    return "Current" if ready is None or ready["status"] == "True" else "InProgress"


def compute_with_flux(found: Object, in_progress: Expression, failed: Expression, current: Expression) -> Health:
    """https://github.com/fluxcd/pkg/blob/main/runtime/cel/status_evaluator.go."""
    if _is_behind(found):
        return "InProgress"
    if in_progress(found):
        return "InProgress"
    if failed(found):
        return "Failed"
    return "Current" if current(found) else "InProgress"


def _is_behind(found: Object) -> bool:
    observed, generation = found.get("status", {}).get("observedGeneration"), found["metadata"].get("generation")
    return None not in {observed, generation} and observed != generation
