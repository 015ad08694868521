"""A model that was trained on the data that judges it is held, whoever names that data."""

from typing import Any

from harness.laboratory import JOB
from harness.simulation import Simulation
from unit.planner.stories import image, serving

TRAINED, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
TICKETS = {"name": "tickets", "role": "Train", "digest": TRAINED}


def rolling_out(*data: dict[str, Any], suite_digest: str | None = None) -> Simulation:
    simulation, _ = serving()
    dataset = {"dataset": {"name": "held-out", "digest": suite_digest}} if suite_digest else {}
    simulation.laboratory.write_suite("qa", JOB | dataset, simulation.now)
    gates = [{"name": "quality", "suite": "qa"}]
    model = {"name": "llm", "version": "2", "data": list(data)}
    simulation.edit(lambda raw: raw.update(gates=gates, model=model))
    simulation.edit(image(2))
    simulation.run(600, step=30)
    return simulation


def held(simulation: Simulation) -> list[tuple[str, str, str]]:
    return [(one.type, one.name, one.reason) for one in simulation.status.blockers]


def test_evaluation_data_that_is_training_data_holds() -> None:
    simulation = rolling_out(TICKETS, {"name": "exam", "role": "Eval", "digest": TRAINED})
    assert held(simulation)[0] == ("Revision", "model.data[exam]", "Contaminated")
    assert simulation.condition("Stalled") == ("True", "Contaminated")
    assert len(simulation.in_traffic) == 1


def test_a_suite_that_asks_about_training_data_opens_no_gate() -> None:
    simulation = rolling_out(TICKETS, suite_digest=TRAINED)
    assert held(simulation)[0] == ("Gate", "quality", "Contaminated")
    assert not simulation.laboratory.runs
    assert len(simulation.in_traffic) == 1


def test_other_data_and_data_without_a_digest_are_no_obstacle() -> None:
    exam = {"name": "exam", "role": "Eval", "digest": OTHER}
    simulation = rolling_out(TICKETS, exam, {"name": "more", "role": "Train"}, suite_digest=OTHER)
    simulation.run(900, step=50)
    assert simulation.condition("Ready") == ("True", "Promoted")
