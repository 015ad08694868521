import os
from pathlib import Path

import pytest
from model_server.knobs import InvalidKnob, Knobs, Panel, from_environment


def test_variables_with_the_prefix_turn_knobs_and_others_are_left_alone() -> None:
    knobs = from_environment({"KNOB_QUALITY": "0.5", "KNOB_LATENCY_SECONDS": "2", "HOME": "/", "MODEL_NAME": "x"})

    assert knobs == Knobs(quality=0.5, latency_seconds=2.0)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("KNOB_QUALITY", "1.5", "a number from 0 to 1"),
        ("KNOB_QUALITY", "good", "quality is 'good'"),
        ("KNOB_ERROR_RATE", "-0.1", "error_rate is '-0.1'"),
        ("KNOB_LATENCY_SECONDS", "nan", "latency_seconds"),
        ("KNOB_TOKENS_PER_SECOND", "inf", "a number from 0 on"),
        ("KNOB_MAX_CONCURRENT", "0", "at least 1"),
        ("KNOB_QUALTIY", "1", "there is no knob 'qualtiy'; there are quality, error_rate"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_with_what_it_may_be(name: str, value: str, says: str) -> None:
    with pytest.raises(InvalidKnob) as refused:
        from_environment({name: value})

    assert says in str(refused.value)


def test_the_file_goes_over_the_environment_and_falls_back_to_it(tmp_path: Path) -> None:
    file = tmp_path / "knobs.json"
    file.write_text('{"quality": 0.4}')
    panel = Panel(Knobs(quality=0.9, seed=3), file)
    assert panel.current == Knobs(quality=0.4, seed=3)
    assert not panel.look()

    file.write_text('{"error_rate": 0.25}')

    assert panel.look()
    assert panel.current == Knobs(quality=0.9, seed=3, error_rate=0.25)


def test_a_mounted_configmap_that_moves_its_symlink_is_noticed(tmp_path: Path) -> None:
    for name, quality in (("old", 1.0), ("new", 0.5)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "knobs.json").write_text(f'{{"quality": {quality}}}')
        os.utime(tmp_path / name / "knobs.json", (1, 1))  # of one size and one time: only the file is another
    (tmp_path / "..data").symlink_to("old")
    panel = Panel(Knobs(), tmp_path / "..data" / "knobs.json")

    (tmp_path / "..data_tmp").symlink_to("new")
    (tmp_path / "..data_tmp").rename(tmp_path / "..data")

    assert panel.look()
    assert panel.current.quality == 0.5


@pytest.mark.parametrize("content", ["{", "[]", '{"quality": 2}', '{"quality": [1]}', '{"unheard": 1}'])
def test_a_file_that_turns_bad_while_running_changes_nothing_but_says_so(tmp_path: Path, content: str) -> None:
    file = tmp_path / "knobs.json"
    file.write_text('{"quality": 0.4}')
    panel = Panel(Knobs(), file)

    file.write_text(content)
    changed = panel.look()

    assert not changed
    assert panel.current.quality == 0.4
    assert panel.trouble
    file.write_text('{"quality": 0.45}')
    assert panel.look()
    assert not panel.trouble


def test_a_file_that_is_bad_at_the_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidKnob, match="cannot be read"):
        Panel(Knobs(), tmp_path / "missing.json")
