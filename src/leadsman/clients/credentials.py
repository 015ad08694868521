"""Who we are to the API server, and how it is reached: from a kubeconfig or a pod's service account.

The official client reads both, and runs plug-ins. It does so again and again here: tokens, certificates and CAs rotate.
"""

import asyncio
import logging
import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from leadsman.clients.errors import NoCredentials
from leadsman.clients.tls import trusting

logger = logging.getLogger(__name__)

REREAD_SECONDS: Final = 60.0  # as client-go does; a kubelet renews a token long before the old one expires
REFUSED_AGAIN_SECONDS: Final = 5.0  # while all we have is refused, a plug-in does not run for each request
NEVER_PROXIED: Final = "localhost,127.0.0.0/8,::1"
"""As with kubectl."""
IN_POD: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What was read at one time."""

    server: str
    ca: str | None
    verify: bool
    certificate: tuple[str, str] | None
    """Of the client, with its key: files."""
    proxy: str | None
    tls_server_name: str | None
    token: Callable[[], str | None]
    """The Authorization header's value. If it is about to expire, and a program made it, that runs again."""
    by_program: bool
    """Made by an exec plug-in or an OIDC login: read again when it expires, not every minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InCluster:
    """A pod's service account."""

    folder: Path = IN_POD

    def login(self) -> Login:
        config, read = _official()
        loader = config.incluster_config.InClusterConfigLoader(str(self.folder / "token"), str(self.folder / "ca.crt"))
        loader.load_and_set(read)
        return _login(read, by_program=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kubeconfig:
    path: str
    """Several files are separated as in KUBECONFIG."""
    context: str
    """By name: another one that becomes current later is somebody else's cluster."""

    @classmethod
    def of(cls, path: str, context: str | None) -> "Kubeconfig":
        config, _ = _official()
        return cls(path=path, context=context or str(config.list_kube_config_contexts(path)[1]["name"]))

    def login(self) -> Login:
        config, read = _official()
        config.load_kube_config(config_file=self.path, context=self.context, client_configuration=read)
        return _login(read, by_program=self._runs_a_program())

    def _runs_a_program(self) -> bool:
        config, _ = _official()
        merged = config.kube_config.KubeConfigMerger(self.path).config
        user = merged["contexts"].get_with_name(self.context)["context"].safe_get("user")
        found = merged["users"].get_with_name(user, safe=True) if user else None
        return bool(found) and any(key in found["user"] for key in ("exec", "auth-provider"))


def _official() -> tuple[Any, Any]:
    """The official client's `config`, which has no types, and an empty Configuration for it to fill."""
    from kubernetes import client, config  # noqa: PLC0415 - slow to import, and only the operator needs it

    return config, client.Configuration()


def _login(read: Any, *, by_program: bool) -> Login:
    """From the official client's Configuration."""

    def token() -> str | None:
        value = read.get_api_key_with_prefix("BearerToken")
        return str(value).strip() if value else None  # the token file's last line break is in it

    return Login(
        server=str(read.host).rstrip("/"),
        ca=read.ssl_ca_cert,
        verify=bool(read.verify_ssl),
        certificate=(read.cert_file, read.key_file) if read.cert_file and read.key_file else None,
        proxy=_proxy(read),
        tls_server_name=read.tls_server_name,
        token=token,
        by_program=by_program,
    )


def _proxy(read: Any) -> str | None:
    """The official client asks at each request whether it goes by the proxy. All of ours go to one server."""
    from kubernetes.client.rest import should_bypass_proxies  # noqa: PLC0415

    spared = ",".join(filter(None, (read.no_proxy, NEVER_PROXIED)))
    return read.proxy if read.proxy and not should_bypass_proxies(read.host, spared) else None


class Authorization:
    """The Authorization header as it is now."""

    def __init__(
        self,
        source: InCluster | Kubeconfig,
        first: Login,
        tls: ssl.SSLContext | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._login = first
        self._tls = tls
        self._clock = clock
        self._lock = asyncio.Lock()
        self._value = first.token()
        self._read_at = clock()
        self._refused_at = float("-inf")

    async def header(self) -> str | None:
        """None: a client certificate says who we are, or nothing does."""
        if self._due():
            async with self._lock:
                if self._due():
                    await self._read(again=not self._login.by_program)
        return self._value

    async def after_refusal(self, refused: str | None) -> str | None:
        """A newer header than the one that got a 401. The same one: there is none."""
        async with self._lock:
            if self._value == refused and self._clock() - self._refused_at >= REFUSED_AGAIN_SECONDS:
                self._refused_at = self._clock()
                await self._read(again=True)
            return self._value

    def _due(self) -> bool:
        return self._clock() - self._read_at >= REREAD_SECONDS

    async def _read(self, *, again: bool) -> None:
        self._read_at = self._clock()
        try:
            self._value = await asyncio.to_thread(self._reread if again else self._login.token)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the files, what we have may still be good
            logger.warning("credentials could not be read again, the old ones stay in use: %s", type(error).__name__)

    def _reread(self) -> str | None:
        login = self._source.login()
        if login.server != self._login.server:
            raise NoCredentials("the kubeconfig now names another server: a restart would take it")
        if self._tls:  # for new connections: a context takes further CAs and another certificate while it is in use
            if login.ca:
                self._tls.load_verify_locations(cafile=login.ca)
            _load_certificate(self._tls, login)
        self._login = login
        return login.token()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    server: str
    tls: ssl.SSLContext | None
    """None: plain HTTP, which no real cluster speaks."""
    authorization: Authorization
    proxy: str | None = None
    tls_server_name: str | None = None


async def connection(*, kubeconfig: Path | None = None, context: str | None = None) -> Connection:
    """To the cluster that is named, else KUBECONFIG's, else the one that this pod runs in, else ~/.kube/config's.

    Raises:
        NoCredentials: there is no such file or context, or it can't be used.
    """
    return await asyncio.to_thread(_connection, str(kubeconfig) if kubeconfig else None, context)


def _connection(kubeconfig: str | None, context: str | None) -> Connection:
    try:
        source = _source(kubeconfig, context)
        login = source.login()
        tls = _tls(login) if login.server.startswith("https:") else None
        authorization = Authorization(source, login, tls)
    except Exception as error:  # the official client raises whatever the damage leads to, TypeErrors included
        raise NoCredentials(
            f"no usable credentials for a cluster ({type(error).__name__}: {error}); "
            "name a kubeconfig that kubectl can use, or run in a pod with a service account"
        ) from error
    return Connection(
        server=login.server,
        tls=tls,
        authorization=authorization,
        proxy=login.proxy,
        tls_server_name=login.tls_server_name,
    )


def _source(kubeconfig: str | None, context: str | None) -> InCluster | Kubeconfig:
    named = kubeconfig or os.environ.get("KUBECONFIG")
    if not named and not context and os.environ.get("KUBERNETES_SERVICE_HOST"):
        return InCluster()
    return Kubeconfig.of(named or str(Path.home() / ".kube" / "config"), context)


def _tls(login: Login) -> ssl.SSLContext:
    tls = trusting(login.ca)
    if not login.verify:
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    _load_certificate(tls, login)
    return tls


def _load_certificate(tls: ssl.SSLContext, login: Login) -> None:
    if login.certificate:
        tls.load_cert_chain(*login.certificate)
