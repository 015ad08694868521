"""The API server, as raw JSON: what the operator asks of it and nothing more.

Every call has a timeout, and every failure is one of `errors`. Nothing is repeated here: the work queue does that. Only
aiohttp repeats an idempotent request on a connection that had gone away, and the pool one that got a 401 before it had
newer credentials.
"""

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import aiohttp

from leadsman.clients.answers import error_of, warnings_in
from leadsman.clients.errors import Unreachable
from leadsman.clients.kinds import POD, SELF_SUBJECT_REVIEW, Kind
from leadsman.clients.network import NO_ANSWER, why

if TYPE_CHECKING:
    from multidict import CIMultiDictProxy

Object = dict[str, Any]
"""An object of Kubernetes, as JSON."""

JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"
METADATA: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
PAGE: Final = 500
WRITING: Final[Mapping[str, str]] = {"fieldManager": "leadsman", "fieldValidation": "Strict"}


class Answer(NamedTuple):
    """To a write."""

    object: Object
    """As it is now, or would be after a dry run."""
    warnings: tuple[str, ...]


class Request(NamedTuple):
    """One that is over, for metrics."""

    verb: str
    """As in RBAC."""
    resource: str
    """The plural, with the subresource after a slash."""
    code: int
    """Of HTTP. 0: there was no answer."""
    seconds: float


class ServerVersion(NamedTuple):
    major: int
    minor: int
    text: str


class _Response(NamedTuple):
    code: int
    headers: "CIMultiDictProxy[str]"
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    verb: str
    method: str
    resource: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Mapping[str, Any] | None = None
    content_type: str = JSON
    accept: str = JSON


def _ignore(_: Request) -> None:
    """Nobody observes."""


class Kubernetes:
    def __init__(
        self,
        session: aiohttp.ClientSession,
        server: str,
        *,
        timeout_seconds: float = 10,
        observe: Callable[[Request], None] | None = None,
    ) -> None:
        """A view of one API server.

        Args:
            session: of a `Pool`: it knows who we are.
            server: the address, with the path in front of the API where there is one.
            timeout_seconds: of each request, waiting for a connection included.
            observe: is told of each request when it is over.
        """
        self._session = session
        self._server = server.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        # The API server is to give up before us, and say what took so long: a webhook may take all the time there is.
        self._give_up = {"timeout": f"{timeout_seconds * 0.9:g}s"}
        self._observe = observe or _ignore

    async def get(self, kind: Kind, namespace: str | None, name: str) -> Object:
        path = kind.path(namespace, name)
        return (await self._send(_Call(verb="get", method="GET", resource=kind.plural, path=path))).object

    def list(
        self, kind: Kind, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> AsyncIterator[Object]:
        """Page by page. An error on the way (410: the pages took too long) leaves the caller with a part only."""
        return self._pages(kind, namespace, {"labelSelector": labels, "fieldSelector": fields}, JSON)

    def list_metadata(
        self, kind: Kind, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> AsyncIterator[Object]:
        """As `list`, each object with its metadata only: cheap for everybody, however large the objects are."""
        return self._pages(kind, namespace, {"labelSelector": labels, "fieldSelector": fields}, METADATA)

    async def create(self, kind: Kind, new: Mapping[str, Any], *, dry_run: bool = False) -> Answer:
        path = kind.path(new["metadata"].get("namespace"))
        query = {**WRITING, **({"dryRun": "All"} if dry_run else {})}
        call = _Call(verb="create", method="POST", resource=kind.plural, path=path, query=query, body=new)
        return await self._send(call)

    async def replace(
        self, kind: Kind, changed: Mapping[str, Any], *, subresource: str | None = None, dry_run: bool = False
    ) -> Answer:
        """The whole object, if nobody has changed it since it was read.

        Raises:
            ValueError: it has no resourceVersion, so that somebody else's change would be lost.
        """
        metadata = changed["metadata"]
        if not metadata.get("resourceVersion"):
            raise ValueError(f"{kind.name} {metadata['name']}: metadata.resourceVersion is missing")
        path = kind.path(metadata.get("namespace"), metadata["name"], subresource=subresource)
        resource = _resource(kind, subresource)
        query = {**WRITING, **({"dryRun": "All"} if dry_run else {})}
        call = _Call(verb="update", method="PUT", resource=resource, path=path, query=query, body=changed)
        return await self._send(call)

    async def patch_merge(
        self, kind: Kind, namespace: str | None, name: str, patch: Mapping[str, Any], *, subresource: str | None = None
    ) -> Answer:
        """RFC 7386. With metadata.resourceVersion in the patch: only if nobody has changed the object since."""
        call = _Call(
            verb="patch",
            method="PATCH",
            resource=_resource(kind, subresource),
            path=kind.path(namespace, name, subresource=subresource),
            query=WRITING,
            body=patch,
            content_type=MERGE_PATCH,
        )
        return await self._send(call)

    async def delete(
        self, kind: Kind, namespace: str | None, name: str, *, uid: str, resource_version: str
    ) -> Object | None:
        """Exactly this object, as it was when the deletion was decided. What is left of it: finalizers may hold it."""
        call = _Call(
            verb="delete",
            method="DELETE",
            resource=kind.plural,
            path=kind.path(namespace, name),
            body={
                "apiVersion": "v1",
                "kind": "DeleteOptions",
                "propagationPolicy": "Background",  # not the default of every kind
                "preconditions": {"uid": uid, "resourceVersion": resource_version},
            },
        )
        left = (await self._send(call)).object
        return None if left.get("kind") == "Status" else left

    async def log(self, namespace: str, pod: str, container: str, *, limit_bytes: int) -> str:
        """What a container has printed, its first bytes. Kubernetes may have thrown away the oldest of a long log."""
        call = _Call(
            verb="get",
            method="GET",
            resource="pods/log",
            path=POD.path(namespace, pod, subresource="log"),
            query={"container": container, "limitBytes": str(limit_bytes)},
            accept="*/*",
        )
        response = await self._exchange(call)
        if response.code != HTTPStatus.OK:
            raise error_of(response.code, _parsed(response.content), retry_after=response.headers.get("Retry-After"))
        return response.content.decode("utf-8", "replace")

    async def username(self) -> str:
        """Who we are to it."""
        kind = SELF_SUBJECT_REVIEW
        asked: Object = {"apiVersion": kind.api_version, "kind": kind.name, "metadata": {}}
        said = (await self.create(kind, asked)).object
        return str(said["status"]["userInfo"]["username"])

    async def server_version(self) -> ServerVersion:
        said = (await self._send(_Call(verb="get", method="GET", resource="version", path="/version"))).object
        digits = "".join(character for character in str(said.get("minor")) if character.isdigit())  # some say `37+`
        try:
            return ServerVersion(int(said.get("major", "")), int(digits), str(said.get("gitVersion")))
        except ValueError as error:
            raise Unreachable("what answers is no API server: its version is not one of Kubernetes") from error

    async def _pages(
        self, kind: Kind, namespace: str | None, selectors: Mapping[str, str], accept: str
    ) -> AsyncIterator[Object]:
        chosen = {name: text for name, text in selectors.items() if text} | {"limit": str(PAGE)}
        rest = ""
        while True:
            query = chosen | ({"continue": rest} if rest else {})
            path = kind.path(namespace)
            call = _Call(verb="list", method="GET", resource=kind.plural, path=path, query=query, accept=accept)
            page = (await self._send(call)).object
            for item in page.get("items") or ():
                yield item | {"apiVersion": kind.api_version, "kind": kind.name}  # items of a list don't say
            rest = page.get("metadata", {}).get("continue")
            if not rest:
                return

    async def _send(self, call: _Call) -> Answer:
        return _answer(await self._exchange(call))

    async def _exchange(self, call: _Call) -> _Response:
        started = time.monotonic()
        code = 0
        body = None if call.body is None else json.dumps(call.body, separators=(",", ":"), allow_nan=False).encode()
        headers = {"Accept": call.accept} | ({"Content-Type": call.content_type} if body is not None else {})
        request = self._session.request(
            call.method,
            self._server + call.path,
            params={**self._give_up, **call.query},
            data=body,
            headers=headers,
            timeout=self._timeout,
            allow_redirects=False,
        )
        try:
            async with request as response:
                content = await response.read()
                code = response.status
                return _Response(code, response.headers, content)
        except NO_ANSWER as error:
            raise Unreachable(f"API server: {why(error)}") from error
        finally:
            self._observe(Request(call.verb, call.resource, code, time.monotonic() - started))


def _resource(kind: Kind, subresource: str | None) -> str:
    return f"{kind.plural}/{subresource}" if subresource else kind.plural


def _answer(response: _Response) -> Answer:
    is_ok = HTTPStatus.OK <= response.code < HTTPStatus.MULTIPLE_CHOICES
    body, warnings = _parsed(response.content), warnings_in(response.headers.getall("Warning", ()))
    if not is_ok:  # a proxy's page instead of JSON: the status says enough
        error = error_of(response.code, body, retry_after=response.headers.get("Retry-After"))
        error.warnings = warnings
        raise error
    if body is None:
        raise Unreachable("what answers is no API server: it sent no JSON", status=response.code)
    if not isinstance(body, dict):
        raise Unreachable("what answers is no API server: it sent no object", status=response.code)
    return Answer(cast("Object", body), warnings)


def _parsed(content: bytes) -> object:
    """None: it is no JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
