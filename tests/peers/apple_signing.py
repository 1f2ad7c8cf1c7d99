"""Apple's certificates and signatures as tests need them: a genuine chain, and every forgery somebody may try."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

INTERMEDIATE_OID = x509.ObjectIdentifier("1.2.840.113635.100.6.2.1")
LEAF_OID = x509.ObjectIdentifier("1.2.840.113635.100.6.11.1")
DER_NULL = bytes((5, 0))
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Certified:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


def certify(
    name: str,
    issuer: Certified | None,
    *,
    is_authority: bool = False,
    oid: x509.ObjectIdentifier | None = None,
    ocsp_url: str | None = None,
    valid: tuple[datetime, datetime] | None = None,
) -> Certified:
    """A certificate with all that strict verification looks for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer or Certified(None, key)  # type: ignore[arg-type] # a root signs itself before it is there
    now = datetime.now(UTC)
    begins, ends = valid or (now - YEAR, now + YEAR)
    signing, certifying = not is_authority, is_authority
    usage = x509.KeyUsage(signing, False, False, False, False, certifying, certifying, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
    )
    if oid:
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, DER_NULL), critical=False)
    if ocsp_url:
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url))
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return Certified(builder.sign(signer.key, hashes.SHA256()), key)


class Authority:
    """A root, an intermediate and a leaf, and what they sign."""

    def __init__(self, name: str, ocsp_url: str) -> None:
        self.root = certify(f"{name} Root CA", None, is_authority=True)
        self.intermediate = certify(
            f"{name} Intermediate", self.root, is_authority=True, oid=INTERMEDIATE_OID, ocsp_url=ocsp_url
        )
        self.leaf = certify(f"{name} Leaf", self.intermediate, oid=LEAF_OID, ocsp_url=ocsp_url)
        self.revoked = False

    def chain(self, leaf: Certified | None = None) -> list[str]:
        """The `x5c` of a signature."""
        parts = (leaf or self.leaf, self.intermediate, self.root)
        return [base64.b64encode(part.der).decode() for part in parts]

    def sign(self, payload: dict[str, Any], leaf: Certified | None = None) -> str:
        return jwt.encode(payload, (leaf or self.leaf).key, "ES256", headers={"x5c": self.chain(leaf)})

    def forge(self, payload: dict[str, Any], way: str) -> str:
        """A signature that must not pass. `payload` may be back-dated by whoever asks."""
        ways: dict[str, Callable[[dict[str, Any]], str]] = {
            "other_root": _stranger().sign,
            # the genuine chain, as anybody can read it, over a key of one's own
            "attacker_key": lambda claims: self._encode(claims, _stranger().leaf.key, "ES256"),
            "leaf_without_oid": lambda claims: self.sign(claims, certify("No oid", self.intermediate)),
            "expired_leaf": lambda claims: self.sign(claims, self._expired_leaf()),
            "no_x5c": lambda claims: jwt.encode(claims, self.leaf.key, "ES256"),
            # the public key taken for a shared secret
            "hs256": lambda claims: self._encode(claims, base64.b64encode(self.leaf.der).decode(), "HS256"),
            "alg_none": lambda claims: f"{_text({'alg': 'none', 'x5c': self.chain()})}.{_text(claims)}.",
            "altered": self._altered,
        }
        return ways[way](payload)

    def _encode(self, payload: dict[str, Any], key: Any, algorithm: str) -> str:
        return jwt.encode(payload, key, algorithm, headers={"x5c": self.chain()})

    def _expired_leaf(self) -> Certified:
        now = datetime.now(UTC)
        return certify("Old leaf", self.intermediate, oid=LEAF_OID, valid=(now - 3 * YEAR / 2, now - YEAR / 2))

    def _altered(self, payload: dict[str, Any]) -> str:
        head, _, signature = self.sign(payload).split(".")
        return f"{head}.{_text(payload | {'productId': 'coins.17500', 'quantity': 10})}.{signature}"

    def ocsp_answer(self, request: bytes) -> bytes:
        """What the responder says of one of the two certificates that are asked about."""
        asked = ocsp.load_der_ocsp_request(request)
        pairs = ((self.leaf, self.intermediate), (self.intermediate, self.root))
        for subject, issuer in pairs:
            if subject.certificate.serial_number == asked.serial_number:
                now = datetime.now(UTC)
                status = ocsp.OCSPCertStatus.REVOKED if self.revoked else ocsp.OCSPCertStatus.GOOD
                builder = ocsp.OCSPResponseBuilder().add_response(
                    cert=subject.certificate,
                    issuer=issuer.certificate,
                    algorithm=hashes.SHA256(),
                    cert_status=status,
                    this_update=now,
                    next_update=now + timedelta(hours=1),
                    revocation_time=now if self.revoked else None,
                    revocation_reason=None,
                )
                builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
                return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        unknown = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        return unknown.public_bytes(serialization.Encoding.DER)


def _stranger() -> Authority:
    return Authority("Stranger", "http://127.0.0.1:1/ocsp")


def _text(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
