"""What happened in a namespace, moment by moment: each state that the API server ever served, in its order.

All kinds are in one etcd, so that resource versions order the events of all of them. A watch that starts at the version
of the namespace itself tells of everything that was ever in it: nothing has to listen while the test runs. The API
server remembers events for 75 seconds at least.
"""

import json
import subprocess
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.cluster import Object, Space

_PATHS = {
    "AIService": "apis/leadsman.dev/v1alpha1/namespaces/{}/aiservices",
    "AIRevision": "apis/leadsman.dev/v1alpha1/namespaces/{}/airevisions",
    "Deployment": "apis/apps/v1/namespaces/{}/deployments",
    "Service": "api/v1/namespaces/{}/services",
    "Pod": "api/v1/namespaces/{}/pods",
    "EndpointSlice": "apis/discovery.k8s.io/v1/namespaces/{}/endpointslices",
}
KINDS = tuple(_PATHS)
REVISION = "leadsman.dev/revision"


@dataclass(frozen=True, slots=True)
class Moment:
    """All objects after one of them changed."""

    kind: str
    """Of the object that changed."""
    name: str
    objects: Mapping[tuple[str, str], Object]
    """By kind and name."""

    def find(self, kind: str, name: str) -> Object | None:
        return self.objects.get((kind, name))

    def all(self, kind: str) -> list[Object]:
        return [found for (of, _), found in self.objects.items() if of == kind]

    def selected(self, service: str) -> str | None:
        """The one revision that the apex selects. None: there is no apex, or it selects all."""
        apex = self.find("Service", service)
        return apex["spec"]["selector"].get(REVISION) if apex else None

    def asked(self, revision: str) -> int:
        """Pods that its Deployment shall have."""
        found = self.find("Deployment", revision)
        return found["spec"]["replicas"] if found else 0

    def pods(self, revision: str) -> int:
        """That exist and were not told to go."""
        return sum(
            pod["metadata"]["labels"].get(REVISION) == revision and "deletionTimestamp" not in pod["metadata"]
            for pod in self.all("Pod")
        )

    def addresses(self, service: str, revision: str = "") -> int:
        """Ready ones that users of the Service reach; of one revision, if it is named."""
        return sum(
            bool(endpoint["conditions"].get("ready")) and endpoint["targetRef"]["name"].startswith(revision)
            for found in self.all("EndpointSlice")
            if found["metadata"]["labels"]["kubernetes.io/service-name"] == service
            for endpoint in found["endpoints"] or ()
        )


def history(space: Space, *kinds: str) -> list[Moment]:
    """Since the namespace was made; of these kinds, or of all."""
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(space.cluster.kubectl, "get", "--raw", _path(space, kind, 1)) for kind in kinds or KINDS]
        return _moments("".join(each.result().stdout for each in asked))


@contextmanager
def recording(space: Space, folder: Path, *kinds: str) -> Generator[Callable[[], list[Moment]]]:
    """The same for what takes longer than the API server remembers: it is written down as it happens."""
    logs = [folder / f"{space.name}-{kind}.json" for kind in kinds]
    with ExitStack() as stack:
        for kind, log in zip(kinds, logs, strict=True):
            words = [space.cluster.binary, f"--kubeconfig={space.cluster.kubeconfig}", "get", "--raw"]
            writing = stack.enter_context(log.open("w"))
            watching = subprocess.Popen([*words, _path(space, kind, 600)], stdout=writing)
            stack.callback(watching.wait)
            stack.callback(watching.kill)
        yield lambda: _moments("".join(_whole_lines(log) for log in logs))


def _whole_lines(log: Path) -> str:
    return log.read_text().rpartition("\n")[0] + "\n"


def _path(space: Space, kind: str, seconds: int) -> str:
    since = space.get("namespace", space.name)["metadata"]["resourceVersion"]
    return f"/{_PATHS[kind].format(space.name)}?watch=1&timeoutSeconds={seconds}&resourceVersion={since}"


def _moments(told: str) -> list[Moment]:
    events: list[Object] = sorted(map(json.loads, filter(None, told.splitlines())), key=_version)
    objects: dict[tuple[str, str], Object] = {}
    moments: list[Moment] = []
    for event in events:
        seen: Object = event["object"]
        assert event["type"] != "ERROR", seen
        key = (seen["kind"], seen["metadata"]["name"])
        if event["type"] == "DELETED":
            objects.pop(key, None)
        else:
            objects[key] = seen
        moments.append(Moment(*key, dict(objects)))
    return moments


def _version(event: Object) -> int:
    return int(event["object"]["metadata"].get("resourceVersion", 0))
