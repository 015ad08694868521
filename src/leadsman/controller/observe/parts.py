"""Spec and status of our own kinds, each read by itself: what one of them does not say the other still may."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from leadsman.api.meta import Model, Status
from leadsman.controller.observe.complaints import complaint

M = TypeVar("M", bound=Model)
S = TypeVar("S", bound=Status)


def spec_of(model: type[M], written: Mapping[str, Any]) -> tuple[M | None, str]:
    """Or None, and why it cannot be read."""
    try:
        return model.from_dict(written), ""
    except ValidationError as error:
        return None, complaint(error, under="spec")


def status_of(model: type[S], raw: Mapping[str, Any]) -> S:
    """Empty where it cannot be read: it is made anew."""
    try:
        return model.from_dict(raw.get("status") or {})
    except ValidationError:
        return model()
