"""The real commands, on a real API server, at the moments of a rollout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.cluster import Object, Space
from harness.manifests import STATUSES
from harness.moments import GOOD, MOMENTS, NEW
from harness.pods import Script
from harness.revisions import revision
from harness.user import Operator, User

pytestmark = pytest.mark.integration

ATTEMPT = STATUSES["airevision"]["attempts"][0]


def crashes(pod: Object) -> bool:
    statuses = pod["status"].get("containerStatuses") or [{}]
    return statuses[0].get("state", {}).get("waiting", {}).get("reason") == "CrashLoopBackOff"


def test_status_shows_a_canary_whose_pods_crash_beside_those_that_serve(user: User, operator: Operator) -> None:
    operator.record(revision(GOOD, 11, verdict="Serving"))
    operator.record(revision(NEW, 12, verdict="RollingOut", attempts=[ATTEMPT]))
    operator.run_pods(GOOD, 2, Script())
    operator.run_pods(NEW, 1, Script(outcome="OOMKilled"))
    operator.say(MOMENTS["rolling out"])
    operator.space.wait("Deployment", GOOD, lambda seen: seen["status"].get("readyReplicas") == 2)
    (crashing,) = operator.space.list("pods", selector=f"leadsman.dev/revision={NEW}")
    operator.space.wait("Pod", crashing["metadata"]["name"], crashes)

    shown = user.run("status", "assistant", code=2).stdout

    assert f"serving  #11 {GOOD}  Serving" in shown
    assert "✔ Deployment  2/2 ready" in shown
    assert f"candidate  #12 {NEW}  RollingOut" in shown
    assert "✖ Deployment  0/1 ready" in shown
    assert "CrashLoopBackOff" in shown
    assert "last exit 137 (OOMKilled)" in shown
    assert "✖ errors  Failed  value 0.081  limit 0.02" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("moment", "code"),
    [("created", 2), ("awaiting approval", 2), ("baking", 0), ("promoted", 0), ("rolled back", 3), ("rejected", 3)],
)
def test_get_and_status_exit_with_how_the_service_stands(
    user: User, operator: Operator, moment: str, code: int
) -> None:
    operator.say(MOMENTS[moment])

    assert "assistant" in user.run("get", "assistant", code=code).stdout
    assert "assistant" in user.run("status", "assistant", code=code).stdout


def test_a_changed_spec_is_not_ready_until_the_operator_has_looked_at_it(user: User, operator: Operator) -> None:
    operator.say(MOMENTS["promoted"])
    user.run("status", "assistant", code=0)

    operator.declare(replicas=3)

    assert "is it running?" in user.run("status", "assistant", code=2).stdout
    assert "was not looked at by the operator" in user.run("why", "assistant").stdout


def test_get_lists_services_and_a_failed_one_is_no_failure_of_the_list(user: User, operator: Operator) -> None:
    operator.say(MOMENTS["rolled back"])

    header, row = user.run("get").stdout.splitlines()

    assert header.split()[:4] == ["NAME", "READY", "REASON", "BLOCKERS"]
    assert row.split()[:4] == ["assistant", "False", "RolledBack", "-"]


def test_get_as_data_is_what_kubectl_gives(user: User, operator: Operator) -> None:
    of_kubectl = operator.space.get("aiservice", "assistant")
    of_kubectl["metadata"].pop("managedFields", None)

    assert json.loads(user.run("get", "assistant", "-o", "json", code=2).stdout) == of_kubectl
    assert yaml.safe_load(user.run("get", "-o", "yaml").stdout)["items"] == [of_kubectl]


def test_status_as_data_can_be_piped_into_other_programs(user: User, operator: Operator) -> None:
    operator.say(MOMENTS["awaiting approval"])

    data = json.loads(user.run("status", "assistant", "-o", "json", code=2).stdout)

    assert (data["standing"], data["namespace"]) == ("Waiting", user.space.name)
    assert data["blockers"][0]["type"] == "Approval"
    assert yaml.safe_load(user.run("why", "assistant", "-o", "yaml").stdout)["causes"][0]["what"] == "Approval half"


def test_why_tells_of_a_rollback_what_failed_and_history_has_the_dossier(user: User, operator: Operator) -> None:
    operator.record(revision(GOOD, 11, verdict="Serving", firstServedAt="2026-11-01T08:00:00Z"))
    operator.record(revision(NEW, 12, verdict="RolledBack", reason="SignalFailed", attempts=[ATTEMPT]))
    operator.say(MOMENTS["rolled back"])

    why = user.run("why", "assistant").stdout
    newest_first = [line.split()[1] for line in user.run("history", "assistant").stdout.splitlines()[1:]]
    dossier = user.run("history", "assistant", "--revision", NEW).stdout

    assert "errors: value 0.081, limit 0.02, serving 0.004, n=1240" in why
    assert f"leadsman history assistant -n {user.space.name} --revision {NEW}" in why
    assert newest_first == [NEW, GOOD]
    assert "attempt 14  RolledBack  SignalFailed" in dossier
    assert json.loads(user.run("history", "assistant", "--revision", NEW, "-o", "json").stdout)["kind"] == "AIRevision"


def test_a_service_that_was_deleted_still_has_its_history(user: User, operator: Operator) -> None:
    operator.record(revision(GOOD, 11, verdict="Serving"))
    operator.space.kubectl("delete", "aiservice", "assistant")

    assert GOOD in user.run("history", "assistant").stdout
    user.run("status", "assistant", code=4)


@pytest.mark.parametrize("verb", ["get", "status", "why", "history"])
def test_a_misspelt_name_is_answered_with_the_right_one(user: User, operator: Operator, verb: str) -> None:
    said = user.run(verb, "asistant", code=4).stderr

    assert f"there is no AIService asistant in namespace {user.space.name}" in said
    assert "did you mean assistant?" in said


def test_a_revision_that_is_not_there_is_answered_with_one_that_is(user: User, operator: Operator) -> None:
    operator.record(revision(GOOD, 11))

    assert f"did you mean {GOOD}?" in user.run("history", "assistant", "--revision", GOOD[:-2], code=4).stderr


def test_a_service_without_revisions_says_how_to_find_out_why(user: User, operator: Operator) -> None:
    assert "leadsman why assistant" in user.run("history", "assistant").stderr


def test_a_namespace_without_services_says_so_and_prints_nothing_for_programs(user: User) -> None:
    done = user.run("get")

    assert done.stdout == ""
    assert f"no AIServices in namespace {user.space.name}" in done.stderr
    assert json.loads(user.run("get", "-o", "json").stdout)["items"] == []


def test_it_is_a_plugin_of_kubectl(user: User, operator: Operator) -> None:
    environment = user.environment | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    argv = [str(user.space.cluster.binary), "leadsman", "get", "-n", user.space.name]

    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)

    assert done.stdout.splitlines()[1].split()[0] == "assistant"


def restricted(space: Space, folder: Path, *resources: str) -> User:
    """Somebody who may read these kinds in this namespace, and nothing else."""
    space.kubectl("create", "serviceaccount", "guest")
    if resources:
        space.kubectl(
            "create", "role", "guest", "--verb=get,list,watch", *(f"--resource={resource}" for resource in resources)
        )
        space.kubectl("create", "rolebinding", "guest", "--role=guest", f"--serviceaccount={space.name}:guest")
    config = yaml.safe_load(space.cluster.kubeconfig.read_text(encoding="utf-8"))
    config["users"][0]["user"] = {"token": space.kubectl("create", "token", "guest").stdout}
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return User(space, str(path))


def test_who_may_not_see_pods_sees_the_rest_and_what_is_missing(
    operator: Operator, space: Space, tmp_path: Path
) -> None:
    operator.say(MOMENTS["promoted"])
    guest = restricted(space, tmp_path, "aiservices.leadsman.dev", "airevisions.leadsman.dev")

    shown = guest.run("status", "assistant").stdout

    assert "Ready=True  Promoted" in shown
    assert "not shown: pods: pods is forbidden" in shown
    assert "deployments: deployments.apps is forbidden" in shown


def test_who_may_see_nothing_is_told_what_to_ask_for(operator: Operator, space: Space, tmp_path: Path) -> None:
    said = restricted(space, tmp_path).run("status", "assistant", code=1).stderr

    assert "is forbidden" in said
    assert "ask for a role that may get, list and watch aiservices" in said


def test_a_cluster_that_does_not_answer_is_named(user: User, tmp_path: Path) -> None:
    config = yaml.safe_load(Path(user.kubeconfig).read_text(encoding="utf-8"))
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")

    said = User(user.space, str(path)).run("get", code=1).stderr

    assert "the cluster at https://127.0.0.1:1 does not answer: " in said
    assert "Connection refused" in said
    assert "kubectl cluster-info" in said
