"""What a risk budget does to a rollout, told as those see it who draw on it."""

import datetime as dt
from typing import Any

import pytest

from harness.simulation import Simulation
from leadsman.api.v1alpha1.riskbudget import RiskBudgetSpec, RiskBudgetStatus
from leadsman.planner.governance import Budget
from unit.planner.stories import image, says, serving, spec

OWNER = {"team": "risk", "accountable": "rita@example.com"}
CHANNELS = [{"name": "availability", "ratio": {"monitor": "errors"}, "objective": "0.999"}]
AT_RISK = {"consumed": "0.85"}
SPENT = {"consumed": "1.2"}


def budget(state: str | None, *revisions: tuple[str, int, int], name: str = "shared", **channel: str) -> Budget:
    """As it stands. None: nobody has counted yet."""
    written = RiskBudgetSpec.from_dict({"owner": OWNER, "channels": CHANNELS})
    if state is None:
        return Budget(name=name, spec=written, status=None)
    shares = [{"name": one, "bad": str(bad), "total": str(total)} for one, bad, total in revisions]
    left = {} if state == "Unknown" else {"remaining": f"{round(100 * max(0, 1 - float(channel.get('consumed', 0))))}%"}
    said = {"name": "availability", "state": state, "revisions": shares, **channel}
    status = {"state": state, "bindingChannel": "availability", "channels": [said], **left}
    return Budget(name=name, spec=written, status=RiskBudgetStatus.from_dict(status))


def rolling(*budgets: Budget) -> Simulation:
    """Version 1 serves, with all it needs; then the budget changes, and version 2 comes."""
    simulation, _ = serving(spec(riskBudgetRef={"name": "shared"}, change={"author": "erin"}), budgets=HEALTHY)
    simulation.budgets = budgets
    simulation.edit(image(2))
    simulation.run(30, step=10)
    return simulation


HEALTHY = (budget("Healthy", consumed="0.37"),)


def candidate(simulation: Simulation) -> str:
    assert simulation.status.candidate_revision is not None
    return simulation.status.candidate_revision


def stage(simulation: Simulation) -> str | None:
    return simulation.status.stage.name if simulation.status.stage is not None else None


def left(simulation: Simulation) -> str | None:
    return simulation.status.summary.budget if simulation.status.summary is not None else None


def held_by(simulation: Simulation) -> list[tuple[str, str, str]]:
    return [
        (one.type, one.name, one.reason) for one in simulation.status.blockers if one.type in {"Budget", "Approval"}
    ]


def changes(simulation: Simulation) -> list[tuple[str, str]]:
    return [(one.facts["from"], one.facts["to"]) for one in simulation.entries if one.type == "budget.changed"]


def test_a_healthy_budget_lets_it_go_on_and_shows() -> None:
    simulation = rolling(*HEALTHY)
    assert stage(simulation) == "canary"
    assert left(simulation) == "63%"
    assert simulation.condition("WithinRiskBudget") == ("True", "Healthy")
    assert changes(simulation) == []


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (budget("Exhausted", **SPENT), "BudgetExhausted"),
        (budget("FastBurn", burnRate="20"), "FastBurn"),
        (budget(None), "CoverageTooLow"),
        (Budget(name="shared", spec=None, problem="there is no such RiskBudget"), "BudgetMissing"),
    ],
)
def test_what_is_spent_burns_or_is_not_known_at_all_holds_every_step(found: Budget, reason: str) -> None:
    simulation = rolling(found)
    assert held_by(simulation) == [("Budget", "shared", reason)]
    assert candidate(simulation) not in simulation.in_traffic
    simulation.budgets = HEALTHY
    simulation.run(30, step=10)
    assert stage(simulation) == "canary"


def test_a_budget_that_is_declared_and_not_there_holds() -> None:
    assert held_by(rolling()) == [("Budget", "shared", "BudgetMissing")]


def test_what_was_measured_too_long_ago_is_not_known() -> None:
    simulation = rolling(budget(None))
    old = budget("Healthy").status
    assert old is not None
    at = simulation.now - dt.timedelta(minutes=16)
    simulation._measured = lambda one: one  # type: ignore[method-assign]
    simulation.budgets = (
        Budget(name="shared", spec=HEALTHY[0].spec, status=old.model_copy(update={"measured_at": at})),
    )
    simulation.run(30, step=10)
    assert held_by(simulation) == [("Budget", "shared", "CoverageTooLow")]


def test_what_was_measured_too_little_waits_with_the_promotion_only() -> None:
    simulation = rolling(budget("Unknown", message="50 % was measured"))
    simulation.run(400, step=10)
    assert stage(simulation) == "half"
    assert held_by(simulation) == [("Budget", "shared", "CoverageTooLow")]
    assert simulation.condition("WithinRiskBudget") == ("Unknown", "CoverageTooLow")


def test_at_risk_the_risk_owner_approves_the_promotion_and_nobody_else() -> None:
    simulation = rolling(budget("AtRisk", **AT_RISK))
    simulation.run(400, step=10)
    assert stage(simulation) == "half"
    assert held_by(simulation) == [("Approval", "budget/shared", "AwaitingApproval")]
    assert "rita@example.com" in simulation.status.blockers[0].message
    simulation.decide("Approve", "alice")
    simulation.run(30, step=10)
    assert held_by(simulation) == [("Approval", "budget/shared", "AwaitingApproval")]
    simulation.decide("Approve", "rita@example.com")
    simulation.run(30, step=10)
    assert simulation.status.candidate_revision is None
    assert simulation.condition("WithinRiskBudget") == ("True", "AtRisk")


def test_the_risk_owner_may_be_a_group_but_not_the_author() -> None:
    simulation = rolling(budget("AtRisk", **AT_RISK))
    simulation.edit(lambda raw: raw.update(change={"author": "rita@example.com"}))
    simulation.run(400, step=10)
    simulation.decide("Approve", "rita@example.com")
    simulation.run(30, step=10)
    assert stage(simulation) == "half"
    simulation.decide("Approve", "sam", groups="staff,rita@example.com")
    simulation.run(30, step=10)
    assert simulation.status.candidate_revision is None


def test_a_budget_that_is_waived_holds_nothing_for_seven_days_at_most() -> None:
    simulation = rolling(budget("Exhausted", **SPENT))
    simulation.decide("Waive", "alice", scope=["budget"], expiresAt=_at(simulation, days=30))
    simulation.run(30, step=10)
    assert stage(simulation) == "canary"
    (within,) = [one for one in simulation.status.conditions if one.type == "WithinRiskBudget"]
    assert within.message.startswith(f"waived for {candidate(simulation)}; shared is Exhausted")
    simulation.says = says("Inconclusive")
    simulation.run(7 * 24 * 3600, step=6 * 3600)
    assert ("Budget", "shared", "BudgetExhausted") in held_by(simulation)


def test_a_service_without_a_budget_has_none_to_waive() -> None:
    simulation, _ = serving()
    simulation.edit(image(2))
    simulation.run(30, step=10)
    act = simulation.decide("Waive", "alice", scope=["budget"], expiresAt=_at(simulation, days=1))
    simulation.settle()
    assert simulation.ruling(act) == ("False", "NotWaivable")


def test_a_candidate_that_alone_spends_fast_goes_back() -> None:
    simulation = rolling(*HEALTHY)
    second, first = candidate(simulation), simulation.status.serving_revision
    assert first is not None
    simulation.budgets = (budget("FastBurn", (second, 30, 1000), (first, 1, 3000), burnRate="15"),)
    simulation.run(120, step=10)
    assert simulation.in_traffic == {first: 4}
    (gone,) = simulation.status.quarantine
    assert (gone.revision, gone.reason) == (second, "FastBurn")
    assert "30 of 1000 bad in an hour, burns 30 times too fast" in gone.message


@pytest.mark.parametrize(
    "shares",
    [
        [("candidate", 30, 1000), ("serving", 90, 3000)],  # all of them burn: it is not the candidate's doing
        [("candidate", 2, 1000), ("serving", 90, 3000)],
        [("candidate", 30, 99), ("serving", 90, 3000)],  # too few events to say
        [("serving", 90, 3000)],
    ],
)
def test_a_candidate_that_is_not_alone_to_blame_is_held(shares: list[tuple[str, int, int]]) -> None:
    simulation = rolling(*HEALTHY)
    names = {"candidate": candidate(simulation), "serving": simulation.status.serving_revision or ""}
    named = [(names[who], bad, total) for who, bad, total in shares]
    simulation.budgets = (budget("FastBurn", *named, burnRate="20"),)
    simulation.run(300, step=10)
    assert stage(simulation) == "canary"
    assert ("Budget", "shared", "FastBurn") in held_by(simulation)
    assert not simulation.status.quarantine


def test_the_one_that_bakes_goes_back_if_it_alone_spends_fast() -> None:
    simulation = rolling(*HEALTHY)
    second, first = candidate(simulation), simulation.status.serving_revision
    simulation.run(230, step=10)
    assert simulation.status.serving_revision == second
    simulation.budgets = (budget("FastBurn", (second, 30, 1000), burnRate="30"),)
    simulation.run(120, step=10)
    assert simulation.status.serving_revision == first


def test_each_change_of_state_is_in_the_ledger_once() -> None:
    simulation = rolling(*HEALTHY)
    told: list[Any] = [budget("AtRisk", **AT_RISK), budget(None), budget("AtRisk", **AT_RISK), *HEALTHY]
    for found in told:
        simulation.budgets = (found,)
        simulation.run(40, step=10)
    assert changes(simulation) == [("Healthy", "AtRisk"), ("AtRisk", "Healthy")]
    (entry, *_) = [one for one in simulation.entries if one.type == "budget.changed"]
    assert entry.facts | {"revision": ""} == {
        "revision": "",
        "budget": "shared",
        "from": "Healthy",
        "to": "AtRisk",
        "channel": "availability",
        "consumed": "0.85",
    }


def test_of_several_budgets_the_worst_counts_and_the_least_is_shown() -> None:
    simulation = rolling(budget("Healthy", consumed="0.2"), budget("AtRisk", name="other", **AT_RISK))
    assert left(simulation) == "15%"
    assert simulation.condition("WithinRiskBudget") == ("True", "AtRisk")


def _at(simulation: Simulation, **later: float) -> str:
    return (simulation.now + dt.timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")
