"""What runs and who changed it: parts of an AIService that an AIRevision records as they were."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from leadsman.api.markers import Pattern, Rule, keyed_by
from leadsman.api.meta import Model
from leadsman.api.scalars import Commit, Digest, Identifier, KeyName, ObjectName, Uri

MOVING = (
    "latest", "newest", "current", "main", "master", "trunk", "head", "develop", "dev", "edge", "nightly", "stable",
    "default", "prod", "production", "staging", "champion", "challenger", "rolling", "canary", "next",
)  # fmt: skip
"""Names that mean another version tomorrow."""

ModelVersion = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    Pattern(r"^[!-~]+$", "must be ASCII letters, digits and signs without blanks: write the version as 2026.11.1"),
    Pattern(
        rf"(?i)[*^~<>]|(^|[/:@])({'|'.join(MOVING)})$|\.x(\.|$)",
        "is a moving name, so nobody could say later which model it was: write the exact version, such as 2026.11.1",
        refused=True,
    ),
]


class Document(Model):
    """Something written down elsewhere, pinned by its digest."""

    uri: Uri
    """Where it is."""
    digest: Digest | None = None
    """Its SHA-256, as sha256:<64 hex digits>, so that a later change of the document shows."""


class Provider(Model):
    """A model behind someone else's API. What answers is compared with modelId: a silent change is drift."""

    name: Identifier
    """Who offers it, such as openai."""
    model_id: Identifier
    """The dated model id that the API is asked for."""


class ConfigMapKey(Model):
    config_map: ObjectName
    """Name of the ConfigMap, in the same namespace."""
    key: Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^[-._a-zA-Z0-9]+$")]
    """Key in the ConfigMap."""


class Signature(Model):
    """An OpenSSF model signature: who signed the model's files.

    It is verified where a policy requires one. Only the policy's signers count: what stands here chooses among them.
    """

    bundle: ConfigMapKey
    """Where the bundle (model.sig) is kept. The ConfigMap carries the label leadsman.dev/input."""
    identity: Identifier | None = None
    """Who must have signed, such as a CI workflow or a mail address. Goes with issuer."""
    issuer: Uri | None = None
    """Who must have vouched for that identity: the OpenID Connect issuer."""
    key: KeyName | None = None
    """In place of both: the name of a key in the policy's provenance.keys."""

    validations = (
        Rule(
            "has(self.identity) == has(self.issuer) && has(self.key) != has(self.identity)",
            "says who signed: write identity and issuer, or key",
        ),
    )


class DataSource(Model):
    """A data set that made the model, judges it, or is looked up by it."""

    name: Identifier
    """Unique in the list."""
    role: Literal["Train", "Eval", "Retrieval"]
    """What it is used for: Train, Eval or Retrieval."""
    digest: Digest | None = None
    """Its SHA-256, as sha256:<64 hex digits>."""
    license: Identifier | None = None
    """SPDX id of its licence, or a house name such as internal."""


class AIModel(Model):
    """The model that a revision runs. A change here makes a new revision."""

    name: Identifier
    """The model's name."""
    version: ModelVersion
    """The exact version. Names that move, such as latest, main or stable, are refused."""
    uri: Uri | None = None
    """Where its files are, such as oci://models.example.com/support-llm:2026.11.1."""
    digest: Digest | None = None
    """SHA-256 of the model's files, as sha256:<64 hex digits>. Policies of higher tiers require it. Of a signed model:
    the digest of the signature's subject. The files in the pods are not compared with it."""
    provider: Provider | None = None
    """For a model behind someone else's API."""
    card: Document | None = None
    """The model card."""
    signature: Signature | None = None
    """Who signed the model's files, and where the signature is."""
    data: Annotated[tuple[DataSource, ...], keyed_by("name"), Field(max_length=32)] = ()
    """The data sets behind it, at most 32."""


class Change(Model):
    """Where a change comes from, as CI claims it. A claim is shown and compared, never trusted as identity."""

    author: Identifier | None = None
    """Who wrote the change. May not approve it where policy separates duties."""
    commit: Commit | None = None
    """Git commit, 7 to 64 hex digits."""
    pull_request: Uri | None = None
    """Where the change was reviewed."""
