"""The local provider: a whole cluster as processes of this machine, entered in order and left in reverse order."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from leadsman.sandbox import control_plane
from leadsman.sandbox.addresses import LOOPBACK, PODS, SERVICES, Addresses, free_ports
from leadsman.sandbox.blueprint import Blueprint
from leadsman.sandbox.certificates import Authority
from leadsman.sandbox.kubectl import Kubectl
from leadsman.sandbox.nodes import simulated
from leadsman.sandbox.place import Place
from leadsman.sandbox.prometheus import permissions, prometheus
from leadsman.sandbox.status import Nodes, PartState, Request

SIMULATED_READY_SECONDS = 30
REAL_READY_SECONDS = 120

Notice = Callable[[str, PartState], None]


async def start(request: Request, place: Place, notice: Notice, stack: AsyncExitStack) -> Addresses:
    """Bring the cluster up; leaving `stack` takes it down: nodes first, then the control plane, etcd last."""
    place.make()
    plan = Blueprint(
        place=place,
        binaries=request.binaries,
        addresses=Addresses(
            api_host=LOOPBACK, ports=free_ports(api_port=request.api_port), pods=PODS, services=SERVICES
        ),
        authority=Authority(place.certificates),
        notice=notice,
    )
    for command in (control_plane.etcd(plan), control_plane.api_server(plan)):
        await stack.enter_async_context(plan.process(command))
    kubectl = Kubectl(request.binaries["kubectl"], place.kubeconfig)
    await kubectl.apply(permissions())
    for command in (
        control_plane.controller_manager(plan),
        control_plane.scheduler(plan),
        prometheus(plan, request.nodes or Nodes.SIMULATED),
    ):
        await stack.enter_async_context(plan.process(command))
    await stack.enter_async_context(plan.process(simulated.kwok(plan)))
    nodes = [simulated.node(number) for number in range(request.node_count)]
    await kubectl.apply(nodes)
    notice("nodes", PartState(state="Starting"))
    for node in nodes:
        await kubectl.await_ready_node(node["metadata"]["name"], within_seconds=SIMULATED_READY_SECONDS)
    notice("nodes", PartState(state="Running"))
    return plan.addresses
