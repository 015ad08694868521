"""A status as a Report: what is not known is no pass, and nothing is in it that the status does not say."""

from dataclasses import replace

from harness.simulation import Simulation
from leadsman.api.meta import Condition
from leadsman.api.v1alpha1.airevision_status import GateResult
from leadsman.planner.report.open_report import MOST, open_report
from unit.planner.stories import serving, spec

STATES = ("Passed", "Waived", "Failed", "Inconclusive", "Pending", "Running", "NotApplicable")


def reported(simulation: Simulation) -> dict[str, dict[str, str]]:
    """By rule."""
    world = simulation.world()
    made = open_report(world.service, world.revisions[0])
    return {one["rule"]: one for one in made["results"]}


def with_conditions(simulation: Simulation, *said: tuple[str, str, str]) -> Simulation:
    at = simulation.status.conditions[0].last_transition_time
    conditions = tuple(
        Condition.model_validate(
            {"type": type_, "status": status, "reason": reason, "message": "", "observed_generation": 1}
            | {"last_transition_time": at}
        )
        for type_, status, reason in said
    )
    simulation.status = simulation.status.model_copy(update={"conditions": conditions})
    return simulation


def test_a_service_that_is_well_has_no_failure() -> None:
    simulation, _ = serving(spec())
    made = open_report(simulation.world().service, simulation.world().revisions[0])
    assert made["metadata"]["name"] == "leadsman-bot"
    assert made["scope"]["name"] == "bot"
    assert made["metadata"]["ownerReferences"][0]["uid"] == simulation.uid
    assert made["summary"]["fail"] == 0
    assert made["summary"]["pass"] > 3
    assert sum(made["summary"].values()) == len(made["results"])
    assert made == open_report(simulation.world().service, simulation.world().revisions[0])


def test_conditions_by_what_they_mean() -> None:
    simulation = with_conditions(
        serving(spec())[0],
        ("Ready", "True", "Promoted"),
        ("PolicyCompliant", "False", "PolicyDenied"),
        ("SignalsHealthy", "Unknown", "NoEvidence"),
        ("WithinRiskBudget", "True", "NotApplicable"),
        ("AccessRestricted", "False", "Unrestricted"),
        ("RolledBack", "True", "SignalFailed"),
        ("ReviewDue", "True", "ReviewDue"),
        ("Reconciling", "True", "RollingOut"),
    )
    found = reported(simulation)
    assert {rule: one["result"] for rule, one in found.items()} == {
        "Ready": "pass",
        "PolicyCompliant": "fail",
        "SignalsHealthy": "error",
        "WithinRiskBudget": "skip",
        "AccessRestricted": "warn",
        "RolledBack": "fail",
        "ReviewDue": "warn",
    }
    assert found["PolicyCompliant"]["severity"] == "high"
    assert next(iter(found)) == "PolicyCompliant", "what failed comes first"


def test_gates_by_their_state() -> None:
    simulation, _ = serving(spec())
    gates = tuple(GateResult.model_validate({"name": one.lower(), "suite": "qa", "state": one}) for one in STATES)
    revision = simulation.world().revisions[0]
    judged = replace(revision, status=revision.status.model_copy(update={"gates": gates}))
    made = open_report(simulation.world().service, judged)
    found = {one["rule"]: one["result"] for one in made["results"] if one["policy"] == "gate"}
    assert found == {
        "passed": "pass",
        "waived": "warn",
        "failed": "fail",
        "inconclusive": "error",
        "pending": "skip",
        "running": "skip",
        "notapplicable": "skip",
    }


def test_what_does_not_fit_is_left_out_and_counted() -> None:
    simulation, _ = serving(spec())
    many = tuple(
        GateResult.model_validate({"name": f"g{number}", "suite": "qa", "state": "Passed" if number else "Failed"})
        for number in range(MOST + 20)
    )
    revision = simulation.world().revisions[0]
    judged = replace(revision, status=revision.status.model_copy(update={"gates": many}))
    made = open_report(simulation.world().service, judged)
    assert len(made["results"]) == MOST
    assert sum(made["summary"].values()) > MOST
    assert made["results"][0]["rule"] == "g0"
