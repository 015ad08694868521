"""`leadsman eval list` and `show`: what a run proves, at a glance and in full."""

import datetime as dt
from typing import Any

import pytest

from harness.rendered import plain
from harness.runs import GOOD, NEW, REVISION, RUN, SUITE, SUITE_DIGEST, model, of, run, verdict
from leadsman.cli.view.evaluated import render_run
from leadsman.cli.view.runs import WIDTH, exit_code, render_runs

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def test_a_run_that_passed_shows_each_criterion_with_its_numbers() -> None:
    lines = plain(render_run(model(run(**verdict(of(470)), job=f"{NEW}-abcde"))))

    assert lines[0] == f"✔ support/{RUN}  Passed"
    assert "  tool       lm-eval  0.4.13" in lines
    assert f"  baseline   {GOOD}  7c7c7c7c7c7c" in lines
    assert f"  source     Job {NEW}-abcde" in lines
    assert "  evaluated  2026-11-23 10:00Z to 2026-11-23 10:20Z, 20m" in lines
    at = lines.index("  CRITERION  VERDICT   VALUE  BASELINE  BOUNDS                THRESHOLD  N    ENFORCEMENT")
    assert lines[at + 1 : at + 4] == [
        "  accuracy   ✔ Passed  0.94   -         0.9195 to 0.9565      0.85       500  -",
        "  no-worse   ✔ Passed  0.94   0.92      +0.01199 to +0.03317  -0.03      500  -",
        "  jailbreak  ✔ Passed  0      -         0 to 0.009936         0.01       300  Advisory",
    ]
    assert any(line.startswith("  no-worse: acc 0.94, 0.02 better than assistant-7c01aa93f2") for line in lines)


def test_what_is_missing_is_said_and_what_nobody_has_takes_no_room() -> None:
    lines = plain(render_run(model(run(**verdict(of(434))))))

    assert lines[0].endswith("Failed")
    header = next(line for line in lines if "CRITERION" in line)
    assert "MISSING" in header
    assert "SLICE" not in header
    assert any("accuracy" in line and "Inconclusive" in line and "more" in line for line in lines)


def test_a_run_that_errored_says_why_and_has_no_criteria() -> None:
    lines = plain(render_run(model(run(state="Errored", message="out of memory: evaluate"))))

    assert lines[0] == f"✖ support/{RUN}  Errored"
    assert "  message   out of memory: evaluate" in lines
    assert not any("CRITERION" in line for line in lines)


def test_a_table_of_runs_fits_and_a_wide_one_has_whole_messages() -> None:
    judged = model(run(f"{NEW}-qa-1", **verdict(of(434))))
    runs = [judged, model(run(f"{NEW}-qa-2"))]

    narrow = plain(render_runs(runs, NOW, wide=False, everywhere=False))
    wide = plain(render_runs(runs, NOW, wide=True, everywhere=True))

    assert narrow[0].split() == ["RUN", "REVISION", "SUITE", "STATE", "VERDICT", "AGE"]
    assert narrow[1].split() == [f"{NEW}-qa-1", NEW, SUITE, "Finished", "Failed", "2h"]
    assert narrow[2].split() == [f"{NEW}-qa-2", NEW, SUITE, "Pending", "-", "2h"]
    assert wide[0].split()[-4:] == ["SERVICE", "SOURCE", "BASELINE", "MESSAGE"]
    assert wide[1].split()[0] == "support"
    assert judged.status.message in wide[1]


def test_a_message_is_cut_to_the_room_that_short_names_leave() -> None:
    short = {"revision": {**REVISION, "name": "a-1"}, "suite": {"name": "qa", "digest": SUITE_DIGEST}}

    lines = plain(
        render_runs([model(run("a-1-qa-1", spec=short, **verdict(of(434))))], NOW, wide=False, everywhere=False)
    )

    assert lines[0].endswith("MESSAGE")
    assert lines[1].endswith("…")
    assert "2 of 2 required criteria not met" in lines[1]
    assert len(lines[1]) == WIDTH


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ({}, 2),
        ({"state": "Running"}, 2),
        ({"state": "Finished", "verdict": "Inconclusive"}, 2),
        ({"state": "Finished", "verdict": "Passed"}, 0),
        ({"state": "Finished", "verdict": "Failed"}, 3),
        ({"state": "Errored"}, 3),
    ],
)
def test_exit_codes_are_those_of_status(status: dict[str, Any], code: int) -> None:
    assert exit_code(model(run(**status))) == code
