"""A rule of CEL, judged without a cluster, by Google's evaluator in C++. The API server decides; this foretells it.

What only the API server has is not judged: its request and authorizer, and Kubernetes' own functions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final, Literal

from leadsman.planner.policies.fields import code, unknown_fields

State = Literal["Met", "Broken", "NotJudged", "Mistaken"]
_SERVERS: Final = re.compile(r"(?<![\w.?])(request|params|authorizer|namespaceObject|variables)\b")
_STAMPED: Final = re.compile(
    r"\bmetadata\s*\.\s*\??(uid|generation|creationTimestamp|managedFields|resourceVersion|deletionTimestamp)\b"
)
_NAMESPACE: Final = re.compile(r"\bmetadata\s*\.\s*\??namespace\b")
_LIBRARY: Final = re.compile(
    r"(?<!\w)(quantity|isQuantity|url|isURL|ip|isIP|cidr|isCIDR|semver|isSemver|find|findAll|isSorted|sum|min|max"
    r"|indexOf|lastIndexOf|reverse|first|last|flatten|distinct|sort|sortBy|slice|transformList|transformMap"
    r"|transformMapEntry|existsOne)\s*\(|(?<![\w.])(sets|lists|math|format|cel|base64)\s*\."
)
_TWO: Final = re.compile(r"\.\s*(all|exists|exists_one)\(\s*\w+\s*,\s*\w+\s*,")
_ESCAPED: Final = re.compile(r"\b__\w+__\b")
MISSING: Final = "rules are judged with the package cel-expr-python: pip install 'leadsman[rules]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    state: State
    """Mistaken: it does not compile, and holds what its policy matches."""
    why: str = ""


def ruling(expression: str, service: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> Ruling:
    """Of a service as it is admitted (`fields.as_admitted`), and as it was before. An error is no pass."""
    found = check(expression)
    if found is not None:
        return found
    if _NAMESPACE.search(code(expression)) and "namespace" not in service.get("metadata", {}):
        return Ruling(state="NotJudged", why="the file does not say in which namespace it will be")
    value = _compiled(expression).eval(data={"object": service, "oldObject": old}).value()
    if value is True:
        return Ruling(state="Met")
    return Ruling(state="Broken", why="" if value is False else f"the rule ends in an error: {value}")


def check(expression: str) -> Ruling | None:
    """Why it cannot be judged, or is no rule. None: it can."""
    if beyond := _beyond(code(expression)):
        return Ruling(state="NotJudged", why=beyond)
    for path in unknown_fields(expression):
        return Ruling(state="Mistaken", why=f"{path}: there is no such field")
    try:
        compiled = _compiled(expression)
    except ImportError:
        return Ruling(state="NotJudged", why=MISSING)
    except RuntimeError as error:
        return Ruling(state="Mistaken", why=f"it does not compile: {_first_line(error)}")
    kind = compiled.return_type().name().lower()
    if kind not in {"bool", "dyn"}:
        return Ruling(state="Mistaken", why=f"it says {kind}: write something that is true or false")
    return None


def _beyond(text: str) -> str:
    if found := _SERVERS.search(text):
        return f"{found[1]} is known to the API server alone"
    if found := _STAMPED.search(text):
        return f"metadata.{found[1]} is written by the API server"
    if found := _LIBRARY.search(text):
        return f"{found[1] or found[2]} is a function that is not known without the API server"
    if _TWO.search(text):
        return "comprehensions over two variables are not known without the API server"
    return "names in underscores are Kubernetes' own" if _ESCAPED.search(text) else ""


def _first_line(error: RuntimeError) -> str:
    return str(error).splitlines()[0].removeprefix("INVALID_ARGUMENT: ").removeprefix("ERROR: ")


@cache
def _environment() -> Any:
    """Loaded when it is first asked for: the operator never does."""
    cel = import_module("cel_expr_python.cel")
    extensions = [
        import_module("cel_expr_python.ext.ext_optional").ExtOptional(),
        import_module("cel_expr_python.ext.ext_strings").ExtStrings(),
    ]
    return cel.NewEnv(variables={"object": cel.Type.DYN, "oldObject": cel.Type.DYN}, extensions=extensions)


@cache
def _compiled(expression: str) -> Any:
    return _environment().compile(expression)
