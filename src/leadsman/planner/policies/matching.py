"""Which services is a policy about? By tier, by the service's labels, and by those of its namespace."""

from collections.abc import Mapping

from leadsman.api.meta import LabelRequirement, LabelSelector
from leadsman.api.v1alpha1.governancepolicy import Match


def covers(match: Match, tier: str, labels: Mapping[str, str], namespace: Mapping[str, str] | None) -> bool | None:
    """Of a service in a namespace with such labels. None: it depends on those, and they are not known."""
    if match.tiers and tier not in match.tiers:
        return False
    if match.selector is not None and not selects(match.selector, labels):
        return False
    if match.namespace_selector is None:
        return True
    return selects(match.namespace_selector, namespace) if namespace is not None else None


def selects(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """As metav1.LabelSelector: all of it."""
    return all(labels.get(key) == value for key, value in selector.match_labels.items()) and all(
        _meets(requirement, labels) for requirement in selector.match_expressions
    )


def _meets(requirement: LabelRequirement, labels: Mapping[str, str]) -> bool:
    value = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value in requirement.values
        case "NotIn":
            return value not in requirement.values  # a label that is not there has none of the values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
