"""PromQL that people write: series selectors, which the operator wraps in functions, and whole queries.

A selector is put into `increase(<selector>[w])` and summed by pod, so it must be one and nothing else: whatever closes
the bracket early could say that all is well. https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

from typing import Annotated, Final

from pydantic import StringConstraints

from leadsman.api.markers import Pattern

_BLANK = r"[ \t\r\n]*"
_DOUBLE, _SINGLE = r"\x22([^\x22\\\n]|\\[^\n])*\x22", r"\x27([^\x27\\\n]|\\[^\n])*\x27"
_STRING = rf"({_DOUBLE}|{_SINGLE})"
_MATCHER = rf"([a-zA-Z_][a-zA-Z0-9_]*|{_STRING}){_BLANK}(=~|!~|!=|=){_BLANK}{_STRING}"


def _listed(item: str) -> str:
    return rf"{item}{_BLANK}(,{_BLANK}{item}{_BLANK})*(,{_BLANK})?"


_NAMED = rf"[a-zA-Z_:][a-zA-Z0-9_:]*{_BLANK}(\{{{_BLANK}({_listed(_MATCHER)})?\}})?"
_NAMELESS = rf"\{{{_BLANK}{_listed(rf'({_MATCHER}|{_STRING})')}\}}"
"""The name of a metric may stand in quotes among the matchers, since names may be any UTF-8."""
SELECTOR: Final = rf"^{_BLANK}({_NAMED}|{_NAMELESS}){_BLANK}$"

_NO_SELECTOR = (
    'must be a series selector and nothing else, such as http_requests_total{code=~"5.."}: leave out functions, '
    "ranges, offsets, operators, comments and {{ variables }}, Leadsman adds what is needed"
)
# PromQL reads these as numbers and operators, whatever stands behind them.
_WORDS = "nan|inf|infinity|bool|on|ignoring|group_left|group_right|atan2"

SeriesSelector = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1024),
    Pattern(SELECTOR, _NO_SELECTOR),
    Pattern(rf"^(?i){_BLANK}({_WORDS}){_BLANK}(\{{.*)?$", _NO_SELECTOR, refused=True),
]

_VARIABLES = "namespace|service|revision|deployment|podRegex|window"

PromQL = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4096),
    Pattern(
        rf"^([^#\x22\x27\x60]|{_DOUBLE}|{_SINGLE}|\x60[^\x60]*\x60)*$",
        "has a comment, or a quote that does not end: leave comments out, and close each quote on its line",
    ),
    Pattern(
        rf"^([^{{]|\{{[^{{]|\{{\{{{_BLANK}({_VARIABLES}){_BLANK}\}}\}})*\{{?$",
        "knows the variables namespace, service, revision, deployment, podRegex, window and no others",
    ),
]

PodQuery = Annotated[
    PromQL,
    Pattern(
        rf"\{{\{{{_BLANK}(revision|deployment|podRegex){_BLANK}\}}\}}",
        "uses none of {{ revision }}, {{ deployment }}, {{ podRegex }} and would judge the wrong pods: "
        'select the revision\'s pods, for example with pod=~"{{ podRegex }}"',
    ),
]
"""About the pods of one revision."""
