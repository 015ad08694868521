"""One form for each JSON value (RFC 8785), and digests of it that say what they are of."""

import hashlib
from typing import Any

import rfc8785


class NotCanonicalError(ValueError):
    """A value that JSON programs would not agree on, such as an integer beyond 2^53 or NaN."""


def canonical(value: Any) -> bytes:
    """The JSON text that every implementation of RFC 8785 writes for this value: UTF-8, keys sorted, no blanks."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise NotCanonicalError(
            f"{error}: write integers beyond 2^53 as strings, and no NaN, infinity or broken Unicode"
        ) from error


def digest(domain: str, value: Any) -> str:
    """`sha256:` and 64 hexadecimal digits.

    Args:
        domain: what the value is, with a version, such as `leadsman.dev/revision/v1`. It is part of what is hashed, so
            that a digest of one thing can never pass for that of another, nor one made by later rules for this one.
        value: JSON.
    """
    hashed = hashlib.sha256(domain.encode() + b"\n" + canonical(value))
    return f"sha256:{hashed.hexdigest()}"
