"""`leadsman sandbox` as a user runs it: up, status, down, and what is left when something dies."""

import json
import os
import select
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from harness.cluster import Cluster
from harness.terminal import Terminal
from harness.waiting import eventually

pytestmark = pytest.mark.integration

SIMULATED = ("--provider", "local", "--nodes", "simulated", "--node-count", "1")
USERS = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [{"name": "work", "cluster": {"server": "https://work.example.com"}}],
    "users": [{"name": "me", "user": {"token": "secret"}}],
    "contexts": [{"name": "work", "context": {"cluster": "work", "user": "me"}}],
    "current-context": "work",
}


@pytest.fixture
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path_factory.mktemp("home"))
    yield terminal
    terminal.leave()


def test_up_then_kubectl_then_down_leaves_the_machine_as_it_was(terminal: Terminal) -> None:
    terminal.kubeconfig.write_text(yaml.safe_dump(USERS))

    said = terminal.run("up", "alpha", *SIMULATED).stderr
    nodes = terminal.run("kubectl", "--name", "alpha", "get", "nodes", "-o", "name").stdout
    status = terminal.status("alpha")

    assert "you asked for it" in said
    assert nodes.split() == ["node/simulated-1"]
    assert status["ready"]
    assert {part["state"] for part in status["parts"].values()} == {"Running"}
    config = yaml.safe_load(terminal.kubeconfig.read_text())
    assert config["current-context"] == "leadsman-alpha"
    assert {"work", "leadsman-alpha"} == {entry["name"] for entry in config["contexts"]}

    terminal.run("down", "alpha")

    left = yaml.safe_load(terminal.kubeconfig.read_text())
    assert {key: left[key] for key in USERS} == USERS
    assert not terminal.state.exists()
    assert terminal.processes() == []


def test_a_proxy_of_the_users_and_a_context_that_went_away_are_no_obstacle(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, dict.fromkeys(("HTTPS_PROXY", "http_proxy", "ALL_PROXY"), "http://127.0.0.1:9"))
    terminal.kubeconfig.write_text(yaml.safe_dump(USERS))

    terminal.run("up", "lambda", *SIMULATED)
    assert terminal.run("kubectl", "--name", "lambda", "get", "nodes", "-o", "name").stdout
    config = yaml.safe_load(terminal.kubeconfig.read_text())
    config["contexts"] = [entry for entry in config["contexts"] if entry["name"] != "work"]
    terminal.kubeconfig.write_text(yaml.safe_dump(config))
    terminal.run("down", "lambda")

    assert not yaml.safe_load(terminal.kubeconfig.read_text()).get("current-context")


def test_what_the_user_has_under_the_same_name_is_not_touched(terminal: Terminal) -> None:
    theirs = {**USERS, "users": [*USERS["users"], {"name": "leadsman-mu", "user": {"token": "mine"}}]}
    terminal.kubeconfig.write_text(yaml.safe_dump(theirs))

    said = terminal.run("up", "mu", *SIMULATED, code=1).stderr
    running = terminal.status("mu")["ready"]
    terminal.run("down", "mu")

    assert "something else called leadsman-mu among its users" in said
    assert running
    assert yaml.safe_load(terminal.kubeconfig.read_text()) == theirs


def test_files_that_the_users_kubeconfig_refers_to_stay_references(terminal: Terminal) -> None:
    cluster = {"name": "work", "cluster": {"server": "https://work.example.com", "certificate-authority": "/ca.crt"}}
    terminal.kubeconfig.write_text(yaml.safe_dump({**USERS, "clusters": [cluster]}))

    terminal.run("up", "nu", *SIMULATED)
    during = yaml.safe_load(terminal.kubeconfig.read_text())

    assert next(entry for entry in during["clusters"] if entry["name"] == "work") == cluster


def test_every_kubeconfig_that_was_switched_is_switched_back(terminal: Terminal, tmp_path: Path) -> None:
    elsewhere = Terminal(terminal.home, {"KUBECONFIG": str(tmp_path / "other")})
    terminal.run("up", "xi", *SIMULATED)
    elsewhere.run("up", "xi", *SIMULATED)
    assert (tmp_path / "other").exists()

    terminal.run("down", "xi")

    assert not (tmp_path / "other").exists()
    assert not terminal.kubeconfig.exists()


@pytest.mark.parametrize("name", ["../elsewhere", "/srv/elsewhere", "", "a/b", "Upper", "x" * 41])
def test_a_path_is_no_name_and_nothing_is_removed(terminal: Terminal, name: str) -> None:
    precious = terminal.home / "state" / "leadsman" / "elsewhere"
    precious.mkdir(parents=True)

    for verb in ("down", "up", "status", "kubeconfig"):
        said = terminal.run(verb, name, code=1).stderr
        assert "is no name for a sandbox" in said
    assert precious.exists()


@pytest.mark.parametrize("damaged", ["status.json", "request.json"])
def test_a_damaged_file_is_named_and_down_ends_the_sandbox_all_the_same(terminal: Terminal, damaged: str) -> None:
    terminal.run("up", "omicron", *SIMULATED, "--no-switch")
    (terminal.state / "sandboxes/omicron" / damaged).write_text("{")

    said = terminal.run("status", "omicron", code=1).stderr
    terminal.run("down", "omicron")

    assert f"{damaged} is damaged" in said
    assert "leadsman sandbox down omicron" in said
    assert terminal.processes() == []


def test_up_again_finds_it_running(terminal: Terminal) -> None:
    terminal.run("up", "beta", *SIMULATED)
    first = terminal.status("beta")

    terminal.run("up", "beta", *SIMULATED)

    assert terminal.status("beta")["parts"] == first["parts"]
    other = terminal.run("up", "beta", "--provider", "kind", code=1).stderr
    assert "is up already, as a local cluster with simulated nodes" in other
    assert "sandbox down beta" in other


def test_a_user_without_a_kubeconfig_has_none_afterwards(terminal: Terminal) -> None:
    terminal.run("up", "gamma", *SIMULATED)
    assert terminal.kubeconfig.exists()

    terminal.run("down", "gamma")

    assert not terminal.kubeconfig.exists()


def test_a_killed_supervisor_takes_all_along_and_up_starts_anew(terminal: Terminal) -> None:
    terminal.run("up", "delta", *SIMULATED, "--no-switch")
    status = terminal.status("delta")
    pids = [part["pid"] for part in status["parts"].values() if part["pid"]]
    children = [os.pidfd_open(pid) for pid in pids]

    os.kill(json.loads((terminal.state / "sandboxes/delta/status.json").read_text())["supervisor"], signal.SIGKILL)

    for child in children:
        assert select.select([child], [], [], 10)[0], "a part outlived the supervisor"
        os.close(child)
    gone = terminal.status("delta", code=1)
    assert "its supervisor is gone" in gone["error"]
    assert "leadsman sandbox up delta" in gone["nextStep"]
    terminal.run("up", "delta", *SIMULATED, "--no-switch")
    assert terminal.status("delta")["ready"]


def test_a_killed_api_server_comes_back(terminal: Terminal) -> None:
    terminal.run("up", "epsilon", *SIMULATED, "--no-switch")
    terminal.run("kubectl", "--name", "epsilon", "create", "namespace", "kept")

    os.kill(terminal.status("epsilon")["parts"]["kube-apiserver"]["pid"], signal.SIGKILL)

    def is_back() -> bool:
        part = terminal.status("epsilon")["parts"]["kube-apiserver"]
        return part["state"] == "Running" and part["restarts"] == 1

    eventually(is_back)
    assert terminal.run("kubectl", "--name", "epsilon", "get", "namespace", "kept", "-o", "name").stdout


def test_ctrl_c_while_starting_leaves_nothing(terminal: Terminal) -> None:
    up = terminal.start("up", "zeta", *SIMULATED, "--no-switch")
    assert up.stderr
    up.stderr.readline()  # it has chosen, and goes on to start

    up.send_signal(signal.SIGINT)
    up.communicate(timeout=60)

    assert up.returncode != 0
    assert terminal.processes() == []


def test_a_port_that_is_taken_is_named_with_the_way_out(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        said = terminal.run("up", "eta", *SIMULATED, "--api-port", str(port), code=1).stderr

    assert f"port {port} is taken" in said
    assert "--api-port" in said


def test_a_cluster_of_the_users_own_is_used_and_left_alone(terminal: Terminal, cluster: Cluster) -> None:
    terminal.kubeconfig.write_bytes(cluster.kubeconfig.read_bytes())

    terminal.run("up", "theta", "--context", f"leadsman-{cluster.name}")
    nodes = terminal.run("kubectl", "--name", "theta", "get", "nodes", "-o", "name").stdout
    terminal.run("down", "theta")

    assert len(nodes.split()) == 3
    assert terminal.kubeconfig.read_bytes() == cluster.kubeconfig.read_bytes()
    assert cluster.kubectl("get", "nodes", "-o", "name").stdout == nodes


def test_a_context_that_is_not_there_is_refused_with_those_that_are(terminal: Terminal) -> None:
    terminal.kubeconfig.write_text(yaml.safe_dump(USERS))

    said = terminal.run("up", "iota", "--context", "wrok", code=1).stderr

    assert "wrok" in said
    assert "work" in said


def test_down_of_what_is_not_there_says_so(terminal: Terminal) -> None:
    assert "there is no sandbox kappa" in terminal.run("down", "kappa").stderr
