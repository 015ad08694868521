"""Whoever tries to sign, prove, change or remove what is not theirs is refused, and told by what."""

import pytest

from harness.manifests import ROOT
from integration.admission.attempt import Attempt
from integration.admission.attempts_on_evaluations import JOBS, KEPT, PODS_OF_JOBS
from integration.admission.attempts_on_records import DECIDING, RECORDS, RESULTS
from integration.admission.attempts_on_services import DECLARED, SUITES
from integration.admission.attempts_on_traffic import OTHERS, TRAFFIC
from integration.admission.attempts_on_workloads import PODS, WORKLOADS
from integration.admission.scene import Scene

pytestmark = pytest.mark.integration

ON_RECORDS = (*DECIDING, *RESULTS, *RECORDS, *JOBS, *PODS_OF_JOBS, *KEPT)
ON_SERVICES = (*DECLARED, *SUITES, *WORKLOADS, *PODS, *TRAFFIC, *OTHERS)


@pytest.mark.parametrize("attempt", ON_RECORDS, ids=lambda attempt: attempt.title)
def test_it_is_refused(scene: Scene, attempt: Attempt) -> None:
    is_refused(attempt, scene)


@pytest.mark.parametrize("attempt", ON_SERVICES, ids=lambda attempt: attempt.title)
def test_it_is_refused_where_a_service_serves(serving: Scene, attempt: Attempt) -> None:
    is_refused(attempt, serving)


def is_refused(attempt: Attempt, scene: Scene) -> None:
    done = attempt.on(scene)
    assert done.returncode != 0, done.stdout
    assert attempt.told in done.stderr
    assert attempt.by in done.stderr


def test_the_documentation_lists_what_is_tested_and_nothing_else() -> None:
    page = (ROOT / "docs" / "security.md").read_text().partition("## Attempts")[2]
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    assert rows == [[attempt.title, f"… {attempt.told} …"] for attempt in (*ON_RECORDS, *ON_SERVICES)]
