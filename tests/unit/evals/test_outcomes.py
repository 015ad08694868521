"""What came of each sample, packed for later comparisons."""

import zlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.evals.normal import Counts, Metric, Sample, UnreadableResults
from leadsman.evals.outcomes import MAGIC, PACKED_BYTES, pack, sample_key, unpack

VALUES = st.one_of(st.none(), st.sampled_from([0.0, 1.0]), st.floats(-1e9, 1e9))
NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=20)


def metric(name: str, values: Mapping[str, float | None]) -> Metric:
    return Metric(
        name=name,
        value=None,
        unit=None,
        counts=Counts(planned=len(values), effective=len(values)),
        samples=tuple(Sample(key=key, value=value) for key, value in values.items()),
    )


@given(st.dictionaries(NAMES, st.dictionaries(st.text(max_size=9), VALUES, min_size=1, max_size=30), max_size=5))
def test_what_was_packed_is_unpacked(runs: dict[str, dict[str, float | None]]) -> None:
    metrics = [metric(name, values) for name, values in runs.items()]
    packed = pack(metrics)
    assert packed.left_out == ()
    assert packed.metrics == tuple(sorted(runs))
    assert unpack(packed.data) == {
        name: {sample_key(key): value for key, value in values.items()} for name, values in runs.items()
    }
    assert pack(reversed(metrics)).data == packed.data, "the order makes no difference"


@given(st.binary(max_size=200))
def test_bytes_of_others_are_refused(data: bytes) -> None:
    for tried in (data, MAGIC + data, MAGIC + zlib.compress(data), MAGIC + zlib.compress(b'{"sets":[1],' + data)):
        with pytest.raises(UnreadableResults, match="the record of outcomes"):
            unpack(tried)


@given(st.data())
def test_a_record_that_was_changed_is_refused_or_still_a_record(data: st.DataObject) -> None:
    packed = bytearray(pack([metric("a", {"x": 1.0, "y": None, "z": 0.0})]).data)
    packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    try:
        unpacked = unpack(bytes(packed))
    except UnreadableResults:
        return
    assert unpacked == {"a": {sample_key("x"): 1.0, sample_key("y"): None, sample_key("z"): 0.0}}


def test_keys_are_shared_and_outcomes_take_little() -> None:
    values = {f"sha256:{number:064x}": float(number % 3 == 0) for number in range(10_000)}
    packed = pack([metric("acc", values), metric("acc_norm", values)])
    assert len(packed.data) < 10_000 * 8 + 8_000


def test_the_largest_metrics_are_left_out_where_there_is_no_room() -> None:
    large = {f"{number}": float(number % 2) for number in range(100_000)}
    packed = pack(
        [metric("large", large), metric("larger", large | {"one": 1.0, "two": 0.0}), metric("small", {"q": 1.0})]
    )
    assert packed.left_out == ("large", "larger")
    assert packed.metrics == ("small",)
    assert len(packed.data) <= PACKED_BYTES
    assert set(unpack(packed.data)) == {"small"}


def test_metrics_without_samples_have_no_outcomes() -> None:
    assert unpack(pack([metric("a", {})]).data) == {}


def test_a_record_that_inflates_beyond_bounds_is_refused() -> None:
    with pytest.raises(UnreadableResults, match="inflates to more than"):
        unpack(MAGIC + zlib.compress(bytes(20 * 1024 * 1024)))
