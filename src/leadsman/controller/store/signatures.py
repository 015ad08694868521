"""Signatures of models: where the bundles are, and what came of verifying them."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from leadsman.planner import labels
from leadsman.planner.governance import Bundle, Policy, Question, Signed
from leadsman.planner.policies.signatures import asking, question
from leadsman.planner.world import Input, InputState, Service

KEPT: Final = 10_000
"""Answers. What is forgotten is asked again."""
Look = Callable[[str, str], Input | None]
"""For a ConfigMap, by namespace and name. None: nobody has looked yet."""


class Unverified(NamedTuple):
    question: Question
    text: str
    policy: str


class Signatures:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._answers: OrderedDict[Question, Signed] = OrderedDict()

    def with_answer(self, policy: Policy, service: Service) -> Policy:
        """What is known of the service's signature, where the policy asks for one."""
        signature = service.spec.model.signature
        if asking(policy.spec) is None or signature is None:
            return policy
        seen = replace(
            policy, bundle=self._bundle(service.namespace, signature.bundle.config_map, signature.bundle.key)
        )
        asked = question(service, seen)
        return replace(seen, signed=self._answers.get(asked)) if asked is not None else seen

    def unverified(self, policy: Policy, service: Service) -> Unverified | None:
        """Of a policy with what is known."""
        signature, asked = service.spec.model.signature, question(service, policy)
        if asked is None or signature is None or policy.signed is not None:
            return None
        found = self._look(service.namespace, signature.bundle.config_map)
        return Unverified(asked, found.data["data"][asked.key], policy.name) if found is not None else None

    def answer(self, asked: Question, found: Signed) -> None:
        self._answers[asked] = found
        if len(self._answers) > KEPT:
            self._answers.popitem(last=False)

    def forget(self, asked: Question) -> None:
        self._answers.pop(asked, None)

    def _bundle(self, namespace: str, name: str, key: str) -> Bundle | None:
        found = self._look(namespace, name)
        if found is None:
            return None
        if found.state is InputState.MISSING:
            create = f"kubectl create configmap {name} -n {namespace} --from-file={key}=model.sig"
            return Bundle(problem=f"there is no ConfigMap {name}", unblock=create)
        if found.state is InputState.NOT_LABELLED:
            label = f"kubectl label configmap {name} -n {namespace} {labels.INPUT}=true"
            return Bundle(
                problem=f"the ConfigMap {name} has no label {labels.INPUT}: changes would go unseen", unblock=label
            )
        if key not in found.data.get("data", {}):
            return Bundle(
                problem=f"the ConfigMap {name} has no text under the key {key}", unblock="put the bundle there"
            )
        return Bundle(digest=found.digest)
