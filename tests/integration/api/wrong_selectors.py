"""What people get wrong about series selectors, and what somebody might do on purpose."""

from typing import Final

from integration.api.mistake import Mistake
from integration.api.selectors import WRONG

NO_SELECTOR: Final = (
    'must be a series selector and nothing else, such as http_requests_total{code=~"5.."}: leave out functions, '
    "ranges, offsets, operators, comments and {{ variables }}, Leadsman adds what is needed"
)

SELECTORS: Final = tuple(
    Mistake(f"a selector that is none: {text!r}", {"spec.monitors.0.ratio.bad": text}, NO_SELECTOR) for text in WRONG
)
OF_A_SERVICE: Final = (
    *SELECTORS,
    Mistake(
        "all events, and then some",
        {"spec.monitors.0.ratio.total": WRONG[0]},
        "spec.monitors[0].ratio.total: Invalid value: ",
    ),
    Mistake(
        "an inline budget that computes",
        {"spec.riskBudget.channels.0.ratio": {"bad": WRONG[0], "total": "requests_total"}},
        NO_SELECTOR,
    ),
)
OF_A_BUDGET: Final = tuple(
    Mistake(f"a {side} that computes", {f"spec.channels.1.ratio.{side}": WRONG[0]}, NO_SELECTOR)
    for side in ("bad", "total")
)
OF_A_POLICY: Final = (
    Mistake("a monitor that computes", {"spec.monitors.0.ratio.total": "increase(a[1m])"}, NO_SELECTOR),
)
