"""How many pods each revision gets at a weight."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadsman.planner.rollout.replicas import Split, split

replicas = st.integers(0, 300)
weights = st.integers(0, 100)


# What the field's users know: the same inputs and results as in Argo Rollouts' documentation and tests.
@pytest.mark.parametrize(
    ("replicas", "weight", "surge", "candidate", "serving"),
    [
        (1, 49, False, 0, 1),
        (1, 50, False, 1, 0),
        (1, 1, True, 1, 1),
        (2, 1, False, 1, 1),
        (3, 50, False, 2, 1),
        (3, 25, True, 1, 3),
        (10, 14, False, 1, 9),
        (10, 15, False, 2, 8),
        (10, 99, False, 9, 1),
        (10, 18, True, 2, 9),
        (10, 99, True, 10, 1),
        (4, 25, False, 1, 3),
        (0, 50, True, 0, 0),
        (5, 0, True, 0, 5),
        (5, 100, True, 5, 0),
    ],
)
def test_pods_are_shared_as_near_to_the_weight_as_they_can_be(
    replicas: int, weight: int, surge: bool, candidate: int, serving: int
) -> None:
    assert split(replicas, weight, surge=surge) == Split(candidate, serving)


@given(replicas, weights, st.booleans())
def test_there_are_as_many_pods_as_asked_for_or_one_more_with_surge(replicas: int, weight: int, surge: bool) -> None:
    found = split(replicas, weight, surge=surge)

    assert found.candidate >= 0
    assert found.serving >= 0
    assert 0 <= found.candidate + found.serving - replicas <= (1 if surge else 0)


@example(10, 95, False)  # both counts are as near to 9.5: the one that leaves a pod for the serving revision
@given(st.integers(2, 300), st.integers(1, 99), st.booleans())
def test_with_pods_for_both_nobody_goes_without(replicas: int, weight: int, surge: bool) -> None:
    found = split(replicas, weight, surge=surge)

    assert found.candidate > 0
    assert found.serving > 0


@given(st.integers(2, 300), st.integers(1, 99))
def test_no_other_split_of_the_same_pods_comes_nearer(replicas: int, weight: int) -> None:
    found = split(replicas, weight, surge=False)

    others = [Split(count, replicas - count) for count in range(1, replicas)]
    nearest = min(abs(100 * other.share - weight) for other in others)
    assert abs(100 * found.share - weight) == nearest


@given(st.integers(1, 300), st.integers(0, 99), st.booleans())
def test_a_higher_weight_never_means_fewer_pods_of_the_candidate(replicas: int, weight: int, surge: bool) -> None:
    assert (
        split(replicas, weight + 1, surge=surge).candidate + (1 if surge else 0)
        >= split(replicas, weight, surge=surge).candidate
    )


@given(replicas)
def test_at_the_ends_one_of_them_has_all_and_no_pod_is_added(replicas: int) -> None:
    assert split(replicas, 0, surge=True) == Split(0, replicas)
    assert split(replicas, 100, surge=True) == Split(replicas, 0)


def test_what_cannot_be_is_refused() -> None:
    for wrong in ((-1, 10), (3, -1), (3, 101)):
        with pytest.raises(ValueError, match="no split"):
            split(*wrong, surge=False)
