"""A Sigstore of one's own, without a network: its authority, its two logs, and bundles that they vouch for."""

import base64
import datetime as dt
import hashlib
import json
import struct
from typing import Any, Final

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from leadsman.planner.policies.statement import PAYLOAD_TYPE

ISSUER: Final = ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
TIMESTAMPS: Final = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
ORIGIN: Final = "log.example.com"
SIGNED_AT: Final = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
MINUTES: Final = dt.timedelta(minutes=10)


class PrivateSigstore:
    def __init__(self) -> None:
        self._authority, self._certificates, self._entries = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority.example.com")])
        start, end = SIGNED_AT - dt.timedelta(days=100), SIGNED_AT + dt.timedelta(days=1000)
        usage = _usage(key_cert_sign=True, crl_sign=True)
        self._root = (
            _builder(name, name, self._authority.public_key(), start, end)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._authority.public_key()), critical=False)
            .sign(self._authority, hashes.SHA256())
        )

    def trusted_root(self) -> str:
        since = {"start": "2026-01-01T00:00:00Z"}
        authority = {
            "subject": {"organization": "example.com", "commonName": "authority"},
            "uri": "https://authority.example.com",
            "certChain": {"certificates": [{"rawBytes": _b64(self._root.public_bytes(serialization.Encoding.DER))}]},
            "validFor": since,
        }
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [_log(self._entries, since)],
                "certificateAuthorities": [authority],
                "ctlogs": [_log(self._certificates, since)],
                "timestampAuthorities": [],
            }
        )

    def sign(self, payload: bytes, *, identity: str, issuer: str, logged_at: dt.datetime = SIGNED_AT) -> str:
        """The bundle. Its certificate is good for ten minutes."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certify(key, identity, issuer)
        pae = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload
        signature = _sign(key, pae)
        der = certificate.public_bytes(serialization.Encoding.DER)
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        signed = {"signature": _b64(signature), "verifier": _b64(pem)}
        digest = {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}
        spec = {"envelopeHash": digest, "payloadHash": digest, "signatures": [signed]}
        entry = self._log(rfc8785.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}), logged_at)
        envelope = {
            "payload": _b64(payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": _b64(signature), "keyid": ""}],
        }
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {"certificate": {"rawBytes": _b64(der)}, "tlogEntries": [entry]},
                "dsseEnvelope": envelope,
            }
        )

    def _certify(self, key: ec.EllipticCurvePrivateKey, identity: str, issuer: str) -> x509.Certificate:
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(identity)])
        issuing = self._authority.public_key()
        builder = (
            _builder(x509.Name([]), self._root.subject, key.public_key(), SIGNED_AT, SIGNED_AT + MINUTES)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing), critical=False)
            .add_extension(names, critical=True)
            .add_extension(x509.UnrecognizedExtension(ISSUER, issuer.encode()), critical=False)
        )
        before = builder.sign(self._authority, hashes.SHA256()).tbs_certificate_bytes
        at = int(SIGNED_AT.timestamp()) * 1000
        entry = hashlib.sha256(_spki(self._authority)).digest() + len(before).to_bytes(3, "big") + before
        stamp = _sign(self._certificates, struct.pack("!BBQH", 0, 0, at, 1) + entry + b"\0\0")
        log = hashlib.sha256(_spki(self._certificates)).digest()
        one = b"\0" + log + struct.pack("!QHBBH", at, 0, 4, 3, len(stamp)) + stamp
        listed = struct.pack("!HH", len(one) + 2, len(one)) + one
        octets = b"\x04" + bytes([len(listed)] if len(listed) < 128 else [0x81, len(listed)]) + listed
        with_stamp = builder.add_extension(x509.UnrecognizedExtension(TIMESTAMPS, octets), critical=False)
        return with_stamp.sign(self._authority, hashes.SHA256())

    def _log(self, body: bytes, at: dt.datetime) -> dict[str, Any]:
        """The only entry of the log."""
        log, root, when = (
            hashlib.sha256(_spki(self._entries)).digest(),
            hashlib.sha256(b"\0" + body).digest(),
            int(at.timestamp()),
        )
        note = f"{ORIGIN}\n1\n{_b64(root)}\n"
        checkpoint = f"{note}\n— {ORIGIN} {_b64(log[:4] + _sign(self._entries, note.encode()))}\n"
        promise = rfc8785.dumps({"body": _b64(body), "integratedTime": when, "logID": log.hex(), "logIndex": 0})
        return {
            "logIndex": "0",
            "logId": {"keyId": _b64(log)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(when),
            "inclusionPromise": {"signedEntryTimestamp": _b64(_sign(self._entries, promise))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": _b64(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": checkpoint},
            },
            "canonicalizedBody": _b64(body),
        }


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, start: dt.datetime, end: dt.datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)


def _usage(**granted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: granted.get(name, False) for name in names})


def _log(key: ec.EllipticCurvePrivateKey, since: dict[str, str]) -> dict[str, Any]:
    public = {"rawBytes": _b64(_spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": since}
    identifier = {"keyId": _b64(hashlib.sha256(_spki(key)).digest())}
    return {"baseUrl": f"https://{ORIGIN}", "hashAlgorithm": "SHA2_256", "publicKey": public, "logId": identifier}


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
