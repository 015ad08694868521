"""What a line of the log says."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from leadsman.controller import logs


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """The loggers of the process that tests run in stay as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def written(form: logs.Format) -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    logs.configure(form, stream=stream)
    return logging.getLogger("leadsman.test"), stream


def test_a_line_of_json_has_its_pairs_beside_the_message_and_what_it_concerns() -> None:
    log, stream = written("auto")
    with logs.concerning(namespace="support", service="assistant"), logs.concerning(revision="assistant-1"):
        log.info("pods asked for", extra={"replicas": 3})
    log.info("outside")
    inside, outside = map(json.loads, stream.getvalue().splitlines())
    assert inside.pop("time").endswith("Z")
    assert inside == {
        "level": "info",
        "logger": "leadsman.test",
        "message": "pods asked for",
        "namespace": "support",
        "service": "assistant",
        "revision": "assistant-1",
        "replicas": 3,
    }
    assert "service" not in outside


def test_an_error_brings_its_trace_on_the_same_line() -> None:
    log, stream = written("json")
    try:
        int("many")
    except ValueError:
        log.exception("could not")
    (line,) = stream.getvalue().splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["trace"]


def test_for_people_it_is_words_and_quotes_where_they_are_needed() -> None:
    log, stream = written("console")
    with logs.concerning(service="assistant"):
        log.warning("held", extra={"why": "a freeze is on", "until": "Monday"})
    assert stream.getvalue().rstrip().endswith('warning held  service=assistant why="a freeze is on" until=Monday')


@pytest.mark.parametrize("value", ["two\nlines", "\x1b[2J", 'say"so', ""])
def test_what_would_break_the_line_or_steer_the_terminal_is_quoted(value: str) -> None:
    log, stream = written("console")
    log.info("said", extra={"what": value})
    assert stream.getvalue().endswith(f"said  what={json.dumps(value)}\n")


def test_objects_that_a_library_hangs_on_its_lines_are_left_out() -> None:
    log, stream = written("json")
    log.info("seen", extra={"k8s_ref": {"uid": "1"}, "settings": object()})
    assert set(json.loads(stream.getvalue())) == {"time", "level", "logger", "message"}
