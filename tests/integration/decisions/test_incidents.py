"""What goes wrong is written down once, kept as evidence, and reviewed by somebody else."""

from typing import Any, Final

import pytest

from harness.cluster import Space
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import AT_ONCE, canary, condition_of, is_back, is_held_by
from harness.services import ai_service, serves
from harness.user import User
from integration.admission.people import ERIN, MALLORY, RITA
from integration.decisions.test_decisions import decide, ruled

pytestmark = pytest.mark.integration

GOOD, BAD = Script(good_per_second=10), Script(good_per_second=5, bad_per_second=5)
ERRORS: Final[dict[str, Any]] = {
    "name": "errors",
    "class": "Health",
    "intervalSeconds": 5,
    "ratio": {"bad": 'http_requests_total{code="500"}', "total": "http_requests_total"},
    "max": "0.02",
    "minSamples": 10,
}
HALF: Final = canary({"name": "half", "weight": 50, "holdSeconds": 3600})


def worse(service: str) -> dict[str, Any]:
    spec = {
        "service": service,
        "severity": "Sev2",
        "category": "Privacy",
        "awareAt": "2026-11-23T09:12:00Z",
        "summary": "A customer saw what another one had asked.",
    }
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "AIIncident",
        "metadata": {"name": "privacy"},
        "spec": spec,
    }


def test_a_rollback_is_one_incident_and_one_by_a_person_holds_the_fix(operator: OperatorProcess, own: Space) -> None:
    about: dict[str, Any] = {"monitors": [ERRORS], "rollout": HALF, "change": {"author": "erin"}}
    own.apply(ai_service("chat", "1", GOOD, **about | {"rollout": AT_ONCE}))
    own.wait("AIService", "chat", serves("1"))
    own.apply(ai_service("chat", "2", BAD, **about))
    seen = own.wait("AIService", "chat", is_back, within_seconds=60)
    (quarantine,) = seen["status"]["quarantine"]
    name = quarantine["incident"]
    found = own.wait("AIIncident", name, lambda seen: seen.get("status", {}).get("state") == "Mitigated")
    assert (found["spec"]["severity"], found["spec"]["category"]) == ("Sev4", "Health")
    assert found["spec"]["revision"] == quarantine["revision"]
    assert found["status"]["evidenceHold"]["revisions"] == [quarantine["revision"]]
    own.wait("AIService", "chat", lambda seen: seen["status"].get("evidenceHold") == [name])
    refused = own.kubectl(*MALLORY, "delete", "aiservice", "chat", check=False)
    assert f"incident {name} is open, and what ran is its evidence" in refused.stderr
    assert "lacks the verb purge" in own.kubectl(*MALLORY, "delete", "aiincident", name, check=False).stderr

    operator.kill()
    operator.start()
    own.apply(worse("chat"), ai_service("chat", "3", GOOD, **about | {"rollout": AT_ONCE}))
    held = own.wait("AIService", "chat", is_held_by("IncidentOpen"))
    assert condition_of(held, "Ready")["reason"] == "IncidentOpen"
    assert sorted(one["metadata"]["name"] for one in own.list("aiincidents")) == sorted([name, "privacy"])
    assert "privacy" in User(own, str(own.cluster.kubeconfig)).run("incidents", "chat", "--open").stdout
    review = {"revision": None, "incident": "privacy"}
    assert "lacks the verb closeincident" in decide(own, ERIN, "CloseIncident", "own", **review).stderr
    assert decide(own, RITA, "CloseIncident", "seen", **review).returncode == 0
    own.wait("AIService", "chat", serves("3"))
    assert ruled(own, "seen") == ("True", "Counted")
    closed = own.wait("AIIncident", "privacy", lambda seen: seen["status"]["state"] == "Closed")
    assert closed["status"]["review"]["reviewer"]["username"] == "rita"
    assert decide(own, RITA, "CloseIncident", "other", revision=None, incident=name).returncode == 0
    own.wait("AIService", "chat", lambda seen: "evidenceHold" not in seen["status"])
    own.kubectl(*MALLORY, "delete", "aiservice", "chat")
