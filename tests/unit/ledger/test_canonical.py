"""JSON that everybody writes the same way, and what is not JSON for everybody."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.ledger.canonical import NotCanonicalError, canonical, digest

scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


# RFC 8785, section 3.2.2 to 3.2.4.
def test_the_example_of_the_rfc_comes_out_as_the_rfc_says() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }

    assert canonical(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@given(st.dictionaries(st.text(), values, min_size=2))
def test_the_order_of_keys_means_nothing(value: dict[str, object]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(values, values)
def test_different_values_have_different_digests(one: object, other: object) -> None:
    assert (digest("test/v1", one) == digest("test/v1", other)) == (canonical(one) == canonical(other))


def test_the_same_value_as_something_else_has_another_digest() -> None:
    assert digest("a/v1", {}) != digest("b/v1", {})
    assert digest("a/v1", {}) != digest("a/v2", {})


@pytest.mark.parametrize("value", [2**53 + 1, -(2**60), math.nan, math.inf, {"deep": [math.nan]}, "\ud800"])
def test_what_programs_would_not_agree_on_is_refused_with_what_to_write(value: object) -> None:
    with pytest.raises(NotCanonicalError, match="as strings"):
        canonical(value)
