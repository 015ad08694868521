"""Writes to what is there no more, though no watch has told so: a watch with a gap never tells, and a sweep is rare."""

import contextlib
from collections.abc import Generator

from leadsman.clients.errors import NotFound
from leadsman.clients.kinds import Kind
from leadsman.controller.store import Store
from leadsman.controller.store.shelf import Place


@contextlib.contextmanager
def noticed(store: Store, kind: Kind, place: Place, resource_version: str) -> Generator[None]:
    """For a write to the object that stood there in this version: the next decision knows that it is gone."""
    try:
        yield
    except NotFound:
        store.absent(kind, place, resource_version)
        raise
