"""Does the API server take these pods, and what does it make of them? It is asked, strictly, and nothing is made."""

from collections import OrderedDict
from datetime import datetime
from typing import Any, Final

from leadsman.clients.errors import AlreadyExists, Forbidden, Invalid
from leadsman.clients.kinds import DEPLOYMENT
from leadsman.clients.kubernetes import Kubernetes
from leadsman.planner.children import sealed
from leadsman.planner.labels import APPLIED, RENDERED
from leadsman.planner.plan import Object, TemplateTrial
from leadsman.planner.world import TemplateCheck

REMEMBERED: Final = 256


class Trials:
    def __init__(self, api: Kubernetes) -> None:
        self._api = api
        self._applied: OrderedDict[tuple[str, str, str], str] = OrderedDict()

    async def check(self, trial: TemplateTrial, now: datetime) -> TemplateCheck:
        """What it said, its warnings included.

        Raises:
            ApiError: it did not get to judging the template.
        """
        try:
            answer = await self._api.create(DEPLOYMENT, trial.deployment, dry_run=True)
        except AlreadyExists:  # found out when all that could be refused was not
            return TemplateCheck(digest=trial.digest, accepted=True, at=now)
        except (Invalid, Forbidden) as error:
            return TemplateCheck(digest=trial.digest, accepted=False, at=now, message=error.message)
        self._remember(trial.deployment, answer.object)
        return TemplateCheck(digest=trial.digest, accepted=True, at=now, message="; ".join(answer.warnings))

    async def sealed_for_creation(self, deployment: Object) -> dict[str, Any]:
        """With the digest of what the API server makes of it, asked now unless the trial has just shown it.

        Raises:
            ApiError: it would not take it.
        """
        applied = self._applied.pop(_identity(deployment), None)
        if applied is None:
            return sealed(deployment, (await self._api.create(DEPLOYMENT, deployment, dry_run=True)).object)
        metadata = deployment["metadata"]
        return {**deployment, "metadata": {**metadata, "annotations": {**metadata["annotations"], APPLIED: applied}}}

    def _remember(self, deployment: Object, answer: Object) -> None:
        self._applied[_identity(deployment)] = sealed(deployment, answer)["metadata"]["annotations"][APPLIED]
        if len(self._applied) > REMEMBERED:
            self._applied.popitem(last=False)


def _identity(deployment: Object) -> tuple[str, str, str]:
    metadata = deployment["metadata"]
    return metadata["namespace"], metadata["name"], metadata["annotations"].get(RENDERED, "")
