"""A real node: pods that really run, fail as pods fail, and leave the machine as it was."""

import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from e2e.actor import PORT, build_actor, container, pod, servers
from harness.cluster import Cluster, Space
from harness.processes import command_lines
from harness.waiting import eventually
from leadsman.sandbox import lifecycle
from leadsman.sandbox.binaries.cache import default_cache
from leadsman.sandbox.binaries.catalogue import REAL
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.local.nodes import real
from leadsman.sandbox.local.nodes.link import SLOTS, Link, is_linked
from leadsman.sandbox.local.nodes.node_config import KERNEL_SETTINGS
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import Nodes, Provider, Request, read_status

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_actor(tmp_path_factory.mktemp("actor"))


@pytest.fixture(scope="session")
def loaded(real_cluster: Cluster, archive: Path) -> None:
    real.load_image(Place.of(real_cluster.name), archive)


@pytest.fixture
def given(loaded: None, real_space: Space) -> Space:
    """A namespace on a real node that knows the image of the tests."""
    return real_space


def get(url: str) -> str:
    """As a program on this machine does, whatever proxy its user has."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
        return answer.read().decode()


def get_once_routed(url: str) -> str:
    """kube-proxy refuses connections to a service until it has heard of its first endpoint."""

    def ask() -> str:
        with suppress(urllib.error.URLError):
            return get(url)
        return ""

    return eventually(ask)


def waiting_because(seen: dict[str, Any]) -> str:
    statuses = seen.get("status", {}).get("containerStatuses", [])
    return next((status["state"].get("waiting", {}).get("reason", "") for status in statuses), "")


def ended_because(seen: dict[str, Any]) -> str:
    statuses = seen.get("status", {}).get("containerStatuses", [])
    return next((status["state"].get("terminated", {}).get("reason", "") for status in statuses), "")


def served(space: Space, name: str, *, replicas: int) -> list[dict[str, Any]]:
    space.apply(*servers(name, replicas=replicas))
    space.wait("Deployment", name, lambda seen: seen.get("status", {}).get("readyReplicas") == replicas)
    return space.list("pods", selector=f"app={name}")


def test_pods_and_their_service_answer_from_this_machine_and_from_a_pod(given: Space) -> None:
    pods = served(given, "web", replicas=2)
    names = {seen["metadata"]["name"] for seen in pods}
    service = f"http://{given.get('service', 'web')['spec']['clusterIP']}/"

    assert {get(f"http://{seen['status']['podIP']}:{PORT}/") for seen in pods} == names
    assert get_once_routed(service) in names
    one, other = pods
    between = given.kubectl(
        "exec", one["metadata"]["name"], "--", "/actor", "get", f"http://{other['status']['podIP']}:{PORT}/"
    )
    assert between.stdout == other["metadata"]["name"]
    through = given.kubectl("exec", one["metadata"]["name"], "--", "/actor", "get", service)
    assert through.stdout in names


def test_a_pod_in_the_nodes_own_network_reaches_services(given: Space) -> None:
    (web,) = served(given, "web", replicas=1)
    service = f"http://{given.get('service', 'web')['spec']['clusterIP']}/"

    given.apply(pod("host", container("get", service), hostNetwork=True, restartPolicy="OnFailure"))

    given.wait("Pod", "host", lambda seen: seen["status"].get("phase") == "Succeeded")
    assert given.kubectl("logs", "host").stdout == web["metadata"]["name"]


def test_logs_and_port_forward_work(given: Space) -> None:
    (web,) = served(given, "web", replicas=1)
    name = web["metadata"]["name"]

    assert given.kubectl("logs", name).stdout == "I serve\n"
    with port_forward(given, name) as port:
        assert get(f"http://127.0.0.1:{port}/") == name


@contextmanager
def port_forward(space: Space, name: str) -> Generator[str]:
    cluster = space.cluster
    forward = subprocess.Popen(
        [cluster.binary, f"--kubeconfig={cluster.kubeconfig}", f"-n={space.name}", "port-forward", name, f":{PORT}"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert forward.stdout
        said = re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())
        assert said
        yield said[1]
    finally:
        forward.terminate()
        forward.communicate()


def test_a_container_that_ends_again_and_again_is_in_crash_loop(given: Space) -> None:
    given.apply(pod("crash", container("crash")))

    seen = given.wait("Pod", "crash", lambda seen: waiting_because(seen) == "CrashLoopBackOff")

    assert seen["status"]["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 3


def test_a_container_that_takes_more_memory_than_it_may_is_killed_for_it(given: Space) -> None:
    greedy = container("eat", resources={"limits": {"memory": "32Mi"}})

    given.apply(pod("greedy", greedy, restartPolicy="Never"))

    given.wait("Pod", "greedy", lambda seen: ended_because(seen) == "OOMKilled")


def test_an_image_that_is_not_there_is_reported_within_seconds(given: Space) -> None:
    given.apply(pod("missing", {"name": "main", "image": "leadsman.dev/tests/missing:1"}))

    given.wait(
        "Pod",
        "missing",
        lambda seen: waiting_because(seen) in {"ErrImagePull", "ImagePullBackOff"},
        within_seconds=10,
    )


def test_without_a_dns_server_a_look_up_fails_at_once(given: Space) -> None:
    given.apply(pod("asks", container("look-up", "web.example.com"), restartPolicy="Never"))

    given.wait("Pod", "asks", lambda seen: ended_because(seen) == "Completed")

    milliseconds, _, error = given.kubectl("logs", "asks").stdout.partition(" ")
    assert "web.example.com" in error
    assert int(milliseconds) < 1000


def test_a_dns_server_that_a_user_installs_is_reached(given: Space) -> None:
    (web,) = served(given, "web", replicas=1)
    name, dns = web["metadata"]["name"], link_of(Place.of(given.cluster.name)).dns
    ports = [{"port": 53, "targetPort": PORT}]
    spec = {"clusterIP": str(dns), "selector": {"app": "web"}, "ports": ports}

    given.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "dns"}, "spec": spec})

    def ask() -> str:
        return given.kubectl("exec", name, "--", "/actor", "get", f"http://{dns}:53/", check=False).stdout

    assert eventually(ask) == name


def test_a_deleted_pod_is_gone_within_seconds(given: Space) -> None:
    (web,) = served(given, "web", replicas=1)

    given.kubectl("delete", "deployment", "web")

    given.kubectl("wait", "--for=delete", f"pod/{web['metadata']['name']}", "--timeout=10s")


def test_containers_outlive_kubelet_and_containerd(given: Space) -> None:
    (web,) = served(given, "web", replicas=1)
    place = Place.of(given.cluster.name)

    for part in ("containerd", "kubelet"):
        before = read_status(place.status).parts[part]
        os.kill(before.pid or 0, signal.SIGKILL)
        eventually(lambda part=part, before=before: is_back(place, part, after=before.restarts))

    assert get(f"http://{web['status']['podIP']}:{PORT}/") == web["metadata"]["name"]
    given.apply(pod("next", container("crash"), restartPolicy="Never"))
    after = given.wait("Pod", "next", lambda seen: seen["status"].get("phase") == "Failed")
    assert after["spec"]["nodeName"] == real.NODE
    still = given.get("pod", web["metadata"]["name"])
    assert still["status"]["containerStatuses"][0]["restartCount"] == 0


def is_back(place: Place, part: str, *, after: int) -> bool:
    now = read_status(place.status).parts[part]
    return now.state == "Running" and now.restarts > after


def machine_state() -> dict[str, object]:
    """What a sandbox could change for everybody on this machine."""
    return {
        "mounts": said("findmnt", "--raw", "--noheadings", "--output", "TARGET"),
        "firewall": said("nft", "list", "tables"),
        "settings": {
            name: (Path("/proc/sys") / name).read_text() for name in (*KERNEL_SETTINGS, "net/ipv4/ip_forward")
        },
        "folders": [name for name in ("/opt/containerd", "/var/lib/kubelet", "/var/lib/cni") if Path(name).exists()],
    }


def traces_of(link: Link, place: Place) -> list[str]:
    """What it could leave behind; others may run on this machine at the same time, and leave theirs."""
    network = [
        line for line in said("ip", "-4", "route").splitlines() if str(link.pods) in line or link.interface in line
    ]
    cgroups = [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/{link.interface}")]
    processes = [line for line in command_lines() if str(place.root) in line]
    folder = [str(place.root)] if place.root.exists() else []
    return [*network, *cgroups, *processes, *folder]


def said(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout


def link_of(place: Place) -> Link:
    url = read_status(place.status).api_server or ""
    return next(link for link in map(Link, SLOTS) if f"//{link.host}:" in url)


@pytest.fixture
def second(real_cluster: Cluster) -> Iterator[Place]:
    """A sandbox beside that of the session, not up yet."""
    place = Place.of(f"{real_cluster.name}-second")
    yield place
    lifecycle.down(place)


def up(place: Place) -> None:
    binaries = ensure(REAL, cache=default_cache(), report=lambda _: None)
    request = Request(name=place.name, provider=Provider.LOCAL, nodes=Nodes.REAL, binaries=binaries)
    assert lifecycle.up(request, lambda _: None).ready


def with_a_running_pod(place: Place, archive: Path) -> str:
    real.load_image(place, archive)
    kubectl = [
        ensure(REAL, cache=default_cache(), report=lambda _: None)["kubectl"],
        f"--kubeconfig={place.kubeconfig}",
    ]
    eventually(lambda: subprocess.run([*kubectl, "get", "sa", "default"], check=False).returncode == 0)
    image = "--image=leadsman.dev/tests/actor:1"
    subprocess.run([*kubectl, "run", "web", image, "--", "serve"], check=True)
    subprocess.run([*kubectl, "wait", "--for=condition=Ready", "pod/web", "--timeout=30s"], check=True)
    address = ["get", "pod", "web", "-o", "jsonpath={.status.podIP}"]
    return subprocess.run([*kubectl, *address], capture_output=True, text=True, check=True).stdout


def test_a_second_sandbox_runs_beside_the_first_and_leaves_the_machine_as_it_was(
    given: Space, second: Place, archive: Path
) -> None:
    (web,) = served(given, "web", replicas=1)
    before = machine_state()

    up(second)
    link, address = link_of(second), with_a_running_pod(second, archive)

    assert link != link_of(Place.of(given.cluster.name))
    assert get(f"http://{address}:{PORT}/") == "web"
    assert get(f"http://{web['status']['podIP']}:{PORT}/") == web["metadata"]["name"]
    assert traces_of(link, second)
    lifecycle.down(second)
    assert traces_of(link, second) == []
    assert machine_state() == before


def test_a_killed_sandbox_leaves_nothing_but_what_down_removes(second: Place, archive: Path) -> None:
    before = machine_state()
    up(second)
    with_a_running_pod(second, archive)
    link = link_of(second)

    os.kill(read_status(second.status).supervisor or 0, signal.SIGKILL)

    eventually(lambda: not is_linked(link))
    lifecycle.down(second)
    eventually(lambda: traces_of(link, second) == [])
    assert machine_state() == before
