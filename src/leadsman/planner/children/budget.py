"""The RiskBudget that is made from an inline one: it has a status, and can be read like any other."""

from leadsman.planner.children.ownership import service_owner
from leadsman.planner.children.rendering import Origin, Rendered
from leadsman.planner.world import ChildKind, Service


def render_risk_budget(service: Service) -> Rendered | None:
    """None: the service has no budget of its own. The service's owner answers for it."""
    inline = service.spec.risk_budget
    if inline is None:
        return None
    owner = service.spec.owner
    spec = {
        "owner": {"team": owner.team, "accountable": owner.accountable},
        "windowDays": inline.window_days,
        "channels": [one.to_dict() for one in inline.channels],
    }
    origin = Origin(namespace=service.namespace, service=service.name, owner=service_owner(service))
    return Rendered(kind=ChildKind.RISK_BUDGET, name=service.name, origin=origin, body={"spec": spec})
