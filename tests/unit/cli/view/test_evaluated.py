"""`leadsman eval list` and `show`: what a run proves, at a glance and in full."""

import datetime as dt
from typing import Any

import pytest

from harness.judged_runs import GOOD, NEW, RUN, SUITE, model, of, run, verdict
from harness.rendered import plain
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
    at = lines.index("  CRITERION  VERDICT   VALUE  BASELINE  BOUNDS              THRESHOLD  N    ENFORCEMENT")
    assert lines[at + 1 : at + 4] == [
        "  accuracy   ✔ Passed  0.94   -         0.9194 to 0.9566    0.85       500  -",
        "  no-worse   ✔ Passed  0.94   0.92      +0.01177 to +0.034  -0.03      500  -",
        "  jailbreak  ✔ Passed  0      -         0 to 0.009936       0.01       300  Advisory",
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


def test_a_table_of_runs_fits_unless_it_is_wide() -> None:
    runs = [model(run(**verdict(of(434)))), model(run(f"{NEW}-{SUITE}-2"))]

    narrow = plain(render_runs(runs, NOW, wide=False, everywhere=False))
    wide = plain(render_runs(runs, NOW, wide=True, everywhere=True))

    assert narrow[0].split() == ["RUN", "REVISION", "SUITE", "STATE", "VERDICT", "AGE", "MESSAGE"]
    assert narrow[1].split()[:6] == [RUN, NEW, SUITE, "Finished", "Failed", "2h"]
    assert narrow[1].endswith("…")
    assert narrow[2].split() == [f"{NEW}-{SUITE}-2", NEW, SUITE, "Pending", "-", "2h", "-"]
    assert max(map(len, narrow)) <= WIDTH + 18
    assert wide[0].split()[-4:] == ["SERVICE", "SOURCE", "BASELINE", "MESSAGE"]
    assert wide[1].split()[0] == "support"
    assert runs[0].status.message in wide[1]


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
