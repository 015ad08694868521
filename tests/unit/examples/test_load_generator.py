import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from load_generator.__main__ import main
from load_generator.outcomes import Outcome, Results, percentiles, render
from load_generator.sending import Load, Plan
from load_generator.targets import Target, TargetRefused, from_pod, from_url

from harness.manifests import MODEL_SERVER
from harness.processes import INTERRUPTIBLE
from harness.waiting import eventually
from unit.examples.running import Serve

Capture = pytest.CaptureFixture[str]


def generate(capture: Capture, *arguments: str) -> tuple[int, Any]:
    code = main([*arguments, "--json"])
    return code, json.loads(capture.readouterr().out)


def resolve_to(*addresses: str) -> Callable[..., Sequence[Any]]:
    def getaddrinfo(_host: str, port: int, **_: object) -> Sequence[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return getaddrinfo


def test_load_ends_with_its_count_and_tells_what_came_of_it(serve: Serve, capsys: Capture) -> None:
    running = serve(error_rate=0.3)

    code, summary = generate(capsys, "--url", running.url, "--rate", "500", "--duration", "60", "--max-requests", "100")

    assert code == 0
    assert summary["count"] == sum(summary["codes"].values()) == 100
    assert set(summary["codes"]) == {"200", "500"}
    assert summary["codes"]["500"] == running.metric(
        "http_requests_total", code="500", method="POST", handler="/v1/chat/completions"
    )
    assert summary["latencySeconds"]["p50"] <= summary["latencySeconds"]["p99"] <= summary["latencySeconds"]["max"]


def test_load_ends_with_its_time_even_when_the_server_is_too_slow_to_answer_all(serve: Serve, capsys: Capture) -> None:
    running = serve(first_token_seconds=0.2)

    _, summary = generate(capsys, "--url", running.url, "--rate", "100", "--duration", "0.5", "--concurrency", "2")

    assert 2 <= summary["count"] <= 8
    assert summary["elapsedSeconds"] < 5
    assert summary["maxBehindSeconds"] > 0.1


def test_requests_keep_to_the_rate(serve: Serve, capsys: Capture) -> None:
    _, summary = generate(capsys, "--url", serve().url, "--rate", "50", "--max-requests", "26")

    assert summary["elapsedSeconds"] >= 0.5


def test_feedback_from_truth_is_what_the_server_knows_of_its_own_answers(serve: Serve, capsys: Capture) -> None:
    running = serve(quality=0.7)

    _, summary = generate(
        capsys, "--url", running.url, "--rate", "500", "--max-requests", "100", "--feedback-from-truth"
    )

    wrong = running.metric("assistant_answers_total", grounded="false") or 0
    assert 0 < summary["wrong"] == wrong
    assert summary["feedback"] == {"down": wrong, "up": 100 - wrong}
    assert running.metric("assistant_feedback_total", verdict="down") == wrong


def test_feedback_that_would_reach_another_pod_is_not_sent(serve: Serve, capsys: Capture) -> None:
    running = serve()
    running.server.assistant.draining = True  # still serving, and closing each connection with its answer

    _, summary = generate(capsys, "--url", running.url, "--rate", "500", "--max-requests", "5", "--feedback-from-truth")

    assert summary["codes"] == {"200": 5}
    assert summary["feedback"] == {"unsent": 5}


def test_versions_are_told_apart_and_targets_take_turns(serve: Serve, capsys: Capture) -> None:
    old, new = serve(), serve(error_rate=1)

    _, summary = generate(
        capsys, "--pods", f"127.0.0.1:{old.port}", f"127.0.0.1:{new.port}", "--rate", "500", "--max-requests", "40"
    )

    assert {version: tally["codes"] for version, tally in summary["versions"].items()} == {
        "7": {"200": 20},
        "8": {"500": 20},
    }


def test_the_same_run_gives_the_same_answers(serve: Serve, capsys: Capture) -> None:
    arguments = ("--rate", "500", "--max-requests", "60")
    runs = [generate(capsys, "--url", serve(quality=0.5, error_rate=0.2).url, *arguments)[1] for _ in range(2)]

    assert (runs[0]["codes"], runs[0]["wrong"]) == (runs[1]["codes"], runs[1]["wrong"])


def test_a_connection_may_be_kept_for_many_requests(serve: Serve, capsys: Capture) -> None:
    _, summary = generate(
        capsys, "--url", serve().url, "--rate", "500", "--max-requests", "60", "--requests-per-connection", "20"
    )

    assert summary["codes"] == {"200": 60}


def test_a_server_that_is_not_there_makes_exit_code_1_and_says_why(capsys: Capture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    code, summary = generate(capsys, "--url", f"http://127.0.0.1:{port}", "--rate", "500", "--max-requests", "5")

    assert code == 1
    assert summary["codes"] == {"none": 5}
    assert any("refused" in error for error in summary["errors"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rate", "1001"],
        ["--rate", "0"],
        ["--rate", "nan"],
        ["--duration", "3601"],
        ["--max-requests", "1000001"],
        ["--max-requests", "0"],
        ["--concurrency", "257"],
        ["--timeout", "121"],
        ["--pods", "127.0.0.1"],
    ],
)
def test_every_bound_is_hard(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--url", "http://127.0.0.1:9", *arguments])

    assert ended.value.code == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1",
        "http://10.0.0.1:8080",
        "http://[2001:db8::1]",
        "http://[::ffff:192.0.2.1]",
        "http://0.0.0.0",
        "http://169.254.169.254",
        "http://198.20.0.1",
        "https://127.0.0.1",
        "http://127.0.0.1/v1",
        "http://user@127.0.0.1",
        "http://127.0.0.1:99999",
        "127.0.0.1",
    ],
)
def test_load_is_not_sent_where_nobody_asked_for_it(url: str, capsys: Capture) -> None:
    assert main(["--url", url]) == 2
    assert "error: " in capsys.readouterr().err


def test_a_name_is_resolved_before_it_is_judged_and_every_address_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolve_to("127.0.0.1", "192.0.2.7"))

    with pytest.raises(TargetRefused, match=r"harmless\.test \(192\.0\.2\.7\).*--allow-target 192\.0\.2\.7"):
        from_url("http://harmless.test")


def test_the_address_that_was_judged_is_the_one_that_gets_the_load(
    monkeypatch: pytest.MonkeyPatch, serve: Serve, capsys: Capture
) -> None:
    running = serve()
    monkeypatch.setattr(socket, "getaddrinfo", resolve_to("127.0.0.1"))
    target = from_url(f"http://assistant.test:{running.port}")
    monkeypatch.undo()

    plan = Plan(targets=[target], rate=100, duration=5, max_requests=3, concurrency=1)
    load = Load(plan)
    load.run()

    assert target == Target("127.0.0.1", running.port, f"assistant.test:{running.port}")
    assert load.results.all.codes == {"200": 3}


def test_pods_have_a_default_port_and_the_sandboxs_networks_are_allowed() -> None:
    assert from_pod("198.18.0.7") == Target("198.18.0.7", 8080, "198.18.0.7:8080")
    assert from_pod("198.19.255.254:80").port == 80
    assert from_pod("::1") == Target("::1", 8080, "[::1]:8080")
    assert from_pod("[::1]:81").port == 81
    assert from_url("http://[::ffff:127.0.0.1]").address == "127.0.0.1"


def test_a_network_that_is_named_is_allowed_and_no_other() -> None:
    named = [ipaddress.ip_network("192.0.2.0/24")]

    assert from_pod("192.0.2.9", named).address == "192.0.2.9"
    with pytest.raises(TargetRefused):
        from_pod("198.51.100.9", named)
    with pytest.raises(SystemExit):
        main(["--pods", "127.0.0.1", "--allow-target", "everything"])


def test_percentiles_are_values_that_were_seen() -> None:
    assert percentiles([]) == {}
    assert percentiles([0.4, 0.1, 0.2, 0.3]) == {"p50": 0.2, "p90": 0.4, "p95": 0.4, "p99": 0.4, "max": 0.4}


def test_the_summary_names_versions_codes_and_what_went_wrong() -> None:
    results = Results()
    results.add(Outcome(code="200", seconds=0.002, version="1", right=True, feedback="up"))
    results.add(Outcome(code="200", seconds=0.004, version="2", right=False, feedback="down"))
    results.add(Outcome(code="none", seconds=10, error="TimeoutError: timed out", behind_seconds=2.5))

    text = render(results, elapsed=2.0)

    assert text.splitlines() == [
        "3 requests in 2.0 s (1.5/s)",
        "  all                3  200:2 none:1  wrong:1  down:1 up:1  p50 2 ms p90 4 ms p95 4 ms p99 4 ms max 4 ms",
        "  1                  1  200:1  wrong:0  up:1  p50 2 ms p90 2 ms p95 2 ms p99 2 ms max 2 ms",
        "  2                  1  200:1  wrong:1  down:1  p50 4 ms p90 4 ms p95 4 ms p99 4 ms max 4 ms",
        "  unknown            1  none:1  wrong:0",
        "behind schedule by up to 2.5 s: raise --concurrency, or lower --rate",
        "1 x TimeoutError: timed out",
    ]


def test_a_run_that_is_stopped_ends_before_its_time(serve: Serve) -> None:
    running = serve()
    plan = Plan(targets=[from_url(running.url)], rate=20, duration=600, max_requests=10_000, concurrency=4)
    load = Load(plan)
    thread = threading.Thread(target=load.run)
    thread.start()
    eventually(lambda: load.results.answered >= 3, within_seconds=10)

    load.stop()
    thread.join(10)

    assert not thread.is_alive()
    assert load.elapsed < 10


def test_ctrl_c_prints_the_summary_and_exits_with_130(serve: Serve) -> None:
    running = serve()
    command = (*INTERRUPTIBLE, sys.executable, "-m", "load_generator", "--url", running.url, "--rate", "50", "--json")
    child = subprocess.Popen(command, cwd=MODEL_SERVER, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ""})
    try:
        eventually(lambda: (running.metric("assistant_answers_total", grounded="true") or 0) >= 3, within_seconds=10)
        child.send_signal(signal.SIGINT)
        output, _ = child.communicate(timeout=20)
    finally:
        child.kill()
        child.communicate()

    assert child.returncode == 130
    assert json.loads(output)["count"] >= 3


def test_ctrl_c_while_the_threads_start_ends_the_run_as_well(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    load = Load(Plan(targets=[from_url(serve().url)], rate=1, duration=600, max_requests=600, concurrency=4))
    start, started = threading.Thread.start, list[threading.Thread]()

    def interrupted_at_the_third(thread: threading.Thread) -> None:
        if len(started) == 2:
            raise KeyboardInterrupt
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", interrupted_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        load.run()

    assert [thread.is_alive() for thread in started] == [False, False]
