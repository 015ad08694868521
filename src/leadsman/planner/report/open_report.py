"""What a service's status says, as a Report of OpenReports: for dashboards that collect those of all tools.

https://github.com/openreports/reports-api, openreports.io/v1alpha1. Nothing is in it that the status does not say.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from leadsman.api.meta import API_VERSION, Condition
from leadsman.api.reasons import ABNORMAL, Reason
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.v1alpha1.airevision_status import GateResult
from leadsman.planner.world import Revision, Service

SOURCE: Final = "leadsman"
MOST: Final = 100
"""Results. More are left out, the least telling first."""
MANAGED_BY: Final = "app.kubernetes.io/managed-by"
_ORDER: Final = ("fail", "error", "warn", "pass", "skip")
_LEFT_OUT: Final = frozenset({Type.RECONCILING})
"""It says that work goes on."""
_HIGH: Final = frozenset(
    {Type.POLICY_COMPLIANT, Type.GATES_PASSED, Type.APPROVED, Type.SIGNALS_HEALTHY, Type.WITHIN_RISK_BUDGET}
)
_WARNINGS: Final = frozenset(
    {Type.ACCESS_RESTRICTED, Type.REVIEW_DUE, Type.ASSESSMENT_DUE, Type.RETIREMENT_DUE, Type.BREAK_GLASS_ACTIVE}
)
"""What people look after: nothing went wrong yet."""
_NOT_ASKED: Final = frozenset({Reason.NOT_APPLICABLE, Reason.NO_POLICY_MATCHES})
_GATES: Final = {
    "Passed": "pass",
    "Waived": "warn",
    "Failed": "fail",
    "Inconclusive": "error",
    "Pending": "skip",
    "Running": "skip",
    "NotApplicable": "skip",
}


def report_name(service: str) -> str:
    return f"{SOURCE}-{service}"


def open_report(service: Service, revision: Revision | None) -> dict[str, Any]:
    """The Report. The same status gives the same one.

    Args:
        service: whose conditions are reported.
        revision: whose gates are: the candidate, or else what serves. None: there is none yet.
    """
    found = [*_conditions(service.status.conditions), *(_gates(revision) if revision is not None else ())]
    results = sorted(found, key=lambda one: (_ORDER.index(one["result"]), one["policy"], one["rule"]))[:MOST]
    counts = Counter(one["result"] for one in found)
    about = {"apiVersion": API_VERSION, "kind": "AIService", "name": service.name, "uid": service.uid}
    return {
        "apiVersion": "openreports.io/v1alpha1",
        "kind": "Report",
        "metadata": {
            "name": report_name(service.name),
            "namespace": service.namespace,
            "labels": {MANAGED_BY: SOURCE},
            "ownerReferences": [about],
        },
        "source": SOURCE,
        "scope": {**about, "namespace": service.namespace},
        "configuration": {"limits": {"maxResults": MOST}},
        "summary": {one: counts[one] for one in _ORDER},
        "results": results,
    }


def _conditions(conditions: tuple[Condition, ...]) -> Iterator[dict[str, Any]]:
    for one in conditions:
        if one.type not in _LEFT_OUT:
            severity = "high" if one.type in _HIGH else "low" if one.type in _WARNINGS else "medium"
            said = f"{one.reason}: {one.message}" if one.message else one.reason
            yield _result("condition", one.type, _of(one), severity, said, one.last_transition_time)


def _of(one: Condition) -> str:
    """What is not known is an error, and never a pass."""
    if one.reason in _NOT_ASKED:
        return "skip"
    if one.status == "Unknown":
        return "error"
    is_well = (one.status == "True") != (one.type in ABNORMAL)
    return "pass" if is_well else "warn" if one.type in _WARNINGS else "fail"


def _gates(revision: Revision) -> Iterator[dict[str, Any]]:
    for one in revision.status.gates:
        yield _result("gate", one.name, _GATES[one.state], "high", _words(revision, one), one.since)


def _words(revision: Revision, one: GateResult) -> str:
    return f"{revision.name}: {one.state}" + (f": {one.message}" if one.message else "")


def _result(  # noqa: PLR0913, PLR0917  the fields of a result
    policy: str, rule: str, result: str, severity: str, message: str, since: datetime | None
) -> dict[str, Any]:
    told: Mapping[str, Any] = {"timestamp": {"seconds": int(since.timestamp()), "nanos": 0}} if since else {}
    return {
        "source": SOURCE,
        "policy": policy,
        "rule": rule,
        "category": "AI governance",
        "severity": severity,
        "result": result,
        "scored": result != "warn",
        "message": message,
        **told,
    }
