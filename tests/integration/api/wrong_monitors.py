"""What people get wrong about monitors and the risk budget of an AIService."""

from typing import Final

from integration.api.mistake import ERRORS, GONE, Mistake

MONITORS: Final = (
    Mistake(
        "two monitors of one name",
        {"spec.monitors.1.name": "errors"},
        '.spec.monitors: duplicate entries for key [name="errors"]',
    ),
    Mistake("a monitor of no class", {"spec.monitors.0.class": GONE}, "spec.monitors[0].class: Required value"),
    Mistake(
        "a monitor of a class that does not exist",
        {"spec.monitors.0.class": "Availability"},
        'spec.monitors[0].class: Unsupported value: "Availability": supported values: "Health", "Quality", '
        '"Safety", "Latency", "Drift", "Cost"',
    ),
    Mistake(
        "a threshold as a float",
        {"spec.monitors.0.max": 0.02},
        '.spec.monitors[name="errors"].max: expected string, got &value.valueUnstructured{Value:0.02}',
    ),
    Mistake(
        "a threshold in percent",
        {"spec.monitors.0.max": "2%"},
        'spec.monitors[0].max: Invalid value: is a share of all events here, from "0" to "1": 2 % is "0.02"',
    ),
    Mistake(
        "a share of bad events above one",
        {"spec.monitors.0.max": "2"},
        'spec.monitors[0].max: Invalid value: is a share of all events here, from "0" to "1": 2 % is "0.02"',
    ),
    Mistake(
        "a monitor without a limit",
        {"spec.monitors.0.max": GONE},
        "spec.monitors[0]: Invalid value: needs exactly one of max, min and compare: without a limit "
        "nothing can fail, with two nobody knows which",
    ),
    Mistake(
        "a monitor with two limits",
        {"spec.monitors.+": ERRORS | {"compare": {"toServing": "NotWorse"}}},
        "spec.monitors[4]: Invalid value: needs exactly one of max, min and compare: without a limit "
        "nothing can fail, with two nobody knows which",
    ),
    Mistake(
        "a monitor that measures nothing",
        {"spec.monitors.+": {"name": "n", "class": "Cost", "max": "1"}},
        "spec.monitors[4]: Invalid value: needs exactly one of ratio (bad and total counters) and query "
        "(PromQL for one number)",
    ),
    Mistake(
        "a monitor that measures two things",
        {"spec.monitors.2.ratio": ERRORS["ratio"]},
        "spec.monitors[2]: Invalid value: needs exactly one of ratio (bad and total counters) and query "
        "(PromQL for one number)",
    ),
    Mistake(
        "a ratio with a lower limit",
        {"spec.monitors.0.max": GONE, "spec.monitors.0.min": "0.1"},
        "spec.monitors[0]: Invalid value: min needs query: a ratio counts what went wrong, so limit it with max",
    ),
    Mistake(
        "a query compared with the serving revision",
        {"spec.monitors.3.min": GONE, "spec.monitors.3.compare": {"toServing": "NotWorse"}},
        "spec.monitors[3]: Invalid value: compare needs ratio: a query yields no counts to compare",
    ),
    Mistake(
        "a query that judges all pods",
        {"spec.monitors.2.query": "histogram_quantile(0.95, rate(x[1m]))"},
        'spec.monitors[2].query: Invalid value: "histogram_quantile(0.95, rate(x[1m]))": uses none of {{ '
        "revision }}, {{ deployment }}, {{ podRegex }} and would judge the wrong pods: select the "
        'revision\'s pods, for example with pod=~"{{ podRegex }}"',
    ),
    Mistake(
        "a variable that does not exist",
        {"spec.monitors.2.query": 'up{pod=~"{{ podRegex }}",app="{{ app }}"}'},
        r'spec.monitors[2].query: Invalid value: "up{pod=~\"{{ podRegex }}\",app=\"{{ app }}\"}": knows the '
        "variables namespace, service, revision, deployment, podRegex, window and no others",
    ),
    Mistake(
        "a ratio with functions around it",
        {"spec.monitors.0.ratio.bad": "sum(rate(errors_total[1m]))"},
        'spec.monitors[0].ratio.bad: Invalid value: "sum(rate(errors_total[1m]))": must be a series selector and '
        'nothing else, such as http_requests_total{code=~"5.."}: leave out functions, ranges, offsets, operators, '
        "comments and {{ variables }}, Leadsman adds what is needed",
    ),
    Mistake(
        "a window shorter than the interval",
        {"spec.monitors.0.windowSeconds": 10},
        "spec.monitors[0].windowSeconds: Invalid value: must be at least intervalSeconds, or events between"
        " two readings are never seen",
    ),
    Mistake(
        "a provider given as an address",
        {"spec.monitors.0.provider": "http://prometheus:9090"},
        'spec.monitors[0].provider: Invalid value: "http://prometheus:9090": spec.monitors[0].provider in '
        "body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'",
    ),
    Mistake(
        "a tolerance below one",
        {"spec.monitors.1.compare.ratioAtMost": "0.5"},
        'spec.monitors[1].compare.ratioAtMost: Invalid value: "0.5": must be a decimal number in quotes, at'
        ' least "1": a quarter more is "1.25"',
    ),
    Mistake(
        "a chance of error of nothing",
        {"spec.monitors.1.compare.alpha": "0.0"},
        'spec.monitors[1].compare.alpha: Invalid value: "0.0": must lie between "0" and "1", both excluded,'
        ' as a decimal number in quotes: 95 % are "0.95"',
    ),
    Mistake(
        "two risk budgets",
        {"spec.riskBudgetRef": {"name": "support"}},
        "spec: Invalid value: two risk budgets: keep riskBudget (this service's own) or riskBudgetRef "
        "(shared), not both",
    ),
    Mistake(
        "a budget of a monitor that does not exist",
        {"spec.riskBudget.channels.0.ratio.monitor": "erors"},
        "spec.riskBudget.channels: Invalid value: ratio.monitor of each channel names a monitor under "
        "spec.monitors that has ratio",
    ),
    Mistake(
        "a budget of a monitor without counts",
        {"spec.riskBudget.channels.0.ratio.monitor": "p95-latency"},
        "spec.riskBudget.channels: Invalid value: ratio.monitor of each channel names a monitor under "
        "spec.monitors that has ratio",
    ),
    Mistake(
        "a budget without channels",
        {"spec.riskBudget.channels": []},
        "spec.riskBudget.channels: Invalid value: 0: spec.riskBudget.channels in body should have at least 1 items",
    ),
    Mistake(
        "a budget over half a year",
        {"spec.riskBudget.windowDays": 183},
        "spec.riskBudget.windowDays: Invalid value: 183: spec.riskBudget.windowDays in body should be less "
        "than or equal to 92",
    ),
    Mistake(
        "a reading over nothing",
        {"spec.monitors.1.minSamples": 0},
        "spec.monitors[1].minSamples: Invalid value: 0: spec.monitors[1].minSamples in body should be greater than or "
        "equal to 1",
    ),
    Mistake(
        "samples of a query",
        {"spec.monitors.2.minSamples": 100},
        "spec.monitors[2].minSamples: Invalid value: counts the events of a ratio, and a query yields one number: "
        "leave minSamples out",
    ),
    *(
        Mistake(
            f"a query with {what}",
            {"spec.monitors.2.query": query},
            "has a comment, or a quote that does not end: leave comments out, and close each quote on its line",
        )
        for what, query in {
            "a comment": 'p95{pod=~"{{ podRegex }}"} # the slowest',
            "its variable in a comment": "p95 # {{ podRegex }}",
            "a comment on a line of its own": '# p95\np95{pod=~"{{ podRegex }}"}',
            "a quote that does not end": 'p95{pod=~"{{ podRegex }}}',
        }.items()
    ),
)
