"""What this machine can do: the facts that `choose` decides on."""

import platform
import shutil

from leadsman.sandbox.choice import Machine
from leadsman.sandbox.errors import Unsupported
from leadsman.sandbox.kind.client import engine
from leadsman.sandbox.local.nodes.preflight import inspect_machine, unsupported_because


def look() -> Machine:
    found, why_not = engine()
    return Machine(
        engine=found,
        no_engine=why_not,
        no_local=_no_local(),
        no_real_nodes=unsupported_because(inspect_machine()),
    )


def _no_local() -> Unsupported | None:
    if platform.system() != "Linux":
        return Unsupported(
            f"a local cluster needs Linux, and this is {platform.system()}",
            next_step="start Docker or podman: then kind is used; or name a cluster of yours with --context",
        )
    if not shutil.which("setpriv"):
        return Unsupported("setpriv is missing", next_step="apt-get install util-linux")
    return None
