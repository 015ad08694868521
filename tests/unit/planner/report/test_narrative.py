"""Events: what people who watch them hear of, and what is no news."""

from harness.simulation import Simulation
from unit.planner.stories import healthy, says, serving


def warnings(simulation: Simulation) -> list[str]:
    return [event.reason for event in simulation.events if event.type == "Warning"]


def test_that_a_new_service_has_no_pods_yet_is_no_warning() -> None:
    simulation = healthy()

    simulation.settle()

    assert simulation.condition("Available") == ("True", "MinimumReplicasAvailable")
    assert warnings(simulation) == []


def test_a_service_that_loses_its_pods_is_one_and_tells_when_they_are_back() -> None:
    simulation, first = serving()
    simulation.pod_gets_ready = lambda revision: revision != first
    simulation.settle()
    assert warnings(simulation) == ["MinimumReplicasUnavailable"]

    simulation.pod_gets_ready = lambda _: True
    simulation.settle()

    assert simulation.events[-1].reason == "MinimumReplicasAvailable"
    assert warnings(simulation) == ["MinimumReplicasUnavailable"]


def test_a_signal_that_fails_again_and_again_is_one_warning() -> None:
    simulation, _ = serving()
    simulation.says = says("Failed", message="errors 0.9 > 0.02, n=10")

    simulation.run(120)

    assert warnings(simulation) == ["SignalFailed"]
