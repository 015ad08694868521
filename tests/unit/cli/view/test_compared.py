"""`leadsman eval compare`, as it is read."""

from harness.judged_runs import GOOD, NEW, SUITE, model, of, run, verdict
from harness.rendered import plain
from leadsman.cli.view.compared import Comparison, compared, render_comparison, side, verdicts
from leadsman.evals.beside import beside


def test_verdicts_values_and_the_difference_with_its_bounds() -> None:
    first, second = model(run(f"{GOOD}-{SUITE}-1", **verdict(of(435)))), model(run(**verdict(of(470))))
    found = Comparison(
        namespace="support",
        suite=SUITE,
        first=side(first),
        second=side(second),
        criteria=tuple(verdicts(first, second)),
        metrics=tuple(map(compared, beside(of(435), of(470), GOOD, None))),
    )

    lines = plain(render_comparison(found))

    assert lines[1] == f"  A  ✖ {GOOD}-{SUITE}-1  Failed  lm-eval 0.4.13"
    assert lines[2] == f"  B  ✔ {NEW}-{SUITE}-1  Passed  lm-eval 0.4.13"
    assert "  accuracy   ? Inconclusive  ✔ Passed" in lines
    assert any(line.startswith("  acc      0.87  0.94  +0.07  +0.0") for line in lines)
    assert any("500 pairs, 35 better and 0 worse" in line and "bounds at 0.95 each" in line for line in lines)
