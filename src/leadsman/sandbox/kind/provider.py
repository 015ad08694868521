"""The kind provider: a cluster in containers, and Prometheus beside it that scrapes through its API server."""

import asyncio
import base64
from contextlib import AsyncExitStack
from typing import Any

import yaml

from leadsman.sandbox.errors import SandboxError
from leadsman.sandbox.kind.client import KindCluster, engine
from leadsman.sandbox.parts import prometheus as monitoring
from leadsman.sandbox.parts.addresses import LOOPBACK, free_ports
from leadsman.sandbox.parts.process import Notice, Process
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import Endpoints, PartState, Request, read_status

PART = "kind"


def cluster_of(request: Request, place: Place) -> KindCluster:
    """Raises Unsupported where no container engine answers."""
    found, why_not = engine()
    if why_not:
        raise why_not
    return KindCluster(
        sandbox=request.name,
        binary=request.binaries["kind"],
        engine=found or "",
        kubeconfig=place.kubeconfig,
        log=place.logs / "kind.log",
    )


def forget(request: Request, place: Place) -> None:
    """Delete the cluster of a supervisor that was killed and could not do so itself."""
    part = read_status(place.status).parts.get(PART)
    if part and part.state != "Stopped":
        cluster_of(request, place).delete()


async def start(request: Request, place: Place, notice: Notice, stack: AsyncExitStack) -> Endpoints:
    """Bring the cluster up; leaving `stack` deletes it."""
    cluster = cluster_of(request, place)

    def heard(line: str) -> None:
        loop.call_soon_threadsafe(notice, PART, PartState(state="Starting", message=line))

    notice(PART, PartState(state="Starting"))
    loop = asyncio.get_running_loop()
    creating = asyncio.create_task(asyncio.to_thread(cluster.create, heard=heard))
    stack.push_async_callback(_delete, cluster, creating, notice)
    await asyncio.shield(creating)
    server = adopt(place)
    notice(PART, PartState(state="Running"))
    address = f"{LOOPBACK}:{free_ports(api_port=None)['prometheus']}"
    job = monitoring.proxied_pods(place.kubeconfig, server.removeprefix("https://"), _tls(place))
    command = monitoring.prometheus(place, request.binaries["prometheus"], address, job)
    await stack.enter_async_context(Process(command, logs=place.logs, notice=notice))
    return Endpoints(api_server=server, prometheus=f"http://{address}")


async def _delete(cluster: KindCluster, creating: asyncio.Task[None], notice: Notice) -> None:
    # A thread cannot be cancelled: kind would go on to create what was just deleted.
    await asyncio.wait({creating})
    try:
        await asyncio.to_thread(cluster.delete)
    except SandboxError as error:  # `down` tries again; what went wrong before is worth more than this
        notice(PART, PartState(state="Restarting", message=error.what))
    else:
        notice(PART, PartState(state="Stopped"))


def adopt(place: Place) -> str:
    """Rename what kind wrote into the kubeconfig as all our sandboxes name it, and keep its credentials as files.

    Returns:
        The API server's URL.
    """
    config: dict[str, Any] = yaml.safe_load(place.kubeconfig.read_text())
    cluster, user = config["clusters"][0], config["users"][0]
    name = place.context
    cluster["name"] = user["name"] = name
    config["contexts"] = [{"name": name, "context": {"cluster": name, "user": name}}]
    config["current-context"] = name
    place.kubeconfig.write_text(yaml.safe_dump(config, sort_keys=False))
    for path, data in (
        (place.ca, cluster["cluster"]["certificate-authority-data"]),
        (place.administrator_certificate, user["user"]["client-certificate-data"]),
        (place.administrator_key, user["user"]["client-key-data"]),
    ):
        path.touch(mode=0o600)
        path.write_bytes(base64.b64decode(data))
    return str(cluster["cluster"]["server"])


def _tls(place: Place) -> dict[str, str]:
    return {
        "ca_file": str(place.ca),
        "cert_file": str(place.administrator_certificate),
        "key_file": str(place.administrator_key),
    }
