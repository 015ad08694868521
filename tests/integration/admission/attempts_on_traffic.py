"""To have other addresses behind a service, other callers, or other words in its prompts."""

from typing import Final

from integration.admission.attempt import Attempt, merge
from integration.admission.attempts_on_workloads import CREATE, NO_OWNER, OURS
from integration.admission.people import MALLORY
from integration.admission.served import ELSEWHERE, LABELS, REVISION, SERVICE, service, slice_

COPIED: Final = "are copies of inputs"
FOLLOW: Final = "follow from the pods that are ready"
SELECTS: Final = {"spec": {"selector": {"app": "mine"}}}
FORGED: Final = {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}

TRAFFIC: Final = (
    Attempt("a Service selects somebody's pods instead", MALLORY, merge("service", "chat", SELECTS), OURS),
    Attempt(
        "a Service selects all revisions",
        MALLORY,
        merge("service", "chat", {"spec": {"selector": {REVISION: None}}}),
        OURS,
    ),
    Attempt(
        "a Service loses its label, by way of its status",
        MALLORY,
        merge("service", "chat", {"metadata": {"labels": {SERVICE: None}}}, "--subresource=status"),
        OURS,
    ),
    Attempt("a Service is deleted", MALLORY, ("delete", "service", "chat"), OURS),
    Attempt(
        "a Service that says it is of the service",
        MALLORY,
        CREATE,
        OURS,
        service("attempt", {"app": "mine"}, labels={SERVICE: "chat"}),
    ),
    Attempt("a Service that selects a revision", MALLORY, CREATE, OURS, service("attempt", LABELS)),
    Attempt(
        "an EndpointSlice with an address from elsewhere",
        MALLORY,
        CREATE,
        "belongs to the AIService chat",
        slice_("chat"),
    ),
    Attempt(
        "an EndpointSlice of the preview with an address from elsewhere",
        MALLORY,
        CREATE,
        "belongs to the AIService chat",
        slice_("chat-preview"),
    ),
    Attempt(
        "an EndpointSlice that says the controller manages it",
        MALLORY,
        CREATE,
        "belongs to the AIService chat",
        slice_("chat", **FORGED),
    ),
    Attempt(
        "an EndpointSlice with the labels of the service", MALLORY, CREATE, FOLLOW, slice_("mine", **{SERVICE: "chat"})
    ),
    Attempt(
        "somebody's EndpointSlice is turned to the service",
        MALLORY,
        ("label", "endpointslice", "strangers", "kubernetes.io/service-name=chat", "--overwrite"),
        "belongs to the AIService chat",
    ),
    Attempt(
        "the service's EndpointSlice gets an address from elsewhere",
        MALLORY,
        merge("endpointslice", "<slice>", {"endpoints": [ELSEWHERE]}),
        FOLLOW,
    ),
    Attempt("the service's EndpointSlice is deleted", MALLORY, ("delete", "endpointslice", "<slice>"), FOLLOW),
    Attempt(
        "the service's Endpoints get an address from elsewhere",
        MALLORY,
        merge("endpoints", "chat", {"subsets": [{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 8080}]}]}),
        FOLLOW,
    ),
)

OTHERS: Final = (
    Attempt("a copy of an input is deleted", MALLORY, ("delete", "configmap", "<copy>"), COPIED),
    Attempt("a copy of an input loses its label", MALLORY, ("label", "configmap", "<copy>", f"{REVISION}-"), COPIED),
    Attempt("a copy of an input loses its owner", MALLORY, merge("configmap", "<copy>", NO_OWNER), COPIED),
    Attempt(
        "a copy of an input gets other words",
        MALLORY,
        merge("configmap", "<copy>", {"data": {"system": "Be rude."}}),
        "immutable",
        by="is invalid",
    ),
    Attempt(
        "a ConfigMap that says it is a copy",
        MALLORY,
        CREATE,
        COPIED,
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "attempt", "labels": LABELS}},
    ),
    Attempt("everybody may call", MALLORY, merge("networkpolicy", "chat", {"spec": {"ingress": [{}]}}), OURS),
    Attempt("the NetworkPolicy is deleted", MALLORY, ("delete", "networkpolicy", "chat"), OURS),
    Attempt(
        "a service's own risk budget is made larger",
        MALLORY,
        merge("riskbudget", "chat", {"spec": {"channels": [{"name": "unmonitored", "minutes": 9000}]}}),
        OURS,
    ),
    Attempt("a service's own risk budget is deleted", MALLORY, ("delete", "riskbudget", "chat"), OURS),
    Attempt(
        "a risk budget is said to be healthy",
        MALLORY,
        merge("riskbudget", "chat", {"status": {"state": "Healthy"}}, "--subresource=status"),
        "is not the operator: status says what it saw",
    ),
    Attempt(
        "all pods may be evicted at once", MALLORY, merge("pdb", "chat", {"spec": {"maxUnavailable": "100%"}}), OURS
    ),
)
