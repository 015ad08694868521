"""Condition types and reasons: words that people, dashboards and GitOps tools read, and as stable as fields."""

from enum import StrEnum
from typing import Final, Self


class _Word(StrEnum):
    """A CamelCase word and one line on what it means; the reference page prints both."""

    doc: str
    _value_: str

    def __new__(cls, value: str, doc: str) -> Self:
        word = str.__new__(cls, value)
        word._value_ = value
        word.doc = doc
        return word


class ConditionType(_Word):
    READY = "Ready", "The summary: true while all is well. Its reason names the step it is at."
    AVAILABLE = "Available", "A good revision serves with enough ready pods."
    POLICY_COMPLIANT = "PolicyCompliant", "Every GovernancePolicy that matches is satisfied."
    GATES_PASSED = "GatesPassed", "Every gate that is due has passed or was waived."
    APPROVED = "Approved", "Every approval that is due was given."
    SIGNALS_HEALTHY = "SignalsHealthy", "No monitor is failed, and each has evidence."
    WITHIN_RISK_BUDGET = "WithinRiskBudget", "The risk budget lets changes through."
    POD_TEMPLATE_VALID = "PodTemplateValid", "The API server accepts the Deployment that the pod template would become."
    INPUTS_RESOLVED = "InputsResolved", "Each ConfigMap under spec.inputs exists and has the label leadsman.dev/input."
    MONITORS_RESOLVABLE = "MonitorsResolvable", "Each monitor's provider exists and its series are there."
    ACCESS_RESTRICTED = "AccessRestricted", "A NetworkPolicy says who may call. False where spec.access is absent."
    RECONCILING = "Reconciling", "Present only while work is in progress (kstatus)."
    STALLED = "Stalled", "Present only while nothing moves until a person acts (kstatus)."
    ROLLED_BACK = "RolledBack", "Present only while the desired revision was rolled back and an earlier one serves."
    REVIEW_DUE = (
        "ReviewDue",
        "Present only while a broken glass is not reviewed, or lifecycle.reviewBy is near or past.",
    )
    ASSESSMENT_DUE = "AssessmentDue", "Present only while the impact assessment ends within 30 days, or has ended."
    RETIREMENT_DUE = "RetirementDue", "Present only while lifecycle.retireBy is at most 30 days away, or past."
    BREAK_GLASS_ACTIVE = "BreakGlassActive", "Present only while a BreakGlass decision is in force."
    EVIDENCE_DEGRADED = "EvidenceDegraded", "Present only while evidence or its protection has gaps: judge with care."
    COMPLETE = "Complete", "The evaluation has ended, with whatever verdict."
    COUNTED = "Counted", "The decision counts. If false, the reason says why it does not."
    RULES_COMPILED = "RulesCompiled", "Every rule of the policy compiles in the API server."
    ADMISSION_IN_PLACE = "AdmissionInPlace", "The policy's admission policies and their bindings exist and are intact."
    CLOSED = "Closed", "The incident was reviewed and closed."


ABNORMAL: Final = frozenset(
    {
        ConditionType.STALLED,
        ConditionType.ROLLED_BACK,
        ConditionType.REVIEW_DUE,
        ConditionType.ASSESSMENT_DUE,
        ConditionType.RETIREMENT_DUE,
        ConditionType.BREAK_GLASS_ACTIVE,
        ConditionType.EVIDENCE_DEGRADED,
    }
)
"""Those that are there only while something is not as it should be."""


class Reason(_Word):
    # Where a service is (Ready).
    RESOLVING = "Resolving", "Inputs, policies and the pod template are being looked at."
    POLICY_DENIED = "PolicyDenied", "A GovernancePolicy refuses the spec as it is."
    GATES_RUNNING = "GatesRunning", "Evaluations that must pass first are running."
    AWAITING_APPROVAL = "AwaitingApproval", "A person has to approve before it goes on."
    CHANGE_FREEZE = "ChangeFreeze", "A freeze of a GovernancePolicy is on."
    BUDGET_EXHAUSTED = "BudgetExhausted", "The risk budget is spent: only rollbacks and what is waived move."
    ROLLING_OUT = "RollingOut", "The candidate is moving through its stages."
    PAUSED = "Paused", "spec.rollout.paused or a Pause decision holds it."
    BAKING = "Baking", "Promoted; the previous revision is still at hand until the bake is over."
    PROMOTED = "Promoted", "The desired revision serves everyone and the bake is over."
    ROLLED_BACK = "RolledBack", "A failed signal or a decision sent traffic back to an earlier revision."
    REJECTED = "Rejected", "A Reject decision ended this revision's attempt."
    ABORTED = "Aborted", "An Abort decision, or a newer digest, ended this revision's attempt."
    AWAITING_EVIDENCE = "AwaitingEvidence", "A stage is over by time, but what was measured does not suffice yet."
    # Why a service does not move (Stalled, and blockers).
    INCIDENT_OPEN = "IncidentOpen", "An open incident of Sev1 or Sev2 holds promotions."
    REVISION_QUARANTINED = "RevisionQuarantined", "This digest was rolled back: only Retry or another digest goes on."
    REVISION_NAME_COLLISION = "RevisionNameCollision", "A revision of that name exists with another full digest."
    SERVICE_NOT_OWNED = "ServiceNotOwned", "A Service of that name exists and is not annotated leadsman.dev/adopt."
    DEPLOYMENT_NOT_OWNED = "DeploymentNotOwned", "A Deployment of a revision's name is not of Leadsman's making."
    NETWORK_POLICY_NOT_OWNED = "NetworkPolicyNotOwned", "A NetworkPolicy of that name exists, of somebody else's."
    SHARE_UNREACHABLE = "ShareUnreachable", "The share that policy allows needs more replicas than there are."
    NO_REPLICAS = "NoReplicas", "The service has 0 replicas: a candidate cannot show anything."
    APPROVAL_STALE = "ApprovalStale", "Gates, monitors, rollout, risk or budget changed after the approval."
    NOT_SUPPORTED = "NotSupported", "This version of Leadsman cannot check it yet, and so does not move."
    REPLACED = "Replaced", "The spec asks for another digest."
    RECREATED = "Recreated", "The AIService was deleted and created again: its rollout starts anew."
    REVERTED = "Reverted", "The spec went back to the revision that served before."
    RESTORED = "Restored", "The revision's status was lost, and its verdict is taken from its label."
    DRAINING = "Draining", "Another revision still has pods: it goes before the next one comes."
    NOT_READY = "NotReady", "Pods that were asked for are not ready yet."
    HOLDING = "Holding", "The stage's holdSeconds are not over."
    TOO_FEW_REQUESTS = "TooFewRequests", "The candidate has not answered the stage's minRequests yet."
    REVIEW_OVERDUE = "ReviewOverdue", "lifecycle.reviewBy has passed: the owner has to review the service."
    ASSESSMENT_EXPIRED = "AssessmentExpired", "risk.impactAssessment.expiresOn has passed: the impact is assessed anew."
    RETIREMENT_OVERDUE = "RetirementOverdue", "lifecycle.retireBy has come: the service gets nothing new."
    DUE_SOON = "DueSoon", "The day is at most 30 days away. From then on nothing moves forward."
    RECORD_UNREADABLE = "RecordUnreadable", "An AIRevision of the service cannot be read, and so not judged."
    CHILD_REFUSED = "ChildRefused", "The API server refuses an object of Leadsman's; the message is its own."
    SPEC_UNREADABLE = "SpecUnreadable", "The stored spec does not conform to the API: nothing is changed."
    # Policy.
    NO_POLICY_MATCHES = "NoPolicyMatches", "No GovernancePolicy matches this service."
    POLICY_SATISFIED = "PolicySatisfied", "Every policy that matches is satisfied."
    COMPILE_ERROR = "CompileError", "The API server does not accept a rule's CEL expression."
    ADMISSION_MISSING = "AdmissionMissing", "An admission policy or its binding is missing or was changed."
    # Pods and workload.
    POD_TEMPLATE_ACCEPTED = "PodTemplateAccepted", "The strict dry run passed."
    POD_TEMPLATE_REFUSED = "PodTemplateRefused", "The API server refuses the Deployment; the message is its own."
    PODS_REJECTED = "PodsRejected", "Pods were refused after admission (quota, pod security)."
    MINIMUM_REPLICAS_AVAILABLE = "MinimumReplicasAvailable", "Enough pods of the serving revision are ready."
    MINIMUM_REPLICAS_UNAVAILABLE = "MinimumReplicasUnavailable", "Too few pods of the serving revision are ready."
    PROGRESS_DEADLINE_EXCEEDED = "ProgressDeadlineExceeded", "Pods that were asked for did not get ready in time."
    INPUT_MISSING = "InputMissing", "A ConfigMap under spec.inputs does not exist."
    INPUT_NOT_LABELLED = "InputNotLabelled", "A ConfigMap under spec.inputs lacks the label leadsman.dev/input."
    INPUTS_PINNED = "InputsPinned", "Each input was copied to an immutable ConfigMap of the revision."
    # Access.
    RESTRICTED = "Restricted", "A NetworkPolicy lets in whom spec.access names; the network plugin enforces it."
    UNRESTRICTED = "Unrestricted", "Without spec.access whoever reaches the pods may call them."
    # Gates and evaluations.
    PASSED = "Passed", "Proven, at the confidence asked for."
    FAILED = "Failed", "Refuted, at the confidence asked for."
    INCONCLUSIVE = "Inconclusive", "Neither proven nor refuted: more samples are needed."
    WAIVED = "Waived", "A Waive decision stands in for it."
    NOT_APPLICABLE = "NotApplicable", "There is nothing to judge, or to do, such as nothing to compare with."
    RUNNING = "Running", "Under way."
    RUN_ERRORED = "RunErrored", "The evaluation itself failed: no file, a partial run, an error. Never a pass."
    CRITERIA_CHANGED = "CriteriaChanged", "The suite's criteria are younger than the run."
    STALE = "Stale", "Older than maxAgeHours."
    GATE_FAILED = "GateFailed", "An evaluation refuted what a gate asks for: nothing goes on with this revision."
    GATES_OPEN = "GatesOpen", "Every gate that is due has passed or was waived."
    SUITE_MISSING = "SuiteMissing", "The EvalSuite of a gate does not exist."
    SUITE_UNREADABLE = "SuiteUnreadable", "The stored EvalSuite does not conform to the API."
    AWAITING_RESULTS = "AwaitingResults", "Nobody has submitted results for a suite that CI runs."
    CONTAMINATED = "Contaminated", "The model was trained on the data that judges it."
    NO_DARK = "NoDark", "Without spec.service a candidate cannot be evaluated before it takes traffic."
    CANCELLED = "Cancelled", "The revision is neither candidate nor serving any more."
    QUEUED = "Queued", "As many evaluations run as may run at once."
    # Signals and budget.
    SIGNAL_FAILED = "SignalFailed", "A monitor's limit was broken, or harm against the serving revision was shown."
    SAFETY_FAILED = "SafetyFailed", "A monitor of class Safety failed: traffic leaves at once."
    WORKLOAD_FAILED = "WorkloadFailed", "Pods crash, run out of memory or restart too often."
    MONITORS_RESOLVED = "MonitorsResolved", "Each monitor's provider and series are there."
    SIGNALS_PASSED = "SignalsPassed", "Every monitor is within its limit."
    NO_EVIDENCE = "NoEvidence", "A monitor answered nothing, or something too old."
    MONITOR_INVALID = "MonitorInvalid", "A monitor's query or series cannot be used."
    HEALTHY = "Healthy", "Less than 80 % of the budget is spent and it does not burn fast."
    BUDGET_MISSING = "BudgetMissing", "The RiskBudget is not there, or cannot be read."
    AT_RISK = "AtRisk", "80 % are spent, or it burns fast: promotion needs the risk owner."
    FAST_BURN = "FastBurn", "At this rate two days spend the whole window's budget."
    COVERAGE_TOO_LOW = "CoverageTooLow", "Less than 90 % of the time was measured."
    # Approvals and decisions.
    APPROVALS_COMPLETE = "ApprovalsComplete", "Every slot that is due is filled."
    COUNTED = "Counted", "It counts for the current attempt."
    UNKNOWN_SERVICE = "UnknownService", "There is no such service in this namespace."
    OTHER_REVISION = "OtherRevision", "It names a revision that is not the one decided on."
    OTHER_ATTEMPT = "OtherAttempt", "It was made before the current attempt began."
    EXPIRED = "Expired", "Its expiresAt, or the policy's ttlHours, has passed."
    OWN_CHANGE = "OwnChange", "The author of a change does not approve it."
    REVOKED = "Revoked", "A Revoke decision took it back."
    NOT_PROTECTED = "NotProtected", "The admission policies were not intact when it was made."
    SERVICE_ACCOUNT = "ServiceAccount", "A service account made it: decisions are made by people."
    OTHER_ACTOR = "OtherActor", "It takes back what somebody else decided."
    NOT_WAIVABLE = "NotWaivable", "It waives what does not exist, or what a policy does not let anybody waive."
    TOO_MANY = "TooMany", "So many decisions were counted for this attempt that there is no room for more."
    BREAK_GLASS = "BreakGlass", "One person lets a revision pass what people ask for, and another one reviews it."
    GLASS_UNREVIEWED = (
        "GlassUnreviewed",
        "Nobody else has reviewed a broken glass: nothing new takes traffic.",
    )
    TOO_LONG = "TooLong", "It is to hold for longer than such a decision may."
    # Incidents.
    OPEN = "Open", "Nothing has been done about it yet."
    MITIGATED = "Mitigated", "Users are no longer exposed; the cause is still open."
    REVIEWED = "Reviewed", "A CloseIncident decision with a review was counted."
    REPORT_DUE = "ReportDue", "A report to an authority is due."
    # The ledger.
    LEDGER_UNDELIVERED = (
        "LedgerUndelivered",
        "Too much of the ledger is not at every sink: nothing moves forward.",
    )
    LEDGER_ROLLED_BACK = (
        "LedgerRolledBack",
        "The cluster's ledger is behind what a sink has seen of it, or another one: nothing moves forward.",
    )
    # Everything.
    RECONCILED = "Reconciled", "What was asked for is so."
