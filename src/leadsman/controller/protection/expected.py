"""The admission policies that stamp and guard decisions and records, as they are shipped."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

FILES: Final = ("identity.yaml", "decisions.yaml", "records.yaml", "status.yaml")
PLACE: Final = "leadsman.controller.protection"
Guarding = tuple[str, str]
"""Kind and name."""


@cache
def expected() -> Mapping[Guarding, Mapping[str, Any]]:
    """Their specs."""
    texts = (files(PLACE).joinpath(name).read_text() for name in FILES)
    found = (one for text in texts for one in yaml.safe_load_all(text))
    return {(one["kind"], one["metadata"]["name"]): one["spec"] for one in found}
