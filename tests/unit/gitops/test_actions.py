"""The buttons of Argo CD: which there are at each moment, and what pressing one writes."""

import copy

import pytest

from harness.cluster import Object
from harness.gitops import ACTIONS, argo_actions, press
from harness.moments import MOMENTS

REQUEST = "leadsman.dev/request"
WORDS = {"pause": "Pause", "resume": "Resume", "abort": "Abort"}


def asked(found: Object, request: str) -> Object:
    made = copy.deepcopy(found)
    made["metadata"]["annotations"] = {REQUEST: request, "team": "support"}
    return made


def pressable(found: Object) -> set[str]:
    return {name for name, enabled in argo_actions(found).items() if enabled}


def test_each_button_has_a_definition_and_none_makes_things_less_safe() -> None:
    names = {one["name"] for one in ACTIONS["definitions"]}
    assert names == set(argo_actions(MOMENTS["promoted"])) == WORDS.keys()


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_each_moment_one_may_pause_and_only_a_candidate_can_be_aborted(moment: str) -> None:
    found = MOMENTS[moment]
    has_candidate = "candidateRevision" in found["status"]

    assert pressable(found) == {"pause"} | ({"abort"} if has_candidate else set())


def test_what_was_asked_for_can_be_taken_back_and_then_asked_for_again() -> None:
    found = MOMENTS["rolling out"]

    assert pressable(asked(found, "Pause")) == {"resume", "abort"}
    assert pressable(asked(found, "Resume")) == {"pause", "abort"}
    assert pressable(asked(found, "Abort")) == {"pause", "resume"}


@pytest.mark.parametrize("button", WORDS)
def test_a_button_writes_the_annotation_and_nothing_else(button: str) -> None:
    bare = MOMENTS["rolling out"]
    assert press(button, bare)["metadata"]["annotations"] == {REQUEST: WORDS[button]}

    found = asked(bare, "Other")
    written = press(button, found)
    assert written["metadata"]["annotations"] == {REQUEST: WORDS[button], "team": "support"}
    found["metadata"]["annotations"][REQUEST] = WORDS[button]
    assert written == found
