"""Gates as users declare them, and results as CI submits them."""

import datetime as dt
from typing import Any

from harness.cluster import Object, Space
from harness.rollouts import Predicate, is_current

SUITE = "support-qa"
GATE = {"name": "quality", "suite": SUITE}


def suite(name: str = SUITE, *, at_least: str = "0.85", **spec: Any) -> Object:
    """Whose results CI submits."""
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "EvalSuite",
        "metadata": {"name": name},
        "spec": {
            "runner": {"external": {}},
            "criteria": [{"name": "accuracy", "metric": "accuracy", "direction": "HigherIsBetter", "min": at_least}],
            **spec,
        },
    }


def job_suite(name: str = SUITE, *, goes_on: bool = False, **runner: Any) -> Object:
    """That Leadsman runs. Its simulated pod leaves no results: it ends at once, or goes on until it is taken away."""
    outcome = {"sandbox.leadsman.dev/outcome": "NeverReady"} if goes_on else {}
    template = {"metadata": {"labels": outcome}, "spec": {"containers": [{"name": "evaluate", "image": "simulated"}]}}
    return suite(
        name, runner={"job": {"template": template, **runner}}, results={"format": "Leadsman", "path": "/results"}
    )


def looked_at(space: Space, name: str = SUITE) -> Object:
    """The suite, once its digest is known."""
    return space.wait("EvalSuite", name, lambda seen: is_current(seen) and "digest" in seen["status"])


def submit(space: Space, name: str, asked: str, *, right: int, of: int = 500, **changes: Any) -> None:
    """So many right answers, of so many, by the suite `by`."""
    record, of_suite = space.get("airevision", asked), looked_at(space, changes.pop("by", SUITE))
    moment = dt.datetime.now(dt.UTC)  # noqa: TID251  CI has a clock
    results = {
        "tool": {"name": "our-harness", "version": "1.0"},
        "startedAt": moment.isoformat(timespec="seconds"),
        "finishedAt": (moment + dt.timedelta(seconds=1)).isoformat(timespec="seconds"),
        "metrics": [
            {
                "metric": "accuracy",
                "value": f"{right / of:.6f}",
                "unit": "Fraction",
                "samples": {"planned": of, "effective": of},
            }
        ],
    }
    space.apply(
        {
            "apiVersion": "leadsman.dev/v1alpha1",
            "kind": "EvalRun",
            "metadata": {"name": name},
            "spec": {
                "service": record["spec"]["service"]["name"],
                "revision": {"name": asked, "digest": record["spec"]["digest"]},
                "suite": {"name": of_suite["metadata"]["name"], "digest": of_suite["status"]["digest"]},
                "source": "Submitted",
                "results": results,
                **changes,
            },
        }
    )


def gate_is(state: str, gate: str = "quality") -> Predicate:
    """Over an AIRevision."""
    return lambda seen: (
        state in {one["state"] for one in seen.get("status", {}).get("gates", []) if one["name"] == gate}
    )
