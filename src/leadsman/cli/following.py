"""One object, as it is and with each change."""

import time
from collections.abc import Iterator
from typing import Final

from leadsman.cli.cluster import Cluster, Object, Selection
from leadsman.cli.errors import CommandFailed
from leadsman.clients.kinds import Kind

WATCH_SECONDS: Final = 60


def changes(cluster: Cluster, kind: Kind, name: str, timeout: float | None) -> Iterator[Object]:
    """Until so many seconds are over; None: for ever.

    Raises:
        CommandFailed: it was deleted.
    """
    deadline = time.monotonic() + timeout if timeout is not None else None
    selection = Selection(kind=kind, namespace=cluster.namespace, fields=f"metadata.name={name}")
    while True:
        listing = cluster.list(selection)
        if not listing.items:
            raise CommandFailed(f"{kind.name} {name} was deleted", next_step="find out by whom, and do it again")
        yield from listing.items
        left = WATCH_SECONDS if deadline is None else min(WATCH_SECONDS, deadline - time.monotonic())
        if left <= 0:
            return
        for change, found in cluster.watch(selection, listing.resource_version, seconds=max(1, round(left))):
            if change != "DELETED":
                yield found
