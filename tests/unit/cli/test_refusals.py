"""What people read when a cluster does not answer, or refuses."""

import json
from pathlib import Path

import pytest

from leadsman.cli import refusals
from leadsman.cli.cluster import Access, connect
from leadsman.cli.errors import AlreadyThere, CommandFailed, NoCluster, NotAllowed, NotFound, NotInstalled
from leadsman.cli.lookup import suggest


def status(message: str, name: str = "") -> bytes:
    return json.dumps({"kind": "Status", "message": message, "details": {"name": name}}).encode()


@pytest.mark.parametrize(
    ("code", "body", "kind", "what", "next_step"),
    [
        (404, b"404 page not found\n", NotInstalled, "Leadsman is not installed", "leadsman crds | kubectl apply"),
        (404, status('aiservices "x" not found', "x"), NotFound, '"x" not found', "kubectl get aiservices"),
        (403, status('User "eve" cannot list'), NotAllowed, 'User "eve" cannot list', "kubectl auth can-i --list"),
        (403, status('"eve" cannot create resource'), NotAllowed, '"eve" cannot create', "a role that may create"),
        (409, status('aiservices "x" already exists', "x"), AlreadyThere, "already exists", "try again"),
        (
            422,
            status("spec.criteria: Required value", "x"),
            CommandFailed,
            "refuses it: spec.criteria",
            "correct the field",
        ),
        (401, status("Unauthorized"), NotAllowed, "does not accept your credentials", "log in again"),
        (500, b"<html>", CommandFailed, "answers 500: <html>", "try again"),
        (429, b"", CommandFailed, "answers 429: HTTP 429", "try again"),
    ],
)
def test_a_refusal_says_what_it_means_and_what_to_do(
    code: int, body: bytes, kind: type[CommandFailed], what: str, next_step: str
) -> None:
    error = refusals.explain(code, body, "aiservices", "support")

    assert type(error) is kind
    assert what in error.what
    assert next_step in error.next_step


def test_only_a_service_that_is_not_there_exits_with_4() -> None:
    codes = {kind.exit_code for kind in (NoCluster, NotInstalled, NotAllowed, CommandFailed)}

    assert (codes, NotFound.exit_code) == ({1}, 4)


def test_of_wrapped_errors_the_innermost_is_told() -> None:
    outer = RuntimeError("HTTPSConnectionPool: Max retries exceeded")
    outer.__cause__ = ConnectionRefusedError(111, "Connection refused")

    assert refusals.innermost(outer) == "[Errno 111] Connection refused"


def kubeconfig(folder: Path, text: str) -> str:
    path = folder / "kubeconfig"
    path.write_text(text, encoding="utf-8")
    return str(path)


USABLE = """
apiVersion: v1
kind: Config
clusters: [{name: work, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: me, user: {token: secret}}]
contexts:
  - {name: work, context: {cluster: work, user: me, namespace: support}}
  - {name: home, context: {cluster: work, user: me}}
current-context: work
"""


def test_the_namespace_is_that_of_the_context_unless_one_is_named(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, USABLE)

    assert connect(Access(kubeconfig=path)).namespace == "support"
    assert connect(Access(kubeconfig=path, context="home")).namespace == "default"
    assert connect(Access(kubeconfig=path, namespace="other")).namespace == "other"


def test_a_context_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(NoCluster, match="no context is called wrok: there are work, home"):
        connect(Access(kubeconfig=kubeconfig(tmp_path, USABLE), context="wrok"))


@pytest.mark.parametrize("text", ["", "apiVersion: v1\nkind: Config\n", "{", "- a list"])
def test_a_kubeconfig_that_names_no_cluster_is_answered_with_a_way_to_get_one(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoCluster) as caught:
        connect(Access(kubeconfig=kubeconfig(tmp_path, text)))

    assert "leadsman sandbox up" in caught.value.next_step


def test_a_kubeconfig_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoCluster, match=r"nowhere names no cluster to talk to"):
        connect(Access(kubeconfig=str(tmp_path / "nowhere")))


@pytest.mark.parametrize(
    ("here", "elsewhere", "suggestion"),
    [
        (["support-assistant", "faq-bot"], [], "did you mean support-assistant?"),
        (["support-assistant"], ["prod", "dev"], "there is one in dev, prod: add -n dev"),
        (["billing"], [], "see which there are: leadsman get -A"),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_one_that_is(
    here: list[str], elsewhere: list[str], suggestion: str
) -> None:
    assert suggest("suport-asistant", here, elsewhere) == suggestion
