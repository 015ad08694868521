"""Inputs: seen by their label, else looked up, and never for long."""

from typing import Any

from leadsman.clients.kinds import CONFIG_MAP
from leadsman.controller.store import Key
from leadsman.planner.world import InputState
from unit.controller.recordings import NAMESPACE, SERVICE, recorded
from unit.controller.store.telling import KEY, START, Telling

PROMPTS = "ConfigMap/support-prompts"
OTHER = Key(NAMESPACE, "other")


def unlabelled() -> dict[str, Any]:
    raw = recorded("config_maps")["support-prompts"]
    raw["metadata"]["labels"] = {}
    return raw


def without_inputs() -> Telling:
    telling = Telling()
    telling.tell(telling.stamp(telling.objects[PROMPTS]), "DELETED")
    return telling


def test_another_prompt_wakes_every_service_that_names_it_and_is_a_change_of_each() -> None:
    telling = Telling()
    telling.tell(telling.new("other", f"AIService/{SERVICE}"), None)
    before = telling.world().inputs["support-prompts"]
    telling.pass_seconds(7)

    assert telling.tell(telling.change(PROMPTS, "data", system="Be kinder.")) == {KEY, OTHER}

    for key in (KEY, OTHER):
        world = telling.world(key)
        assert world.inputs["support-prompts"].digest != before.digest
        assert world.inputs["support-prompts"].data == {"data": {"system": "Be kinder."}}
        assert world.service.changed_at == telling.now


def test_a_list_at_the_start_is_no_change() -> None:
    telling = Telling(listed=False)
    for raw in Telling().objects.values():
        telling.tell(raw, None)

    assert telling.world().service.changed_at is None


def test_an_input_that_arrives_wakes_and_is_a_change() -> None:
    telling = without_inputs()
    assert telling.world().inputs["support-prompts"].state is InputState.MISSING
    telling.pass_seconds(60)

    assert telling.tell(telling.new("support-prompts", PROMPTS), "ADDED") == {KEY}

    assert telling.world().inputs["support-prompts"].state is InputState.PRESENT
    assert telling.world().service.changed_at == telling.now


def test_a_service_that_no_longer_names_an_input_is_not_woken_by_it() -> None:
    telling = Telling()
    telling.change(f"AIService/{SERVICE}", "spec", inputs=[])
    telling.tell(telling.change(f"AIService/{SERVICE}", "metadata", generation=2))

    assert telling.tell(telling.change(PROMPTS, "data", system="Be kinder.")) == set()
    assert telling.world().inputs == {}


def test_a_config_map_that_no_watch_shows_is_to_be_looked_up() -> None:
    assert Telling().store.unresolved_inputs(KEY) == ()
    assert without_inputs().store.unresolved_inputs(KEY) == ("support-prompts",)


def test_one_that_is_not_there_is_missing_for_half_a_minute() -> None:
    telling = without_inputs()

    telling.store.resolved(KEY, "support-prompts", None)

    assert telling.world().inputs["support-prompts"].state is InputState.MISSING
    assert telling.store.unresolved_inputs(KEY) == ()
    again = telling.store.look_again_at(KEY)
    assert again
    telling.pass_seconds((again - START).total_seconds())
    assert telling.store.unresolved_inputs(KEY) == ("support-prompts",)


def test_one_without_the_label_is_said_to_lack_it() -> None:
    telling = without_inputs()

    telling.store.resolved(KEY, "support-prompts", unlabelled())

    assert telling.world().inputs["support-prompts"].state is InputState.NOT_LABELLED
    assert telling.store.unresolved_inputs(KEY) == ()


def test_the_label_put_on_is_seen_at_once() -> None:
    telling = without_inputs()
    telling.store.resolved(KEY, "support-prompts", unlabelled())

    assert telling.tell(telling.new("support-prompts", PROMPTS), "ADDED") == {KEY}

    assert telling.world().inputs["support-prompts"].state is InputState.PRESENT
    assert telling.store.look_again_at(KEY) is None


def test_the_label_taken_off_asks_for_another_look() -> None:
    telling = Telling()
    stripped = telling.change(PROMPTS, "metadata", labels={})

    assert telling.tell(stripped, "DELETED") == {KEY}
    assert telling.store.unresolved_inputs(KEY) == ("support-prompts",)
    telling.store.resolved(KEY, "support-prompts", stripped)

    assert telling.world().inputs["support-prompts"].state is InputState.NOT_LABELLED


def test_a_look_up_that_is_faster_than_the_watch_counts_and_the_watch_still_wakes_whoever_else_waits_for_it() -> None:
    telling = without_inputs()
    telling.tell(telling.new("other", f"AIService/{SERVICE}"), None)
    made = telling.new("support-prompts", PROMPTS)

    telling.store.resolved(KEY, "support-prompts", made)

    assert telling.world().inputs["support-prompts"].state is InputState.PRESENT
    assert telling.tell(made, "ADDED") == {OTHER}
    assert telling.tell(made, "ADDED") == set()


def test_a_copy_of_another_input_is_none() -> None:
    telling = Telling()
    copy = "support-prompts-1111111111"
    telling.change(f"AIService/{SERVICE}", "spec", inputs=[{"configMap": copy}])
    telling.tell(telling.change(f"AIService/{SERVICE}", "metadata", generation=2))

    assert telling.store.unresolved_inputs(KEY) == (copy,)
    telling.store.resolved(KEY, copy, telling.objects[f"ConfigMap/{copy}"])

    assert telling.world().inputs[copy].state is InputState.NOT_LABELLED


def test_what_was_looked_up_for_services_that_are_gone_is_forgotten() -> None:
    telling = without_inputs()
    telling.store.resolved(KEY, "support-prompts", None)
    telling.tell(telling.stamp(telling.objects[f"AIService/{SERVICE}"]), "DELETED")
    telling.tell(telling.new(SERVICE, f"AIService/{SERVICE}"), "ADDED")

    assert telling.store.unresolved_inputs(KEY) == ("support-prompts",)


def test_an_input_in_another_namespace_is_another_one() -> None:
    telling = Telling()
    elsewhere = telling.new("support-prompts", PROMPTS, namespace="elsewhere")

    assert telling.tell(elsewhere, "ADDED") == set()
    assert len(telling.store.known(CONFIG_MAP)) == 3
