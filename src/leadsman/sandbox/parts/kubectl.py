"""kubectl, for the few things that the sandbox itself asks of a cluster."""

import asyncio
import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadsman.sandbox.errors import SandboxError, StartFailed
from leadsman.sandbox.parts.process import without_proxies

REQUEST_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Kubectl:
    """Bound to one cluster; what it caches goes to the sandbox's folder, not to the user's home."""

    binary: Path
    kubeconfig: Path

    def arguments(self, *words: str) -> tuple[str, ...]:
        return (str(self.binary), f"--kubeconfig={self.kubeconfig}", *words)

    @property
    def environment(self) -> dict[str, str]:
        return {**without_proxies(os.environ), "KUBECACHEDIR": str(self.kubeconfig.parent / ".kube-cache")}

    async def run(self, *words: str, stdin: str = "", within_seconds: float = REQUEST_TIMEOUT_SECONDS) -> str:
        """What kubectl prints.

        Raises:
            StartFailed: with what kubectl says, where it fails or takes too long.
        """
        child = await asyncio.create_subprocess_exec(
            *self.arguments(*words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment,
        )
        try:
            output, errors = await asyncio.wait_for(child.communicate(stdin.encode()), within_seconds)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            if isinstance(error, TimeoutError):
                raise self._failed(words, f"no answer within {within_seconds:.0f} s") from error
            raise
        if child.returncode:
            raise self._failed(words, errors.decode(errors="replace").strip())
        return output.decode(errors="replace")

    async def apply(self, objects: Iterable[dict[str, Any]]) -> None:
        """Server-side apply, so that doing it again changes nothing."""
        manifests = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        await self.run("apply", "--server-side", "--field-manager=leadsman-sandbox", "-f", "-", stdin=manifests)

    async def await_ready_node(self, name: str, *, within_seconds: int) -> None:
        """Return once the node is there and ready."""
        timeout = f"--timeout={within_seconds}s"
        try:
            for condition in ("create", "condition=Ready"):
                words = ("wait", f"node/{name}", f"--for={condition}", timeout)
                await self.run(*words, within_seconds=within_seconds + 5)
        except SandboxError as error:
            raise StartFailed(
                f"node {name} was not ready within {within_seconds} s: {error.what}",
                next_step="read its logs with: leadsman sandbox logs",
            ) from error

    @staticmethod
    def _failed(words: tuple[str, ...], what: str) -> StartFailed:
        return StartFailed(f"kubectl {' '.join(words)}: {what}", next_step="leadsman sandbox status says what runs")
