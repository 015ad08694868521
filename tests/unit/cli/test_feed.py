"""What is known of a service while it is followed, and what happens when some of it may not be read."""

import pytest

from harness.moments import MOMENTS, NEW
from harness.revisions import pod, revision
from leadsman.cli.errors import CommandFailed, NoCluster, NotAllowed
from leadsman.cli.feed import Pauses, Snapshot, select

SELECTIONS = select("assistant", "support")
REFUSED = NotAllowed("you may not list pods", next_step="ask")
CUT = NoCluster("does not answer", next_step="look")


def complete() -> Snapshot:
    snapshot = Snapshot(SELECTIONS)
    snapshot.put(SELECTIONS.service, {"assistant": MOMENTS["rolling out"]})
    snapshot.put(SELECTIONS.revisions, {NEW: revision(NEW, 12)})
    snapshot.put(SELECTIONS.deployments, {})
    snapshot.put(SELECTIONS.pods, {})
    return snapshot


def test_a_picture_is_complete_once_each_kind_was_listed() -> None:
    snapshot = Snapshot(SELECTIONS)
    for selection in SELECTIONS:
        assert not snapshot.complete
        snapshot.put(selection, {})

    assert snapshot.complete


def test_pods_come_change_and_go() -> None:
    snapshot = complete()
    one = pod(NEW, "a", ready=False)

    snapshot.change(SELECTIONS.pods, "ADDED", one)
    observed = snapshot.observed()
    assert observed
    assert observed.pods == {NEW: (one,)}
    snapshot.change(SELECTIONS.pods, "DELETED", one)

    gone = snapshot.observed()
    assert gone
    assert gone.pods == {}


def test_a_service_that_is_deleted_is_no_longer_there() -> None:
    snapshot = complete()

    snapshot.change(SELECTIONS.service, "DELETED", MOMENTS["rolling out"])

    assert snapshot.observed() is None


def test_pods_that_may_not_be_listed_are_noted_until_they_may() -> None:
    snapshot = complete()

    snapshot.fail(SELECTIONS.pods, REFUSED)
    noted = snapshot.observed()
    snapshot.put(SELECTIONS.pods, {})
    mended = snapshot.observed()

    assert noted
    assert noted.notes == ("pods: you may not list pods",)
    assert mended
    assert mended.notes == ()


def test_a_line_that_is_cut_later_keeps_the_picture_and_says_so() -> None:
    snapshot = complete()

    snapshot.fail(SELECTIONS.service, CUT)

    observed = snapshot.observed()
    assert observed
    assert observed.notes == ("aiservices: does not answer",)


@pytest.mark.parametrize("error", [REFUSED, CUT])
def test_a_service_that_cannot_be_read_at_all_ends_the_verb(error: CommandFailed) -> None:
    with pytest.raises(type(error)):
        Snapshot(SELECTIONS).fail(SELECTIONS.service, error)


def test_a_cluster_that_does_not_answer_at_first_ends_the_verb() -> None:
    with pytest.raises(NoCluster):
        Snapshot(SELECTIONS).fail(SELECTIONS.pods, CUT)


def test_watches_that_end_as_soon_as_they_begin_are_begun_less_and_less_often() -> None:
    pauses = Pauses()

    assert [pauses.after(0.1) for _ in range(7)] == [0.5, 1.0, 2.0, 5.0, 10.0, 10.0, 10.0]
    assert pauses.after(120.0) == 0.5
