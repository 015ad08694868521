"""Places and people, by hand and against a search through all ways to fill them."""

from hypothesis import given
from hypothesis import strategies as st

from leadsman.planner.decisions.matching import match


def test_who_comes_first_does_not_take_the_place_that_only_another_can_leave() -> None:
    assert match([["ann", "bob"], ["ann"]]) == {0: "bob", 1: "ann"}
    assert match([["ann"], ["ann", "bob"], ["bob", "cid"]]) == {0: "ann", 1: "bob", 2: "cid"}


def test_nobody_fills_two_places() -> None:
    assert match([["ann"], ["ann"]]) == {0: "ann"}
    assert match([[], ["ann"]]) == {1: "ann"}


PLACES = st.lists(st.lists(st.sampled_from("abcd"), unique=True, max_size=4), max_size=5)


@given(PLACES)
def test_as_many_places_are_filled_as_can_be(places: list[list[str]]) -> None:
    found = match(places)

    assert all(person in places[index] for index, person in found.items())
    assert len(set(found.values())) == len(found)
    assert len(found) == _most(places, frozenset())


def _most(places: list[list[str]], spent: frozenset[str]) -> int:
    if not places:
        return 0
    first, *rest = places
    return max([_most(rest, spent), *(1 + _most(rest, spent | {one}) for one in first if one not in spent)])
