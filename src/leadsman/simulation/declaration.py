"""A service's declaration, without what nobody can know of the past: people, evaluations, pauses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.simulation.cluster import Cluster

Object = Mapping[str, Any]
GENERATION: Final = "simulated-generation"
"""An annotation that makes a revision of each generation."""
_LEFT_OUT: Final[Mapping[str, str]] = {
    "gates": "evaluations were not made then: what its gates would have said is not known",
    "riskBudget": "what was spent of its risk budget is not simulated",
    "riskBudgetRef": "what was spent of the shared risk budget is not simulated",
    "lifecycle": "its dates are of today, and not of then",
    "inputs": "what its ConfigMaps held then is not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    namespace: str
    name: str
    raw: Object
    """The spec, without what is left out."""
    spec: AIServiceSpec
    """The same, read."""
    left_out: tuple[str, ...]
    """Why, in words."""

    @classmethod
    def read(cls, namespace: str, name: str, raw: Object) -> Self:
        """Of a spec as it is written.

        Raises:
            ValidationError: it cannot be applied.
        """
        AIServiceSpec.from_dict(dict(raw))
        kept = {key: value for key, value in raw.items() if key not in _LEFT_OUT}
        rollout, said = _rollout(raw.get("rollout") or {})
        kept["rollout"] = rollout
        left_out = (*(why for key, why in _LEFT_OUT.items() if raw.get(key)), *said)
        return cls(namespace=namespace, name=name, raw=kept, spec=AIServiceSpec.from_dict(kept), left_out=left_out)

    def of(self, generation: str) -> Object:
        """The spec of one generation."""
        template = dict(self.raw["template"])
        metadata = dict(template.get("metadata") or {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), GENERATION: generation}
        return {**self.raw, "template": {**template, "metadata": metadata}}

    def cluster(self, generation: str) -> Cluster:
        """In which this generation serves as soon as it settles: it was there, whatever would have come of it."""
        raw: Object = {**self.of(generation), "monitors": [], "rollout": {"strategy": "AllAtOnce", "bakeSeconds": 0}}
        return Cluster(namespace=self.namespace, name=self.name, raw=raw, providers=frozenset(self.providers))

    @property
    def providers(self) -> tuple[str, ...]:
        """Names of the metric providers that its monitors ask."""
        return tuple(sorted({one.provider for one in self.spec.monitors}))


def _rollout(raw: Object) -> tuple[Object, tuple[str, ...]]:
    """Without what people are asked for."""
    said = tuple(_said(raw))
    kept = {key: value for key, value in raw.items() if key != "paused"}
    if "stages" in kept:
        kept["stages"] = [{key: value for key, value in stage.items() if key != "approval"} for stage in kept["stages"]]
    return kept, said


def _said(raw: Object) -> Iterator[str]:
    if raw.get("paused"):
        yield "it is paused: simulated as if it were not"
    asked = [stage["name"] for stage in raw.get("stages") or () if stage.get("approval") == "Required"]
    if asked:
        yield f"approvals before {', '.join(asked)}: simulated as if they were given at once"
