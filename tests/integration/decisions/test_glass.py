"""An emergency: one person lets a revision pass, and another one looks at it before anything else takes traffic."""

import datetime as dt

import pytest

from harness.cluster import Space
from harness.operator import OperatorProcess
from harness.rollouts import AT_ONCE, condition_of, is_held_by, is_promoted
from harness.services import ai_service, serves
from integration.admission.people import ALICE, PETRA, RITA, WANDA
from integration.decisions.test_decisions import decide, ruled, waiting
from leadsman.controller import clock

pytestmark = pytest.mark.integration


def test_a_broken_glass_passes_an_approval_and_holds_the_next_revision_until_it_was_reviewed(
    operator: OperatorProcess, own: Space
) -> None:
    revision = waiting(own)
    about = {"revision": revision, "incident": "inc-1"}
    assert "lacks the verb breakglass" in decide(own, ALICE, "BreakGlass", "no", **about).stderr
    long = (clock.now() + dt.timedelta(hours=5)).isoformat(timespec="seconds")
    assert "4 hours at most" in decide(own, WANDA, "BreakGlass", "long", **about, expiresAt=long).stderr
    assert decide(own, WANDA, "BreakGlass", "glass", **about).returncode == 0
    seen = own.wait("AIService", "chat", is_promoted)
    assert ruled(own, "glass") == ("True", "Counted")
    assert condition_of(seen, "BreakGlassActive")["message"].startswith("wanda broke the glass for inc-1")
    assert condition_of(seen, "ReviewDue")["reason"] == "GlassUnreviewed"

    own.kubectl(*PETRA, "delete", "aidecision", "glass")
    own.apply(ai_service("chat", "2", rollout=AT_ONCE))
    seen = own.wait("AIService", "chat", is_held_by("GlassUnreviewed"))
    assert seen["status"]["servingRevision"] == revision
    review = {"revision": None, "incident": "inc-1"}
    assert decide(own, WANDA, "CloseIncident", "own", **review).returncode == 0
    assert ruled(own, "own") == ("False", "OwnChange")
    assert decide(own, RITA, "CloseIncident", "seen", **review).returncode == 0
    own.wait("AIService", "chat", serves("2"))
    assert ruled(own, "seen") == ("True", "Counted")
