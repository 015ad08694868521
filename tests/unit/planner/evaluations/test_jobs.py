"""The Job of an evaluation: what the suite's author wrote, and the collector beside it."""

import copy
from typing import Any

from harness.laboratory import JOB
from harness.runs import NEW, OLD, run, suite
from leadsman.api.meta import RevisionReference
from leadsman.planner.evaluations.jobs import Addresses, job_name, render_job

QA = suite()
BOTH = Addresses(candidate="http://10.0.0.7:80", baseline="http://10.0.0.1:80")


def job(
    template: dict[str, Any] | None = None, *, path: str = "/results", addresses: Addresses = BOTH
) -> dict[str, Any]:
    asked = copy.deepcopy(JOB)
    asked["results"]["path"] = path
    if template is not None:
        asked["runner"]["job"]["template"] = template
    by = suite(asked)
    assert by.spec is not None
    return render_job(run(NEW, by), by.spec, 1, addresses, "leadsman:1")


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one.get("value", "") for one in container["env"]}


def test_it_has_one_pod_that_is_tried_once_and_goes_with_its_run() -> None:
    made = job()

    assert made["spec"]["backoffLimit"] == 0
    assert made["spec"]["activeDeadlineSeconds"] == 3660
    assert made["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    [owner] = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["controller"]) == ("EvalRun", "run", True)


def test_the_collector_starts_first_and_only_reads() -> None:
    collector, *others = job()["spec"]["template"]["spec"]["initContainers"]

    assert (collector["name"], collector["restartPolicy"], others) == ("leadsman-collector", "Always", [])
    assert collector["args"] == ["--format=LMEval", "--path=/results"]
    assert collector["volumeMounts"] == [{"name": "leadsman-results", "mountPath": "/results", "readOnly": True}]


def test_the_evaluation_is_told_whom_to_ask_and_what_its_author_wrote_stays() -> None:
    mine = {"name": "LEADSMAN_REVISION", "value": "mine"}
    template = {"spec": {"containers": [{"name": "qa", "image": "qa:1", "env": [mine]}]}}

    [container] = job(template)["spec"]["template"]["spec"]["containers"]

    told = environment(container)
    assert told["LEADSMAN_REVISION"] == "mine"
    assert told["LEADSMAN_CANDIDATE_URL"] == "http://10.0.0.7:80"
    assert told["LEADSMAN_BASELINE_URL"] == "http://10.0.0.1:80"
    assert told["LEADSMAN_RESULTS"] == "/results"
    assert template == {"spec": {"containers": [{"name": "qa", "image": "qa:1", "env": [mine]}]}}


def test_without_a_serving_revision_that_can_be_told_apart_there_is_no_address_of_it() -> None:
    [container] = job(addresses=Addresses(candidate="http://10.0.0.7:80"))["spec"]["template"]["spec"]["containers"]

    assert "LEADSMAN_BASELINE_URL" not in environment(container)


def test_what_looks_like_a_file_is_left_in_its_folder() -> None:
    [container] = job(path="/out/report.json")["spec"]["template"]["spec"]["containers"]

    assert container["volumeMounts"] == [{"name": "leadsman-results", "mountPath": "/out"}]


def test_its_pods_are_selected_by_no_service_whatever_labels_they_bring() -> None:
    labels = {"leadsman.dev/service": "bot", "kueue.x-k8s.io/queue-name": "gpu", "app": "qa"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "qa", "image": "qa:1"}]}}

    made = job(template)

    assert made["spec"]["template"]["metadata"]["labels"]["leadsman.dev/service"] == "evaluation.leadsman.dev"
    assert made["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "gpu"
    assert "app" not in made["metadata"]["labels"]


def test_its_name_fits_into_a_label_and_differs_for_each_try_and_run() -> None:
    longest = RevisionReference(name=f"{'s' * 46}-2222222222", digest=NEW.digest)
    names = {job_name(run(longest, QA), 1), job_name(run(longest, QA), 2), job_name(run(OLD, QA), 1)}

    assert len(names) == 3
    assert max(map(len, names)) == 63
