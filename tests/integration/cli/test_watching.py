"""`leadsman status --watch` and `--until`, as people and pipelines use them."""

import json
import signal
import subprocess

import pytest

from harness.moments import MOMENTS, NEW
from harness.pods import Script
from harness.user import Operator, User

pytestmark = pytest.mark.integration


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().rstrip()


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Not by `communicate`, which knows nothing of what was read ahead of the last line."""
    assert process.stdout
    assert process.stderr
    with process:
        output, errors = process.stdout.read(), process.stderr.read()
    return process.returncode, output, errors


def test_a_pipeline_waits_for_the_promotion_and_reads_what_happened_line_by_line(
    user: User, operator: Operator
) -> None:
    operator.say(MOMENTS["rolling out"])
    pipeline = user.start("status", "assistant", "--until", "Promoted", "--timeout", "2m")

    assert "RollingOut" in line(pipeline)
    operator.say(MOMENTS["baking"])
    assert "Baking" in line(pipeline)
    operator.say(MOMENTS["promoted"])
    assert "Promoted" in line(pipeline)

    code, output, _ = end(pipeline)
    assert code == 0
    assert "✔" in output.splitlines()[0]


def test_a_pipeline_that_waits_for_a_promotion_fails_as_soon_as_it_is_rolled_back(
    user: User, operator: Operator
) -> None:
    operator.say(MOMENTS["rolling out"])
    pipeline = user.start("status", "assistant", "--until", "Promoted", "--timeout", "2m")
    line(pipeline)

    operator.say(MOMENTS["rolled back"])

    code, output, _ = end(pipeline)
    assert code == 3
    assert "errors 0.081 > 0.02, n=1240" in output


def test_a_pipeline_that_waits_for_whatever_ends_it_returns_when_people_have_to_act(
    user: User, operator: Operator
) -> None:
    operator.say(MOMENTS["gates running"])
    pipeline = user.start("status", "assistant", "--until", "Settled", "--timeout", "2m", "-o", "json")
    assert json.loads(line(pipeline))["standing"] == "UnderWay"

    operator.say(MOMENTS["awaiting approval"])

    code, output, _ = end(pipeline)
    assert code == 2
    assert json.loads(output)["blockers"][0]["type"] == "Approval"


def test_what_is_there_already_is_not_waited_for(user: User, operator: Operator) -> None:
    operator.say(MOMENTS["promoted"])

    user.run("status", "assistant", "--until", "Ready", "--timeout", "2m", code=0)


def test_a_timeout_says_that_it_is_not_there_yet_also_where_it_is_ready_but_not_promoted(
    user: User, operator: Operator
) -> None:
    operator.say(MOMENTS["baking"])

    assert "Baking" in user.run("status", "assistant", "--until", "Promoted", "--timeout", "1s", code=2).stdout


def test_a_crash_of_a_pod_is_seen_while_it_is_watched(user: User, operator: Operator) -> None:
    operator.say(MOMENTS["promoted"])
    watch = user.start("status", "assistant", "--watch", "-o", "json")
    assert json.loads(line(watch))["revisions"][0].get("deployment") is None

    operator.run_pods(NEW, 1, Script(outcome="Crash"))

    reasons: set[str] = set()
    while "CrashLoopBackOff" not in reasons:
        deployment = json.loads(line(watch))["revisions"][0].get("deployment") or {}
        reasons |= {pod["reason"] for pod in deployment.get("pods", [])}
    watch.send_signal(signal.SIGINT)
    assert end(watch)[0] == 130


def test_a_service_that_is_deleted_ends_the_watch(user: User, operator: Operator) -> None:
    operator.say(MOMENTS["promoted"])
    watch = user.start("status", "assistant", "--watch")
    line(watch)

    operator.space.kubectl("delete", "aiservice", "assistant")

    code, _, errors = end(watch)
    assert code == 4
    assert "there is no AIService assistant" in errors


def test_a_service_that_is_not_there_is_not_waited_for(user: User) -> None:
    user.run("status", "nobody", "--until", "Ready", "--timeout", "2m", code=4)
