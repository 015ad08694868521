"""What rollouts cost: time from a change to its Deployment, many at once, requests, memory, and what rest costs."""

import contextlib
import json
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from harness.cluster import Cluster, Space
from harness.manifests import ROOT
from harness.operator import OperatorProcess
from harness.services import ai_service, serves

SERVICES, SINGLE, REST_SECONDS = 200, 30, 60
ROLLOUT = {
    "strategy": "Canary",
    "stages": [{"name": "some", "weight": 25}, {"name": "half", "weight": 50}],
    "bakeSeconds": 0,
}
MONITOR = {
    "name": "errors",
    "class": "Health",
    "intervalSeconds": 15,
    "ratio": {"bad": 'http_requests_total{code="500"}', "total": "http_requests_total"},
    "max": "0.02",
}
BY_OPERATOR = re.compile(r"leadsman")
CLOCK_TICKS = 100
KINDS = {"AIService": "leadsman.dev/v1alpha1", "Deployment": "apps/v1"}


@dataclass
class Watched:
    """What a watch tells, with the time at which it told it."""

    seen: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    at: dict[str, float] = field(default_factory=dict[str, float])
    news: threading.Condition = field(default_factory=threading.Condition)

    def follow(self, space: Space, kind: str) -> None:
        """Until the cluster goes."""
        found = space.cluster.client.resources.get(kind=kind, api_version=KINDS[kind])
        with contextlib.suppress(HTTPError):
            for event in found.watch(namespace=space.name):
                seen, now = event["raw_object"], time.perf_counter()
                with self.news:
                    self.at.setdefault(seen["metadata"]["name"], now)
                    self.seen[seen["metadata"]["name"]] = seen
                    self.news.notify_all()

    def until(self, holds: Any, within_seconds: float) -> float:
        with self.news:
            assert self.news.wait_for(lambda: holds(self), within_seconds), "it did not come to that"
        return time.perf_counter()


@pytest.fixture
def operator(cluster: Cluster, space: Space, tmp_path: Path) -> Iterator[OperatorProcess]:
    cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"))
    process = OperatorProcess(cluster=cluster, log=tmp_path / "operator.log", namespaces=(space.name,))
    process.start()
    try:
        yield process
    finally:
        process.close()


@pytest.mark.timeout(900)
def test_rollouts(operator: OperatorProcess, space: Space, capsys: pytest.CaptureFixture[str]) -> None:
    services, deployments = _follow(space, "AIService"), _follow(space, "Deployment")
    names = [f"service-{number:03}" for number in range(SERVICES)]
    _create(space, names)
    services.until(_all_serve(names, "1"), 300)

    latencies, patches = _one_by_one(space, services, deployments, names[:SINGLE])

    requests = _Requests.now(space.cluster)
    began = time.perf_counter()
    _patch_all(space, names, {"spec": {"model": {"version": "3"}}})
    sent = time.perf_counter() - began
    healthy = services.until(_all_serve(names, "3"), 300) - began
    _rest(services)
    spent = requests.since(space.cluster)

    rest = _at_rest(operator, space)
    _patch_all(space, names, {"spec": {"monitors": [MONITOR]}})
    _rest(services)
    watched = _at_rest(operator, space)
    with capsys.disabled():
        print(f"\none change to its Deployment, ms: {_spread(latencies)}")
        times = statistics.median(latencies) / statistics.median(patches)
        print(f"    {times:.1f} times what the change itself takes, ms: {_spread(patches)}")
        print(f"{SERVICES} changed within {sent:.1f} s: all healthy after {healthy:.1f} s")
        print(f"requests for each rollout: {sum(spent.values()) / SERVICES:.1f}")
        for (verb, resource), count in spent.most_common():
            print(f"    {count / SERVICES:6.2f}  {verb} {resource}")
        print(f"at rest for {REST_SECONDS} s: {rest}")
        print(f"    with one monitor each, all alike: {watched}")


Until = Callable[[Watched], bool]


def _follow(space: Space, kind: str) -> Watched:
    watched = Watched()
    threading.Thread(target=watched.follow, args=(space, kind), daemon=True).start()
    return watched


def _create(space: Space, names: list[str]) -> None:
    found = [ai_service(name, "1", rollout=ROLLOUT, monitors=[]) for name in names]
    space.apply(*found)


def _change(space: Space, name: str, version: str) -> None:
    _patch(space, name, {"spec": {"model": {"version": version}}})


def _patch_all(space: Space, names: list[str], body: dict[str, Any]) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(_patch, repeat(space), names, repeat(body)))


def _patch(space: Space, name: str, body: dict[str, Any]) -> None:
    resource = space.cluster.client.resources.get(kind="AIService", api_version=KINDS["AIService"])
    resource.patch(name=name, namespace=space.name, body=body, content_type="application/merge-patch+json")


def _one_by_one(
    space: Space, services: Watched, deployments: Watched, names: list[str]
) -> tuple[list[float], list[float]]:
    """Seconds from before each change until a watch tells of its Deployment; and seconds that the change itself took.

    The next one is changed when the last one has come to rest.
    """
    latencies: list[float] = []
    patches: list[float] = []
    for name in names:
        known = set(deployments.seen)
        began = time.perf_counter()
        _change(space, name, "2")
        patches.append(time.perf_counter() - began)
        deployments.until(_has_new(name, known), 30)
        new = next(one for one in deployments.seen.keys() - known if one.startswith(name))
        latencies.append(deployments.at[new] - began)
        services.until(_all_serve([name], "2"), 60)
    return sorted(latencies), sorted(patches)


def _has_new(name: str, known: set[str]) -> Until:
    return lambda watched: any(one.startswith(name) for one in watched.seen.keys() - known)


def _all_serve(names: list[str], version: str) -> Until:
    held = serves(version)
    return lambda watched: all(name in watched.seen and held(watched.seen[name]) for name in names)


def _rest(services: Watched) -> None:
    """Until five seconds pass without news."""
    with services.news:
        while services.news.wait(5):
            pass


class _Requests(Counter[tuple[str, str]]):
    @classmethod
    def now(cls, cluster: Cluster) -> "_Requests":
        found = cls()
        for file in sorted(cluster.logs.glob("audit*.log")):
            for line in file.read_text().splitlines():
                entry = json.loads(line)
                if entry["stage"] == "ResponseComplete" and BY_OPERATOR.search(entry.get("userAgent", "")):
                    about = entry.get("objectRef", {})
                    parts = [one for one in (about.get("resource"), about.get("subresource")) if one]
                    found[entry["verb"], "/".join(parts) + ("?dryRun" if "dryRun" in entry["requestURI"] else "")] += 1
        return found

    def since(self, cluster: Cluster) -> "_Requests":
        after = _Requests.now(cluster)
        after.subtract(self)
        return _Requests({key: count for key, count in after.items() if count and key[0] != "watch"})


def _at_rest(operator: OperatorProcess, space: Space) -> str:
    pid = operator.pid
    requests, cpu = _Requests.now(space.cluster), _cpu_seconds(pid)
    queries = operator.metric("leadsman_metric_queries_total")
    time.sleep(REST_SECONDS)
    spent = requests.since(space.cluster)
    percent = 100 * (_cpu_seconds(pid) - cpu) / REST_SECONDS
    memory = int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0]) / 1024
    asked = operator.metric("leadsman_metric_queries_total") - queries
    return f"{memory:.0f} MB, {percent:.2f} % CPU, {sum(spent.values())} requests, {asked:.0f} metric queries"


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def _spread(seconds: list[float]) -> str:
    at = [1000 * seconds[min(len(seconds) - 1, round(share * len(seconds)))] for share in (0.5, 0.9, 0.99)]
    return f"median {statistics.median(seconds) * 1000:.1f}, p90 {at[1]:.1f}, p99 {at[2]:.1f}"
