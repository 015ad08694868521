"""What people get wrong about owner, purpose, risk, model, pods and names of an AIService."""

from typing import Final

from integration.api.mistake import GONE, SHA, Mistake

SERVICES: Final = (
    Mistake("nobody owns it", {"spec.owner": GONE}, "spec.owner: Required value"),
    Mistake("nobody is accountable", {"spec.owner.accountable": GONE}, "spec.owner.accountable: Required value"),
    Mistake(
        "the accountable person is empty",
        {"spec.owner.accountable": ""},
        'spec.owner.accountable: Invalid value: "": spec.owner.accountable in body should be at least 1 chars long',
    ),
    Mistake("no purpose", {"spec.purpose": GONE}, "spec.purpose: Required value"),
    Mistake("no intended use", {"spec.purpose.intendedUse": GONE}, "spec.purpose.intendedUse: Required value"),
    Mistake(
        "a purpose as long as a book",
        {"spec.purpose.intendedUse": "x" * 1025},
        "spec.purpose.intendedUse: Too long: may not be more than 1024 bytes",
    ),
    Mistake(
        "a tier that does not exist",
        {"spec.risk.tier": "Medium"},
        'spec.risk.tier: Unsupported value: "Medium": supported values: "Minimal", "Limited", "High"',
    ),
    Mistake(
        "a tier in lower case",
        {"spec.risk.tier": "high"},
        'spec.risk.tier: Unsupported value: "high": supported values: "Minimal", "Limited", "High"',
    ),
    Mistake("no risk", {"spec.risk": GONE}, "spec.risk: Required value"),
    Mistake(
        "an impact assessment that expires in a word",
        {"spec.risk.impactAssessment.expiresOn": "soon"},
        'spec.risk.impactAssessment.expiresOn: Invalid value: "soon": spec.risk.impactAssessment.expiresOn '
        'in body must be of type date: "soon"',
    ),
    Mistake("no model", {"spec.model": GONE}, "spec.model: Required value"),
    Mistake(
        "a model version that moves",
        {"spec.model.version": "latest"},
        'spec.model.version: Invalid value: "latest": is a moving name, so nobody could say later which '
        "model it was: write the exact version, such as 2026.11.1",
    ),
    Mistake(
        "a moving model version in capitals",
        {"spec.model.version": "Main"},
        'spec.model.version: Invalid value: "Main": is a moving name, so nobody could say later which model'
        " it was: write the exact version, such as 2026.11.1",
    ),
    Mistake(
        "a model version with a wildcard",
        {"spec.model.version": "2026.*"},
        'spec.model.version: Invalid value: "2026.*": is a moving name, so nobody could say later which '
        "model it was: write the exact version, such as 2026.11.1",
    ),
    Mistake(
        "a model version as a number",
        {"spec.model.version": 1.4},
        ".spec.model.version: expected string, got &value.valueUnstructured{Value:1.4}",
    ),
    Mistake(
        "a digest of another kind",
        {"spec.model.digest": "md5:d41d8cd98f00b204e9800998ecf8427e"},
        'spec.model.digest: Invalid value: "md5:d41d8cd98f00b204e9800998ecf8427e": spec.model.digest in '
        "body should match '^sha256:[a-f0-9]{64}$'",
    ),
    Mistake(
        "a digest that was cut",
        {"spec.model.digest": SHA[:-1]},
        "spec.model.digest: Invalid value: "
        '"sha256:000000000000000000000000000000000000000000000000000000000000000": spec.model.digest in '
        "body should match '^sha256:[a-f0-9]{64}$'",
    ),
    Mistake(
        "a file path as URI",
        {"spec.model.uri": "models/support-llm"},
        'spec.model.uri: Invalid value: "models/support-llm": must be a URI that begins with its scheme in lower case, '
        "such as https://docs.example.com/card or oci://models.example.com/llm:1.4.0, in ASCII without blanks",
    ),
    Mistake(
        "data with a role that does not exist",
        {"spec.model.data.0.role": "Test"},
        'spec.model.data[0].role: Unsupported value: "Test": supported values: "Train", "Eval", "Retrieval"',
    ),
    Mistake(
        "the same data twice",
        {"spec.model.data.+": {"name": "help-centre", "role": "Eval"}},
        '.spec.model.data: duplicate entries for key [name="help-centre"]',
    ),
    Mistake(
        "the same input twice",
        {"spec.inputs.+": {"configMap": "support-prompts"}},
        '.spec.inputs: duplicate entries for key [configMap="support-prompts"]',
    ),
    Mistake(
        "an input with a name that no ConfigMap can have",
        {"spec.inputs.0.configMap": "Prompts"},
        'spec.inputs[0].configMap: Invalid value: "Prompts": spec.inputs[0].configMap in body should match '
        r"'^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'",
    ),
    Mistake(
        "fewer than no replicas",
        {"spec.replicas": -1},
        "spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0",
    ),
    Mistake("replicas as text", {"spec.replicas": "4"}, ".spec.replicas: expected numeric (int or float), got string"),
    Mistake("no pods", {"spec.template": GONE}, "spec.template: Required value"),
    Mistake(
        "pods as a list",
        {"spec.template": [{"name": "server"}]},
        ".spec.template: expected map, got &{[map[name:server]]}",
    ),
    Mistake(
        "a port beyond the last",
        {"spec.service.ports.0.port": 80800},
        "spec.service.ports[0].port: Invalid value: 80800: spec.service.ports[0].port in body should be "
        "less than or equal to 65535",
    ),
    Mistake(
        "a Service without ports",
        {"spec.service.ports": []},
        "spec.service.ports: Invalid value: 0: spec.service.ports in body should have at least 1 items",
    ),
    Mistake(
        "a restart at a time without a zone",
        {"spec.restartedAt": "2026-11-23T10:00:00"},
        'spec.restartedAt: Invalid value: "2026-11-23T10:00:00": spec.restartedAt in body must be of type '
        'date-time: "2026-11-23T10:00:00"',
    ),
    Mistake(
        "a restart on the 31st of November",
        {"spec.restartedAt": "2026-11-31T10:00:00Z"},
        'spec.restartedAt: Invalid value: "2026-11-31T10:00:00Z": spec.restartedAt in body must be of type '
        'date-time: "2026-11-31T10:00:00Z"',
    ),
    Mistake(
        "a commit that is a branch",
        {"spec.change.commit": "main"},
        "spec.change.commit: Invalid value: \"main\": spec.change.commit in body should match '^[a-f0-9]{7,64}$'",
    ),
    Mistake(
        "a review after the end",
        {"spec.lifecycle.reviewBy": "2029-01-01"},
        "spec.lifecycle.reviewBy: Invalid value: must not lie after retireBy",
    ),
    Mistake("a field in the wrong place", {"spec.tier": "High"}, ".spec.tier: field not declared in schema"),
    Mistake(
        "a field misspelt deep inside",
        {"spec.rollout.stages.0.holdSecond": 600},
        '.spec.rollout.stages[name="canary"].holdSecond: field not declared in schema',
    ),
    Mistake("a field in snake case", {"spec.risk_budget": {}}, ".spec.risk_budget: field not declared in schema"),
    Mistake(
        "a name that is too long",
        {"metadata.name": "a" * 47},
        "<nil>: Invalid value: the name of an AIService is at most 46 lower-case letters, digits and "
        "dashes, and begins with a letter: its Service, revisions and pods are named after it",
    ),
    Mistake(
        "a name with a dot",
        {"metadata.name": "support.assistant"},
        "<nil>: Invalid value: the name of an AIService is at most 46 lower-case letters, digits and "
        "dashes, and begins with a letter: its Service, revisions and pods are named after it",
    ),
    Mistake(
        "a name that begins with a digit",
        {"metadata.name": "4th-line"},
        "<nil>: Invalid value: the name of an AIService is at most 46 lower-case letters, digits and "
        "dashes, and begins with a letter: its Service, revisions and pods are named after it",
    ),
    Mistake(
        "the version of another API",
        {"apiVersion": "leadsman.dev/v1"},
        'no matches for kind "AIService" in version "leadsman.dev/v1"',
    ),
    Mistake(
        "an input whose copy could have no name",
        {"spec.inputs.0.configMap": "p" * 243},
        "spec.inputs[0].configMap: Too long: may not be more than 242 bytes",
    ),
)
