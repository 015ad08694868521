"""What a policy's status says of itself and of the services that it is about."""

import datetime as dt

from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicyStatus, RuleError
from leadsman.planner.policies.compliance import LISTED, Enforcement, Verdict, policy_status

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
IN_FORCE = Enforcement(has_rules=True, errors=(), missing="")
BROKEN = Blocker(type="Policy", name="house/pinned", reason="PolicyDenied", message="pin it")
UNKNOWN = Blocker(type="Policy", name="house/rules", reason="Resolving")


def status(
    *verdicts: Verdict,
    enforcement: Enforcement = IN_FORCE,
    before: GovernancePolicyStatus | None = None,
    unreadable: str = "",
    now: dt.datetime = NOW,
) -> GovernancePolicyStatus:
    return policy_status(
        name="house",
        generation=3,
        unreadable=unreadable,
        enforcement=enforcement,
        verdicts=verdicts,
        before=before or GovernancePolicyStatus(),
        now=now,
    )


def verdict(name: str, *objections: Blocker) -> Verdict:
    return Verdict(namespace="shop", service=name, objections=objections)


def said(found: GovernancePolicyStatus) -> dict[str, tuple[str, str]]:
    return {one.type: (one.status, one.reason) for one in found.conditions}


def test_who_is_not_judged_yet_is_matched_and_neither_compliant_nor_violating() -> None:
    found = status(verdict("good"), verdict("bad", BROKEN), verdict("unknown", UNKNOWN))
    assert (found.matched, found.compliant, found.violating) == (3, 1, 1)
    (violation,) = found.violations
    assert (violation.service, violation.rule, violation.message) == ("bad", "pinned", "pin it")


def test_so_many_violations_are_listed_and_all_are_counted() -> None:
    found = status(*(verdict(f"bad-{number:03}", BROKEN) for number in range(LISTED + 20)))
    assert found.violating == LISTED + 20
    assert [one.service for one in found.violations] == [f"bad-{number:03}" for number in range(LISTED)]


def test_what_is_wrong_with_the_policy_leads() -> None:
    good = ("True", "Reconciled")
    assert said(status()) == {"Ready": good, "RulesCompiled": good, "AdmissionInPlace": good}
    errors = Enforcement(has_rules=True, errors=(RuleError(rule="pinned", message="no such field"),), missing="gone")
    found = status(enforcement=errors)
    assert said(found)["Ready"] == said(found)["RulesCompiled"] == ("False", "CompileError")
    assert said(found)["AdmissionInPlace"] == ("False", "AdmissionMissing")
    assert found.conditions[0].message == "rule pinned: no such field"
    assert said(status(unreadable="no list"))["Ready"] == ("False", "SpecUnreadable")
    none = Enforcement(has_rules=False, errors=(), missing="")
    assert said(status(enforcement=none))["RulesCompiled"] == ("True", "NotApplicable")


def test_a_condition_keeps_its_time_and_an_unchanged_status_is_the_same() -> None:
    before = status(verdict("good"))
    later = status(verdict("good"), before=before, now=NOW + dt.timedelta(hours=1))
    assert later == before
    broken = Enforcement(has_rules=True, errors=(), missing="gone")
    after = status(verdict("good"), before=before, enforcement=broken, now=NOW + dt.timedelta(hours=1))
    assert [one.last_transition_time.hour for one in after.conditions] == [13, 12, 13]
