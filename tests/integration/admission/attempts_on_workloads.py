"""To have other pods, or more of them, than a service's rollout decided on."""

from typing import Final

from harness.pods import Script, deployment
from integration.admission.attempt import Attempt, all_of, merge, strategic
from integration.admission.people import CONTROLLER_MANAGER, MALLORY, ROOT, controller
from integration.admission.served import (
    LABELS,
    REVISION,
    SERVICE,
    bound,
    owner,
    pod,
    replica_set,
)

CREATE: Final = ("create", "-f", "-")
OURS: Final = "is not the operator: what has, or selects, labels leadsman.dev/*"
MADE: Final = "belong to ReplicaSets that the deployment controller makes"
OF_PODS: Final = "belong to pods that the replicaset controller makes"
KEEPS: Final = "a pod of a revision keeps its labels and images"
COUNTED: Final = "the pods of each revision are counted by the rollout"
MINE: Final = {"containers": [{"name": "main", "image": "mine"}]}
IMAGE: Final = {"spec": MINE}
NO_OWNER: Final = {"metadata": {"ownerReferences": None}}
DEBUGGER: Final = {"spec": {"ephemeralContainers": [{"name": "debug", "image": "shell"}]}}
ANOTHER: Final = {"metadata": {"labels": {SERVICE: "chat"}}}

WORKLOADS: Final = (
    Attempt("a Deployment is restarted", MALLORY, ("rollout", "restart", "deployment/<revision>"), OURS),
    Attempt("a Deployment gets another image", MALLORY, ("set", "image", "deployment/<revision>", "main=mine"), OURS),
    Attempt(
        "a Deployment gets another image by the cluster's administrator",
        ROOT,
        ("set", "image", "deployment/<revision>", "main=mine"),
        OURS,
    ),
    Attempt("a Deployment is scaled", MALLORY, ("scale", "deployment/<revision>", "--replicas=0"), COUNTED),
    Attempt(
        "an autoscaler scales a Deployment",
        controller("horizontal-pod-autoscaler"),
        ("scale", "deployment/<revision>", "--replicas=9"),
        COUNTED,
    ),
    Attempt(
        "a Deployment gets another number of pods",
        MALLORY,
        merge("deployment", "<revision>", {"spec": {"replicas": 9}}),
        OURS,
    ),
    Attempt("a Deployment is paused", MALLORY, ("rollout", "pause", "deployment/<revision>"), OURS),
    Attempt("a Deployment loses its label", MALLORY, ("label", "deployment", "<revision>", f"{SERVICE}-"), OURS),
    Attempt("a Deployment loses its owner", MALLORY, merge("deployment", "<revision>", NO_OWNER), OURS),
    Attempt(
        "a Deployment is said to be ready",
        MALLORY,
        merge("deployment", "<revision>", {"status": {"replicas": 9, "readyReplicas": 9}}, "--subresource=status"),
        OURS,
    ),
    Attempt(
        "a Deployment loses what Leadsman wrote onto it, by way of its status",
        MALLORY,
        merge(
            "deployment",
            "<revision>",
            {"metadata": {"annotations": {"leadsman.dev/applied": "mine"}}},
            "--subresource=status",
        ),
        OURS,
    ),
    Attempt("a Deployment is deleted", MALLORY, ("delete", "deployment", "<revision>"), OURS),
    Attempt("all Deployments are deleted at once", MALLORY, all_of("deployments", "apps/v1"), OURS),
    Attempt(
        "a Deployment whose pods would be taken for a revision's",
        MALLORY,
        CREATE,
        OURS,
        deployment("attempt", Script(labels=LABELS)),
    ),
    Attempt(
        "somebody's Deployment gets such pods",
        MALLORY,
        merge("deployment", "stranger", {"spec": {"template": ANOTHER}}),
        OURS,
    ),
    Attempt("a ReplicaSet with the labels of a revision", MALLORY, CREATE, MADE, replica_set("<revision>-attempt")),
    Attempt(
        "a ReplicaSet that names the Deployment as its owner",
        MALLORY,
        CREATE,
        MADE,
        replica_set("<revision>-attempt", **owner("Deployment", "<revision>")),
    ),
    Attempt(
        "the deployment controller makes such a ReplicaSet for another Deployment",
        controller("deployment-controller"),
        CREATE,
        MADE,
        replica_set("stranger-attempt", **owner("Deployment", "stranger")),
    ),
    Attempt("a ReplicaSet gets another image", MALLORY, ("set", "image", "rs/<replicaset>", "main=mine"), MADE),
    Attempt("a ReplicaSet is scaled", MALLORY, ("scale", "rs/<replicaset>", "--replicas=0"), COUNTED),
    Attempt("a ReplicaSet loses its label", MALLORY, ("label", "rs", "<replicaset>", f"{REVISION}-"), MADE),
    Attempt("a ReplicaSet loses its owner", MALLORY, merge("rs", "<replicaset>", NO_OWNER), MADE),
    Attempt(
        "a ReplicaSet is deleted, its pods left behind",
        MALLORY,
        ("delete", "rs", "<replicaset>", "--cascade=orphan"),
        MADE,
    ),
)

PODS: Final = (
    Attempt("a pod with the labels of a revision", MALLORY, CREATE, OF_PODS, pod("attempt")),
    Attempt(
        "a pod that only says that it is of the service",
        MALLORY,
        CREATE,
        OF_PODS,
        pod("attempt", labels={SERVICE: "chat"}),
    ),
    Attempt(
        "a pod that names the ReplicaSet as its owner",
        MALLORY,
        CREATE,
        OF_PODS,
        pod("attempt", **owner("ReplicaSet", "<replicaset>")),
    ),
    Attempt(
        "a StatefulSet makes such a pod",
        controller("statefulset-controller"),
        CREATE,
        OF_PODS,
        pod("attempt", **owner("StatefulSet", "<replicaset>")),
    ),
    Attempt(
        "a DaemonSet makes such a pod, where controllers have no accounts of their own",
        CONTROLLER_MANAGER,
        CREATE,
        OF_PODS,
        pod("attempt", **owner("DaemonSet", "<replicaset>")),
    ),
    Attempt(
        "a pod of evaluations that takes traffic",
        MALLORY,
        CREATE,
        "belongs to pods of the Job",
        pod("attempt", labels={**LABELS, "leadsman.dev/run": "attempt"}),
    ),
    Attempt("a pod of a revision gets another image", MALLORY, strategic("pod", "<pod>", IMAGE), KEEPS),
    Attempt(
        "a pod of a revision gets another image by the cluster's administrator",
        ROOT,
        strategic("pod", "<pod>", IMAGE),
        KEEPS,
    ),
    Attempt("a pod of a revision leaves the traffic", MALLORY, ("label", "pod", "<pod>", f"{SERVICE}-"), KEEPS),
    Attempt(
        "a pod of a revision gets a label, so that a Service selects it",
        MALLORY,
        ("label", "pod", "<pod>", "app=mine"),
        KEEPS,
    ),
    Attempt(
        "a pod of a revision gets another revision's label, by way of its status",
        MALLORY,
        merge("pod", "<pod>", {"metadata": {"labels": {REVISION: "chat-0123456789"}}}, "--subresource=status"),
        KEEPS,
    ),
    Attempt(
        "somebody's pod gets the label of a service",
        MALLORY,
        ("label", "pod", "-l", "app=stranger", f"{SERVICE}=chat"),
        KEEPS,
    ),
    Attempt(
        "somebody's pod gets the labels of a revision, by way of its node",
        MALLORY,
        ("create", "--raw", "/api/v1/namespaces/<namespace>/pods/unbound/binding", "-f", "-"),
        "a Binding would give labels",
        bound("unbound", LABELS),
    ),
    Attempt(
        "a pod of a revision gets an ephemeral container",
        MALLORY,
        strategic("pod", "<pod>", DEBUGGER, "--subresource=ephemeralcontainers"),
        "a pod of a revision gets no further containers",
    ),
    Attempt(
        "a pod of a revision gets an ephemeral container by the cluster's administrator",
        ROOT,
        strategic("pod", "<pod>", DEBUGGER, "--subresource=ephemeralcontainers"),
        "a pod of a revision gets no further containers",
    ),
    Attempt(
        "a pod of a revision loses its owner, to stay when the revision goes",
        MALLORY,
        merge("pod", "<pod>", NO_OWNER),
        "a pod of a revision keeps its owner",
    ),
    Attempt(
        "a pod of a revision gets a finalizer",
        MALLORY,
        merge("pod", "<pod>", {"metadata": {"finalizers": ["example.com/never"]}}),
        "a pod of a revision keeps its owner",
    ),
)
