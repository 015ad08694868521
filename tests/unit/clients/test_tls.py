import ssl

import pytest

from leadsman.clients.tls import trusting


def test_authorities_without_a_key_identifier_are_trusted_on_newer_pythons_too(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    newer.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN

    def create(*, cafile: str | None) -> ssl.SSLContext:
        assert cafile is None
        return newer

    monkeypatch.setattr(ssl, "create_default_context", create)

    tls = trusting(None)

    assert not tls.verify_flags & ssl.VERIFY_X509_STRICT
    assert tls.verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN
    assert (tls.verify_mode, tls.check_hostname) == (ssl.CERT_REQUIRED, True)
