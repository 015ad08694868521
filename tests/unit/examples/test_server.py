import json
import socket
import threading
import time
from pathlib import Path

import pytest

from harness.waiting import eventually
from unit.examples.running import Reply, Serve

ASKED = "How long is the warranty?"


def test_a_chat_is_answered_as_openais_api_does(serve: Serve) -> None:
    reply = serve().ask(ASKED, "abc")

    assert reply.status == 200
    assert reply.headers["x-model-version"] == "7"
    assert reply.headers["x-request-id"] == "abc"
    completion = reply.json
    assert completion["object"] == "chat.completion"
    assert completion["choices"][0]["message"]["role"] == "assistant"
    assert "24 months" in completion["choices"][0]["message"]["content"]
    usage = completion["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_two_servers_give_the_same_answer_to_the_same_request(serve: Serve) -> None:
    first, second = serve(quality=0.5), serve(quality=0.5)

    for number in range(20):
        ours, theirs = first.ask(ASKED, f"r{number}").json, second.ask(ASKED, f"r{number}").json
        assert (ours["id"], ours["choices"]) == (theirs["id"], theirs["choices"])


def test_the_model_is_listed(serve: Serve) -> None:
    assert [model["id"] for model in serve().request("GET", "/v1/models").json["data"]] == ["support-llm"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{bad", "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        (b"[" * 100_000, "the body is not JSON"),
        (b"[]", "must be a JSON object"),
        (b"{}", "messages must be a list"),
        (b'{"messages": []}', "messages must be a list"),
        (b'{"messages": ["hi"]}', 'role "user"'),
        (b'{"messages": [{"role": "system", "content": "be kind"}]}', 'role "user"'),
        (b'{"messages": [{"role": "user", "content": [1]}]}', "must be a text"),
        (b'{"stream": true, "messages": [{"role": "user", "content": "hi"}]}', "stream is not supported"),
    ],
)
def test_a_malformed_chat_is_told_what_is_wrong(serve: Serve, body: bytes, says: str) -> None:
    running = serve()
    reply = running.request("POST", "/v1/chat/completions", body)

    assert reply.status == 400
    assert says in reply.error
    assert running.metric("http_requests_total", code="400", method="POST", handler="/v1/chat/completions") == 1


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [("GET", "/nowhere", 404, "/v1/models"), ("GET", "/v1/feedback", 405, "GET is not for /v1/feedback")],
)
def test_a_request_that_leads_nowhere_is_told_where_it_may_go(
    serve: Serve, method: str, path: str, status: int, says: str
) -> None:
    reply = serve().request(method, path)

    assert reply.status == status
    assert says in reply.error


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"POST /v1/feedback HTTP/1.1\r\nContent-Length: 262145\r\n\r\n", 413),
        (b"POST /v1/feedback HTTP/1.1\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\n", 413),
        (b"POST /v1/feedback HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /v1/feedback HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST /v1/feedback HTTP/1.1\r\nContent-Length : 1\r\n\r\n", 400),
        (b"POST /v1/feedback HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431),
        (b"\x16\x03\x01\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_read_safely_is_refused_and_the_connection_ends(serve: Serve, raw: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", serve().port), timeout=10) as connection:
        connection.sendall(raw)
        with connection.makefile("rb") as answer:
            received = answer.read()

    assert received.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in received


def test_a_connection_serves_request_after_request_even_when_they_come_at_once(serve: Serve) -> None:
    with socket.create_connection(("127.0.0.1", serve().port), timeout=10) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n\r\n" * 2 + b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert answer.read().count(b"HTTP/1.1 200 OK") == 3


def test_errors_come_as_500_and_are_not_counted_as_answers(serve: Serve) -> None:
    running = serve(error_rate=1)

    reply = running.ask(ASKED)

    assert reply.status == 500
    assert reply.headers["x-model-version"] == "7"
    assert running.metric("http_requests_total", code="500", method="POST", handler="/v1/chat/completions") == 1
    assert running.metric("vllm:request_success_total", finished_reason="stop", model_name="support-llm") == 0


def test_an_answer_is_counted_in_every_metric_that_it_concerns(serve: Serve) -> None:
    running = serve(quality=0)
    before = running.metric("assistant_answers_total", grounded="false")
    usage = running.ask(ASKED).json["usage"]

    text = running.request("GET", "/metrics").body.decode()
    assert before == 0, "a counter starts at 0 and does not appear with its first event"
    for line in (
        'http_requests_total{code="200",handler="/v1/chat/completions",method="POST"} 1.0',
        'vllm:request_success_total{finished_reason="stop",model_name="support-llm"} 1.0',
        'vllm:e2e_request_latency_seconds_count{model_name="support-llm"} 1.0',
        'vllm:time_to_first_token_seconds_count{model_name="support-llm"} 1.0',
        f'vllm:prompt_tokens_total{{model_name="support-llm"}} {usage["prompt_tokens"]}.0',
        f'vllm:generation_tokens_total{{model_name="support-llm"}} {usage["completion_tokens"]}.0',
        'vllm:num_requests_running{model_name="support-llm"} 0.0',
        'vllm:kv_cache_usage_perc{model_name="support-llm"} 0.0',
        'assistant_answers_total{grounded="false"} 1.0',
        'assistant_answers_total{grounded="true"} 0.0',
        'assistant_feedback_total{verdict="down"} 0.0',
        'model_info{name="support-llm",version="7"} 1.0',
    ):
        assert line in text.splitlines()
    assert (running.metric("assistant_cost_eur_total") or 0) > 0


def test_probes_scrapes_and_strange_paths_do_not_make_series(serve: Serve) -> None:
    running = serve()
    for path in ("/healthz", "/readyz", "/metrics", "/a", "/b"):
        running.request("GET", path)

    samples = [
        line for line in running.request("GET", "/metrics").body.decode().splitlines() if "requests_total{" in line
    ]

    assert 'http_requests_total{code="404",handler="other",method="other"} 2.0' in samples
    assert len(samples) == 3  # and the two of chat that are there from the start


def test_feedback_counts_once_and_only_where_the_answer_was_given(serve: Serve) -> None:
    here, elsewhere = serve(), serve()
    answer_id = here.ask(ASKED, "one").json["id"]

    assert elsewhere.rate(answer_id, "down").status == 404
    assert here.rate(answer_id, "sideways").status == 400
    assert here.rate(answer_id, "down").status == 200
    assert here.rate(answer_id, "down").status == 404
    assert here.metric("assistant_feedback_total", verdict="down") == 1
    assert elsewhere.metric("assistant_feedback_total", verdict="down") == 0


@pytest.mark.parametrize(("knob", "says"), [("startup_seconds", "starting: "), ("never_ready", "never_ready is on")])
def test_readiness_is_withheld_while_liveness_is_not(serve: Serve, knob: str, says: str) -> None:
    running = serve(startup_seconds=3600.0) if knob == "startup_seconds" else serve(never_ready=1.0)

    assert running.request("GET", "/healthz").status == 200
    ready = running.request("GET", "/readyz")
    assert ready.status == 503
    assert says in ready.error
    assert serve().request("GET", "/readyz").status == 200


def test_more_requests_than_places_wait_for_their_turn(serve: Serve) -> None:
    running = serve(max_concurrent=1, first_token_seconds=0.1)
    start = time.monotonic()
    threads = [threading.Thread(target=running.ask, args=(ASKED,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - start >= 0.3
    assert running.metric("vllm:num_requests_waiting", model_name="support-llm") == 0


def test_knobs_that_change_in_the_file_change_the_answers_of_a_running_server(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "knobs.json"
    file.write_text("{}")
    running = serve(file=file)
    assert running.ask(ASKED).status == 200

    file.write_text(json.dumps({"error_rate": 1}))
    eventually(lambda: running.ask(ASKED).status == 500, within_seconds=10)

    file.write_text("{nonsense")
    eventually(lambda: running.metric("model_server_knobs_rejected_total") == 1, within_seconds=10)
    assert running.ask(ASKED).status == 500


def test_draining_withdraws_readiness_finishes_what_is_in_flight_and_then_refuses(serve: Serve) -> None:
    running = serve(first_token_seconds=1.6, drain_seconds=1.0)
    replies: list[Reply] = []
    in_flight = threading.Thread(target=lambda: replies.append(running.ask(ASKED)))
    in_flight.start()
    eventually(lambda: running.metric("vllm:num_requests_running", model_name="support-llm") == 1, within_seconds=10)

    draining = threading.Thread(target=lambda: running.call(running.server.drain()))
    draining.start()
    eventually(lambda: running.server.assistant.draining, within_seconds=10)
    ready = running.request("GET", "/readyz")
    draining.join()
    in_flight.join()

    assert ready.status == 503
    assert "draining" in ready.error
    assert [(reply.status, reply.headers["connection"]) for reply in replies] == [(200, "close")]
    with pytest.raises(ConnectionRefusedError):
        running.request("GET", "/healthz")
