"""What nobody may do to a record: change it after the fact."""

from typing import Final

from harness.manifests import EXAMPLES
from integration.api.mistake import GONE, SHA, Mistake

DATA: Final = EXAMPLES["airevision"]["spec"]["model"]["data"]

CHANGED: Final = {
    "airevision": (
        Mistake(
            "another template for a revision",
            {"spec.template.spec.containers.0.image": "registry.example.com/x:2"},
            "spec: Invalid value: a revision never changes: edit the AIService, and the operator makes another "
            "revision",
        ),
        Mistake(
            "another digest for a revision",
            {"spec.digest": SHA},
            "spec: Invalid value: a revision never changes: edit the AIService, and the operator makes another "
            "revision",
        ),
        Mistake(
            "the unpinned of a revision in another order",
            {"spec.unpinned": list(reversed(EXAMPLES["airevision"]["spec"]["unpinned"]))},
            "spec: Invalid value: a revision never changes",
        ),
        Mistake(
            "the data of a revision in another order",
            {"spec.model.data": list(reversed(DATA))},
            "spec: Invalid value: a revision never changes",
            how="replace",
        ),
        Mistake(
            "an input taken from a revision",
            {"spec.inputs": GONE},
            "spec: Invalid value: a revision never changes: edit the AIService, and the operator makes another "
            "revision",
        ),
    ),
    "evalrun": (
        Mistake(
            "a better value after the fact",
            {"spec.results.metrics.0.value": "0.999"},
            "spec: Invalid value: a run never changes: create another EvalRun with results of its own",
        ),
        Mistake(
            "metrics in another order",
            {"spec.results.metrics": list(reversed(EXAMPLES["evalrun"]["spec"]["results"]["metrics"]))},
            "spec: Invalid value: a run never changes",
        ),
        Mistake(
            "another submitter after the fact",
            {"spec.submittedBy.username": "mallory@example.com"},
            "spec: Invalid value: a run never changes: create another EvalRun with results of its own",
        ),
    ),
    "aidecision": (
        Mistake(
            "another scope after the fact",
            {"spec.scope": ["canary"]},
            "spec: Invalid value: a decision never changes: create another AIDecision, such as Revoke",
        ),
        Mistake(
            "another reason after the fact",
            {"spec.reason": "I was told to approve this"},
            "spec: Invalid value: a decision never changes: create another AIDecision, such as Revoke",
        ),
        Mistake(
            "a longer life after the fact",
            {"spec.expiresAt": "2030-01-01T00:00:00Z"},
            "spec: Invalid value: a decision never changes: create another AIDecision, such as Revoke",
        ),
    ),
    "aiincident": (
        Mistake(
            "a severity that is played down",
            {"spec.severity": "Sev3"},
            'spec.severity: Invalid value: "Sev3": severity only rises, towards Sev1: to end an incident write '
            "a CloseIncident decision",
        ),
        Mistake(
            "a clock that is set back",
            {"spec.awareAt": "2026-11-24T09:12:00Z"},
            'spec.awareAt: Invalid value: "2026-11-24T09:12:00Z": may only move to an earlier time: reports '
            "would be due later",
        ),
        Mistake(
            "the incident of another service",
            {"spec.service": "faq-bot"},
            'spec.service: Invalid value: "faq-bot": an incident stays with its service: open another one',
        ),
        Mistake(
            "the incident of another revision",
            {"spec.revision": "support-assistant-7c01aa93f2"},
            'spec.revision: Invalid value: "support-assistant-7c01aa93f2": an incident stays with its revision:'
            " open another one",
        ),
        Mistake(
            "the incident of no revision",
            {"spec.revision": GONE},
            "spec: Invalid value: revision was recorded and stays: leave it in",
        ),
    ),
}
