"""What is meant: a service, one of its evaluations, a suite, a policy, or a budget."""

from dataclasses import dataclass
from typing import Final, NamedTuple


class Key(NamedTuple):
    """Of an AIService, whether or not there is one at the moment."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class RunKey:
    """Of an EvalRun. No tuple: it is never the same as a service's."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class SuiteKey:
    """Of an EvalSuite."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """Of a GovernancePolicy."""

    name: str


@dataclass(frozen=True, slots=True)
class BudgetKey:
    """Of a RiskBudget."""

    namespace: str
    name: str


AnyKey = Key | RunKey | SuiteKey | PolicyKey | BudgetKey
_WORDS: Final = {Key: "service", RunKey: "run", SuiteKey: "suite", BudgetKey: "budget"}


def concerned(key: AnyKey) -> dict[str, str]:
    """For logs."""
    if isinstance(key, PolicyKey):
        return {"policy": key.name}
    return {"namespace": key.namespace, _WORDS[type(key)]: key.name}
