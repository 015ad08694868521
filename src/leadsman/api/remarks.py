"""What is to be said about a declaration before it is applied."""

from typing import Literal

from leadsman.api.meta import Model

Severity = Literal["Error", "Holds", "Warning"]


class Remark(Model):
    severity: Severity
    """Error: it cannot be applied, or cannot move. Holds: it would wait for this. Warning: it may not be meant so."""
    about: str
    """The field, such as `spec.criteria[accuracy].min`, or what else it is about."""
    message: str
    instead: str | None = None
    """What to write instead, where the message does not say so."""
