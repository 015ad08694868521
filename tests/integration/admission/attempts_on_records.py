"""To say something in another's name, or without the right to; to change what was; to make it disappear."""

from typing import Final, get_args

from harness.cluster import Object
from harness.gates import SUITE
from harness.guards import decision
from integration.admission.attempt import SCHEMA, Attempt, all_of, merge
from integration.admission.people import ALICE, CAROL, DAVE, ERIN, MALLORY, OLIVIA, ROOT, WANDA
from integration.admission.scene import REVISION, RUN, revision, run
from leadsman.api.v1alpha1.aidecision import Decision

CREATE: Final = ("create", "-f", "-")
FAR: Final = "2099-01-01T00:00:00Z"
PAST: Final = "2020-01-01T00:00:00Z"
OWNED: Final = {
    "metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "mine", "uid": "1"}]}
}
HELD: Final = {"metadata": {"finalizers": ["example.com/never"]}}
PASSED: Final = {"status": {"state": "Finished", "verdict": "Passed"}}


def valid(kind: str) -> Object:
    """A decision of this kind, whoever makes it."""
    more: Object = {
        "Revoke": {"revokes": "signed"},
        "Waive": {"scope": ["quality"], "expiresAt": FAR},
        "BreakGlass": {"incident": "one"},
        "CloseIncident": {"incident": "one"},
    }
    return decision(kind, name="attempt", **more.get(kind, {}))


def with_metadata(made: Object, patch: Object) -> Object:
    return made | {"metadata": made["metadata"] | patch["metadata"]}


WITHOUT_VERB: Final = tuple(
    Attempt(
        f"{kind} without the verb {kind.lower()}", MALLORY, CREATE, f"lacks the verb {kind.lower()} on", valid(kind)
    )
    for kind in get_args(Decision)
)

DECIDING: Final = (
    *WITHOUT_VERB,
    Attempt(
        "Revoke of another's decision without the verb revoke-any",
        ALICE,
        CREATE,
        "alice lacks the verb revoke-any on",
        decision("Revoke", name="attempt", revokes="signed", whose="Another"),
    ),
    Attempt("a developer promotes", ERIN, CREATE, "erin lacks the verb promote", valid("Promote")),
    Attempt("an approver waives without the verb waive", ALICE, CREATE, "alice lacks the verb waive", valid("Waive")),
    Attempt(
        "an approval of a service that one has no say in",
        DAVE,
        CREATE,
        "dave lacks the verb approve on aiservices/billing",
        decision("Approve", name="attempt", service="billing"),
    ),
    Attempt(
        "a signature in a role that one does not have",
        ALICE,
        CREATE,
        "alice lacks the verb sign on decisionroles/risk-officer",
        decision("Approve", name="attempt", role="risk-officer"),
    ),
    Attempt(
        "a signature in another role than one's own",
        OLIVIA,
        CREATE,
        "olivia lacks the verb sign on decisionroles/head",
        decision("Approve", name="attempt", role="head"),
    ),
    Attempt(
        "a signature in a role by one who has every verb in the namespace",
        WANDA,
        CREATE,
        "wanda lacks the verb sign on decisionroles/risk-officer",
        decision("Approve", name="attempt", role="risk-officer"),
    ),
    Attempt(
        "a service account approves, though it has the verb",
        ("--as=system:serviceaccount:<namespace>:bot",),
        CREATE,
        "is a service account: decisions are signed by people",
        decision("Approve", name="attempt"),
    ),
    Attempt("a waiver of more than 7 days", CAROL, CREATE, "a waiver ends after 7 days at most", valid("Waive")),
    Attempt(
        "an approval that has expired already",
        ALICE,
        CREATE,
        "spec.expiresAt has passed",
        decision("Approve", name="attempt", expiresAt=PAST),
    ),
    Attempt(
        "a decision is rewritten",
        MALLORY,
        merge("aidecision", "signed", {"spec": {"decision": "Abort"}}),
        "a decision never changes",
        by=SCHEMA,
    ),
    Attempt(
        "a decision's actor is rewritten",
        MALLORY,
        merge("aidecision", "signed", {"spec": {"actor": {"username": "alice"}}}),
        "a decision never changes",
        by=SCHEMA,
    ),
    Attempt("a decision is deleted", MALLORY, ("delete", "aidecision", "signed"), "lacks the verb purge"),
    Attempt("all decisions are deleted at once", MALLORY, all_of("aidecisions"), "lacks the verb purge"),
    Attempt(
        "a decision gets an owner, to go with it",
        MALLORY,
        merge("aidecision", "signed", OWNED),
        "a record has no owner",
    ),
    Attempt(
        "a decision is made with an owner, to go with it",
        ALICE,
        CREATE,
        "a record has no owner",
        with_metadata(decision("Approve", name="attempt"), OWNED),
    ),
    Attempt(
        "a decision gets a finalizer, so that its namespace never ends",
        MALLORY,
        merge("aidecision", "signed", HELD),
        "a record has no owner",
    ),
    Attempt(
        "a decision is said to count",
        MALLORY,
        merge("aidecision", "signed", {"status": {"attempt": 1}}, "--subresource=status"),
        "mallory is not the operator",
    ),
)

RESULTS: Final = (
    Attempt(
        "results without the verb evaluate",
        MALLORY,
        CREATE,
        "mallory lacks the verb evaluate",
        run("attempt", submitted=True),
    ),
    Attempt(
        "a run of source Job without the verb evaluate", MALLORY, CREATE, "lacks the verb evaluate", run("attempt")
    ),
    Attempt(
        "results with an owner, to go with it",
        ("--as=system:serviceaccount:<namespace>:ci",),
        CREATE,
        "a record has no owner",
        run("attempt", submitted=True, **OWNED["metadata"]),
    ),
    Attempt(
        "results are rewritten",
        MALLORY,
        merge("evalrun", "submitted", {"spec": {"suite": {"name": "easy"}}}),
        "a run never changes",
        by=SCHEMA,
    ),
    Attempt(
        "a verdict is written by the namespace's owner",
        MALLORY,
        merge("evalrun", RUN, PASSED, "--subresource=status"),
        "mallory is not the operator",
    ),
    Attempt(
        "a verdict is written by the cluster's administrator",
        ROOT,
        merge("evalrun", RUN, PASSED, "--subresource=status"),
        "root is not the operator",
    ),
    Attempt("a run is deleted, to try once more", MALLORY, ("delete", "evalrun", RUN), "lacks the verb purge"),
    Attempt("all runs are deleted at once", MALLORY, all_of("evalruns"), "lacks the verb purge"),
    Attempt("a run gets an owner, to go with it", MALLORY, merge("evalrun", RUN, OWNED), "a record has no owner"),
    Attempt(
        "a suite's criteria are made older than they are",
        MALLORY,
        merge("evalsuite", SUITE, {"status": {"criteriaSince": PAST}}, "--subresource=status"),
        "mallory is not the operator",
    ),
)

RECORDS: Final = (
    Attempt("a revision is invented", MALLORY, CREATE, "mallory is not the operator", revision("chat-0000000000")),
    Attempt(
        "a revision gets another verdict by its label",
        MALLORY,
        ("label", "--overwrite", "airevision", REVISION, "leadsman.dev/verdict=Serving"),
        "mallory is not the operator",
    ),
    Attempt(
        "a revision gets an annotation",
        MALLORY,
        ("annotate", "airevision", REVISION, "note=fine"),
        "mallory is not the operator",
    ),
    Attempt(
        "a revision is rewritten",
        ROOT,
        merge("airevision", REVISION, {"spec": {"number": 1}}),
        "a revision never changes",
        by=SCHEMA,
    ),
    Attempt(
        "a revision gets another verdict by the namespace's owner",
        MALLORY,
        merge("airevision", REVISION, {"status": {"verdict": "Serving"}}, "--subresource=status"),
        "mallory is not the operator",
    ),
    Attempt(
        "a revision gets another verdict by the cluster's administrator",
        ROOT,
        merge("airevision", REVISION, {"status": {"verdict": "Serving"}}, "--subresource=status"),
        "root is not the operator",
    ),
    Attempt("a revision is deleted", MALLORY, ("delete", "airevision", REVISION), "lacks the verb purge"),
    Attempt("all revisions are deleted at once", MALLORY, all_of("airevisions"), "lacks the verb purge"),
    Attempt(
        "a revision gets an owner, to go with it",
        MALLORY,
        merge("airevision", REVISION, OWNED),
        "a record has no owner",
    ),
    Attempt(
        "a service is said to serve another revision",
        MALLORY,
        merge("aiservice", "chat", {"status": {"servingRevision": "chat-0000000000"}}, "--subresource=status"),
        "mallory is not the operator",
    ),
)
