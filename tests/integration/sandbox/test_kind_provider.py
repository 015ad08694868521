"""`leadsman sandbox up` through kind, from choice to removal.

No container engine runs where these tests do. `docker` and `kind` are stand-ins: the first says that it answers, the
second hands out the credentials of the session's own cluster as those of the cluster that it made. Everything between
them, kubectl and Prometheus is real.
"""

import json
import os
import signal
from collections.abc import Iterator

import pytest
import yaml

from harness.cluster import Cluster
from harness.programs import program
from harness.terminal import Terminal

pytestmark = pytest.mark.integration

DOCKER = "exit 0"
KIND = """
echo "$*" >> {home}/asked
case "$1 $2" in
  "version ") echo "kind v0.33.0 go1.26.0 linux/amd64" ;;
  "create cluster")
    echo "Creating cluster \\"leadsman-blue\\" ..." >&2
    sed 's/leadsman-test[a-z0-9-]*/kind-leadsman-blue/' {kubeconfig} > "$6"
    chmod 600 "$6" ;;
esac
"""
FAILING_KIND = """
case "$1" in
  version) echo "kind v0.33.0 go1.26.0 linux/amd64"; exit ;;
  delete) exit ;;
esac
echo "ERROR: failed to create cluster: something" >&2
exit 1
"""


@pytest.fixture
def terminal(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Terminal]:
    home = tmp_path_factory.mktemp("home")
    program(home / "bin/docker", DOCKER)
    program(home / "bin/kind", KIND.format(home=home, kubeconfig=cluster.kubeconfig))
    terminal = Terminal(home, {"PATH": f"{home}/bin:/usr/sbin:/usr/bin:/sbin:/bin"})
    yield terminal
    terminal.leave()


def asked(terminal: Terminal) -> list[str]:
    return (terminal.home / "asked").read_text().splitlines()


def test_where_docker_answers_kind_makes_the_cluster_and_down_deletes_it(terminal: Terminal) -> None:
    said = terminal.run("up", "blue").stderr
    nodes = terminal.run("kubectl", "--name", "blue", "get", "nodes", "-o", "name").stdout
    status = terminal.status("blue")

    assert "docker answers here" in said
    assert len(nodes.split()) == 3
    assert status["provider"] == "kind"
    assert status["parts"]["prometheus"]["state"] == "Running"
    assert yaml.safe_load(terminal.kubeconfig.read_text())["current-context"] == "leadsman-blue"
    assert any(line.startswith("create cluster --name leadsman-blue --kubeconfig") for line in asked(terminal))

    terminal.run("down", "blue")

    assert any(line.startswith("delete cluster --name leadsman-blue") for line in asked(terminal))
    assert not terminal.state.exists()


def test_the_cluster_of_a_killed_supervisor_is_deleted_by_down(terminal: Terminal) -> None:
    terminal.run("up", "red", "--no-switch")
    os.kill(json.loads((terminal.state / "sandboxes/red/status.json").read_text())["supervisor"], signal.SIGKILL)

    terminal.run("down", "red")

    assert any(line.startswith("delete cluster --name leadsman-red") for line in asked(terminal))
    assert not terminal.state.exists()


def test_a_kind_that_fails_says_what_it_said_and_what_to_do(terminal: Terminal) -> None:
    program(terminal.home / "bin/kind", FAILING_KIND)

    said = terminal.run("up", "green", code=1).stderr

    assert "failed to create cluster" in said
    assert "next:" in said
