"""What docs/gitops gives to Argo CD and to Flux, run as they run it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import celpy
import lupa
import yaml
from celpy import celtypes
from celpy.adapter import json_to_cel

from harness import kstatus
from harness.cluster import Object
from harness.manifests import ROOT

GITOPS: Path = ROOT / "docs" / "gitops"
LUA = (GITOPS / "argocd-health.lua").read_text(encoding="utf-8")


ACTIONS: dict[str, Any] = yaml.safe_load((GITOPS / "argocd-actions.yaml").read_text(encoding="utf-8"))


def argo(found: Object) -> dict[str, str]:
    """The health that Argo CD shows."""
    return dict(_run(LUA, found))


def argo_actions(found: Object) -> dict[str, bool]:
    """The buttons that Argo CD shows: may each be pressed?"""
    return {name: not action["disabled"] for name, action in _run(ACTIONS["discovery.lua"], found).items()}


def press(button: str, found: Object) -> Object:
    """What Argo CD would write."""
    [script] = [one["action.lua"] for one in ACTIONS["definitions"] if one["name"] == button]
    return _to_python(_run(script, found))


def _run(script: str, found: Object) -> Any:
    """Argo CD's Lua has no standard library but what its own documentation names; `ipairs` is part of the base."""
    runtime: Any = lupa.LuaRuntime(register_eval=False, register_builtins=False)  # pyright: ignore[reportCallIssue]
    environment = runtime.table_from({"obj": found, "ipairs": runtime.globals()["ipairs"]}, recursive=True)
    load = runtime.eval("function(script, env) return assert(load(script, 'argocd', 't', env)) end")
    return load(script, environment)()


def _to_python(value: Any) -> Any:
    if lupa.lua_type(value) != "table":
        return value
    pairs = {key: _to_python(one) for key, one in value.items()}
    return list(pairs.values()) if pairs and all(isinstance(key, int) for key in pairs) else pairs


@cache
def flux() -> tuple[kstatus.Expression, kstatus.Expression, kstatus.Expression]:
    checks = yaml.safe_load((GITOPS / "flux-health.yaml").read_text(encoding="utf-8"))["healthCheckExprs"]
    check = next(one for one in checks if (one["apiVersion"], one["kind"]) == ("leadsman.dev/v1alpha1", "AIService"))
    in_progress, failed, current = (expression(check[name]) for name in ("inProgress", "failed", "current"))
    return in_progress, failed, current


def expression(text: str) -> Callable[[Object], bool]:
    environment = celpy.Environment()
    program = environment.program(environment.compile(text))

    def evaluate(found: Object) -> bool:
        names = {name: json_to_cel(value) for name, value in found.items()}
        answer = program.evaluate(names)
        assert isinstance(answer, celtypes.BoolType), answer
        return bool(answer)

    return evaluate
