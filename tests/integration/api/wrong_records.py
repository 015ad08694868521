"""What people get wrong about decisions, incidents and revisions."""

from typing import Final

from integration.api.mistake import GONE, SHA, Mistake

DECISIONS: Final = (
    Mistake("no reason", {"spec.reason": GONE}, "spec.reason: Required value"),
    Mistake(
        "a reason that says nothing",
        {"spec.reason": "ok"},
        'spec.reason: Invalid value: "ok": spec.reason in body should be at least 10 chars long',
    ),
    Mistake(
        "a reason as long as a book",
        {"spec.reason": "x" * 1025},
        "spec.reason: Too long: may not be more than 1024 bytes",
    ),
    Mistake(
        "a decision that does not exist",
        {"spec.decision": "LGTM"},
        'spec.decision: Unsupported value: "LGTM": supported values: "Approve", "Reject", "Revoke", '
        '"Waive", "Retry", "Promote", "Pause", "Resume", "Abort", "Rollback", "BreakGlass", "CloseIncident"',
    ),
    Mistake(
        "an approval of no revision",
        {"spec.revision": GONE},
        "spec: Invalid value: a decision is about one revision: write revision, as shown by kubectl get airev",
    ),
    Mistake(
        "a Revoke of nothing",
        {"spec.decision": "Revoke", "spec.scope": GONE},
        "spec: Invalid value: Revoke names the AIDecision it takes back in revokes; other decisions leave revokes out",
    ),
    Mistake(
        "an approval that revokes",
        {"spec.revokes": "support-assistant-x7f2p"},
        "spec: Invalid value: Revoke names the AIDecision it takes back in revokes; other decisions leave revokes out",
    ),
    Mistake(
        "a CloseIncident of none",
        {"spec.decision": "CloseIncident", "spec.scope": GONE},
        "spec: Invalid value: CloseIncident and BreakGlass name the AIIncident in incident; other decisions"
        " leave incident out",
    ),
    Mistake(
        "a BreakGlass without incident",
        {"spec.decision": "BreakGlass", "spec.scope": GONE},
        "spec: Invalid value: CloseIncident and BreakGlass name the AIIncident in incident; other decisions"
        " leave incident out",
    ),
    Mistake(
        "an incident at an approval",
        {"spec.incident": "harmful-advice"},
        "spec: Invalid value: CloseIncident and BreakGlass name the AIIncident in incident; other decisions"
        " leave incident out",
    ),
    Mistake(
        "an Abort with a scope",
        {"spec.decision": "Abort"},
        "spec.scope: Invalid value: only Approve and Waive have a scope: leave it out",
    ),
    Mistake(
        "a waiver of everything",
        {"spec.decision": "Waive", "spec.scope": GONE},
        "spec: Invalid value: Waive needs a scope: gates by name, budget, freeze, or incident/<name>",
    ),
    Mistake(
        "a waiver without end",
        {"spec.decision": "Waive", "spec.expiresAt": GONE},
        "spec: Invalid value: a waiver ends: write expiresAt, at most 7 days from now",
    ),
    Mistake(
        "an approval of an incident",
        {"spec.scope": ["incident/harmful-advice"]},
        "spec.scope: Invalid value: the scope of Approve is stages by name; what has a / belongs to Waive",
    ),
    Mistake("a scope twice", {"spec.scope": ["half", "half"]}, '.spec.scope: duplicate entries for key [="half"]'),
    Mistake(
        "an end in a week",
        {"spec.expiresAt": "in 7 days"},
        'spec.expiresAt: Invalid value: "in 7 days": spec.expiresAt in body must be of type date-time: "in 7 days"',
    ),
    Mistake(
        "a role with blanks",
        {"spec.role": "Risk Officer"},
        "spec.role: Invalid value: \"Risk Officer\": spec.role in body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'",
    ),
    Mistake(
        "groups as a list",
        {"spec.actor": {"username": "alice", "groups": ["a", "b"]}},
        '.spec.actor.groups: expected string, got &value.valueUnstructured{Value:[]interface {}{"a", "b"}}',
    ),
    Mistake(
        "a reason of blanks",
        {"spec.reason": " " * 20},
        "must have something to read in it, without control characters",
    ),
    Mistake(
        "an approval of a gate of a policy",
        {"spec.scope": ["policy/high-risk/safety"]},
        "spec.scope: Invalid value: the scope of Approve is stages by name; what has a / belongs to Waive",
    ),
)

INCIDENTS: Final = (
    Mistake(
        "a severity as a number",
        {"spec.severity": 2},
        ".spec.severity: expected string, got &value.valueUnstructured{Value:2}",
    ),
    Mistake(
        "a severity of another tool",
        {"spec.severity": "P1"},
        'spec.severity: Unsupported value: "P1": supported values: "Sev1", "Sev2", "Sev3", "Sev4"',
    ),
    Mistake("nobody knows since when", {"spec.awareAt": GONE}, "spec.awareAt: Required value"),
    Mistake(
        "a summary that says nothing",
        {"spec.summary": "broken"},
        'spec.summary: Invalid value: "broken": spec.summary in body should be at least 10 chars long',
    ),
    Mistake(
        "a category that does not exist",
        {"spec.category": "Outage"},
        'spec.category: Unsupported value: "Outage": supported values: "Health", "Quality", "Safety", '
        '"Latency", "Drift", "Cost", "Budget", "Privacy", "Security", "Fairness", "Death", "SeriousHarm", '
        '"FundamentalRights", "CriticalInfrastructure", "WidespreadInfringement", "Other"',
    ),
    Mistake(
        "a summary of blanks",
        {"spec.summary": "\t" * 20},
        "must have something to read in it, without control characters",
    ),
)

REVISIONS: Final = (
    Mistake("a revision of no service", {"spec.service": GONE}, "spec.service: Required value"),
    Mistake(
        "a revision number nought",
        {"spec.number": 0},
        "spec.number: Invalid value: 0: spec.number in body should be greater than or equal to 1",
    ),
    Mistake(
        "a digest by its first characters",
        {"spec.digest": "sha256:9b2e41c07d"},
        "spec.digest: Invalid value: \"sha256:9b2e41c07d\": spec.digest in body should match '^sha256:[a-f0-9]{64}$'",
    ),
    Mistake(
        "an unpinned thing of unknown kind",
        {"spec.unpinned.0.kind": "Env"},
        'spec.unpinned[0].kind: Unsupported value: "Env": supported values: "Secret", "ConfigMap", '
        '"ImageTag", "Volume"',
    ),
    Mistake(
        "one input twice",
        {"spec.inputs.+": {"configMap": "support-prompts", "copy": "b", "digest": SHA}},
        "spec.inputs: Invalid value: names one configMap twice: leave one out",
    ),
    Mistake(
        "one unpinned thing twice",
        {"spec.unpinned.+": {"kind": "Secret", "name": "support-api-key"}},
        "spec.unpinned: Invalid value: names one kind and name twice: leave one out",
    ),
)
