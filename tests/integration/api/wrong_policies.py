"""What people get wrong about GovernancePolicies."""

from typing import Final

from integration.api.mistake import GONE, Mistake

POLICIES: Final = (
    Mistake(
        "a tier that does not exist",
        {"spec.match.tiers": ["Critical"]},
        'spec.match.tiers[0]: Unsupported value: "Critical": supported values: "Minimal", "Limited", "High"',
    ),
    Mistake(
        "one tier twice",
        {"spec.match.tiers": ["High", "High"]},
        '.spec.match.tiers: duplicate entries for key [="High"]',
    ),
    Mistake("a rule without a message", {"spec.rules.0.message": GONE}, "spec.rules[0].message: Required value"),
    Mistake(
        "a rule without an expression",
        {"spec.rules.0.expression": ""},
        'spec.rules[0].expression: Invalid value: "": spec.rules[0].expression in body should be at least 1 chars long',
    ),
    Mistake(
        "an expression as long as a program",
        {"spec.rules.0.expression": "x" * 4097},
        "spec.rules[0].expression: Too long: may not be more than 4096 bytes",
    ),
    Mistake(
        "a severity of another tool",
        {"spec.rules.0.severity": "Error"},
        'spec.rules[0].severity: Unsupported value: "Error": supported values: "Deny", "Warn"',
    ),
    Mistake(
        "two rules of one name",
        {"spec.rules.1.name": "model-is-pinned"},
        '.spec.rules: duplicate entries for key [name="model-is-pinned"]',
    ),
    Mistake(
        "a gate that any suite fulfils",
        {"spec.requiredGates.0.suiteLabels": {}},
        "spec.requiredGates[0].suiteLabels: Invalid value: 0: spec.requiredGates[0].suiteLabels in body "
        "should have at least 1 properties",
    ),
    Mistake(
        "a gate before a stage, whose name no policy knows",
        {"spec.requiredGates.0.before": "half"},
        'spec.requiredGates[0].before: Invalid value: "half": spec.requiredGates[0].before in body should '
        "match '^(Traffic|Promotion|[1-9][0-9]?)$'",
    ),
    Mistake(
        "approvals of nobody",
        {"spec.approvals.requirements": []},
        "spec.approvals.requirements: Invalid value: 0: spec.approvals.requirements in body should have at "
        "least 1 items",
    ),
    Mistake(
        "approvals before a weight as a number",
        {"spec.approvals.before": 50},
        ".spec.approvals.before: expected string, got &value.valueUnstructured{Value:50}",
    ),
    Mistake(
        "approvals before 100 percent",
        {"spec.approvals.before": "100"},
        'spec.approvals.before: Invalid value: "100": spec.approvals.before in body should match '
        "'^(Traffic|Promotion|[1-9][0-9]?)$'",
    ),
    Mistake(
        "separation of duties as a boolean",
        {"spec.approvals.separationOfDuties": True},
        ".spec.approvals.separationOfDuties: expected string, got &value.valueUnstructured{Value:true}",
    ),
    Mistake(
        "more approvals than people",
        {"spec.approvals.requirements": [{"name": f"r{n}", "role": "r", "count": 7} for n in range(3)]},
        "spec.approvals.requirements: Invalid value: more than 20 approvals for one revision: lower the counts",
    ),
    Mistake(
        "a freeze that ends before it starts",
        {"spec.freezes.0.end": "2026-12-01T00:00:00"},
        "spec.freezes[0].end: Invalid value: must lie after start: the freeze would never be on",
    ),
    Mistake(
        "a freeze with a zone in its times",
        {"spec.freezes.0.start": "2026-12-20T00:00:00Z"},
        'spec.freezes[0].start: Invalid value: "2026-12-20T00:00:00Z": is local time without a zone, on a '
        "day that exists, such as 2026-12-20T00:00:00; the zone stands in timeZone",
    ),
    Mistake(
        "a freeze of a day",
        {"spec.freezes.0.start": "2026-12-20"},
        'spec.freezes[0].start: Invalid value: "2026-12-20": is local time without a zone, on a day that '
        "exists, such as "
        "2026-12-20T00:00:00; the zone stands in timeZone",
    ),
    Mistake(
        "a time zone with blanks",
        {"spec.freezes.0.timeZone": "Central European Time"},
        'spec.freezes[0].timeZone: Invalid value: "Central European Time": spec.freezes[0].timeZone in body'
        " should match '^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$'",
    ),
    Mistake(
        "signers, but no signature",
        {"spec.provenance.signature": GONE},
        "spec.provenance.identities: Invalid value: identities need signature: Required, or nobody would "
        "look at who signed",
    ),
    Mistake(
        "a budget that is wished for",
        {"spec.riskBudget": "Recommended"},
        'spec.riskBudget: Unsupported value: "Recommended": supported values: "Required", "Optional"',
    ),
    Mistake(
        "a monitor without a limit",
        {"spec.monitors.0.max": GONE},
        "spec.monitors[0]: Invalid value: needs exactly one of max, min and compare: without a limit "
        "nothing can fail, with two nobody knows which",
    ),
    Mistake(
        "a first weight of nothing",
        {"spec.limits.firstWeightAtMost": 0},
        "spec.limits.firstWeightAtMost: Invalid value: 0: spec.limits.firstWeightAtMost in body should be "
        "greater than or equal to 1",
    ),
    Mistake(
        "a gate without a name",
        {"spec.requiredGates.0.name": GONE},
        "spec.requiredGates[0].name: Required value",
        how="create",
    ),
    Mistake(
        "two gates of one name",
        {"spec.requiredGates.+": {"name": "safety", "suiteLabels": {"topic": "quality"}}},
        '.spec.requiredGates: duplicate entries for key [name="safety"]',
    ),
    Mistake(
        "a gate of suites that can't be",
        {"spec.requiredGates.0.suiteLabels": {"Safety!": "yes"}},
        "spec.requiredGates[0].suiteLabels: Invalid value: has a key that no label can have: write at most 63 letters, "
        "digits, -, _ and ., with a domain before it where needed, such as team or example.com/team",
    ),
    Mistake(
        "a gate of suites with a value that can't be",
        {"spec.requiredGates.0.suiteLabels": {"safety": "yes, please"}},
        "must be a label's value: at most 63 letters, digits, -, _ and ., with a letter or digit at both ends",
    ),
    *(
        Mistake(
            f"a freeze on {day}",
            {"spec.freezes.0.start": f"{day}T00:00:00"},
            "is local time without a zone, on a day that exists, such as 2026-12-20T00:00:00",
        )
        for day in (
            "2026-02-30",
            "2026-02-29",
            "2026-11-31",
            "2100-02-29",
            "0000-01-01",
            "1969-12-31",
            "\uff12026-01-01",
        )
    ),
    *(
        Mistake(
            f"a freeze in {zone}, which does not exist",
            {"spec.freezes.0.timeZone": zone},
            f"unknown time zone {zone} evaluating rule: must be a time zone that exists, as IANA names it, such as "
            "Europe/Berlin or UTC",
        )
        for zone in ("Europe/Berlim", "CEST", "Mars/Olympus")
    ),
    *(
        Mistake(
            f"a freeze in {zone}",
            {"spec.freezes.0.timeZone": zone},
            f'spec.freezes[0].timeZone: Invalid value: "{zone}": must be a time zone that exists, as IANA names it, '
            "such as Europe/Berlin or UTC",
        )
        for zone in ("Local", "localtime", "LOCAL")
    ),
)
