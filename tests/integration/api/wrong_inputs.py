"""All mistakes, by the example that they are made in."""

from typing import Final

from integration.api.mistake import Mistake
from integration.api.wrong_budgets import BUDGETS
from integration.api.wrong_changes import CHANGED
from integration.api.wrong_evaluations import RUNS, SUITES
from integration.api.wrong_monitors import MONITORS
from integration.api.wrong_policies import POLICIES
from integration.api.wrong_records import DECISIONS, INCIDENTS, REVISIONS
from integration.api.wrong_rollouts import ROLLOUTS
from integration.api.wrong_services import SERVICES
from integration.api.wrong_verbs import CREATED, REPLACED

Mistakes = dict[str, tuple[Mistake, ...]]

IN_SOMETHING_NEW: Final[Mistakes] = {
    "aiservice": (*SERVICES, *ROLLOUTS, *MONITORS, *CREATED),
    "evalsuite": SUITES,
    "evalrun": RUNS,
    "riskbudget": BUDGETS,
    "governancepolicy": POLICIES,
    "aidecision": DECISIONS,
    "aiincident": INCIDENTS,
    "airevision": REVISIONS,
}

IN_A_CHANGE: Final[Mistakes] = {kind: (*changed, *REPLACED.get(kind, ())) for kind, changed in CHANGED.items()}
"""Of something that is there already."""
