"""`leadsman history`: revisions newest first, and the dossier of one."""

from harness.manifests import EXAMPLES, STATUSES
from harness.rendered import plain
from harness.revisions import revision
from leadsman.api.v1alpha1 import AIRevision
from leadsman.cli.history import render_history
from leadsman.cli.output import to_data
from leadsman.cli.view.dossier import render_dossier
from leadsman.cli.view.history import history
from leadsman.cli.view.observed import read

FULL = {**EXAMPLES["airevision"], "status": STATUSES["airevision"]}


def test_revisions_are_listed_newest_first_with_who_changed_them() -> None:
    old = revision("assistant-1", 9, verdict="Superseded", reason="Replaced", firstServedAt="2026-11-01T08:00:00Z")
    found = [read(AIRevision, one) for one in (old, revision("assistant-3", 11), revision("assistant-2", 10))]

    lines = plain(render_history(history("support", "assistant", found)))

    assert [line.split()[:2] for line in lines] == [
        ["NUMBER", "REVISION"],
        ["11", "assistant-3"],
        ["10", "assistant-2"],
        ["9", "assistant-1"],
    ]
    assert lines[3].split("  ")[-1].strip() == "3f2c9d1e8b7a"
    assert "Superseded  Replaced  0         2026-11-01 08:00Z  erin@example.com" in lines[3]


def test_as_data_a_commit_is_whole_and_what_is_not_known_is_left_out() -> None:
    data = to_data(history("support", "assistant", [read(AIRevision, revision("assistant-1", 9))]))

    (past,) = data["revisions"]
    assert past["commit"] == "3f2c9d1e8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e"
    assert past["modelVersion"] == "2026.11.1"
    assert "firstServedAt" not in past


def test_a_dossier_says_what_was_asked_what_was_achieved_what_was_read_and_who_decided() -> None:
    lines = plain(render_dossier(read(AIRevision, FULL)))
    text = "\n".join(lines)

    assert lines[0] == "#12 support-assistant-9b2e41c07d  of support-assistant"
    assert "not pinned    Secret support-api-key" in lines
    assert "attempt 14  RolledBack  SignalFailed  errors 0.081 > 0.02, n=1240" in lines
    assert "  canary  10 %   20 %      11-23 10:00:00Z  11-23 10:00:09Z  10m9s  1240" in lines
    assert "✖ Failed        value 0.081  limit 0.02  serving 0.004  n=1240" in text
    assert "alice@example.com  high-risk/risk" in text
    assert "20 % of the pods in traffic (stage=canary, endpoints=1/5)" in text


def test_a_dossier_of_a_revision_to_which_nothing_has_happened_is_its_snapshot() -> None:
    lines = plain(render_dossier(read(AIRevision, EXAMPLES["airevision"])))

    assert "no verdict yet" in lines
    assert lines[-1] == "first served  -"


def test_an_attempt_under_way_has_no_end() -> None:
    attempt = {"number": 3, "startedAt": "2026-11-23T10:00:00Z", "stages": [
        {"name": "canary", "weight": 10, "startedAt": "2026-11-23T10:00:00Z"}
    ]}  # fmt: skip

    lines = plain(render_dossier(read(AIRevision, revision("assistant-1", 9, attempts=[attempt]))))

    assert "attempt 3  under way" in lines
    assert "  since 2026-11-23 10:00Z" in lines
    assert "  canary  10 %   -         11-23 10:00:00Z  -            under way  -" in lines
