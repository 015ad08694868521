"""A namespace in the middle of its life: a revision with its record, results, a decision, an evaluation that runs."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.cluster import Object, Space
from harness.gates import suite
from harness.guards import decision
from harness.manifests import EXAMPLES
from harness.pods import Script, job
from harness.services import ai_service
from harness.waiting import eventually

REVISION: Final = "chat-9b2e41c07d"
JOB: Final = "chat-9b2e41c07d-1a2b3"
RUN: Final = "measured"


@dataclass(frozen=True)
class Scene:
    space: Space
    names: Mapping[str, str]
    """What kubectl's words call `<pod>` and the like, which only the API server could name."""

    @property
    def pod(self) -> str:
        return self.names["pod"]


def set_up(space: Space) -> Scene:
    """As the operator, who is the cluster's administrator here."""
    space.apply(
        ai_service("chat", "1"), suite(), revision(), run(RUN), run("submitted", submitted=True), decision("Pause")
    )
    uid = space.get("evalrun", RUN)["metadata"]["uid"]
    space.apply(evaluation(uid), outcomes(RUN, uid), pod("stranger", label=""))
    pods = eventually(lambda: space.list("pods", selector="leadsman.dev/run"))
    return Scene(space, {"pod": pods[0]["metadata"]["name"]})


def revision(name: str = REVISION) -> Object:
    made = copy.deepcopy(EXAMPLES["airevision"])
    labels = {"leadsman.dev/service": "chat", "leadsman.dev/verdict": "Rejected"}
    return made | {"metadata": {"name": name, "labels": labels}}


def run(name: str, *, submitted: bool = False, **metadata: object) -> Object:
    """As somebody creates it, without saying who."""
    made = copy.deepcopy(EXAMPLES["evalrun"])
    made["metadata"] = {"name": name, **metadata}
    spec = made["spec"] | {"service": "chat", "source": "Submitted" if submitted else "Job"}
    left_out = {"submittedBy"} if submitted else {"submittedBy", "results"}
    made["spec"] = {key: value for key, value in spec.items() if key not in left_out}
    return made


def evaluation(run_uid: str = "", name: str = JOB, **spec: object) -> Object:
    """Its Job. Without an owner it is the work of somebody who does not know better."""
    made = job(name, Script(outcome="NeverReady", labels={"leadsman.dev/run": name}))
    made["metadata"]["labels"] = {"leadsman.dev/run": name}
    if run_uid:
        made["metadata"]["ownerReferences"] = [owner(run_uid)]
    made["spec"].update(spec)
    return made


def outcomes(run_name: str, run_uid: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"{run_name}-outcomes", "ownerReferences": [owner(run_uid, run_name)]},
        "immutable": True,
        "data": {"figures.json": "{}"},
    }


def owner(run_uid: str, run_name: str = RUN) -> Object:
    return {"apiVersion": "leadsman.dev/v1alpha1", "kind": "EvalRun", "name": run_name, "uid": run_uid}


def pod(name: str, of_job: str = "", label: str = JOB) -> Object:
    """That says it is of an evaluation."""
    owners = [{"apiVersion": "batch/v1", "kind": "Job", "name": of_job, "uid": "1", "controller": True}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": {"leadsman.dev/run": label} if label else {},
            "ownerReferences": owners if of_job else [],
        },
        "spec": {"containers": [{"name": "main", "image": "simulated"}]},
    }
