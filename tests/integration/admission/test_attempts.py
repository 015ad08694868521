"""Whoever tries to sign, prove, change or remove what is not theirs is refused, and told by what."""

import pytest

from harness.manifests import ROOT
from integration.admission.attempt import Attempt
from integration.admission.attempts_on_evaluations import JOBS, KEPT, PODS
from integration.admission.attempts_on_records import DECIDING, RECORDS, RESULTS
from integration.admission.scene import Scene

pytestmark = pytest.mark.integration

ATTEMPTS = (*DECIDING, *RESULTS, *RECORDS, *JOBS, *PODS, *KEPT)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.title)
def test_it_is_refused(scene: Scene, attempt: Attempt) -> None:
    done = attempt.on(scene)
    assert done.returncode != 0, done.stdout
    assert attempt.told in done.stderr
    assert attempt.by in done.stderr


def test_the_documentation_lists_what_is_tested_and_nothing_else() -> None:
    page = (ROOT / "docs" / "security.md").read_text().partition("## Attempts")[2]
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    assert rows == [[attempt.title, f"… {attempt.told} …"] for attempt in ATTEMPTS]
