"""What an approver sees of what a revision changes."""

from typing import Any

from harness.moments import GOOD, NEW
from harness.revisions import revision
from leadsman.api.v1alpha1 import AIRevision
from leadsman.cli.view.difference import changed_inputs, difference
from leadsman.cli.view.observed import read


def made(name: str, *, image: str = "app:1", version: str = "1", inputs: Any = ()) -> AIRevision:
    raw = revision(name, 1)
    copies = [one["copy"] for one in inputs]
    labels = {"app": "x", "leadsman.dev/service": "assistant", "leadsman.dev/revision": name}
    container = {"name": "app", "image": image, "envFrom": [{"configMapRef": {"name": copy}} for copy in copies]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {**raw["spec"], "template": template, "model": {"name": "llm", "version": version}, "inputs": list(inputs)}
    return read(AIRevision, {**raw, "spec": {key: value for key, value in spec.items() if key != "unpinned"}})


def prompts(copy: str, digit: str) -> dict[str, str]:
    return {"configMap": "prompts", "copy": copy, "digest": "sha256:" + digit * 64}


def changed(*lines: str) -> list[str]:
    return [line for line in lines if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}]


def test_what_is_the_same_is_no_difference_though_labels_and_copies_have_other_names() -> None:
    before, after = made(GOOD, inputs=[prompts("prompts-1", "a")]), made(NEW, inputs=[prompts("prompts-2", "a")])

    assert difference(before, after, {}) == ()
    assert changed_inputs(before, after) == frozenset()


def test_image_and_model_are_shown_as_they_were_and_as_they_will_be() -> None:
    lines = difference(made(GOOD), made(NEW, image="app:2", version="2"), {})

    assert lines[:2] == (f"--- {GOOD}", f"+++ {NEW}")
    assert changed(*lines) == ["-  version: '1'", "+  version: '2'", "-      image: app:1", "+      image: app:2"]


def test_a_prompt_is_shown_line_by_line() -> None:
    before, after = made(GOOD, inputs=[prompts("prompts-1", "a")]), made(NEW, inputs=[prompts("prompts-2", "b")])
    held = {
        GOOD: {"prompts": {"data": {"system": "Be kind.\nBe brief.\n"}}},
        NEW: {"prompts": {"data": {"system": "Be kind.\nBe rude.\n"}}},
    }

    assert changed_inputs(before, after) == {"prompts"}
    lines = changed(*difference(before, after, held))
    assert {"-        Be brief.", "+        Be rude."} < set(lines)
    assert not any("Be kind." in line for line in lines)


def test_an_input_that_is_new_or_gone_is_a_change() -> None:
    without, having = made(GOOD), made(NEW, inputs=[prompts("prompts-2", "a")])

    assert changed_inputs(without, having) == changed_inputs(having, without) == {"prompts"}


def test_of_a_first_revision_all_is_new() -> None:
    lines = difference(None, made(NEW), {})

    assert lines[0] == "--- nothing"
    assert all(line.startswith(("+", "@", "---")) for line in lines)
    assert "+      image: app:1" in lines


def test_what_a_terminal_would_obey_or_hide_is_written_out() -> None:
    hidden = "app:1\x1b[2K\u202e\u200b"
    after = made(NEW, image=hidden, inputs=[prompts("prompts-2", "b")])
    held = {NEW: {"prompts": {"data": {"system": "Be kind.\n\x1b[1A\x1b[2KBe rude.\n\u2066x\u00fc\n"}}}}

    text = "\n".join(difference(None, after, held))

    assert not set(text) & {"\x1b", "\u202e", "\u200b", "\u2066"}
    assert "\u00fc" in text
    assert "Be rude." in text
