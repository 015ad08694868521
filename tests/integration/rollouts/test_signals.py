"""Revisions that are judged by what a real Prometheus scraped of their pods."""

from typing import Any

import pytest

from harness.cluster import Space
from harness.history import history
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.promises import serves_with
from harness.rollouts import canary, is_back
from harness.services import ai_service, serves

pytestmark = pytest.mark.integration

BAD, GOOD = Script(good_per_second=5, bad_per_second=5), Script(good_per_second=10)
ERRORS = {"bad": 'http_requests_total{code="500"}', "total": "http_requests_total"}
WELL = 'http_requests_total{namespace="{{ namespace }}",pod=~"%s",code="200"}'
QUERIES = {
    "by-pods": "sum(rate(" + WELL % "{{ podRegex }}" + "[{{ window }}]))",
    "by-deployment": "sum(rate(" + WELL % "{{ deployment }}-.+" + "[{{ window }}]))",
    "by-revision": "sum(rate(" + WELL % "{{ revision }}-.+" + "[{{ window }}]))",
    "by-service": "sum(rate("
    + WELL % "{{ service }}-.+"
    + '[{{ window }}])) and on() absent(up{pod="{{ revision }}"})',
}
"""PromQL with all of its variables: how many requests were answered well."""
MONITORS: list[dict[str, Any]] = [
    {"name": "errors", "class": "Health", "intervalSeconds": 5, "ratio": ERRORS, "max": "0.02", "minSamples": 10},
    *(
        {"name": name, "class": "Health", "intervalSeconds": 5, "query": query, "min": "0.1"}
        for name, query in QUERIES.items()
    ),
]


def test_each_revision_is_judged_by_its_own_pods_and_users_reach_enough_of_them_all_the_time(
    operator: OperatorProcess, space: Space
) -> None:
    """The first one is bad, and nobody asked. The second one is good, the third one bad again."""
    rollout = canary({"name": "half", "weight": 50, "minRequests": 20})
    space.apply(ai_service("chat", "1", BAD))
    space.wait("AIService", "chat", serves("1"))
    space.apply(ai_service("chat", "2", GOOD, rollout=rollout, monitors=MONITORS))
    good = space.wait("AIService", "chat", serves("2"), within_seconds=60)["status"]["servingRevision"]
    (attempt,) = space.get("airevision", good)["status"]["attempts"]
    assert {reading["monitor"]: reading["state"] for reading in attempt["readings"]} == dict.fromkeys(
        ("errors", *QUERIES), "Passed"
    )
    space.apply(ai_service("chat", "3", BAD, rollout=rollout, monitors=MONITORS))
    seen = space.wait("AIService", "chat", is_back, within_seconds=60)
    (quarantine,) = seen["status"]["quarantine"]
    assert quarantine["reason"] == "SignalFailed"
    assert "> 0.02" in quarantine["message"]
    assert seen["status"]["servingRevision"] == good
    serves_with(history(space), "chat", 2)
