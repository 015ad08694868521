"""What a refusal of the API server, or its silence, means for the person at the terminal."""

import json
from collections.abc import Iterable
from typing import Any, cast

from leadsman.api.meta import GROUP
from leadsman.cli.errors import AlreadyThere, CommandFailed, NoCluster, NotAllowed, NotFound, NotInstalled


def explain(code: int, body: bytes, plural: str, namespace: str) -> CommandFailed:
    """The error for an answer other than 200."""
    status = _status(body)
    said = str(status.get("message") or body.decode(errors="replace").strip() or f"HTTP {code}")
    match code:
        case 401:
            return NotAllowed(
                f"the API server does not accept your credentials: {said}",
                next_step="log in again; `kubectl auth whoami` says who you are to the cluster",
            )
        case 403:
            return _forbidden(said, plural, namespace)
        case 404:
            return _not_found(status, said, plural, namespace)
        case 409:
            return AlreadyThere(said, next_step=f"see it: kubectl get {plural} -n {namespace}; then try again")
        case 400 | 422:
            return CommandFailed(f"the API server refuses it: {said}", next_step="correct the field that is named")
        case _:
            return CommandFailed(f"the API server answers {code}: {said}", next_step="try again; if it stays so, "
                                 "look at the API server: kubectl get --raw='/readyz?verbose'")  # fmt: skip


def _forbidden(said: str, plural: str, namespace: str) -> NotAllowed:
    verbs = "create" if " cannot create " in said else "get, list and watch"
    return NotAllowed(
        said,
        next_step=f"ask for a role that may {verbs} {plural}; "
        f"see what you may: kubectl auth can-i --list -n {namespace}",
    )


def _not_found(status: dict[str, Any], said: str, plural: str, namespace: str) -> CommandFailed:
    if _is_object(status):
        return NotFound(said, next_step=f"see what there is: kubectl get {plural} -n {namespace}")
    # The answer for a path that no CRD serves is plain text: "404 page not found".
    return NotInstalled(
        f"this cluster has no {plural}.{GROUP}: Leadsman is not installed",
        next_step="leadsman crds | kubectl apply --server-side -f -",
    )


def _status(body: bytes) -> dict[str, Any]:
    """The Status object of the API server; empty where something else answers, such as a proxy."""
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}


def _is_object(status: dict[str, Any]) -> bool:
    details: dict[str, Any] = status.get("details") or {}
    return bool(details.get("name"))


def unreachable(host: str, error: Exception) -> NoCluster:
    return NoCluster(
        f"the cluster at {host} does not answer: {innermost(error)}",
        next_step="see that this works: kubectl cluster-info; another cluster: --context NAME",
    )


def no_context(context: str, there: Iterable[str]) -> NoCluster:
    names = ", ".join(there)
    return NoCluster(
        f"no context is called {context}: {f'there are {names}' if names else 'your kubeconfig has none'}",
        next_step="name one of those with --context, or leave it out for the current one",
    )


def no_kubeconfig(kubeconfig: str | None, error: Exception) -> NoCluster:
    where = kubeconfig or "your kubeconfig (KUBECONFIG, or ~/.kube/config)"
    return NoCluster(
        f"{where} names no cluster to talk to: {innermost(error)}",
        next_step="name one with --kubeconfig or --context, or start one on this machine: leadsman sandbox up",
    )


def innermost(error: BaseException) -> str:
    """Of a chain of wrapped errors the one that says what happened."""
    while (reason := getattr(error, "reason", None) or error.__cause__) and isinstance(reason, BaseException):
        error = reason
    said = str(error) or type(error).__name__
    # urllib3 puts the connection's repr before the cause.
    return said.split(">: ", 1)[-1].split("): ", 1)[-1]
