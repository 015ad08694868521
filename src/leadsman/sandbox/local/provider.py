"""The local provider: a whole cluster as processes of this machine, entered in order and left in reverse order."""

from contextlib import AsyncExitStack

from leadsman.sandbox.local import control_plane
from leadsman.sandbox.local.nodes.namespaces import Ground, ground
from leadsman.sandbox.local.nodes.real import real_node
from leadsman.sandbox.local.nodes.simulated import simulated_nodes
from leadsman.sandbox.parts import prometheus as monitoring
from leadsman.sandbox.parts.addresses import LOOPBACK, SERVICES, Addresses, free_ports
from leadsman.sandbox.parts.blueprint import Blueprint
from leadsman.sandbox.parts.certificates import Authority
from leadsman.sandbox.parts.kubectl import Kubectl
from leadsman.sandbox.parts.process import Command, Notice
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import Endpoints, Nodes, Request

READY_WITHIN_SECONDS = 120


async def start(request: Request, place: Place, notice: Notice, stack: AsyncExitStack) -> Endpoints:
    """Bring the cluster up; leaving `stack` takes it down: nodes first, then the control plane, etcd last."""
    where = None
    if request.nodes is Nodes.REAL:
        where = await stack.enter_async_context(ground(place, request.binaries["pause"], notice))
    plan = Blueprint(
        place=place,
        binaries=request.binaries,
        addresses=_addresses(request, where),
        authority=Authority(place.certificates),
        notice=notice,
    )
    for command in (control_plane.etcd(plan), control_plane.api_server(plan)):
        await stack.enter_async_context(plan.process(command))
    kubectl = Kubectl(request.binaries["kubectl"], place.kubeconfig)
    await kubectl.apply(monitoring.permissions())
    for command in (
        control_plane.controller_manager(plan),
        control_plane.scheduler(plan),
        _prometheus(plan, real=where is not None),
    ):
        await stack.enter_async_context(plan.process(command))
    if where:
        nodes = [await stack.enter_async_context(real_node(plan, where))]
    else:
        nodes = await stack.enter_async_context(simulated_nodes(plan, kubectl, request.node_count))
    for node in nodes:
        await kubectl.await_ready_node(node, within_seconds=READY_WITHIN_SECONDS)
    return Endpoints(api_server=plan.addresses.api_server, prometheus=plan.addresses.prometheus)


def _addresses(request: Request, where: Ground | None) -> Addresses:
    ports = free_ports(api_port=request.api_port)
    if where is None:
        return Addresses(api_host=LOOPBACK, ports=ports, services=SERVICES)
    # Reachable from this machine and from its node, and from nowhere else.
    return Addresses(api_host=str(where.link.host), ports=ports, services=where.link.services)


def _prometheus(plan: Blueprint, *, real: bool) -> Command:
    kubeconfig = plan.client_config("prometheus", user=monitoring.USER)
    kwok = plan.addresses.at("kwok")
    job = monitoring.real_pods(kubeconfig) if real else monitoring.simulated_pods(kubeconfig, kwok)
    return monitoring.prometheus(plan.place, plan.binaries["prometheus"], plan.addresses.at("prometheus"), job)
