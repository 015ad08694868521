"""How a kind presents itself to `kubectl`: names, scope, columns, what can be selected and scaled."""

from dataclasses import dataclass
from typing import Literal

from leadsman.api.reasons import ConditionType


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    path: str
    type: Literal["string", "integer", "date"] = "string"
    wide: bool = False
    """Shown with `-o wide` only."""


def condition_status(type_: ConditionType) -> str:
    return f'.status.conditions[?(@.type=="{type_}")].status'


def condition_reason(type_: ConditionType) -> str:
    return f'.status.conditions[?(@.type=="{type_}")].reason'


def condition_message(type_: ConditionType) -> str:
    return f'.status.conditions[?(@.type=="{type_}")].message'


AGE = Column("Age", ".metadata.creationTimestamp", type="date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    plural: str
    short_names: tuple[str, ...]
    columns: tuple[Column, ...]
    conditions: tuple[ConditionType, ...]
    """The condition types that this kind's status uses."""
    scope: Literal["Namespaced", "Cluster"] = "Namespaced"
    selectable: tuple[str, ...] = ()
    """What an auditor filters by: `kubectl get … --field-selector`."""
    scalable: bool = False
    """Has spec.replicas, status.replicas and status.selector, for `kubectl scale` and autoscalers."""
