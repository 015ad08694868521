"""People decide at the command line, each with credentials of their own, where the policies hold."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cluster import Object, Space
from harness.credentials import kubeconfig_of
from harness.moments import GOOD, MOMENTS, NEW, SINCE
from harness.revisions import revision
from harness.user import Operator, User
from integration.admission.people import RBAC

pytestmark = pytest.mark.integration

WHY = ("--reason", "read the difference of the prompts")
SIGN = (*WHY, "--yes")
Login = Callable[[str], User]


@pytest.fixture
def login(own_space: Space, tmp_path: Path) -> Login:
    groups = {"alice": ("staff",)}

    @cache
    def user(name: str) -> User:
        return User(own_space, str(kubeconfig_of(own_space, name, tmp_path, groups=groups.get(name, ()))))

    return user


@pytest.fixture
def operator(own_space: Space) -> Operator:
    """A candidate waits for an approval; it has another image than what serves. Whoever develops also sees it."""
    role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "leadsman-viewer"}
    viewers = [{"apiGroup": RBAC, "kind": "User", "name": name} for name in ("erin", "dave")]
    binding = {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", "metadata": {"name": "viewers"}}
    own_space.apply({**binding, "roleRef": role, "subjects": viewers})
    operator = Operator(own_space)
    operator.declare()
    operator.record(_revision(GOOD, 11, "app:1", verdict="Serving"))
    operator.record(_revision(NEW, 12, "app:2", verdict="Pending"))
    operator.say(MOMENTS["awaiting approval"])
    return operator


def _revision(name: str, number: int, image: str, **status: Any) -> Object:
    made = revision(name, number, **status)
    template = {"spec": {"containers": [{"name": "app", "image": image}]}}
    spec = {**made["spec"], "template": template, "inputs": [], "number": number}
    spec["digest"] = f"sha256:{number:064x}"
    return {**made, "spec": spec}


def decisions(space: Space) -> list[Object]:
    return space.list("aidecisions")


def judge(space: Space, name: str, status: str, reason: str) -> None:
    """As the operator does."""
    counted = {
        "type": "Counted",
        "status": status,
        "reason": reason,
        "message": "for attempt 14",
        "lastTransitionTime": SINCE,
    }
    found = space.get("aidecision", name) | {"status": {"observedGeneration": 1, "conditions": [counted]}}
    space.kubectl("replace", "--subresource=status", "-f", "-", stdin=yaml.safe_dump(found))


def test_an_approval_shows_who_one_is_and_what_changes_and_is_signed_by_the_api_server(
    login: Login, operator: Operator
) -> None:
    done = login("alice").run("approve", "assistant", *SIGN, "--ticket", "CHG-1", "--expires-in", "8h")

    [made] = decisions(operator.space)
    assert done.stdout.split() == [f"aidecision/{made['metadata']['name']}", "created"]
    assert made["spec"]["actor"] == {"username": "alice", "groups": "staff,system:authenticated"}
    assert {key: made["spec"][key] for key in ("service", "revision", "decision", "reason", "ticket")} == {
        "service": "assistant",
        "revision": NEW,
        "decision": "Approve",
        "reason": WHY[1],
        "ticket": "CHG-1",
    }
    assert "you are alice, of staff,system:authenticated" in done.stderr
    assert "-    - image: app:1" in done.stderr
    assert "+    - image: app:2" in done.stderr
    assert "half" in done.stderr
    assert f"leadsman why assistant -n {operator.space.name}" in done.stderr


def test_whoever_may_not_is_refused_by_the_api_server_and_told_who_may(login: Login, operator: Operator) -> None:
    refused = login("erin").run("approve", "assistant", *SIGN, code=1).stderr

    assert "erin lacks the verb approve on aiservices/assistant" in refused
    assert f"leadsman who-can approve assistant -n {operator.space.name}" in refused
    assert decisions(operator.space) == []


def test_a_dry_run_is_checked_by_the_policies_and_writes_nothing(login: Login, operator: Operator) -> None:
    would = login("alice").run("abort", "assistant", *WHY, "--dry-run", "-o", "yaml").stdout
    refused = login("erin").run("reject", "assistant", *WHY, "--dry-run", code=1).stderr

    assert yaml.safe_load(would)["spec"]["actor"]["username"] == "alice"
    assert "erin lacks the verb reject" in refused
    assert decisions(operator.space) == []


VERBS: dict[tuple[str, ...], Object] = {
    ("approve", "assistant", "--scope", "half"): {"decision": "Approve", "revision": NEW, "scope": ["half"]},
    ("reject", "assistant"): {"decision": "Reject", "revision": NEW},
    ("waive", "assistant", "--scope", "quality", "--expires-in", "7d"): {"decision": "Waive", "scope": ["quality"]},
    ("retry", "assistant", "--revision", GOOD): {"decision": "Retry", "revision": GOOD},
    ("promote", "assistant"): {"decision": "Promote", "revision": NEW},
    ("pause", "assistant"): {"decision": "Pause"},
    ("resume", "assistant", "--revision", NEW): {"decision": "Resume", "revision": NEW},
    ("abort", "assistant"): {"decision": "Abort", "revision": NEW},
    ("rollback", "assistant", "--to", GOOD): {"decision": "Rollback", "revision": GOOD},
    ("break-glass", "assistant", "--incident", "inc-1"): {"decision": "BreakGlass", "incident": "inc-1"},
    ("close-incident", "assistant", "--incident", "inc-1"): {"decision": "CloseIncident", "incident": "inc-1"},
}


def test_each_verb_writes_its_decision_and_a_revocation_is_about_the_same_revision(
    login: Login, operator: Operator
) -> None:
    wanda, names = login("wanda"), list[str]()
    for words, expected in VERBS.items():
        name = wanda.run(*words, *SIGN, "-o", "name").stdout.strip().removeprefix("aidecision.leadsman.dev/")
        spec = operator.space.get("aidecision", name)["spec"]
        assert {key: spec.get(key) for key in expected} == expected
        names.append(name)
    assert "revision" not in operator.space.get("aidecision", names[5])["spec"]

    taken_back = wanda.run("revoke", "assistant", "--decision", names[0], *SIGN, "-o", "yaml").stdout
    spec = yaml.safe_load(taken_back)["spec"]
    assert (spec["decision"], spec["revokes"], spec["revision"]) == ("Revoke", names[0], NEW)


def test_at_a_terminal_one_is_asked_why_and_whether(login: Login, operator: Operator) -> None:
    alice = login("alice")

    refused = alice.at_terminal("approve", "assistant", typed="looks good to me\nn\n", code=1).stderr
    assert f"Approve {NEW} of {operator.space.name}/assistant, as alice?" in refused
    assert decisions(operator.space) == []

    alice.at_terminal("approve", "assistant", typed="looks good to me\ny\n")
    assert [one["spec"]["reason"] for one in decisions(operator.space)] == ["looks good to me"]


@pytest.mark.parametrize(
    ("judged", "code", "said"),
    [
        (("True", "Counted"), 0, "it counts: for attempt 14"),
        (("False", "OwnChange"), 3, "it does not count, OwnChange: for attempt 14"),
    ],
)
def test_one_can_wait_for_what_the_operator_says(
    login: Login, operator: Operator, judged: tuple[str, str], code: int, said: str
) -> None:
    process = login("erin").start("pause", "assistant", *SIGN, "--wait", "--timeout", "60s", "-o", "name")
    assert process.stdout is not None
    name = process.stdout.readline().strip().rpartition("/")[2]

    judge(operator.space, name, *judged)

    _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert said in told


def test_a_wait_that_nobody_ends_says_that_it_was_not_counted(login: Login, operator: Operator) -> None:
    told = login("erin").run("pause", "assistant", *SIGN, "--wait", "--timeout", "1s", code=2).stderr

    assert "nobody has counted it yet" in told


def test_the_inbox_has_what_waits_and_says_whether_one_may_approve(login: Login, operator: Operator) -> None:
    of_alice, of_erin = (login(name).run("approvals").stdout for name in ("alice", "erin"))
    as_data = yaml.safe_load(login("dave").run("approvals", "-o", "yaml").stdout)

    header, row = of_alice.splitlines()
    assert header.split() == ["SERVICE", "REVISION", "MISSING", "YOU", "SINCE"]
    assert row.split()[:2] == ["assistant", NEW]
    assert "half: 0 of 1" in row
    assert "may approve" in row
    assert "may not" in of_erin
    assert [(one["service"], one["mayApprove"]) for one in as_data] == [("assistant", False)]

    operator.say(MOMENTS["promoted"])
    assert "nothing waits for an approval" in login("alice").run("approvals").stderr


def test_who_can_names_people_groups_and_accounts_and_what_it_cannot_see(login: Login, operator: Operator) -> None:
    auditor = User(operator.space, str(operator.space.cluster.kubeconfig))
    found = yaml.safe_load(auditor.run("who-can", "approve", "assistant", "-o", "yaml").stdout)
    who = {one["name"]: one for one in found}
    text = auditor.run("who-can", "waive", "assistant")

    assert {"alice", "carol", "olivia", "wanda", f"{operator.space.name}/bot"} <= who.keys()
    assert not {"erin", "mallory", "dave"} & who.keys()
    assert who["alice"]["by"] == ["RoleBinding approvers to ClusterRole leadsman-approver"]
    assert {"User carol", "User wanda"} <= {" ".join(line.split()[:2]) for line in text.stdout.splitlines()}
    assert "members of groups" in text.stderr
    denied = login("alice").run("who-can", "approve", "assistant").stderr
    assert "you may not list rolebindings" in denied
