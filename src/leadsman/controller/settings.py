"""How the operator is configured: a YAML file, in which an unknown key is an error, and flags for the usual."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self, TypeVar, cast

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError

from leadsman.api.meta import Model
from leadsman.api.scalars import Digest, DnsLabel
from leadsman.controller.logs import Format, Level
from leadsman.controller.providers import MetricProvider
from leadsman.controller.sinks import SinkSettings
from leadsman.planner.report_clocks import EU_AI_ACT, ReportClock

N = TypeVar("N", MetricProvider, SinkSettings)


class Misconfigured(Exception):
    """What is wrong, and where; a line for each mistake."""


class Listen(NamedTuple):
    host: str
    port: int

    @classmethod
    def of(cls, text: object) -> Self:
        """From `host:port`; `:8080` is all addresses, `[::1]:8080` one of IPv6."""
        host, colon, port = str(text).rpartition(":")
        if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise ValueError(f"write host:port, such as 127.0.0.1:8080 or :8080, not {text}")
        return cls(host.removeprefix("[").removesuffix("]"), int(port))


def _unique(providers: tuple[MetricProvider, ...]) -> tuple[MetricProvider, ...]:
    return _each_by_its_name("providers", providers)


def _named_once(sinks: tuple[SinkSettings, ...]) -> tuple[SinkSettings, ...]:
    return _each_by_its_name("sinks", sinks)


def _each_by_its_name(what: str, given: tuple[N, ...]) -> tuple[N, ...]:
    names = [one.name for one in given]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two {what} are called {', '.join(twice)}: give each a name of its own")
    return given


def _readable(path: Path) -> Path:
    try:
        path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    return path


class Evaluations(Model):
    """How evaluations run."""

    collector_image: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    """Leadsman's own image, which hands on the results of an evaluation's pod. Without it no Job is begun."""
    at_once: Annotated[int, Field(ge=1, le=10_000)] = 32
    """So many evaluations run at once in the whole cluster."""
    at_once_per_namespace: Annotated[int, Field(ge=1, le=10_000)] = 8
    """… and in one namespace."""


class Ledger(Model):
    """Where entries of ledgers go to, besides the records in the cluster."""

    sinks: Annotated[tuple[SinkSettings, ...], Field(max_length=8), AfterValidator(_named_once)] = ()
    """None: the records keep the newest entries."""
    key_file: Path | None = None
    """A private key (Ed25519, PEM) that signs checkpoints for every sink. Without it nothing is signed."""
    checkpoint_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """So often at most, while a ledger moves; after a promotion or a rollback at once."""
    cluster: DnsLabel = "cluster"
    """What the source of events begins with, where several clusters have one receiver."""
    given_up: Annotated[tuple[Digest, ...], Field(max_length=1000)] = ()
    """Hashes of last entries that a sink has and the cluster lost, such as by a restore: it goes on without them."""


class Settings(Model):
    """All of it has defaults, which suit a whole cluster without metric providers."""

    namespaces: Annotated[tuple[DnsLabel, ...], Field(max_length=256)] = ()
    """The namespaces to look after. None named: all of them."""
    workers: Annotated[int, Field(ge=1, le=256)] = 16
    """How many services are worked on at once."""
    listen: Annotated[Listen, BeforeValidator(Listen.of)] = Listen("", 8080)
    """Where /metrics, /healthz and /readyz are served."""
    metric_providers: Annotated[tuple[MetricProvider, ...], Field(max_length=32), AfterValidator(_unique)] = ()
    """Where monitors are read. Without any, no monitor has evidence, and nothing that needs it moves."""
    scraper_namespaces: Annotated[tuple[DnsLabel, ...], Field(max_length=16)] = ()
    """Namespaces whose pods scrape metrics: every NetworkPolicy of Leadsman's lets them in."""
    budget_seconds: Annotated[int, Field(ge=2, le=300)] = 60
    """How often metric providers are asked for risk budgets."""
    evaluations: Evaluations = Evaluations()
    """How evaluations run."""
    ledger: Ledger = Ledger()
    """Where entries of ledgers go to."""
    report_clocks: Annotated[tuple[ReportClock, ...], Field(max_length=16)] = EU_AI_ACT
    """By when incidents have to be reported, by category. Default: Article 73 of the EU's AI Act."""
    trusted_root: Annotated[Path, AfterValidator(_readable)] | None = None
    """Sigstore's trusted_root.json: signatures by an identity are checked against it. Without it they cannot be, and
    what requires one does not move. It is read by each verification; answers that were given stand until a restart."""
    log_format: Format = "auto"
    """json, console, or auto: console on a terminal, JSON elsewhere."""
    log_level: Level = "info"
    """debug, info, warning or error."""
    sweep_seconds: Annotated[int, Field(ge=10, le=86400)] = 600
    """How often to look for objects whose deletion was not seen. Some jitter is added."""
    report_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """How often Reports of OpenReports are brought up to date, where that API is served."""
    drain_seconds: Annotated[int, Field(ge=0, le=300)] = 10
    """How long work that has begun may take when the operator ends."""


def read(path: Path | None, changes: Mapping[str, Any]) -> Settings:
    """What the file says, changed by flags.

    Raises:
        Misconfigured: the file cannot be read, or something in it or in a flag is wrong.
    """
    said = _from_file(path) if path else {}
    try:
        return Settings.from_dict(_changed(said, changes))
    except ValidationError as error:
        where = f"{path}: " if path else ""
        raise Misconfigured("\n".join(f"{where}{_sentence(one)}" for one in error.errors())) from error


def _changed(said: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A flag about one key of a group leaves the others of the group."""
    made = dict(said)
    for key, value in changes.items():
        if isinstance(value, dict):
            group: Any = made.get(key) or {}
            flags = cast("dict[str, Any]", value)
            made[key] = _changed(cast("dict[str, Any]", group), flags) if isinstance(group, dict) else group
        elif value is not None:
            made[key] = value
    return made


def _from_file(path: Path) -> dict[str, Any]:
    try:
        said: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise Misconfigured(f"{path} is no YAML: {error}") from error
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Misconfigured(f"{path}: write keys and values, such as `workers: 16`")
    return {str(key): value for key, value in cast("dict[object, Any]", said).items()}


def _sentence(error: Any) -> str:
    path = ".".join(str(step) for step in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{path}: there is no such setting"
    return f"{path}: {error['msg'].removeprefix('Value error, ')}"
