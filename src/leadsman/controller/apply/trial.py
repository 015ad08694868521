"""Does the API server take these pods? It is asked, strictly, and nothing is made."""

from datetime import datetime

from leadsman.clients.errors import AlreadyExists, Forbidden, Invalid
from leadsman.clients.kinds import DEPLOYMENT
from leadsman.clients.kubernetes import Kubernetes
from leadsman.planner.plan import TemplateTrial
from leadsman.planner.world import TemplateCheck


async def check(api: Kubernetes, trial: TemplateTrial, now: datetime) -> TemplateCheck:
    """What it said, its warnings included.

    Raises:
        ApiError: it did not get to judging the template.
    """
    try:
        answer = await api.create(DEPLOYMENT, trial.deployment, dry_run=True)
    except AlreadyExists:  # found out when all that could be refused was not
        return TemplateCheck(digest=trial.digest, accepted=True, at=now)
    except (Invalid, Forbidden) as error:
        return TemplateCheck(digest=trial.digest, accepted=False, at=now, message=error.message)
    return TemplateCheck(digest=trial.digest, accepted=True, at=now, message="; ".join(answer.warnings))
