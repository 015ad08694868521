"""`leadsman eval` on a real API server: what CI hands in, and what people read of it."""

import json
from typing import Any

import pytest
import yaml

from harness.cluster import Object
from harness.evaluations import AT_LEAST
from harness.judged_runs import ASKED, GOOD, NEW, RUN, SUITE, SUITE_DIGEST, of, run, verdict
from harness.manifests import ROOT
from harness.revisions import revision
from harness.user import Operator, User
from leadsman.evals.kept import held_digest, keep, to_config_map
from leadsman.evals.normal import Results

pytestmark = pytest.mark.integration

RESULTS = str(ROOT / "tests/golden/evals/lm_eval/full")
PARTIAL = str(ROOT / "tests/golden/evals/lm_eval/limited")
QA: dict[str, Any] = {**AT_LEAST, "metric": "support_qa/acc,none", "min": "0.1"}
SUBMIT = ("eval", "submit", "--service", "assistant", "--revision", NEW, "--suite", SUITE)


def evalsuite(**spec: Any) -> Object:
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "EvalSuite",
        "metadata": {"name": SUITE},
        "spec": {"runner": {"external": {}}, "results": {"format": "LMEval"}, "criteria": [QA], **spec},
    }


def evaluated(operator: Operator, name: str, found: Results, **spec: Any) -> None:
    """A run of Leadsman's, with its samples kept."""
    held = to_config_map(keep(found))
    operator.space.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{name}-kept"}, **held})
    outcomes = {"configMap": f"{name}-kept", "digest": held_digest(held)}
    operator.evaluate(run(name, spec=spec, **verdict(found), outcomes=outcomes))


def test_runs_are_listed_newest_first_and_shown_in_full(user: User, operator: Operator) -> None:
    operator.evaluate(run(**verdict(of(434))))
    operator.evaluate(run(f"{NEW}-{SUITE}-2", state="Errored", message="out of memory: evaluate"))

    of_service = user.run("eval", "list", "assistant").stdout.splitlines()
    wide = user.run("eval", "list", "-o", "wide").stdout
    shown = user.run("eval", "show", RUN, code=3).stdout
    errored = user.run("eval", "show", f"{NEW}-{SUITE}-2", code=3).stdout

    assert {line.split()[0] for line in of_service[1:]} == {RUN, f"{NEW}-{SUITE}-2"}
    assert "out of memory: evaluate" in wide
    assert f"✖ {user.space.name}/{RUN}  Failed" in shown
    assert "no-worse: acc 0.868, 0.052 worse than" in shown
    assert "✖" in errored
    assert json.loads(user.run("eval", "list", "-o", "json").stdout)["items"][0]["kind"] == "EvalRun"
    assert yaml.safe_load(user.run("eval", "show", RUN, "-o", "yaml", code=3).stdout)["metadata"]["name"] == RUN


def test_what_is_not_there_says_what_is(user: User, operator: Operator) -> None:
    operator.evaluate(run())

    assert f"did you mean {RUN}?" in user.run("eval", "show", RUN[:-1], code=4).stderr
    assert "there is no EvalRun or EvalSuite nothing" in user.run("eval", "explain", "nothing", code=4).stderr
    assert "did you mean assistant?" in user.run("eval", "list", "asistant", code=4).stderr
    user.run("eval", "show", RUN, code=2)


def test_a_run_and_its_suite_are_explained(user: User, operator: Operator) -> None:
    operator.look_at(evalsuite(criteria=ASKED.to_dict()["criteria"], minSamples=100), SUITE_DIGEST)
    operator.evaluate(run(**verdict(of(435))))

    of_run = user.run("eval", "explain", RUN).stdout
    of_suite = user.run("eval", "explain", SUITE, "--samples", "2000").stdout

    assert "next  evaluate 392 more samples, 892 in all" in of_run
    assert "with 500 samples passes at 0.878 or better" in of_run
    assert "IF THE TRUTH IS, AT N=2000" in of_suite


def test_two_runs_are_compared_item_by_item_by_what_was_kept(user: User, operator: Operator) -> None:
    first = f"{GOOD}-{SUITE}-1"
    serving = {"name": GOOD, "digest": "sha256:" + "7c" * 32}
    other = {"name": "assistant-0000000000", "digest": "sha256:" + "00" * 32}
    evaluated(operator, first, of(460), revision=serving, baseline=other)
    evaluated(operator, RUN, of(470))

    text = user.run("eval", "compare", first, RUN).stdout
    data = json.loads(user.run("eval", "compare", first, RUN, "-o", "json").stdout)
    operator.space.kubectl("patch", "configmap", f"{RUN}-kept", "--patch", '{"data": {"figures.json": "{}"}}')
    altered = user.run("eval", "compare", first, RUN).stdout

    acc = next(one for one in data["metrics"] if one["metric"] == "acc")
    assert acc["difference"] == pytest.approx(0.02)
    assert acc["lower"] > 0
    assert "500 pairs, 10 better and 0 worse" in text
    assert "was changed since it was written" in altered


def test_ci_hands_in_results_and_waits_for_the_verdict(user: User, operator: Operator) -> None:
    operator.record(revision(NEW, 12))
    operator.look_at(evalsuite(), SUITE_DIGEST)

    dry = yaml.safe_load(user.run(*SUBMIT, RESULTS, "--dry-run").stdout)
    process = user.start(*SUBMIT, RESULTS, "--wait", "--timeout", "60s")
    made = operator.space.wait("EvalRun", RUN, lambda _: True)
    operator.judge(RUN, verdict(of(470)))
    said, _ = process.communicate(timeout=60)

    assert dry["spec"] == made["spec"]
    assert dry["metadata"]["name"] == RUN
    assert made["spec"]["suite"] == {"name": SUITE, "digest": SUITE_DIGEST}
    assert process.returncode == 0
    assert "Passed" in said
    user.run(*SUBMIT, RESULTS)
    assert operator.space.get("evalrun", f"{NEW}-{SUITE}-2")["spec"]["source"] == "Submitted"
    user.run(*SUBMIT, RESULTS, "--wait", "--timeout", "1s", code=2)


def test_what_would_not_count_is_refused_before_it_is_submitted(user: User, operator: Operator) -> None:
    operator.record(revision(NEW, 12))
    operator.space.apply(evalsuite())
    unseen = user.run(*SUBMIT, RESULTS, code=1).stderr
    operator.look_at(evalsuite(), SUITE_DIGEST)
    partial = user.run(*SUBMIT, PARTIAL, code=1).stderr
    template = {"spec": {"containers": [{"name": "evaluate", "image": "simulated"}]}}
    operator.look_at(evalsuite(runner={"job": {"template": template}}), SUITE_DIGEST)
    job = user.run(*SUBMIT, RESULTS, code=1).stderr

    assert "its digest is unknown" in unseen
    assert "these results prove nothing" in partial
    assert "results that are submitted for it don't count" in job
    assert operator.space.list("evalruns") == []
