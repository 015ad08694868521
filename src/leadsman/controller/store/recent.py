"""What was read lately. Reading costs time, keeping what is read costs memory: so the latest are kept."""

from collections import OrderedDict
from typing import Final

from leadsman.controller.observe.revisions import Packed, UnreadableRevision, unpack
from leadsman.planner.world import Revision

KEPT: Final = 1000
"""Revisions: those of about a hundred services that are looked at again and again."""


class Recent:
    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._read: OrderedDict[str, tuple[Packed, Revision | UnreadableRevision]] = OrderedDict()

    def read(self, packed: Packed) -> Revision | UnreadableRevision:
        known = self._read.get(packed.uid)
        if known is None or known[0] is not packed:
            known = self._read[packed.uid] = (packed, unpack(packed))
        self._read.move_to_end(packed.uid)
        if len(self._read) > self._kept:
            self._read.popitem(last=False)
        return known[1]
