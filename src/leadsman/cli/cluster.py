"""The cluster of the user's kubeconfig, read as kubectl reads it. The Kubernetes client is imported here alone.

It takes half a second to import, so that is done when a verb first asks for a cluster.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yaml import YAMLError

from leadsman.cli import refusals
from leadsman.cli.errors import NotFound
from leadsman.clients.credentials import NEVER_PROXIED
from leadsman.clients.kinds import Kind

Object = dict[str, Any]

TRIES: Final = 10
"""Of a question that the API server asks us to repeat."""
CONNECT_WITHIN_SECONDS: Final = 5.0
ANSWER_WITHIN_SECONDS: Final = 30.0
WATCH_SECONDS: Final = 120
"""How long the API server keeps a watch open; then it is begun again. A dead line is noticed soon after."""
_POD_NAMESPACE: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the user said about the cluster; what was left out comes from the kubeconfig."""

    kubeconfig: str | None = None
    context: str | None = None
    namespace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which objects of a kind."""

    kind: Kind
    namespace: str | None
    """None: all namespaces."""
    labels: str = ""
    fields: str = ""

    @property
    def query(self) -> dict[str, str]:
        return {key: value for key, value in _selectors(self) if value}


def _selectors(selection: Selection) -> tuple[tuple[str, str], ...]:
    return ("labelSelector", selection.labels), ("fieldSelector", selection.fields)


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Object, ...]
    resource_version: str


class Cluster:
    """Raw JSON of what the API server answers."""

    def __init__(self, client: Any, *, namespace: str) -> None:
        self._client = client
        self.namespace = namespace

    def get(self, kind: Kind, name: str) -> Object:
        """Raise NotFound where there is none."""
        selection = Selection(kind=kind, namespace=self.namespace)
        return json.loads(self._open(_path(selection, name), selection.query, selection).read())

    def create(self, kind: Kind, made: Mapping[str, Any], *, dry_run: bool = False) -> Object:
        """As the API server keeps it, or would. Raise AlreadyThere where there is one of that name."""
        selection = Selection(kind=kind, namespace=self.namespace if kind.namespaced else None)
        query = {"dryRun": "All"} if dry_run else {}
        return json.loads(self._open(_path(selection), query, selection, body=made).read())

    def list(self, selection: Selection) -> Listing:
        answer = json.loads(self._open(_path(selection), selection.query, selection).read())
        # Items of a list do not say what they are; alone on the screen they must.
        named = {"apiVersion": selection.kind.api_version, "kind": selection.kind.name}
        return Listing(tuple(named | item for item in answer["items"]), answer["metadata"]["resourceVersion"])

    def watch(
        self, selection: Selection, resource_version: str, *, seconds: int = WATCH_SECONDS
    ) -> Iterator[tuple[str, Object]]:
        """ADDED, MODIFIED or DELETED, and the object. Ends after a while, or with an ERROR: then list again."""
        query = selection.query | {
            "watch": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(seconds),
        }
        response = self._open(_path(selection), query, selection, read_within=seconds + 15).response
        try:
            lines = iter(response)
            while (event := _next_event(lines)) and event["type"] != "ERROR":
                yield event["type"], event["object"]
        finally:
            response.close()

    def _open(
        self,
        path: str,
        query: dict[str, str],
        selection: Selection,
        *,
        read_within: float = ANSWER_WITHIN_SECONDS,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """The answer, if it is a good one; of a watch only its beginning has been read then. A body is posted."""
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        request = self._client.param_serialize(
            "GET" if body is None else "POST",
            path,
            query_params=list(query.items()),
            header_params={"Accept": "application/json", "Content-Type": "application/json"},
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            response = self._client.call_api(*request, _request_timeout=(CONNECT_WITHIN_SECONDS, read_within))
            if response.status in {200, 201}:
                if "watch" not in query:
                    response.read()
                return response
            answer = response.read()
        except (HTTPError, OSError) as error:
            raise refusals.unreachable(self._client.configuration.host, error) from error
        raise refusals.explain(response.status, answer, selection.kind.plural, selection.namespace or self.namespace)


def _path(selection: Selection, name: str | None = None) -> str:
    try:
        return selection.kind.path(selection.namespace, name)
    except ValueError as error:
        raise NotFound(str(error), next_step=f"see which there are: kubectl get {selection.kind.plural} -A") from error


def _next_event(lines: Iterator[bytes]) -> Object | None:
    """None at the end, also where the line is cut: the next list says what was missed."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        line = next(lines, None)
        return json.loads(line) if line else None
    except (HTTPError, OSError, ValueError):
        return None


def connect(access: Access) -> Cluster:
    """The cluster that kubectl would talk to.

    Raises:
        NoCluster: where no kubeconfig, no such context, or nothing usable in it is found.
    """
    from kubernetes import client, config  # noqa: PLC0415

    settings = client.Configuration()
    try:
        namespace = _configure(config, settings, access)
    except (config.ConfigException, YAMLError, OSError, TypeError, ValueError) as error:
        raise refusals.no_kubeconfig(access.kubeconfig, error) from error
    settings.retries = _patience()
    settings.keep_alive = True
    settings.no_proxy = ",".join(filter(None, (settings.no_proxy, NEVER_PROXIED)))
    return Cluster(client.ApiClient(settings), namespace=access.namespace or namespace or "default")


def _configure(config: Any, settings: Any, access: Access) -> str | None:
    """Fill the settings; the namespace of the context, where it names one."""
    if not access.kubeconfig and not access.context and not _has_kubeconfig() and _POD_NAMESPACE.exists():
        config.load_incluster_config(client_configuration=settings)
        return _POD_NAMESPACE.read_text(encoding="utf-8").strip()
    contexts, current = config.list_kube_config_contexts(access.kubeconfig)
    named = {one["name"]: one for one in contexts}
    if access.context and access.context not in named:
        raise refusals.no_context(access.context, named)
    config.load_kube_config(access.kubeconfig, access.context, settings, persist_config=False)
    chosen = named[access.context] if access.context else current
    return chosen["context"].get("namespace")


def _patience() -> Any:
    """Once more where the API server says when, as kubectl does: of a kind that was just installed it says so (429)."""
    from urllib3 import Retry  # noqa: PLC0415

    return Retry(
        total=None,
        connect=0,
        read=0,
        redirect=0,
        other=0,
        status=TRIES,
        status_forcelist=(429,),
        raise_on_status=False,
    )


def _has_kubeconfig() -> bool:
    from kubernetes.config import KUBE_CONFIG_DEFAULT_LOCATION  # noqa: PLC0415

    return any(Path(path).expanduser().exists() for path in KUBE_CONFIG_DEFAULT_LOCATION.split(":") if path)
