"""Who may call, as far as the API server knows: whether the network enforces it, nobody tells Leadsman."""

from leadsman.api.reasons import ConditionType as Type
from leadsman.api.reasons import Reason
from leadsman.planner import children
from leadsman.planner.children import preview_name
from leadsman.planner.policies.gates import asked_gates
from leadsman.planner.report.said import Said
from leadsman.planner.report.situation import Situation
from leadsman.planner.world import ChildKind

_KIND = ChildKind.NETWORK_POLICY


def access(situation: Situation) -> Said:
    world = situation.world
    spec, name = world.service.spec, world.service.name
    if spec.access is None:
        message = "spec.access is absent: whoever reaches the pods may call them"
        return Said(Type.ACCESS_RESTRICTED, "False", Reason.UNRESTRICTED, message)
    strangers = children.strangers(world)
    for place in ((_KIND, name), (_KIND, preview_name(name))):
        if place in strangers:
            message = f"NetworkPolicy {place[1]} is not of Leadsman's making"
            return Said(Type.ACCESS_RESTRICTED, "False", Reason.NETWORK_POLICY_NOT_OWNED, message)
        if refused := world.refusals.get(place):
            return Said(Type.ACCESS_RESTRICTED, "False", Reason.CHILD_REFUSED, refused)
    if (_KIND, name) not in world.others:
        return Said(Type.ACCESS_RESTRICTED, "Unknown", Reason.RESOLVING, f"there is no NetworkPolicy {name} yet")
    callers = [f"pods of namespace {one.namespace}" for one in spec.access.allow_from]
    callers += ["its evaluations"] if asked_gates(world) else []
    callers += [f"scrapers in {namespace}" for namespace in world.scrapers]
    message = f"may call: {', '.join(callers) or 'nobody'}"
    return Said(Type.ACCESS_RESTRICTED, "True", Reason.RESTRICTED, message)
