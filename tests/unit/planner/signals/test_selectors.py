"""Selectors are taken apart and put together again; what their users meant stays."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.api.v1alpha1.promql import SELECTOR
from leadsman.planner.signals.selectors import Matcher, Selector, label_name, literal, quoted, unquoted


@pytest.mark.parametrize(
    ("written", "rebuilt", "metric"),
    [
        ("up", "up{}", "up"),
        (" up { } ", "up{}", "up"),
        ('http_requests_total{code=~"5.."}', 'http_requests_total{code=~"5.."}', "http_requests_total"),
        ("job:bad:sum{ code != '2' , x=\"\" , }", "job:bad:sum{code!='2',x=\"\"}", "job:bad:sum"),
        ('a{b="}",c="\\"{"}', 'a{b="}",c="\\"{"}', "a"),
        ('{"my.metric", job="x"}', '{"my.metric",job="x"}', "my.metric"),
        ('{job="x","my.metric"}', '{"my.metric",job="x"}', "my.metric"),
        ("{'my.label'=\"x\",__name__='total'}", "{'my.label'=\"x\",__name__='total'}", "total"),
        ('{__name__=~"a|b"}', '{__name__=~"a|b"}', None),
        ('{job="x"}', '{job="x"}', None),
        ('{"caf\\u00e9"}', '{"caf\\u00e9"}', "café"),
        ('{"\\x80"}', '{"\\x80"}', None),
    ],
)
def test_a_selector_is_put_together_again_as_it_was_meant(written: str, rebuilt: str, metric: str | None) -> None:
    selector = Selector.parse(written)
    assert str(selector) == rebuilt
    assert selector.metric == metric


def test_matchers_are_added_beside_those_of_the_user() -> None:
    selector = Selector.parse('total{pod="mine"}').also(Matcher("pod", "=~", quoted("theirs-.+")))
    assert str(selector) == 'total{pod="mine",pod=~"theirs-.+"}'


@pytest.mark.parametrize(
    "written", ["", "sum(up)", 'up{a="b"}[5m]', 'up{a="b"} or up', "up{a}", 'up{"a"', "{}", "up # x"]
)
def test_what_is_no_selector_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no series selector"):
        Selector.parse(written)


NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,5}", fullmatch=True)
STRINGS = st.from_regex(r"\x22([^\x22\\\n]|\\[^\n]){0,6}\x22|\x27([^\x27\\\n]|\\[^\n]){0,6}\x27", fullmatch=True)
MATCHERS = st.builds(Matcher, NAMES | STRINGS, st.sampled_from(["=", "!=", "=~", "!~"]), STRINGS)
BLANKS = st.text(" \t\r\n", max_size=2)


@given(NAMES, st.lists(MATCHERS, max_size=4), BLANKS, st.booleans())
def test_nothing_is_lost_and_nothing_is_added(name: str, matchers: list[Matcher], blank: str, trailing: bool) -> None:
    items = [f"{blank}{one.label}{blank}{one.operator}{blank}{one.value}{blank}" for one in matchers]
    written = f"{blank}{name}{blank}{{{','.join(items)}{',' if trailing and items else ''}}}{blank}"

    selector = Selector.parse(written)

    assert (selector.name, selector.matchers) == (name, tuple(matchers))
    assert Selector.parse(str(selector)) == selector


@given(st.from_regex(SELECTOR, fullmatch=True))
def test_whatever_the_api_lets_through_can_be_read(written: str) -> None:
    selector = Selector.parse(written)
    assert Selector.parse(str(selector)) == selector


@given(st.text())
def test_any_text_can_be_a_string(text: str) -> None:
    assert unquoted(quoted(text)) == (text or None)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_literal_matches_itself_alone(text: str, other: str) -> None:
    assert re.fullmatch(literal(text), text)
    assert bool(re.fullmatch(literal(text), other)) == (text == other)


def test_label_names_that_are_no_identifiers_are_quoted() -> None:
    assert label_name("namespace") == "namespace"
    assert label_name("k8s.namespace") == '"k8s.namespace"'
