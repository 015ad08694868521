"""To be measured by somebody else, or by oneself; to lose a bad measurement."""

from typing import Final

from harness.pods import Script, job
from integration.admission.attempt import Attempt, merge, strategic
from integration.admission.people import CONTROLLER_MANAGER, MALLORY, ROOT, controller
from integration.admission.scene import JOB, RUN, evaluation, outcomes, pod

CREATE: Final = ("create", "-f", "-")
OUTCOMES: Final = f"{RUN}-outcomes"
DEBUGGER: Final = {"spec": {"ephemeralContainers": [{"name": "debug", "image": "shell"}]}}
DONE: Final = {
    "status": {
        "active": 0,
        "ready": 0,
        "succeeded": 1,
        "completionTime": "2099-01-01T00:00:00Z",
        "conditions": [{"type": "SuccessCriteriaMet", "status": "True"}, {"type": "Complete", "status": "True"}],
    }
}
INNOCENT: Final = job("innocent", Script(labels={"leadsman.dev/run": JOB}))
"""A Job whose pods only say that they are of the evaluation."""

JOBS: Final = (
    Attempt("a Job that says it is of an evaluation", MALLORY, CREATE, "are evaluations", evaluation("", "attempt")),
    Attempt("a Job whose pods say that they are of an evaluation", MALLORY, CREATE, "are evaluations", INNOCENT),
    Attempt(
        "a CronJob makes such a Job",
        controller("cronjob-controller"),
        CREATE,
        "are evaluations",
        evaluation("", "attempt"),
    ),
    Attempt(
        "a CronJob makes such a Job, where controllers have no accounts of their own",
        CONTROLLER_MANAGER,
        CREATE,
        "are evaluations",
        evaluation("", "attempt"),
    ),
    Attempt("an evaluation's Job is ended", MALLORY, ("delete", "job", JOB), "are evaluations"),
    Attempt(
        "an evaluation's Job loses its label", MALLORY, ("label", "job", JOB, "leadsman.dev/run-"), "are evaluations"
    ),
    Attempt(
        "an evaluation's Job is taken for another try",
        MALLORY,
        ("annotate", "job", JOB, "leadsman.dev/number=2"),
        "are evaluations",
    ),
    Attempt(
        "an evaluation's Job is suspended", MALLORY, merge("job", JOB, {"spec": {"suspend": True}}), "are evaluations"
    ),
    Attempt(
        "an evaluation's Job is to disappear when it is over",
        MALLORY,
        merge("job", JOB, {"spec": {"ttlSecondsAfterFinished": 0}}),
        "are evaluations",
    ),
    Attempt(
        "an evaluation's Job gets another owner",
        MALLORY,
        merge("job", JOB, {"metadata": {"ownerReferences": None}}),
        "are evaluations",
    ),
    Attempt(
        "an evaluation's Job is said to be complete",
        MALLORY,
        strategic("job", JOB, DONE, "--subresource=status"),
        "are evaluations",
    ),
)

PODS_OF_JOBS: Final = (
    Attempt("a pod that says it is of an evaluation", MALLORY, CREATE, "belongs to pods of the Job", pod("attempt")),
    Attempt(
        "a pod that says it is of an evaluation, and names the Job as its owner",
        MALLORY,
        CREATE,
        "belongs to pods of the Job",
        pod("attempt", JOB),
    ),
    Attempt(
        "the job controller makes such a pod for another Job",
        controller("job-controller"),
        CREATE,
        "belongs to pods of the Job",
        pod("attempt", "innocent"),
    ),
    Attempt(
        "a Deployment makes such a pod, where controllers have no accounts of their own",
        CONTROLLER_MANAGER,
        CREATE,
        "belongs to pods of the Job",
        pod("attempt"),
    ),
    Attempt(
        "the pod of an evaluation gets another image",
        MALLORY,
        strategic("pod", "<pod>", {"spec": {"containers": [{"name": "main", "image": "mine"}]}}),
        "keeps its labels, images and deadline",
    ),
    Attempt(
        "the pod of an evaluation gets another image by the cluster's administrator",
        ROOT,
        strategic("pod", "<pod>", {"spec": {"containers": [{"name": "main", "image": "mine"}]}}),
        "keeps its labels, images and deadline",
    ),
    Attempt(
        "the pod of an evaluation loses its label",
        MALLORY,
        ("label", "pod", "<pod>", "leadsman.dev/run-"),
        "keeps its labels, images and deadline",
    ),
    Attempt(
        "the pod of an evaluation gets a label, so that a Service selects it",
        MALLORY,
        ("label", "pod", "<pod>", "app=chat"),
        "keeps its labels, images and deadline",
    ),
    Attempt(
        "the pod of an evaluation gets a label, by way of its status",
        MALLORY,
        merge("pod", "<pod>", {"metadata": {"labels": {"app": "chat"}}}, "--subresource=status"),
        "keeps its labels, images and deadline",
    ),
    Attempt(
        "the pod of an evaluation gets a deadline",
        MALLORY,
        merge("pod", "<pod>", {"spec": {"activeDeadlineSeconds": 1}}),
        "keeps its labels, images and deadline",
    ),
    Attempt(
        "the pod of an evaluation gets another owner",
        MALLORY,
        merge("pod", "<pod>", {"metadata": {"ownerReferences": None}}),
        "keeps its owner",
    ),
    Attempt(
        "the pod of an evaluation gets an ephemeral container",
        MALLORY,
        strategic("pod", "<pod>", DEBUGGER, "--subresource=ephemeralcontainers"),
        "gets no further containers",
    ),
    Attempt(
        "the pod of an evaluation gets an ephemeral container by the cluster's administrator",
        ROOT,
        strategic("pod", "<pod>", DEBUGGER, "--subresource=ephemeralcontainers"),
        "gets no further containers",
    ),
    Attempt(
        "the pod of an evaluation is deleted",
        MALLORY,
        ("delete", "pod", "<pod>", "--wait=false"),
        "stays until its results are read",
    ),
    Attempt(
        "a shell in the pod of an evaluation",
        MALLORY,
        ("exec", "<pod>", "--", "sh", "-c", "echo 1 > /results/results.json"),
        "has the name of an evaluation",
    ),
    Attempt(
        "a terminal of the pod of an evaluation",
        MALLORY,
        ("attach", "<pod>", "--stdin"),
        "has the name of an evaluation",
    ),
    Attempt(
        "a stranger's pod gets the label of an evaluation",
        MALLORY,
        ("label", "pod", "stranger", f"leadsman.dev/run={JOB}"),
        "keeps its labels, images and deadline",
    ),
)

KEPT: Final = (
    Attempt("outcomes are deleted", MALLORY, ("delete", "configmap", OUTCOMES), "is evidence"),
    Attempt(
        "outcomes are forged",
        MALLORY,
        CREATE,
        "is evidence",
        outcomes("another", "6f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f"),
    ),
    Attempt(
        "outcomes lose the run that they are of",
        MALLORY,
        merge("configmap", OUTCOMES, {"metadata": {"ownerReferences": None}}),
        "is evidence",
    ),
    Attempt(
        "outcomes are rewritten",
        MALLORY,
        merge("configmap", OUTCOMES, {"data": {"figures.json": "[]"}}),
        "immutable",
        by="is invalid",
    ),
)
