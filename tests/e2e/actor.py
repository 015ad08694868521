"""Pods of an image made for the tests: what a container does is told by its arguments, see actor/main.go."""

import subprocess
from pathlib import Path
from typing import Any

from leadsman.sandbox.binaries.toolchain import Version, build_environment, find_go
from leadsman.sandbox.images.archive import Files, ImageConfig, build_image

SOURCES = Path(__file__).parent / "actor"
IMAGE = "leadsman.dev/tests/actor:1"
PORT = 8080


def build_actor(folder: Path) -> Path:
    """The image's archive."""
    go = find_go(Version(1, 26))
    subprocess.run(
        [go.path, "build", "-trimpath", "-buildvcs=false", "-o", folder / "actor", "."],
        cwd=SOURCES,
        env=build_environment(),
        check=True,
    )
    image = build_image(IMAGE, [Files({"/actor": folder / "actor"})], ImageConfig(entrypoint=("/actor",)), folder / "a")
    return image.archive


def container(*task: str, **more: Any) -> dict[str, Any]:
    return {"name": "main", "image": IMAGE, "args": list(task), **more}


def pod(name: str, main: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [main], "terminationGracePeriodSeconds": 1, **spec},
    }


def servers(name: str, *, replicas: int) -> list[dict[str, Any]]:
    """A Deployment whose pods answer with their names, and its Service."""
    ready = {"httpGet": {"port": PORT, "path": "/"}, "periodSeconds": 1}
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [container("serve", readinessProbe=ready)], "terminationGracePeriodSeconds": 1},
    }
    selector = {"app": name}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": selector}, "template": template},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {"selector": selector, "ports": [{"port": 80, "targetPort": PORT}]},
        },
    ]
