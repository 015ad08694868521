"""What people get wrong about RiskBudgets."""

from typing import Final

from integration.api.mistake import CHANNEL, GONE, Mistake

BUDGETS: Final = (
    Mistake("nobody owns the risk", {"spec.owner.accountable": GONE}, "spec.owner.accountable: Required value"),
    Mistake(
        "a channel of nothing",
        {"spec.channels.2.points": GONE},
        "spec.channels[2]: Invalid value: needs exactly one of ratio, points, cost and minutes",
    ),
    Mistake(
        "a channel of two kinds",
        {"spec.channels.2.minutes": 5},
        "spec.channels[2]: Invalid value: needs exactly one of ratio, points, cost and minutes",
    ),
    Mistake(
        "a ratio without an objective",
        {"spec.channels.0.objective": GONE},
        "spec.channels[0]: Invalid value: ratio and objective go together: write for example objective: "
        '"0.995"; other channels have no objective',
    ),
    Mistake(
        "an objective for points",
        {"spec.channels.2.objective": "0.99"},
        "spec.channels[2]: Invalid value: ratio and objective go together: write for example objective: "
        '"0.995"; other channels have no objective',
    ),
    Mistake(
        "an objective of everything",
        {"spec.channels.0.objective": "1"},
        'spec.channels[0].objective: Invalid value: "1": must lie between "0" and "1", both excluded, as a '
        'decimal number in quotes: 95 % are "0.95"',
    ),
    Mistake(
        "an objective in percent",
        {"spec.channels.0.objective": "99.5"},
        'spec.channels[0].objective: Invalid value: "99.5": must lie between "0" and "1", both excluded, as'
        ' a decimal number in quotes: 95 % are "0.95"',
    ),
    Mistake(
        "a ratio of a monitor and of series",
        {"spec.channels.1.ratio.monitor": "errors"},
        "spec.channels[1].ratio: Invalid value: needs either monitor, or bad and total",
    ),
    Mistake(
        "bad events out of nothing",
        {"spec.channels.1.ratio.total": GONE},
        "spec.channels[1].ratio: Invalid value: needs either monitor, or bad and total",
    ),
    Mistake(
        "a currency by its sign",
        {"spec.channels.3.cost.currency": "€"},
        'spec.channels[3].cost.currency: Invalid value: "€": spec.channels[3].cost.currency in body should '
        "be at least 3 chars long",
    ),
    Mistake(
        "no money at all",
        {"spec.channels.3.cost.allowance": "0"},
        'spec.channels[3].cost.allowance: Invalid value: "0": must be a decimal number greater than 0, in '
        'quotes, such as "0.5" or "5000"',
    ),
    Mistake(
        "two channels of one name",
        {"spec.channels.+": CHANNEL | {"name": "harm"}},
        '.spec.channels: duplicate entries for key [name="harm"]',
    ),
    Mistake(
        "In without values",
        {"spec.selector.matchExpressions.0.values": GONE},
        "spec.selector.matchExpressions[0]: Invalid value: In and NotIn need values; Exists and DoesNotExist take none",
    ),
    Mistake(
        "a window of no days",
        {"spec.windowDays": 0},
        "spec.windowDays: Invalid value: 0: spec.windowDays in body should be greater than or equal to 1",
    ),
    Mistake(
        "money of a variable that does not exist",
        {"spec.channels.3.cost.query": 'sum(increase(cost_total{team="{{ team }}"}[{{ window }}]))'},
        "knows the variables namespace, service, revision, deployment, podRegex, window and no others",
    ),
    Mistake(
        "money with a comment",
        {"spec.channels.3.cost.query": "sum(increase(cost_total[{{ window }}])) # EUR"},
        "has a comment, or a quote that does not end: leave comments out, and close each quote on its line",
    ),
    Mistake(
        "labels that no object can have",
        {"spec.selector.matchLabels": {"team of mine": "support"}},
        "spec.selector.matchLabels: Invalid value: has a key that no label can have",
    ),
    Mistake(
        "a label key that ends in a slash",
        {"spec.selector.matchExpressions.0.key": "example.com/"},
        "must be a name of at most 63 letters, digits, -, _ and ., which may have a domain before it",
    ),
    Mistake(
        "a label value with blanks",
        {"spec.selector.matchExpressions.0.values": ["my stage"]},
        "must be a label's value: at most 63 letters, digits, -, _ and ., with a letter or digit at both ends",
    ),
)
