"""What a signature of a model says that was signed: an in-toto statement with the predicate of OpenSSF Model Signing.

Its subject has one digest: SHA-256 over the digests of the model's files, as bytes, in the order in which the statement
lists them. It covers the content and the order of the files; their names are covered by the signature alone.
"""

import hashlib
import json
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
PREDICATE: Final = "https://model_signing/signature/v1.0"
_Hex = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2})+$", max_length=128)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class NotAModel(Exception):
    """What was signed is no statement about a model, or contradicts itself."""


class _Part(BaseModel):
    """Others may add fields to theirs."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _Resource(_Part):
    name: Annotated[str, StringConstraints(min_length=1)]
    digest: _Hex


class _Digests(_Part):
    sha256: _Sha256


class _Subject(_Part):
    digest: _Digests


class _Predicate(_Part):
    resources: Annotated[list[_Resource], Field(min_length=1)]


class _Statement(_Part):
    type_: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")]
    predicate_type: Annotated[str, Field(alias="predicateType")]
    subject: Annotated[list[_Subject], Field(min_length=1, max_length=1)]
    predicate: _Predicate


def signed_digest(payload_type: str, payload: bytes) -> str:
    """Of the model, as `spec.model.digest` has it: `sha256:…`.

    Raises:
        NotAModel: why none can be told.
    """
    if payload_type != PAYLOAD_TYPE:
        raise NotAModel(f"what was signed is {payload_type[:64]}, and no in-toto statement")
    try:
        # First, whatever else it is: a statement of another kind has another predicate.
        kind = json.loads(payload).get("predicateType")
    except (ValueError, AttributeError, RecursionError) as error:
        raise NotAModel("what was signed is no JSON object") from error
    if kind != PREDICATE:
        raise NotAModel(f"what was signed is a statement of the type {str(kind)[:128]}, and not {PREDICATE}")
    try:
        statement = _Statement.model_validate_json(payload)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise NotAModel(f"the statement that was signed is incomplete: {where}") from error
    return _consistent(statement)


def _consistent(statement: _Statement) -> str:
    resources = statement.predicate.resources
    if len({one.name for one in resources}) != len(resources):
        raise NotAModel("the statement that was signed names a file twice")
    stated = statement.subject[0].digest.sha256
    computed = hashlib.sha256(b"".join(bytes.fromhex(one.digest) for one in resources)).hexdigest()
    if computed != stated:
        raise NotAModel(f"the statement that was signed says sha256:{stated}, and its files make sha256:{computed}")
    return f"sha256:{stated}"
