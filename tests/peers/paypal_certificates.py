"""The certificates PayPal signs its webhooks with, and those a forger would bring: made when the peer starts."""

import base64
import zlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SUBJECT = "messageverificationcerts.paypal.com"
DAY = timedelta(days=1)
CaKey = ec.EllipticCurvePrivateKey
LeafKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Authority:
    """A root and its intermediate."""

    def __init__(self, name: str) -> None:
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = _certificate(f"{name} Root", self.root_key, None, None, authority=1)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.intermediate = _certificate(f"{name} CA", self.key, self.root, self.root_key, authority=0)

    def issue(self, key: LeafKey, subject: str = SUBJECT, ends: timedelta = 30 * DAY) -> x509.Certificate:
        return _certificate(subject, key, self.intermediate, self.key, ends=ends)


class SigningDesk:
    """Signs messages, as PayPal does and as others might. Certificates by the name in their address."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.forger_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        curve_key = ec.generate_private_key(ec.SECP256R1())
        self.authority, foreign = Authority("Peer"), Authority("Foreign")
        chains = {
            "genuine": [self.authority.issue(self.key), self.authority.intermediate],
            "expired": [self.authority.issue(self.key, ends=-DAY), self.authority.intermediate],
            "othername": [self.authority.issue(self.key, "shop.example"), self.authority.intermediate],
            "foreign": [foreign.issue(self.forger_key), foreign.intermediate],
            "selfsigned": [_certificate(SUBJECT, self.forger_key, None, None)],
            "nochain": [self.authority.issue(self.key)],
            "curve": [self.authority.issue(curve_key), self.authority.intermediate],
        }
        self.certificates = {name: b"".join(map(_pem, chain)) for name, chain in chains.items()}
        self.certificates["garbage"] = b"-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n"
        self.certificates["huge"] = self.certificates["genuine"] + b"\n" * 1_000_000

    @property
    def root_pem(self) -> bytes:
        return _pem(self.authority.root)

    def headers(
        self,
        body: bytes,
        *,
        transmission_id: str,
        webhook_id: str,
        origin: str,
        certificate: str = "genuine",
        at: datetime | None = None,
    ) -> dict[str, str]:
        """What PayPal sends beside a message."""
        time = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        message = f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()
        key = self.forger_key if certificate in {"foreign", "selfsigned"} else self.key
        return {
            "content-type": "application/json",
            "user-agent": "PayPal/AUHD-1.0-1",
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-auth-version": "v2",
            "paypal-cert-url": f"{origin}/v1/notifications/certs/CERT-{certificate}",
            "paypal-transmission-id": transmission_id,
            "paypal-transmission-time": time,
            "paypal-transmission-sig": base64.b64encode(
                key.sign(message, padding.PKCS1v15(), hashes.SHA256())
            ).decode(),
        }


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _certificate(
    subject: str,
    key: LeafKey,
    issuer: x509.Certificate | None,
    issuer_key: CaKey | None,
    *,
    authority: int | None = None,
    ends: timedelta = 30 * DAY,
) -> x509.Certificate:
    """A certificate of the public web's form; self-signed without an issuer. `authority`: its path length."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.now(UTC)
    public = key.public_key()
    above = issuer.public_key() if issuer else public
    assert isinstance(above, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 60 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=authority is not None, path_length=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above), critical=False)
        .add_extension(_usage(authority is not None), critical=True)
    )
    if authority is None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
