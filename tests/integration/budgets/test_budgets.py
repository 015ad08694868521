"""Risk budgets from the counters of pods to what they hold, on a real API server with a real Prometheus."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from harness.cluster import Object, Space
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import AT_ONCE, HOLDS, condition_of, is_back, is_held_by, is_in
from harness.services import ai_service, serves
from harness.user import User

pytestmark = pytest.mark.integration

FEW_BAD, GOOD, BAD = (
    Script(good_per_second=90, bad_per_second=10),
    Script(good_per_second=100),
    Script(good_per_second=50, bad_per_second=50),
)
ERRORS: Final = {"bad": 'http_requests_total{code="500"}', "total": "http_requests_total"}
LENIENT: Final[dict[str, Any]] = {
    "name": "errors",
    "class": "Health",
    "intervalSeconds": 5,
    "ratio": ERRORS,
    "max": "0.9",
    "minSamples": 10,
}
"""Lets everything pass that a budget may still mind."""


def budget(objective: str, **spec: Any) -> Object:
    channels = [{"name": "availability", "ratio": {"monitor": "errors"}, "objective": objective}]
    return {"windowDays": 7, "channels": channels, **spec}


def stands(state: str) -> Callable[[Object], bool]:
    """By numbers: something was counted."""

    def held(seen: Object) -> bool:
        status = seen.get("status", {})
        channels = status.get("channels", [])
        return status.get("state") == state and float(channels[0].get("spent") or 0) > 0

    return held


def remaining(space: Space) -> str:
    """By now: it is counted on and on, and the service follows."""
    return space.get("riskbudget", "chat")["status"]["remaining"]


def since_midnight(space: Space, channel: Object, series: str) -> float:
    """Another way to the same figure: all at once, by no pods' names, at the time until which it was counted."""
    until = dt.datetime.fromisoformat(channel["countedUntil"])
    midnight = until.replace(hour=0, minute=0, second=0)
    seconds = int((until - midnight).total_seconds())
    selector = f'http_requests_total{{namespace="{space.name}"{series}}}'
    (found,) = space.cluster.prometheus.query(f"sum(increase({selector}[{seconds}s] @ {until.timestamp()}))")
    return float(found["value"][1])


def test_a_service_spends_its_own_budget_and_is_held_when_it_is_spent(operator: OperatorProcess, space: Space) -> None:
    """One in ten requests is bad, of which half would be allowed; then hardly any."""
    declared = {"monitors": [LENIENT], "rollout": AT_ONCE}
    space.apply(ai_service("chat", "1", FEW_BAD, **declared, riskBudget=budget("0.5")))
    first = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    seen = space.wait("RiskBudget", "chat", stands("Healthy"), within_seconds=60)
    assert seen["metadata"]["ownerReferences"][0]["kind"] == "AIService"
    assert seen["spec"]["owner"] == {"team": "support", "accountable": "dana@example.com"}
    (channel,) = seen["status"]["channels"]
    assert channel["countedUntil"]
    (day,) = channel["days"]
    assert float(day["bad"]) == pytest.approx(since_midnight(space, channel, ',code="500"'), rel=1e-6)
    assert float(day["total"]) == pytest.approx(since_midnight(space, channel, ""), rel=1e-6)
    assert float(channel["consumed"]) == pytest.approx(float(day["bad"]) / (0.5 * float(day["total"])), rel=1e-6)
    assert [one["name"] for one in channel["revisions"]] == [first]
    space.wait("AIService", "chat", lambda seen: seen["status"].get("summary", {}).get("budget") == remaining(space))

    space.apply(ai_service("chat", "2", GOOD, **declared, riskBudget=budget("0.99")))
    space.wait("RiskBudget", "chat", stands("Exhausted"))
    held = space.wait("AIService", "chat", is_held_by("BudgetExhausted"))
    assert held["status"]["servingRevision"] == first
    assert condition_of(held, "WithinRiskBudget")["status"] == "False"
    assert condition_of(held, "Ready")["reason"] == "BudgetExhausted"
    user = User(space, str(space.cluster.kubeconfig))
    assert "Exhausted" in user.run("budget").stdout
    assert first in user.run("budget", "chat").stdout
    entries = [one for record in space.list("airevisions") for one in record["status"]["ledger"]["entries"]]
    told = [one["facts"] for one in entries if one["type"] == "budget.changed"]
    assert [(one["from"], one["to"]) for one in told] == [("Healthy", "Exhausted")]

    operator.kill()
    operator.start()
    space.wait("RiskBudget", "chat", stands("Exhausted"))
    again = space.get("riskbudget", "chat")["status"]["channels"][0]
    assert float(again["spent"]) >= float(channel["spent"])
    space.apply(ai_service("chat", "2", GOOD, **declared))  # the budget is given up, as whoever approves sees
    space.wait("AIService", "chat", serves("2"))
    space.kubectl("wait", "--for=delete", "riskbudget/chat", "--timeout=30s")


def test_a_candidate_that_alone_burns_a_shared_budget_goes_back(operator: OperatorProcess, space: Space) -> None:
    made = {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "RiskBudget",
        "metadata": {"name": "shared"},
        "spec": {
            **budget("0.999"),
            "owner": {"team": "risk", "accountable": "rita@example.com"},
            "selector": {"matchLabels": {"team": "support"}},
        },
    }
    labelled = {"metadata": {"name": "chat", "labels": {"team": "support"}}}
    space.apply(made, ai_service("chat", "1", GOOD, monitors=[LENIENT], rollout=HOLDS) | labelled)
    first = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    space.wait("RiskBudget", "shared", lambda seen: seen["status"].get("services") == ["chat"])
    space.apply(ai_service("chat", "2", BAD, monitors=[LENIENT], rollout=HOLDS) | labelled)
    space.wait("AIService", "chat", is_in("some"))
    seen = space.wait("AIService", "chat", is_back, within_seconds=90)
    (quarantine,) = seen["status"]["quarantine"]
    assert quarantine["reason"] == "FastBurn"
    assert "RiskBudget shared, availability" in quarantine["message"]
    assert seen["status"]["servingRevision"] == first


def test_a_budget_that_is_named_and_missing_holds_and_one_that_comes_lets_go_on(
    operator: OperatorProcess, space: Space
) -> None:
    spec = {"monitors": [LENIENT], "rollout": AT_ONCE, "riskBudgetRef": {"name": "later"}}
    space.apply(ai_service("chat", "1", GOOD, **spec))
    seen = space.wait("AIService", "chat", is_held_by("BudgetMissing"))
    assert "servingRevision" not in seen["status"]
    owner = {"team": "risk", "accountable": "rita@example.com"}
    space.apply(
        {
            "apiVersion": "leadsman.dev/v1alpha1",
            "kind": "RiskBudget",
            "metadata": {"name": "later"},
            "spec": {**budget("0.5"), "owner": owner},
        }
    )
    space.wait("AIService", "chat", serves("1"))
    found = json.loads(space.kubectl("get", "riskbudget", "later", "-o", "json").stdout)
    assert condition_of(found, "Ready")["reason"] == "Healthy"
