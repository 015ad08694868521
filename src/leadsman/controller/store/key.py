"""Which service is meant."""

from typing import NamedTuple


class Key(NamedTuple):
    """Of an AIService, whether or not there is one at the moment."""

    namespace: str
    name: str
