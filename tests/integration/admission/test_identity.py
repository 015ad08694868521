"""Who acted is who the API server says it was, and nobody else."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.accounts import kubeconfig_of
from harness.cluster import Space
from harness.guards import GUARDED, decision
from integration.admission.people import ALICE, CAROL, DAVE, ERIN, OLIVIA, account
from integration.admission.scene import run

pytestmark = pytest.mark.integration

FORGED = {"username": "bob", "groups": "ai-risk,system:masters", "uid": "42"}
STAMPED = {"username": "alice", "groups": "staff,system:authenticated"}


def test_an_actor_that_a_client_wrote_is_overwritten_whole(own_space: Space) -> None:
    forged = json.dumps(decision("Approve", actor=FORGED))
    own_space.kubectl(*ALICE, "create", "-f", "-", stdin=forged)
    assert own_space.get("aidecision", "signed")["spec"]["actor"] == STAMPED


def test_an_actor_that_a_client_applied_is_overwritten_too(own_space: Space) -> None:
    who = ("--as=dave",)
    forged = json.dumps(decision("Approve", actor=FORGED))
    own_space.kubectl(*who, "apply", "--server-side", "-f", "-", stdin=forged)
    actor = own_space.get("aidecision", "signed")["spec"]["actor"]
    assert actor == {"username": "dave", "groups": "system:authenticated"}


def test_whoever_brings_results_is_named_with_groups_and_uid(own_space: Space, tmp_path: Path) -> None:
    made = run("submitted", submitted=True)
    forged = json.dumps(made | {"spec": made["spec"] | {"submittedBy": FORGED}})
    cluster = replace(own_space.cluster, kubeconfig=kubeconfig_of(own_space, "ci", tmp_path))
    Space(cluster, own_space.name).kubectl("create", "-f", "-", stdin=forged)
    seen = own_space.get("evalrun", "submitted")["spec"]["submittedBy"]
    assert seen["username"] == f"system:serviceaccount:{own_space.name}:ci"
    assert f"system:serviceaccounts:{own_space.name}" in seen["groups"].split(",")
    assert seen["uid"] == own_space.get("serviceaccount", "ci")["metadata"]["uid"]


def test_results_that_are_applied_twice_stay_as_they_are(own_space: Space) -> None:
    ci, made = account(own_space, "ci"), json.dumps(run("submitted", submitted=True))
    first, second = (
        json.loads(own_space.kubectl(*ci, "apply", "--server-side", "-o", "json", "-f", "-", stdin=made).stdout)
        for _ in range(2)
    )
    assert first["spec"]["submittedBy"]["username"] == f"system:serviceaccount:{own_space.name}:ci"
    assert second["spec"] == first["spec"]


def test_where_nothing_is_stamped_nothing_can_be_signed(own_space: Space) -> None:
    """As when somebody deletes the mutation."""
    own_space.kubectl("label", "namespace", own_space.name, "tests.leadsman.dev/stamped-")
    assert GUARDED in own_space.get("namespace", own_space.name)["metadata"]["labels"]
    ci = account(own_space, "ci")
    missing, unsigned = decision("Approve"), run("submitted", submitted=True)
    forged = decision("Approve", actor=FORGED)
    others = unsigned | {"spec": unsigned["spec"] | {"submittedBy": FORGED}}
    for who, made in ((ALICE, missing), (ALICE, forged), (ci, unsigned), (ci, others)):
        done = own_space.kubectl(*who, "create", "-f", "-", stdin=json.dumps(made), check=False)
        assert "is not who asks" in done.stderr
        assert "or its binding is missing" in done.stderr
    # Of another's groups, with one's own name.
    borrowed = decision("Approve", actor=STAMPED | {"groups": "ai-risk"})
    done = own_space.kubectl(*ALICE, "create", "-f", "-", stdin=json.dumps(borrowed), check=False)
    assert "is not who asks" in done.stderr


def test_whoever_has_the_verb_decides(own_space: Space) -> None:
    for who, made in (
        (ERIN, decision("Pause", name="pause")),
        (ERIN, decision("Abort", name="abort")),
        (ALICE, decision("Approve", name="approve", expiresAt="2099-01-01T00:00:00Z")),
        (ALICE, decision("Promote", name="promote")),
        (CAROL, decision("Waive", name="waive", scope=["quality"], expiresAt=_in_seconds(3600))),
        (DAVE, decision("Approve", name="of-chat")),
        (OLIVIA, decision("Approve", name="in-a-role", role="risk-officer")),
    ):
        own_space.kubectl(*who, "create", "-f", "-", stdin=json.dumps(made))
    actors = {one["metadata"]["name"]: one["spec"]["actor"]["username"] for one in own_space.list("aidecision")}
    assert actors == {
        "pause": "erin",
        "abort": "erin",
        "approve": "alice",
        "promote": "alice",
        "waive": "carol",
        "of-chat": "dave",
        "in-a-role": "olivia",
    }


def test_a_waiver_may_end_in_seven_days_and_not_a_minute_later(own_space: Space) -> None:
    week = 7 * 24 * 3600
    within = decision("Waive", name="within", scope=["quality"], expiresAt=_in_seconds(week - 60))
    beyond = decision("Waive", name="beyond", scope=["quality"], expiresAt=_in_seconds(week + 60))
    own_space.kubectl(*CAROL, "create", "-f", "-", stdin=json.dumps(within))
    done = own_space.kubectl(*CAROL, "create", "-f", "-", stdin=json.dumps(beyond), check=False)
    assert "a waiver ends after 7 days at most" in done.stderr


def _in_seconds(seconds: int) -> str:
    then = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)  # noqa: TID251  people have clocks
    return then.isoformat(timespec="seconds")
