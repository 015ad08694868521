"""The JSON of the API: OpenAI's chat completions, models, errors; and feedback."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from model_server.answers import Answer
from model_server.wire import Refused, Response

Json = Mapping[str, object]
MESSAGES = 256
VERDICTS = ("up", "down")


def question_of(body: bytes) -> str:
    """The last thing that the user said, which is what gets answered."""
    request = _parse(body)
    if request.get("stream"):
        raise _bad("stream is not supported: leave it out")
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages or len(cast("list[object]", messages)) > MESSAGES:
        raise _bad(f"messages must be a list of 1 to {MESSAGES} messages")
    said = [_content(message) for message in cast("list[object]", messages) if _role(message) == "user"]
    if not said:
        raise _bad('there must be a message with role "user"')
    return said[-1]


def feedback_of(body: bytes) -> tuple[str, str]:
    request = _parse(body)
    answer_id, verdict = request.get("id"), request.get("verdict")
    if not isinstance(answer_id, str):
        raise _bad("id must be the id of an answer")
    if verdict not in VERDICTS:
        raise _bad(f"verdict must be one of {', '.join(VERDICTS)}")
    return answer_id, str(verdict)


def completion(answer: Answer, model: str, created: int) -> Json:
    message = {"role": "assistant", "content": answer.text}
    return {
        "id": answer.answer_id,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "total_tokens": answer.prompt_tokens + answer.completion_tokens,
        },
    }


def models(name: str, created: int) -> Json:
    return {"object": "list", "data": [{"id": name, "object": "model", "created": created, "owned_by": "leadsman"}]}


def json_response(document: Json, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(document).encode(), headers=headers or {})


def error_response(status: HTTPStatus, message: str, headers: Mapping[str, str] | None = None) -> Response:
    kind = "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
    document = {"error": {"message": message, "type": kind, "code": int(status)}}
    return Response(json.dumps(document).encode(), status, headers=headers or {})


def _parse(body: bytes) -> dict[str, object]:
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _bad(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise _bad("the body must be a JSON object")
    return cast("dict[str, object]", document)


def _role(message: object) -> object:
    return cast("dict[str, object]", message).get("role") if isinstance(message, dict) else None


def _content(message: object) -> str:
    content = cast("dict[str, object]", message).get("content")
    if not isinstance(content, str):
        raise _bad("the content of a message must be a text")
    return content


def _bad(message: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, message)
