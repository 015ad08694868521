"""The models and the API server read selectors with different engines: both are shown the same table."""

import pydantic
import pytest

from integration.api.selectors import RIGHT, WRONG
from leadsman.api.v1alpha1.promql import SeriesSelector

SELECTOR = pydantic.TypeAdapter[str](SeriesSelector)


@pytest.mark.parametrize("text", RIGHT)
def test_a_selector_is_taken_as_it_is(text: str) -> None:
    assert SELECTOR.validate_python(text) == text


@pytest.mark.parametrize("text", WRONG)
def test_what_is_more_or_less_than_a_selector_is_refused_in_words(text: str) -> None:
    with pytest.raises(pydantic.ValidationError, match="must be a series selector and nothing else"):
        SELECTOR.validate_python(text)
