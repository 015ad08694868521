"""A real node: containerd, kubelet and kube-proxy in the namespaces of `namespaces.py`. Pods really run.

Nothing is pulled: images come from archives (`load_image`). Nothing of this machine is changed but what goes away with
the node: one interface with its routes, and one folder in each cgroup hierarchy.
"""

import asyncio
import contextlib
import json
import os
import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from leadsman.sandbox.errors import StartFailed
from leadsman.sandbox.images.archive import pause_image
from leadsman.sandbox.local.nodes import cgroups, node_config
from leadsman.sandbox.local.nodes.link import SLOTS, Link, is_linked
from leadsman.sandbox.local.nodes.namespaces import Ground, environment, init_of, inside
from leadsman.sandbox.local.nodes.preflight import cni_folder, overlay_works
from leadsman.sandbox.parts.blueprint import Blueprint
from leadsman.sandbox.parts.process import Command, Probe
from leadsman.sandbox.place import Place

NODE: Final = "real-1"
LABELS: Final = "leadsman.dev/nodes=real"
# `k8s.io` is where the CRI plugin of containerd keeps its images.
CTR: Final = ("ctr", f"--address={node_config.CONTAINERD_SOCKET}", "--namespace=k8s.io")


@contextlib.asynccontextmanager
async def real_node(plan: Blueprint, ground: Ground) -> AsyncGenerator[str]:
    """A node that registers itself with the API server, which must be up; yields its name.

    Left, its pods are gone too: killed, not asked, as when a machine is switched off.

    Raises:
        SandboxError: a part did not come up.
    """
    group = ground.link.interface
    await asyncio.to_thread(sweep)
    await asyncio.to_thread(cgroups.make, group)
    try:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(asyncio.to_thread, _kill_all, ground.init)
            await stack.enter_async_context(plan.process(containerd(plan, ground)))
            archive = plan.place.data / "pause.tar"
            pause_image(plan.binaries["pause"], node_config.PAUSE_IMAGE, archive)
            await asyncio.to_thread(_import, ground.init, archive)
            for command in (kubelet(plan, ground), kube_proxy(plan, ground)):
                await stack.enter_async_context(plan.process(command))
            yield NODE
    finally:
        await asyncio.to_thread(cgroups.remove, group)


def sweep() -> None:
    """Remove the cgroups of nodes that died without doing so. A node that lives has its interface."""
    for link in map(Link, SLOTS):
        if not is_linked(link):
            # What cannot be removed, for lack of root above all, harms nobody: the next node in that slot insists.
            with contextlib.suppress(StartFailed):
                cgroups.remove(link.interface)


def load_image(place: Place, archive: Path) -> None:
    """Make the images in `archive` (the format of `docker save`) known to a sandbox's node, from any process.

    Raises:
        NotRunning: there is no real node.
        StartFailed: containerd does not take it.
    """
    _import(init_of(place), archive)


def _import(init: int, archive: Path) -> None:
    # Through standard input: the node sees another /var and /run than the one who asks.
    with archive.open("rb") as file:
        done = subprocess.run(
            inside(init, *CTR, "images", "import", "-"), stdin=file, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise StartFailed(
            f"containerd could not import {archive}: {done.stderr.strip()}",
            next_step="check that it is an image archive as `docker save` writes it",
        )


def _kill_all(init: int) -> None:
    """In the node's pid namespace: all but its first process, and the one that asks."""
    subprocess.run(
        ("nsenter", f"--target={init}", "--pid", "--mount", "--root", "--", "sh", "-c", "kill -KILL -1"),
        check=False,
        capture_output=True,
    )


def containerd(plan: Blueprint, ground: Ground) -> Command:
    networks = plan.place.config / "cni"
    networks.mkdir(exist_ok=True)
    (networks / "10-leadsman.conflist").write_text(node_config.cni_config(ground.link))
    config = plan.place.config / "containerd.toml"
    snapshotter = "overlayfs" if overlay_works(plan.place.data) else "native"
    config.write_text(node_config.containerd_config(snapshotter=snapshotter, cni=cni_folder(), cni_config=networks))
    return _command(ground, "containerd", ("containerd", f"--config={config}"), _succeeds(ground, *CTR, "version"))


def kubelet(plan: Blueprint, ground: Ground) -> Command:
    address = str(ground.link.node)
    resolver = plan.place.config / "resolv.conf"
    resolver.write_text(node_config.resolver_config(ground.link))
    settings = node_config.kubelet_config(
        ground.link,
        serving=plan.authority.issue("kubelet-serving", user=f"system:node:{NODE}", addresses=(address, NODE)),
        client_ca=plan.authority.ca.certificate,
        resolver=resolver,
    )
    config = plan.place.config / "kubelet.json"
    config.write_text(json.dumps(settings, indent=2))
    client = plan.client_config("kubelet", user=f"system:node:{NODE}", groups=("system:nodes",))
    argv = (
        str(plan.binaries["kubelet"]),
        f"--config={config}",
        f"--kubeconfig={client}",
        f"--hostname-override={NODE}",
        f"--node-ip={address}",
        f"--node-labels={LABELS}",
    )
    return _command(ground, "kubelet", argv, plan.answers(f"http://{address}:{node_config.HEALTHZ_PORT}/healthz"))


def kube_proxy(plan: Blueprint, ground: Ground) -> Command:
    client = plan.client_config("kube-proxy", user="system:kube-proxy")
    healthz = f"{ground.link.node}:{node_config.PROXY_HEALTHZ_PORT}"
    argv = (
        str(plan.binaries["kube-proxy"]),
        f"--kubeconfig={client}",
        f"--hostname-override={NODE}",
        "--proxy-mode=nftables",
        f"--cluster-cidr={ground.link.pods}",
        f"--healthz-bind-address={healthz}",
        # The table of connections is sized for the whole machine: not the node's to change.
        "--conntrack-max-per-core=0",
        "--oom-score-adj=0",
    )
    return _command(ground, "kube-proxy", argv, plan.answers(f"http://{healthz}/livez"))


def _command(ground: Ground, name: str, argv: tuple[str, ...], ready: Probe) -> Command:
    return Command(name=name, argv=inside(ground.init, *argv), ready=ready, environment=environment())


def _succeeds(ground: Ground, *argv: str) -> Probe:
    async def probe() -> bool:
        child = await asyncio.create_subprocess_exec(
            *inside(ground.init, *argv),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=os.environ | environment(),
        )
        return await child.wait() == 0

    return probe
