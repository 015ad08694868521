"""What every part of a local cluster is built from: folders, binaries, addresses, certificates."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leadsman.sandbox.parts.addresses import Addresses
from leadsman.sandbox.parts.certificates import Authority, Pair
from leadsman.sandbox.parts.probes import answers
from leadsman.sandbox.parts.process import Command, Notice, Probe, Process
from leadsman.sandbox.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    place: Place
    binaries: Mapping[str, Path]
    addresses: Addresses
    authority: Authority
    notice: Notice = field(repr=False)

    def process(self, command: Command) -> Process:
        return Process(command, logs=self.place.logs, notice=self.notice)

    def client_config(self, name: str, *, user: str, groups: tuple[str, ...] = ()) -> Path:
        """A kubeconfig of its own for one part, in the config folder."""
        pair = self.authority.issue(name, user=user, groups=groups)
        return self.kubeconfig(self.place.config / f"{name}.kubeconfig", pair)

    def kubeconfig(self, path: Path, pair: Pair) -> Path:
        server = self.addresses.api_server
        return self.authority.kubeconfig(path, server=server, pair=pair, context=self.place.context)

    def answers(self, url: str, *, pair: Pair | None = None) -> Probe:
        """A probe: does this URL answer 200? The sandbox's own authority must have signed the server's certificate."""
        tls: ssl.SSLContext | None = None
        if url.startswith("https:"):
            tls = ssl.create_default_context(cafile=str(self.authority.ca.certificate))
            if pair:
                tls.load_cert_chain(pair.certificate, pair.key)
        return answers(url, tls=tls)
