"""To get more out of an AIService than one may do oneself, to be asked for less, or to have somebody else to blame."""

import json
from typing import Final

from harness.cluster import Object
from harness.guards import OPERATOR
from harness.services import ai_service
from integration.admission.attempt import SCHEMA, Attempt, merge
from integration.admission.people import ERIN, FRANK, MALLORY, RITA
from integration.admission.served import CERTIFIED, certified

CREATE: Final = ("create", "-f", "-")
OPERATING: Final = (f"--as={OPERATOR}", "--as-group=system:masters")
LOOSER: Final = json.dumps([{"op": "replace", "path": "/spec/criteria/0/min", "value": "0.1"}])
TEMPLATE: Final = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "other"}]}}}}


def account(name: str, field: str = "serviceAccountName") -> Object:
    return {"spec": {"template": {"spec": {field: name}}}}


def tier(named: str) -> Object:
    return {"spec": {"risk": {"tier": named}}}


def author(name: str, **spec: object) -> Object:
    return {"spec": {"change": {"author": name}, **spec}}


DECLARED: Final = (
    Attempt(
        "an AIService by one who may make no Deployments",
        ERIN,
        CREATE,
        "erin lacks the verb create on deployments",
        ai_service("attempt", "1", risk={"tier": "High"}),
    ),
    Attempt(
        "other pods by one who may make no Deployments",
        ERIN,
        merge("aiservice", "chat", TEMPLATE),
        "erin lacks the verb create on deployments",
    ),
    Attempt(
        "pods with another's service account",
        MALLORY,
        merge("aiservice", "chat", account("ci")),
        "mallory lacks the verb use on serviceaccounts/ci",
    ),
    Attempt(
        "pods with another's service account, by the field's old name",
        MALLORY,
        merge("aiservice", "chat", account("ci", "serviceAccount")),
        "mallory lacks the verb use on serviceaccounts/ci",
    ),
    Attempt(
        "pods with another service account than the one that one may use",
        FRANK,
        merge("aiservice", "chat", account("ci")),
        "frank lacks the verb use on serviceaccounts/ci",
    ),
    Attempt(
        "a service's tier is lowered",
        MALLORY,
        merge("aiservice", "chat", tier("Limited")),
        "mallory lacks the verb retier on aiservices/chat",
    ),
    Attempt(
        "a service's tier is lowered below that of its namespace by a risk officer",
        RITA,
        merge("aiservice", "chat", tier("Minimal")),
        "has the label leadsman.dev/min-tier=Limited",
    ),
    Attempt(
        "a service of a lower tier than its namespace asks for",
        FRANK,
        CREATE,
        "has the label leadsman.dev/min-tier=Limited",
        ai_service("attempt", "1"),
    ),
    Attempt(
        "a namespace asks for less than it did",
        MALLORY,
        ("label", "namespace", "<namespace>", "leadsman.dev/min-tier-"),
        "mallory lacks the verb retier on aiservices",
    ),
    Attempt(
        "a change in another's name",
        MALLORY,
        merge("aiservice", "chat", author("frank")),
        "mallory lacks the verb attest on aiservices/chat",
    ),
    Attempt(
        "a change under the name of who made the last one",
        MALLORY,
        merge("aiservice", "chat", {"spec": {"model": {"version": "2"}}}),
        "so that spec.change.author can't be erin",
    ),
    Attempt(
        "a service is declared by the operator",
        OPERATING,
        CREATE,
        "is the operator, which makes, changes and removes no AIService",
        ai_service("attempt", "1", risk={"tier": "High"}),
    ),
    Attempt(
        "a service is changed by the operator",
        OPERATING,
        merge("aiservice", "chat", {"spec": {"replicas": 1}}),
        "is the operator, which makes, changes and removes no AIService",
    ),
    Attempt(
        "a service is scaled by the operator",
        OPERATING,
        ("scale", "aiservice/chat", "--replicas=1"),
        "is the operator, which makes, changes and removes no AIService",
    ),
    Attempt(
        "a service is deleted by the operator",
        OPERATING,
        ("delete", "aiservice", "chat"),
        "is the operator, which makes, changes and removes no AIService",
    ),
)

SUITES: Final = (
    Attempt(
        "a suite that says it is certified", MALLORY, CREATE, "mallory lacks the verb certify", certified("attempt")
    ),
    Attempt(
        "a suite is certified by its author",
        MALLORY,
        merge("evalsuite", "support-qa", {"metadata": {"labels": CERTIFIED}}),
        "mallory lacks the verb certify on evalsuites/support-qa",
    ),
    Attempt(
        "a certified suite asks for less",
        MALLORY,
        ("patch", "evalsuite", "certified", "--type=json", "-p", LOOSER),
        "mallory lacks the verb certify on evalsuites/certified",
    ),
    Attempt(
        "a certified suite is of another topic",
        MALLORY,
        ("label", "evalsuite", "certified", "certified.leadsman.dev/topic=taste", "--overwrite"),
        "mallory lacks the verb certify on evalsuites/certified",
    ),
    Attempt(
        "a certified suite loses its label, to be changed",
        MALLORY,
        ("label", "evalsuite", "certified", "certified.leadsman.dev/topic-"),
        "mallory lacks the verb certify on evalsuites/certified",
    ),
    Attempt(
        "an incident is played down",
        MALLORY,
        merge("aiincident", "incident", {"spec": {"severity": "Sev4"}}),
        "severity only rises",
        by=SCHEMA,
    ),
)
