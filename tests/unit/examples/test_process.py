"""The server as a pod runs it: a process with an environment, signals and exit codes."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from harness.manifests import MODEL_SERVER

COMMAND = (sys.executable, "-m", "model_server")


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, "LISTEN_PORT": "0", "KNOB_DRAIN_SECONDS": "0", **variables}


@contextmanager
def process(**variables: str) -> Generator[tuple[subprocess.Popen[str], int]]:
    child = subprocess.Popen(
        COMMAND,
        cwd=MODEL_SERVER,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout
        port = re.search(r"listens on port (\d+)", child.stdout.readline())
        assert port
        yield child, int(port[1])
    finally:
        child.kill()
        child.communicate()


def ask(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        body = json.dumps({"messages": [{"role": "user", "content": "Where is my invoice?"}]})
        connection.request("POST", "/v1/chat/completions", body)
        return connection.getresponse().status
    finally:
        connection.close()


def test_sigterm_ends_the_server_with_exit_code_0() -> None:
    with process() as (child, port):
        assert ask(port) == 200
        child.send_signal(signal.SIGTERM)

        assert child.wait(20) == 0


def test_a_crash_after_some_requests_answers_those_before_and_ends_with_exit_code_1() -> None:
    with process(KNOB_CRASH_AFTER_REQUESTS="2") as (child, port):
        assert ask(port) == 200
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            ask(port)

        assert child.wait(20) == 1
        assert child.stderr
        assert "crash_after_requests is 2" in child.stderr.read()


def test_a_crash_after_some_time_needs_no_request() -> None:
    with process(KNOB_CRASH_AFTER_SECONDS="0.3") as (child, _):
        assert child.wait(20) == 1


def test_memory_grows_as_far_as_it_may_and_no_further() -> None:
    with process(KNOB_MEMORY_MB_PER_SECOND="4000", KNOB_MEMORY_LIMIT_MB="80") as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        seen = 0.0
        for _ in range(40):
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
            seen = float(re.findall(r"^process_resident_memory_bytes (\S+)", text, re.MULTILINE)[0])
            if seen > 90e6:
                break
        connection.close()

    assert 90e6 < seen < 200e6


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"KNOB_QUALITY": "2"}, "quality is '2'; it must be a number from 0 to 1"),
        ({"KNOB_TYPO": "1"}, "there is no knob 'typo'"),
        ({"LISTEN_PORT": "tcp://198.19.0.1:80"}, "LISTEN_PORT is 'tcp://198.19.0.1:80'"),
        ({"PROMPTS_FILE": "/nowhere.json"}, "/nowhere.json cannot be read"),
        ({"KNOBS_FILE": "/nowhere.json"}, "/nowhere.json cannot be read"),
        ({"LISTEN_ADDRESS": "192.0.2.1"}, "error: "),
    ],
)
def test_settings_that_cannot_work_end_the_start_with_one_clear_line(variables: dict[str, str], says: str) -> None:
    ended = subprocess.run(
        COMMAND, cwd=MODEL_SERVER, env=environment(**variables), capture_output=True, text=True, check=False, timeout=20
    )

    assert ended.returncode == 2
    assert says in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_help_names_every_knob() -> None:
    ended = subprocess.run(
        (*COMMAND, "--help"), cwd=MODEL_SERVER, capture_output=True, text=True, check=True, timeout=20
    )

    assert "KNOB_MEMORY_MB_PER_SECOND" in ended.stdout
    assert "KNOB_QUALITY" in ended.stdout
