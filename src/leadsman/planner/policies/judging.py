"""Does a service that is there satisfy a policy's rules? The API server is asked by dry runs, and answers in warnings.

A rule is met if it says so, and broken if it says nothing. The answer counts under the seal of the very rules that were
meant: an admission policy that is missing, or another one, seals nothing, and what is not sealed is not judged.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from leadsman.api.meta import GROUP, VERSION
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.ledger.canonical import digest
from leadsman.planner.governance import Violation
from leadsman.planner.policies.admission import (
    AT_ONCE,
    JUDGED_BY,
    MET,
    RULE,
    SEAL,
    judged_rules,
    part_names,
    rules_digest,
)
from leadsman.planner.world import Service

Object = dict[str, Any]
_FAILED: Final = re.compile(r"^Validation failed for ValidatingAdmissionPolicy '([^']+)' with binding '[^']+': (.*)$")
_MET: Final = re.compile(re.escape(MET) + r"(\d+);$")
_ERROR: Final = re.compile(re.escape(RULE) + r"(\d+);.* resulted in error: (.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Of one service by one policy."""

    question: str
    """Digest of what was asked about."""
    violations: tuple[Violation, ...]


def question(service: Service, labels: Mapping[str, str], spec: GovernancePolicySpec) -> str:
    """Changes whenever the answer may."""
    asked = {
        "uid": service.uid,
        "generation": service.generation,
        "labels": dict(labels),
        "rules": rules_digest(spec.rules),
    }
    return digest(f"{GROUP}/question/v1", asked)


def dry_runs(service: Service, labels: Mapping[str, str], policy: str, spec: GovernancePolicySpec) -> Iterator[Object]:
    """The service as it is, for each part of the rules. It is found to exist, once they were asked."""
    for part in range(-(-len(judged_rules(spec)) // AT_ONCE)):
        metadata = {
            "namespace": service.namespace,
            "name": service.name,
            "labels": dict(labels),
            "annotations": {JUDGED_BY: f"{policy}/{part}"},
        }
        yield {"apiVersion": f"{GROUP}/{VERSION}", "kind": "AIService", "metadata": metadata, "spec": service.raw}


def judgement(
    policy: str, spec: GovernancePolicySpec, asked: str, answers: Iterable[Iterable[str]]
) -> Judgement | None:
    """By what the API server said. None: it did not ask all the rules, as they are.

    Args:
        policy: its name.
        spec: with its rules.
        asked: the question.
        answers: warnings, of each dry run.
    """
    mine, seal = part_names(policy)["Judge"], f"{SEAL}{rules_digest(spec.rules)};"
    met: set[int] = set()
    errors: dict[int, str] = {}
    for warnings in answers:
        matches = (_FAILED.match(text) for text in warnings)
        said = [match[2] for match in matches if match is not None and match[1] == mine]
        if seal not in said:
            return None
        met |= {int(found[1]) for text in said if (found := _MET.match(text)) is not None}
        errors |= {int(found[1]): found[2] for text in said if (found := _ERROR.search(text)) is not None}
    broken = [(number, one) for number, one in judged_rules(spec) if number not in met]
    violations = (
        Violation(rule=one.name, message=_words(one.message, errors.get(number)), severity=one.severity)
        for number, one in broken
    )
    return Judgement(question=asked, violations=tuple(violations))


def _words(message: str, error: str | None) -> str:
    return f"{message} (the rule ends in an error: {error})" if error is not None else message
