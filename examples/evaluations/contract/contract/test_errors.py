"""What is wrong is answered with a status and a reason, and the server goes on."""

import json

import pytest

from contract.api import CHAT, Api, Reply

USER = {"role": "user", "content": "Is delivery free?"}

BAD = {
    "not-json": b"{",
    "nothing": b"",
    "no-object": b"[1, 2]",
    "not-utf8": b'{"messages": "\xff\xfe"}',
    "no-messages": b"{}",
    "messages-empty": b'{"messages": []}',
    "messages-no-list": b'{"messages": "hello"}',
    "no-user": json.dumps({"messages": [{"role": "system", "content": "You help."}]}).encode(),
    "no-content": b'{"messages": [{"role": "user"}]}',
    "content-no-text": b'{"messages": [{"role": "user", "content": 7}]}',
    "nested-deeply": b"[" * 50_000,
    "streaming": json.dumps({"messages": [USER], "stream": True}).encode(),
}


@pytest.mark.parametrize("body", BAD.values(), ids=list(BAD))
def test_bad_input_is_refused_with_a_reason(api: Api, body: bytes) -> None:
    reply = api.send("POST", CHAT, body)

    assert reply.status == 400
    assert _reason(reply)


def test_a_path_that_is_not_there_is_not_found(api: Api) -> None:
    reply = api.send("GET", "/v1/embeddings")

    assert reply.status == 404
    assert _reason(reply)


@pytest.mark.parametrize(("method", "path"), [("GET", CHAT), ("DELETE", CHAT), ("POST", "/v1/models")])
def test_another_method_is_not_allowed(api: Api, method: str, path: str) -> None:
    assert api.send(method, path).status == 405


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    """By its announced length: nobody has to send it all to learn that."""
    assert api.send("POST", CHAT, headers={"Content-Length": str(10 * 1024 * 1024)}).status == 413


def test_after_bad_input_good_input_is_answered(api: Api) -> None:
    for body in BAD.values():
        api.send("POST", CHAT, body)

    assert api.post({"messages": [USER]}).status == 200


def _reason(reply: Reply) -> str:
    error = reply.json["error"]
    assert error["type"] == "invalid_request_error"
    return error["message"]
