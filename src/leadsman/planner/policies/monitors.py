"""Which monitors watch a service? Its own, and those that policies add: policy-<policy>-<name>."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.governance import Policy
from leadsman.planner.world import Service, World

_LONGEST, _TAIL = 63, 10
"""Characters of a monitor's name, and of the digest in one that would be longer."""
_PREFIX: Final = "policy"


def monitors(world: World) -> tuple[Monitor, ...]:
    return monitors_of(world.service, world.policies)


def monitors_of(service: Service, policies: Iterable[Policy]) -> tuple[Monitor, ...]:
    """The service's own first. What a policy adds is never one of another name's."""
    added = tuple(one for policy in policies for one in _added(policy))
    taken = {one.name for one in added}
    return (*(one for one in service.spec.monitors if one.name not in taken), *added)


def clashing(service: Service, policy: Policy) -> Iterator[str]:
    """Names of the service's own monitors that the policy's have."""
    own = {one.name for one in service.spec.monitors}
    return (one.name for one in _added(policy) if one.name in own)


def _added(policy: Policy) -> Iterator[Monitor]:
    for one in policy.spec.monitors if policy.spec is not None else ():
        yield one.model_copy(update={"name": _name(policy.name, one.name)})


def _name(policy: str, monitor: str) -> str:
    whole = f"{_PREFIX}-{policy.replace('.', '-')}-{monitor}"
    if len(whole) <= _LONGEST and "." not in policy:
        return whole
    tail = sha256(f"{policy}/{monitor}".encode()).hexdigest()[:_TAIL]
    return f"{whole[: _LONGEST - _TAIL - 1].rstrip('-')}-{tail}"
