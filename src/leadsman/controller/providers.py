"""Metric providers as they are written in the operator's configuration."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from leadsman.api.meta import Model
from leadsman.api.scalars import DnsLabel
from leadsman.clients.providers import Basic, BearerToken, Provider


class BasicSettings(Model):
    username: str
    """The user's name."""
    password_file: Path
    """A file with the password. Read for each query, so that it may rotate."""


class Authentication(Model):
    """One of the two."""

    bearer_token_file: Path | None = None
    """A file with the token. Read for each query, so that it may rotate."""
    basic: BasicSettings | None = None
    """User name and password."""

    @model_validator(mode="after")
    def _is_one(self) -> "Authentication":
        if (self.bearer_token_file is None) == (self.basic is None):
            raise ValueError("name one of bearerTokenFile and basic")
        return self

    def to_client(self) -> BearerToken | Basic:
        if self.basic is not None:
            return Basic(self.basic.username, self.basic.password_file)
        return BearerToken(self.bearer_token_file or Path())


class MetricProvider(Model):
    """Something that answers PromQL: Prometheus, Thanos, Mimir, VictoriaMetrics and others."""

    name: DnsLabel
    """What monitors call it. The one that they mean by default is `default`."""
    address: str
    """Of its API, without /api/v1."""
    authentication: Authentication | None = None
    """How it knows the operator."""
    headers: dict[str, str] = Field(default_factory=dict[str, str])
    """Sent with each query. Not for credentials."""
    tenant_header: str | None = None
    """Where tenants are kept apart by a header (Mimir: X-Scope-OrgID), its name. The value is the namespace."""
    namespace_label: str = "namespace"
    """The label of series that names the pod's namespace."""
    pod_label: str = "pod"
    """The label of series that names the pod."""
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    """Of each query."""
    ca_file: Path | None = None
    """Whose certificates to trust, instead of the machine's."""

    @model_validator(mode="after")
    def _can_be_used(self) -> "MetricProvider":
        self.to_client()
        return self

    def to_client(self) -> Provider:
        return Provider(
            name=self.name,
            address=self.address,
            authentication=self.authentication.to_client() if self.authentication else None,
            headers=self.headers,
            tenant_header=self.tenant_header,
            namespace_label=self.namespace_label,
            pod_label=self.pod_label,
            timeout_seconds=self.timeout_seconds,
            ca_file=self.ca_file,
        )
