"""Whom we trust, and how strictly."""

import ssl


def trusting(ca: str | None) -> ssl.SSLContext:
    """Servers with a certificate of this authority's (a file), or of one that the machine trusts."""
    tls = ssl.create_default_context(cafile=ca)
    # Python 3.13 turned this on. It refuses authorities without a key identifier, as many clusters have them (EKS among
    # them): https://github.com/kubernetes-client/python/issues/2394
    tls.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return tls
