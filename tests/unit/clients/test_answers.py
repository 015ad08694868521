"""What the API server says, sorted by what the operator can do about it."""

from typing import Any

import pytest

from leadsman.clients.answers import error_of, warnings_in
from leadsman.clients.errors import (
    AlreadyExists,
    ApiError,
    Cause,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    one_line,
)


def status(reason: str, message: str = "said so", **details: Any) -> dict[str, Any]:
    return {"kind": "Status", "reason": reason, "message": message, "details": details}


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        (400, "BadRequest", Invalid),
        (401, "Unauthorized", Unauthorized),
        (403, "Forbidden", Forbidden),
        (404, "NotFound", NotFound),
        (409, "Conflict", Conflict),
        (409, "AlreadyExists", AlreadyExists),
        (410, "Expired", ApiError),
        (413, "RequestEntityTooLarge", Invalid),
        (422, "Invalid", Invalid),
        (429, "TooManyRequests", TooManyRequests),
        (500, "InternalError", Unreachable),
        (504, "Timeout", Unreachable),
    ],
)
def test_an_error_is_what_can_be_done_about_it(code: int, reason: str, expected: type[ApiError]) -> None:
    error = error_of(code, status(reason))

    assert type(error) is expected
    assert (error.status, error.reason, error.message) == (code, reason, "said so")


@pytest.mark.parametrize(
    "body", [None, [], "text", {}, {"message": None, "details": "none"}, {"details": {"causes": 7}}]
)
def test_an_answer_that_is_no_status_is_known_by_its_number(body: object) -> None:
    error = error_of(502, body)

    assert isinstance(error, Unreachable)
    assert (error.message, error.reason, error.causes) == ("the API server answered 502", "", ())


def test_causes_name_the_field() -> None:
    causes = [{"field": "spec.replicas", "reason": "FieldValueInvalid", "message": "must be ≥ 0"}, {"field": None}, "?"]

    assert error_of(422, status("Invalid", causes=causes)).causes == (
        Cause("spec.replicas", "FieldValueInvalid", "must be ≥ 0"),
        Cause("", "", ""),
    )


def test_where_a_webhook_is_stays_between_it_and_the_api_server() -> None:
    said = 'failed calling webhook "a": Post "https://hooks.infra.svc:443/check": dial tcp 10.96.3.4:443: timeout'
    bare = 'failed calling webhook "a": Post "(address)": dial tcp (address): timeout'
    image = 'spec.image: Invalid value: "registry.example.com:5000/chat": moving tags are refused'

    broken = error_of(500, status("InternalError", said, causes=[{"message": said}]))

    assert (broken.message, broken.causes[0].message) == (bare, bare)
    assert error_of(403, status("Forbidden", image)).message == image


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), (None, None), ("", None), ("Mon, 23 Nov 2026 12:00:00 GMT", None), ("²", None)]
)
def test_how_long_to_wait_is_passed_on(header: str | None, seconds: float | None) -> None:
    assert error_of(429, status("TooManyRequests"), retry_after=header).retry_after == seconds


def test_texts_of_others_fit_on_one_line_and_obey_nothing() -> None:
    hostile = "first\nsecond\r\x1b[2Jthird\u2028\u202efourth " + "long " * 1000

    message = error_of(400, status("BadRequest", hostile)).message

    assert message.startswith("first second [2Jthird fourth long")
    assert message.isprintable()
    assert len(message) == 512
    assert message.endswith("…")


def test_a_text_of_just_the_right_length_is_left_alone() -> None:
    assert one_line("x" * 512) == "x" * 512


def test_warnings_are_unpacked() -> None:
    headers = ['299 - "unknown field \\"spec.foo\\""', '299 host "one", 299 - "two, too"', '199 - "not ours"', "broken"]

    assert warnings_in(headers) == ('unknown field "spec.foo"', "one", "two, too")
