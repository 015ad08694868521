"""What people get wrong about EvalSuites and EvalRuns."""

from typing import Final

from integration.api.mistake import GONE, Mistake

SUITES: Final = (
    Mistake(
        "nobody runs it",
        {"spec.runner": {}},
        "spec.runner: Invalid value: needs exactly one of job (Leadsman runs it) and external: {} (CI "
        "submits EvalRuns)",
    ),
    Mistake(
        "two run it",
        {"spec.runner.external": {}},
        "spec.runner: Invalid value: needs exactly one of job (Leadsman runs it) and external: {} (CI "
        "submits EvalRuns)",
    ),
    Mistake(
        "a Job whose results nobody can read",
        {"spec.results": GONE},
        "spec: Invalid value: runner.job needs results: write the format that the Job leaves, such as "
        "results: {format: LMEval}",
    ),
    Mistake(
        "results of a tool that is not known",
        {"spec.results.format": "Ragas"},
        'spec.results.format: Unsupported value: "Ragas": supported values: "LMEval", "InspectAI", '
        '"Promptfoo", "JUnit", "Leadsman"',
    ),
    Mistake(
        "a path that is not absolute",
        {"spec.results.path": "results"},
        'spec.results.path: Invalid value: "results": must be an absolute path in ASCII without blanks, such as '
        "/results",
    ),
    Mistake(
        "no criteria",
        {"spec.criteria": []},
        "spec.criteria: Invalid value: 0: spec.criteria in body should have at least 1 items",
    ),
    Mistake(
        "two criteria of one name",
        {"spec.criteria.1.name": "accuracy"},
        '.spec.criteria: duplicate entries for key [name="accuracy"]',
    ),
    Mistake(
        "a criterion without a limit",
        {"spec.criteria.0.min": GONE},
        "spec.criteria[0]: Invalid value: needs exactly one of min, max and nonInferior",
    ),
    Mistake(
        "a criterion with two limits",
        {"spec.criteria.0.nonInferior": {"margin": "0.03"}},
        "spec.criteria[0]: Invalid value: needs exactly one of min, max and nonInferior",
    ),
    Mistake(
        "a lower limit where lower is better",
        {"spec.criteria.0.direction": "LowerIsBetter"},
        "spec.criteria[0].min: Invalid value: where lower is better the limit is max: write max, or "
        "direction: HigherIsBetter",
    ),
    Mistake(
        "an upper limit where higher is better",
        {"spec.criteria.2.direction": "HigherIsBetter"},
        "spec.criteria[2].max: Invalid value: where higher is better the limit is min: write min, or "
        "direction: LowerIsBetter",
    ),
    Mistake("no direction", {"spec.criteria.0.direction": GONE}, "spec.criteria[0].direction: Required value"),
    Mistake(
        "a confidence in percent",
        {"spec.criteria.0.confidence": "95"},
        'spec.criteria[0].confidence: Invalid value: "95": must lie between "0.5", which proves nothing, '
        'and "1", both excluded, as a decimal number in quotes: 95 % are "0.95"',
    ),
    Mistake(
        "a margin as a float",
        {"spec.criteria.1.nonInferior.margin": 0.03},
        '.spec.criteria[name="no-worse"].nonInferior.margin: expected string, got &value.valueUnstructured{Value:0.03}',
    ),
    Mistake(
        "a margin of nothing",
        {"spec.criteria.1.nonInferior.margin": "0"},
        'spec.criteria[1].nonInferior.margin: Invalid value: "0": must be a decimal number greater than 0, '
        'in quotes, such as "0.5" or "5000"',
    ),
    Mistake(
        "a timeout with a unit",
        {"spec.runner.job.timeoutSeconds": "1h"},
        ".spec.runner.job.timeoutSeconds: expected numeric (int or float), got string",
    ),
    Mistake(
        "not a single sample",
        {"spec.minSamples": 0},
        "spec.minSamples: Invalid value: 0: spec.minSamples in body should be greater than or equal to 1",
    ),
    *(
        Mistake(
            f"a confidence of {confidence}",
            {"spec.criteria.0.confidence": confidence},
            'must lie between "0.5", which proves nothing, and "1", both excluded',
        )
        for confidence in ("0.5", "0.50", "0.05", "1", "1.0")
    ),
)

RUNS: Final = (
    Mistake(
        "a source that does not exist",
        {"spec.source": "Manual"},
        'spec.source: Unsupported value: "Manual": supported values: "Job", "Submitted"',
    ),
    Mistake(
        "submitted without results",
        {"spec.results": GONE},
        "spec: Invalid value: source Submitted brings results; source Job leaves results out, the operator "
        "reads them from the Job",
    ),
    Mistake(
        "results of a Job",
        {"spec.source": "Job", "spec.submittedBy": GONE},
        "spec: Invalid value: source Submitted brings results; source Job leaves results out, the operator "
        "reads them from the Job",
    ),
    Mistake("a revision without its digest", {"spec.revision.digest": GONE}, "spec.revision.digest: Required value"),
    Mistake("a suite by its name alone", {"spec.suite": "support-qa"}, ".spec.suite: expected map, got &{support-qa}"),
    Mistake(
        "a value that is not a number",
        {"spec.results.metrics.0.value": "NaN"},
        'spec.results.metrics[0].value: Invalid value: "NaN": spec.results.metrics[0].value in body should match ',
    ),
    Mistake(
        "a value as a float",
        {"spec.results.metrics.0.value": 0.912},
        ".spec.results.metrics[0].value: expected string, got &value.valueUnstructured{Value:0.912}",
    ),
    Mistake(
        "a unit that nobody knows",
        {"spec.results.metrics.0.unit": "Points"},
        'spec.results.metrics[0].unit: Unsupported value: "Points": supported values: "Fraction", '
        '"Percent", "Seconds", "Count", "Currency"',
    ),
    Mistake(
        "one metric twice",
        {"spec.results.metrics.1.metric": "support_qa/acc,none"},
        "spec.results.metrics: Invalid value: names one metric twice: leave one out",
    ),
    Mistake(
        "more samples than were planned",
        {"spec.results.metrics.1.samples.effective": 1001},
        "spec.results.metrics[1].samples: Invalid value: effective, errored and unscored samples together can't be "
        "more than planned",
    ),
    Mistake(
        "an end before the beginning",
        {"spec.results.finishedAt": "2026-11-22T08:00:00Z"},
        "spec.results.finishedAt: Invalid value: must not lie before startedAt",
    ),
    Mistake(
        "a fraction above one",
        {"spec.results.metrics.0.value": "91.2"},
        'spec.results.metrics[0].value: Invalid value: a Fraction runs from "0" to "1": 91 % are "0.91", or "91" with '
        "unit: Percent",
    ),
    Mistake(
        "a fraction below nought",
        {"spec.results.metrics.0.value": "-0.02"},
        'spec.results.metrics[0].value: Invalid value: a Fraction runs from "0" to "1"',
    ),
    Mistake(
        "more than all",
        {"spec.results.metrics.0.value": "100.1", "spec.results.metrics.0.unit": "Percent"},
        'spec.results.metrics[0].value: Invalid value: a Percent runs from "0" to "100": for anything beyond write '
        "unit: Count",
    ),
    Mistake(
        "an error below nought",
        {"spec.results.metrics.0.stderr": "-0.01"},
        'must be a decimal number of 0 or more in quotes, with at most 9 decimal places, such as "0.0127"',
    ),
    Mistake(
        "nothing was planned",
        {"spec.results.metrics.1.samples": {"planned": 0, "effective": 0}},
        "spec.results.metrics[1].samples.planned in body should be greater than or equal to 1",
    ),
    Mistake(
        "more pairs than samples",
        {"spec.results.metrics.0.paired.same": 466},
        "spec.results.metrics[0].paired: Invalid value: better, worse and same together can't be more than the "
        "samples that were planned",
    ),
    Mistake(
        "pairs with nobody",
        {"spec.baseline": GONE},
        "spec: Invalid value: paired results need baseline: write the revision that they are compared with",
    ),
    Mistake(
        "compared with itself",
        {"spec.baseline.name": "support-assistant-9b2e41c07d"},
        "spec.baseline: Invalid value: is the revision itself: write the revision that served when the evaluation "
        "began",
    ),
)
