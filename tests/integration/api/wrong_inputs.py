"""All mistakes, by the example that they are made in."""

from typing import Final

from integration.api.mistake import Mistake
from integration.api.wrong_budgets import BUDGETS
from integration.api.wrong_changes import CHANGED
from integration.api.wrong_evaluations import RUNS, SUITES
from integration.api.wrong_monitors import MONITORS
from integration.api.wrong_policies import POLICIES
from integration.api.wrong_ports import PORTS
from integration.api.wrong_records import DECISIONS, INCIDENTS, REVISIONS
from integration.api.wrong_rollouts import ROLLOUTS
from integration.api.wrong_selectors import OF_A_BUDGET, OF_A_POLICY, OF_A_SERVICE
from integration.api.wrong_services import SERVICES
from integration.api.wrong_texts import TEXTS
from integration.api.wrong_verbs import CREATED, REPLACED

Mistakes = dict[str, tuple[Mistake, ...]]

IN_SOMETHING_NEW: Final[Mistakes] = {
    "aiservice": (*SERVICES, *ROLLOUTS, *MONITORS, *OF_A_SERVICE, *TEXTS, *PORTS, *CREATED),
    "evalsuite": SUITES,
    "evalrun": RUNS,
    "riskbudget": (*BUDGETS, *OF_A_BUDGET),
    "governancepolicy": (*POLICIES, *OF_A_POLICY),
    "aidecision": DECISIONS,
    "aiincident": INCIDENTS,
    "airevision": REVISIONS,
}

IN_A_CHANGE: Final[Mistakes] = {kind: (*changed, *REPLACED.get(kind, ())) for kind, changed in CHANGED.items()}
"""Of something that is there already."""
