"""Why an object cannot be read, in words, on one line."""

from typing import Final

from pydantic import ValidationError

from leadsman.clients.errors import one_line

SHOWN: Final = 5
CHARACTERS: Final = 1024


def complaint(error: ValidationError, *, under: str) -> str:
    """`spec.model.version: Field required; spec.replicas: …`, without what was written there.

    Args:
        error: of pydantic.
        under: the field that was read, such as `spec`.
    """
    found = error.errors(include_url=False, include_context=False, include_input=False)
    shown = [f"{'.'.join(map(str, (under, *one['loc'])))}: {one['msg']}" for one in found[:SHOWN]]
    rest = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return one_line("; ".join([*shown, *rest]), limit=CHARACTERS)
