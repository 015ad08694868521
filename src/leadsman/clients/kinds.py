"""The kinds that the operator reads and writes, as the API server addresses them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from leadsman.api import v1alpha1
from leadsman.api.meta import GROUP, VERSION, Resource

NO_NAMES: Final = frozenset({"", ".", ".."})


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    group: str
    """Empty for Kubernetes' core."""
    version: str
    plural: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None, name: str | None = None, *, subresource: str | None = None) -> str:
        """Where it is on the API server.

        Raises:
            ValueError: for what would be another place: no name, or `..` (a deletion would hit them all, or their
                namespace), or a namespace that does not suit the kind.
        """
        for given in (namespace, name):
            if given in NO_NAMES:
                raise ValueError(f"{self.name}: {given!r} is not a name")
        if namespace and not self.namespaced:
            raise ValueError(f"{self.name} has no namespace")
        if name and self.namespaced and not namespace:
            raise ValueError(f"{self.name} {name}: its namespace is missing")
        steps = ("apis" if self.group else "api", self.api_version)
        inside = ("namespaces", quote(namespace, safe="")) if namespace else ()
        one = (quote(name, safe=""),) if name else ()
        below = (subresource,) if name and subresource else ()
        return "/" + "/".join((*steps, *inside, self.plural, *one, *below))


def _ours(model: type[Resource]) -> Kind:
    definition = model.definition
    return Kind(model.__name__, GROUP, VERSION, definition.plural, definition.scope == "Namespaced")


AI_SERVICE: Final = _ours(v1alpha1.AIService)
AI_REVISION: Final = _ours(v1alpha1.AIRevision)
EVAL_SUITE: Final = _ours(v1alpha1.EvalSuite)
EVAL_RUN: Final = _ours(v1alpha1.EvalRun)
RISK_BUDGET: Final = _ours(v1alpha1.RiskBudget)
GOVERNANCE_POLICY: Final = _ours(v1alpha1.GovernancePolicy)
AI_DECISION: Final = _ours(v1alpha1.AIDecision)
AI_INCIDENT: Final = _ours(v1alpha1.AIIncident)
REPORT: Final = Kind("Report", "openreports.io", "v1alpha1", "reports")
"""Of https://github.com/openreports/reports-api, where a cluster has it."""

CONFIG_MAP: Final = Kind("ConfigMap", "", "v1", "configmaps")
NAMESPACE: Final = Kind("Namespace", "", "v1", "namespaces", namespaced=False)
POD: Final = Kind("Pod", "", "v1", "pods")
SERVICE: Final = Kind("Service", "", "v1", "services")
DEPLOYMENT: Final = Kind("Deployment", "apps", "v1", "deployments")
JOB: Final = Kind("Job", "batch", "v1", "jobs")
LEASE: Final = Kind("Lease", "coordination.k8s.io", "v1", "leases")
ENDPOINT_SLICE: Final = Kind("EndpointSlice", "discovery.k8s.io", "v1", "endpointslices")
EVENT: Final = Kind("Event", "", "v1", "events")
"""Of the core: kubectl sorts by a time that the newer API refuses to take."""
NETWORK_POLICY: Final = Kind("NetworkPolicy", "networking.k8s.io", "v1", "networkpolicies")
SELF_SUBJECT_REVIEW: Final = Kind(
    "SelfSubjectReview", "authentication.k8s.io", "v1", "selfsubjectreviews", namespaced=False
)
"""Who am I to the API server?"""
SELF_SUBJECT_ACCESS_REVIEW: Final = Kind(
    "SelfSubjectAccessReview", "authorization.k8s.io", "v1", "selfsubjectaccessreviews", namespaced=False
)
"""What may I do?"""
ROLE: Final = Kind("Role", "rbac.authorization.k8s.io", "v1", "roles")
ROLE_BINDING: Final = Kind("RoleBinding", "rbac.authorization.k8s.io", "v1", "rolebindings")
CLUSTER_ROLE: Final = Kind("ClusterRole", "rbac.authorization.k8s.io", "v1", "clusterroles", namespaced=False)
CLUSTER_ROLE_BINDING: Final = Kind(
    "ClusterRoleBinding", "rbac.authorization.k8s.io", "v1", "clusterrolebindings", namespaced=False
)
POD_DISRUPTION_BUDGET: Final = Kind("PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets")
MUTATING_ADMISSION_POLICY: Final = Kind(
    "MutatingAdmissionPolicy", "admissionregistration.k8s.io", "v1", "mutatingadmissionpolicies", namespaced=False
)
MUTATING_ADMISSION_POLICY_BINDING: Final = Kind(
    "MutatingAdmissionPolicyBinding",
    "admissionregistration.k8s.io",
    "v1",
    "mutatingadmissionpolicybindings",
    namespaced=False,
)
VALIDATING_ADMISSION_POLICY: Final = Kind(
    "ValidatingAdmissionPolicy", "admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", namespaced=False
)
VALIDATING_ADMISSION_POLICY_BINDING: Final = Kind(
    "ValidatingAdmissionPolicyBinding",
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicybindings",
    namespaced=False,
)
