"""The formulas against SciPy and statsmodels, whose values `tests/golden/stats/compute.py` wrote down."""

import json
from pathlib import Path
from typing import Any

import pytest

from leadsman.stats.beta import cumulative, quantile
from leadsman.stats.differences import Independent, Pairs
from leadsman.stats.means import Mean
from leadsman.stats.proportions import Proportion

VALUES: dict[str, Any] = json.loads((Path(__file__).parents[2] / "golden/stats/values.json").read_text())


@pytest.mark.parametrize("row", VALUES["beta"], ids=str)
def test_the_incomplete_beta_function_is_scipys(row: dict[str, float]) -> None:
    found = cumulative(row["x"], row["a"], row["b"])

    assert found == pytest.approx(row["cumulative"], rel=1e-8, abs=1e-300)
    if 1e-9 < found < 1 - 1e-9:
        assert cumulative(quantile(found, row["a"], row["b"]), row["a"], row["b"]) == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("row", VALUES["proportions"], ids=str)
def test_bounds_of_a_share_are_those_of_statsmodels(row: dict[str, Any]) -> None:
    share, confidence = Proportion(*row["of"]), row["confidence"]

    assert [share.lower(confidence), share.upper(confidence)] == pytest.approx(row["exact"], abs=1e-10)
    assert list(share.wilson(confidence)) == pytest.approx(row["wilson"], abs=1e-12)


@pytest.mark.parametrize("row", VALUES["pairs"], ids=str)
def test_the_score_interval_of_pairs_is_what_maximising_the_likelihood_gives(row: dict[str, Any]) -> None:
    pairs, confidence = Pairs(*row["of"]), row["confidence"]

    assert [pairs.lower(confidence), pairs.upper(confidence)] == pytest.approx(row["score"], abs=1e-6)
    assert pairs.mcnemar == pytest.approx(row["mcnemar"], rel=1e-10)


@pytest.mark.parametrize("row", VALUES["unrelated"], ids=str)
def test_the_interval_for_different_items_is_that_of_statsmodels(row: dict[str, Any]) -> None:
    a, m, b, n = row["of"]
    both, confidence = Independent(Proportion(a, m), Proportion(b, n)), row["confidence"]

    assert [both.lower(confidence), both.upper(confidence)] == pytest.approx(row["newcombe"], abs=1e-12)


def test_a_mean_has_scipys_skewness_and_normal_interval() -> None:
    row = VALUES["mean"]
    mean = Mean.of(row["of"])

    assert mean.skewness == pytest.approx(row["skewness"], rel=1e-12)
    assert [mean.lower(0.95), mean.upper(0.95)] == pytest.approx(row["at_95"], rel=1e-12)
