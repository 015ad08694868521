"""The same mistakes with `kubectl create` and `kubectl replace`: other parts of the API server find out first."""

from typing import Final

from integration.api.mistake import GONE, Mistake

CREATED: Final = (
    Mistake(
        "a threshold as a float",
        {"spec.monitors.0.max": 0.02},
        'spec.monitors[0].max: Invalid value: "number": spec.monitors[0].max in body must be of type string: "number"',
        how="create",
    ),
    Mistake(
        "a hold with a unit",
        {"spec.rollout.stages.0.holdSeconds": "10m"},
        'holdSeconds in body must be of type integer: "string"',
        how="create",
    ),
    Mistake(
        "two gates of one name",
        {"spec.gates.1.name": "quality"},
        'spec.gates[1]: Duplicate value: {"name":"quality"}',
        how="create",
    ),
    Mistake(
        "a group that is affected twice",
        {"spec.purpose.affectedGroups": ["customers", "customers"]},
        'spec.purpose.affectedGroups[1]: Duplicate value: "customers"',
        how="create",
    ),
    Mistake(
        "a field in the wrong place",
        {"spec.tier": "High"},
        'strict decoding error: unknown field "spec.tier"',
        how="create",
    ),
    Mistake(
        "a field misspelt deep inside",
        {"spec.rollout.stages.0.holdSecond": 600},
        'strict decoding error: unknown field "spec.rollout.stages[0].holdSecond"',
        how="create",
    ),
    Mistake(
        "a port in words that no container can have",
        {"spec.service.ports.0.targetPort": "x" * 16},
        "spec.service.ports[0].targetPort: Too long: may not be more than 15 bytes",
        how="create",
    ),
)

REPLACED: Final = {
    "airevision": (
        Mistake(
            "a revision replaced by another",
            {"spec.number": 13},
            "a revision never changes: edit the AIService, and the operator makes another revision",
            how="replace",
        ),
    ),
    "evalrun": (
        Mistake(
            "a run replaced by another",
            {"spec.baseline": GONE},
            "a run never changes: create another EvalRun with results of its own",
            how="replace",
        ),
    ),
    "aidecision": (
        Mistake(
            "a decision turned round",
            {"spec.decision": "Reject", "spec.scope": GONE},
            "a decision never changes: create another AIDecision, such as Revoke",
            how="replace",
        ),
    ),
}
