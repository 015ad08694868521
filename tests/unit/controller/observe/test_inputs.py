"""ConfigMaps that are part of the behaviour."""

from typing import Any

from leadsman.controller.observe.inputs import present
from leadsman.planner.revisions.digests import input_digest
from leadsman.planner.world import Input, InputState
from unit.controller.recordings import recorded, said_of


def seen(raw: dict[str, Any]) -> Input | None:
    return present(said_of(raw), raw)


def test_an_input_is_kept_with_its_content_and_its_digest() -> None:
    raw = recorded("config_maps")["support-prompts"]

    assert seen(raw) == Input(
        name="support-prompts",
        state=InputState.PRESENT,
        digest=input_digest(raw),
        data={"data": {"system": "Be kind."}},
    )


def test_binary_content_is_kept_too() -> None:
    raw = recorded("config_maps")["support-prompts"]
    raw["binaryData"] = {"vocabulary": "AAEC"}
    found = seen(raw)

    assert found
    assert found.data == {"data": {"system": "Be kind."}, "binaryData": {"vocabulary": "AAEC"}}


def test_a_copy_of_an_input_is_no_input() -> None:
    assert seen(recorded("config_maps")["support-prompts-1111111111"]) is None


def test_without_the_label_it_is_no_input() -> None:
    raw = recorded("config_maps")["support-prompts"]
    raw["metadata"]["labels"] = {"app": "support"}

    assert seen(raw) is None
