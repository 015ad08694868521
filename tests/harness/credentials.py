"""People with credentials of their own: a client certificate, signed by the cluster as its administrators do it."""

import base64
import json
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from harness.cluster import Space

SIGNER = "kubernetes.io/kube-apiserver-client"


def kubeconfig_of(space: Space, user: str, folder: Path, *, groups: tuple[str, ...] = ()) -> Path:
    """For whoever has no more rights than what was bound to the user and the groups.

    https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(space, user, groups, key)
    config = yaml.safe_load(space.cluster.kubeconfig.read_text())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    config["users"][0]["user"] = {
        "client-certificate-data": certificate,
        "client-key-data": base64.b64encode(private).decode(),
    }
    kubeconfig = folder / f"{user}.kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(config))
    return kubeconfig


def _signed(space: Space, user: str, groups: tuple[str, ...], key: ec.EllipticCurvePrivateKey) -> str:
    """In base64."""
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    subject = x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, user)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    text = base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()
    name = f"{user}-{space.name}"
    asked = {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": name},
        "spec": {"request": text, "signerName": SIGNER, "usages": ["client auth"], "expirationSeconds": 3600},
    }
    space.kubectl("create", "-f", "-", stdin=json.dumps(asked))
    space.kubectl("certificate", "approve", name)
    words = ("wait", "--for=jsonpath={.status.certificate}", f"csr/{name}", "--timeout=30s")
    space.kubectl(*words)
    return space.get("csr", name)["status"]["certificate"]
