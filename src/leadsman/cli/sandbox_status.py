"""`leadsman sandbox status`, as a table for people or JSON for programs."""

import json
from collections.abc import Iterable
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from leadsman.sandbox import lifecycle
from leadsman.sandbox.errors import NotRunning

Output = Literal["table", "json"]


def show(names: Iterable[str], output: Output) -> bool:
    """Print each; whether all of them are up (none at all is not)."""
    found = [_describe(name) for name in names]
    if output == "json":
        Console(soft_wrap=True).print_json(json.dumps(found))
    else:
        _print(found)
    return bool(found) and all(sandbox["ready"] for sandbox in found)


def _describe(name: str) -> dict[str, Any]:
    try:
        place, request, status = lifecycle.running(name)
    except NotRunning as error:
        return {"name": name, "ready": False, "error": error.what, "nextStep": error.next_step}
    return {
        "name": name,
        "ready": status.ready,
        "provider": request.provider,
        "nodes": request.nodes,
        "why": request.why,
        "started": status.started.isoformat(timespec="seconds") if status.started else None,
        "apiServer": status.api_server,
        "prometheus": status.prometheus,
        "kubeconfig": str(lifecycle.kubeconfig_of(place, request)),
        "parts": {part: state.model_dump() for part, state in status.parts.items()},
    }


def _print(found: list[dict[str, Any]]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    if not found:
        console.print("no sandbox here; start one with: leadsman sandbox up")
    for sandbox in found:
        console.print(f"[bold]{sandbox['name']}[/]: {'ready' if sandbox['ready'] else 'not ready'}")
        for key in (
            "error",
            "nextStep",
            "provider",
            "nodes",
            "why",
            "started",
            "apiServer",
            "prometheus",
            "kubeconfig",
        ):
            if sandbox.get(key):
                console.print(f"  {key}: {sandbox[key]}")
        if parts := sandbox.get("parts"):
            console.print(_table(parts))


def _table(parts: dict[str, dict[str, Any]]) -> Table:
    table = Table("PART", "STATE", "PID", "RESTARTS", "MESSAGE", box=None, pad_edge=False)
    for part, state in parts.items():
        table.add_row(part, state["state"], str(state["pid"] or ""), str(state["restarts"]), state["message"])
    return table
