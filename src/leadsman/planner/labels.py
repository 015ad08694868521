"""Labels and annotations of what Leadsman makes. Other programs select by them: as stable as fields."""

from typing import Final

PREFIX: Final = "leadsman.dev/"
"""Whatever begins with it is Leadsman's to set and to remove, but for ADOPT and REQUEST."""

SERVICE: Final = "leadsman.dev/service"
"""On everything: the AIService's name."""
REVISION: Final = "leadsman.dev/revision"
"""On Deployments, their pods, and pinned ConfigMaps: the AIRevision's name."""
INPUT: Final = "leadsman.dev/input"
"""On ConfigMaps that are part of the behaviour, and on their copies."""
VERDICT: Final = "leadsman.dev/verdict"
"""On AIRevisions: how far it got."""

RUN: Final = "leadsman.dev/run"
"""On Jobs of evaluations and their pods: the Job's name."""
ASKED: Final = "leadsman.dev/asked"
"""Annotation on Jobs of evaluations: the address of the revision that is evaluated."""
EVALUATION: Final = "evaluation.leadsman.dev"
"""Value of SERVICE on pods of evaluations. No AIService can have that name, so no Service of one selects them."""

RENDERED: Final = "leadsman.dev/rendered"
"""Annotation on everything: digest of what was asked for. Its absence tells a stranger."""
APPLIED: Final = "leadsman.dev/applied"
"""Annotation on Deployments: digest of what the API server made of it, with defaults and mutating admission."""
RESTARTED_AT: Final = "leadsman.dev/restarted-at"
"""Annotation on pods: spec.restartedAt of the AIService."""
ADOPT: Final = "leadsman.dev/adopt"
"""Annotation that its owner puts on an object to hand it over."""
REQUEST: Final = "leadsman.dev/request"
"""Annotation on AIServices, for tools that can do no more than annotate: Pause, Resume or Abort."""
