"""The sandbox's certificates do what TLS and Kubernetes ask of them."""

import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.x509.oid import NameOID

from leadsman.sandbox.parts.certificates import Authority, Pair


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "certificates")


def test_a_server_and_a_client_of_the_same_authority_trust_each_other(authority: Authority) -> None:
    server = authority.issue("server", user="server", addresses=("localhost", "127.0.0.1"))
    client = authority.issue("client", user="alice", groups=("team-a",))

    assert _handshake(authority, server, client) == "alice"


def test_a_certificate_of_another_authority_is_refused(authority: Authority, tmp_path: Path) -> None:
    server = authority.issue("server", user="server", addresses=("localhost",))
    stranger = Authority(tmp_path / "other").issue("client", user="mallory")

    with pytest.raises(ssl.SSLError, match="certificate verify failed"):
        _handshake(authority, server, stranger)


def test_groups_become_organizations_as_kubernetes_reads_them(authority: Authority) -> None:
    pair = authority.issue("admin", user="admin", groups=("system:masters", "other"))

    subject = x509.load_pem_x509_certificate(pair.certificate.read_bytes()).subject
    organizations = {name.value for name in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)}
    assert organizations == {"system:masters", "other"}


def test_nobody_else_can_read_a_key(authority: Authority) -> None:
    pair = authority.issue("client", user="alice")

    for key in (pair.key, authority.ca.key):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_kubeconfig_carries_everything_in_itself(authority: Authority, tmp_path: Path) -> None:
    pair = authority.issue("client", user="alice")

    path = authority.kubeconfig(tmp_path / "kubeconfig", server="https://127.0.0.1:1", pair=pair, context="leadsman-a")

    config = yaml.safe_load(path.read_text())
    assert config["current-context"] == "leadsman-a"
    assert config["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:1"
    assert set(config["users"][0]["user"]) == {"client-certificate-data", "client-key-data"}


def _handshake(authority: Authority, server: Pair, client: Pair) -> str:
    """The client's common name, as the server saw it."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.ca.certificate))
    serving.load_cert_chain(server.certificate, server.key)
    serving.verify_mode = ssl.CERT_REQUIRED
    calling = ssl.create_default_context(cafile=str(authority.ca.certificate))
    calling.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python 3.13 does
    calling.load_cert_chain(client.certificate, client.key)
    here, there = socket.socketpair()
    caller = threading.Thread(target=_call, args=(calling, there))
    caller.start()
    try:
        with serving.wrap_socket(here, server_side=True) as connection:
            certificate = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")
            return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    finally:
        here.close()
        caller.join()


def _call(context: ssl.SSLContext, plain: socket.socket) -> None:
    try:
        context.wrap_socket(plain, server_hostname="localhost").close()
    except OSError:
        plain.close()
