"""Is there enough of what serves, while a part of the traffic is elsewhere?"""

from unit.planner.stories import bad, image, serving


def test_on_the_way_back_there_is_enough_as_long_as_all_users_have_their_pods() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.settle()
    second = simulation.status.candidate_revision
    assert simulation.in_traffic == {first: 3, second: 1}

    simulation.says = bad(lambda: second)
    simulation.read()
    simulation.reconcile()

    assert simulation.verdict(second) == "RolledBack"
    assert simulation.in_traffic == {first: 3, second: 1}
    assert simulation.condition("Available") == ("True", "MinimumReplicasAvailable")
