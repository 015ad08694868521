"""What people get wrong about gates and rollout of an AIService."""

from typing import Final

from integration.api.mistake import GONE, LATENCY, Mistake

ROLLOUTS: Final = (
    Mistake(
        "a gate before a stage that does not exist",
        {"spec.gates.1.before": "most"},
        "spec.gates: Invalid value: before of each gate is Traffic or the name of a stage under rollout.stages",
    ),
    Mistake(
        "a gate before traffic, in lower case",
        {"spec.gates.0.before": "traffic"},
        "spec.gates: Invalid value: before of each gate is Traffic or the name of a stage under rollout.stages",
    ),
    Mistake(
        "two gates of one name",
        {"spec.gates.1.name": "quality"},
        '.spec.gates: duplicate entries for key [name="quality"]',
    ),
    Mistake(
        "a gate named like something else that is waived",
        {"spec.gates.0.name": "budget"},
        'spec.gates[0].name: Invalid value: "budget": budget and freeze mean something else in a waiver: '
        "choose another name",
    ),
    Mistake("a gate without a suite", {"spec.gates.0.suite": GONE}, "spec.gates[0].suite: Required value"),
    Mistake(
        "a strategy of another tool",
        {"spec.rollout.strategy": "RollingUpdate"},
        'spec.rollout.strategy: Unsupported value: "RollingUpdate": supported values: "Canary", '
        '"BlueGreen", "AllAtOnce"',
    ),
    Mistake(
        "Canary without stages",
        {"spec.rollout.stages": GONE, "spec.gates": GONE},
        "spec.rollout: Invalid value: strategy Canary needs stages: write at least one, such as {name: "
        "canary, weight: 10, holdSeconds: 600}",
    ),
    Mistake(
        "two strategies: BlueGreen with stages",
        {"spec.rollout.strategy": "BlueGreen"},
        "spec.rollout: Invalid value: two strategies: stages belong to Canary; write strategy: Canary, or "
        "leave stages out",
    ),
    Mistake(
        "two strategies: AllAtOnce with stages",
        {"spec.rollout.strategy": "AllAtOnce"},
        "spec.rollout: Invalid value: two strategies: stages belong to Canary; write strategy: Canary, or "
        "leave stages out",
    ),
    Mistake(
        "stages, but no strategy",
        {"spec.rollout.strategy": GONE},
        "spec.rollout: Invalid value: two strategies: stages belong to Canary; write strategy: Canary, or "
        "leave stages out",
    ),
    Mistake(
        "BlueGreen without room",
        {"spec.rollout": {"strategy": "BlueGreen", "surge": 0}, "spec.gates": GONE},
        "spec.rollout: Invalid value: surge: 0 leaves no room for BlueGreen, which runs both revisions in "
        "full: use Canary or AllAtOnce",
    ),
    Mistake(
        "weights that fall",
        {"spec.rollout.stages.1.weight": 5},
        "spec.rollout.stages: Invalid value: weights must rise from stage to stage, such as 10, 25, 50",
    ),
    Mistake(
        "weights that stay",
        {"spec.rollout.stages.1.weight": 10},
        "spec.rollout.stages: Invalid value: weights must rise from stage to stage, such as 10, 25, 50",
    ),
    Mistake(
        "a stage of 100 percent",
        {"spec.rollout.stages.1.weight": 100},
        "spec.rollout.stages[1].weight: Invalid value: 100: spec.rollout.stages[1].weight in body should be"
        " less than or equal to 99",
    ),
    Mistake(
        "a stage without weight",
        {"spec.rollout.stages.0.weight": GONE},
        "spec.rollout.stages[0].weight: Required value",
    ),
    Mistake(
        "two stages of one name",
        {"spec.rollout.stages.1.name": "canary"},
        '.spec.rollout.stages: duplicate entries for key [name="canary"]',
    ),
    Mistake(
        "a hold with a unit",
        {"spec.rollout.stages.0.holdSeconds": "10m"},
        '.spec.rollout.stages[name="canary"].holdSeconds: expected numeric (int or float), got string',
    ),
    Mistake(
        "approval as a boolean",
        {"spec.rollout.stages.1.approval": True},
        '.spec.rollout.stages[name="half"].approval: expected string, got &value.valueUnstructured{Value:true}',
    ),
    Mistake(
        "requests that no monitor counts",
        {"spec.monitors": [LATENCY], "spec.riskBudget": GONE},
        "spec.rollout.stages: Invalid value: minRequests needs a monitor with ratio: its total counter is "
        "what counts the requests",
    ),
    Mistake(
        "no evidence, and then a word of another tool",
        {"spec.rollout.onNoEvidence.then": "Abort"},
        'spec.rollout.onNoEvidence.then: Unsupported value: "Abort": supported values: "Hold", "Rollback"',
    ),
    Mistake("paused as text", {"spec.rollout.paused": "yes"}, ".spec.rollout.paused: expected boolean, got &{yes}"),
    Mistake(
        "too many gates",
        {"spec.gates": [{"name": f"g{n}", "suite": "s"} for n in range(17)]},
        "spec.gates: Too many: 17: must have at most 16 items",
    ),
    *(
        Mistake(
            f"a stage named {name}",
            {"spec.rollout.stages.1.name": name, "spec.gates.1.before": "Traffic"},
            f'spec.rollout.stages[1].name: Invalid value: "{name}": promotion, bake and rollback are what comes '
            "after the stages: choose another name",
        )
        for name in ("promotion", "bake", "rollback")
    ),
)
