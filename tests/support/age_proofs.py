"""Proofs of age as an issuer and a wallet make them: by a program of others where it is one of theirs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pycose.keys.curves import P256
from pycose.keys.ec2 import EC2Key
from pymdoccbor.mdoc.issuer import MdocCborIssuer  # type: ignore[import-untyped]  # says no types

from plaudit.ages.mdoc import DOC_TYPE, NAMESPACE, Audience, authentication

DAY = timedelta(days=1)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@dataclass
class Issuer:
    """An issuer with a root, and a certificate that signs documents."""

    now: datetime
    root_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def root(self) -> x509.Certificate:
        return self._certificate("Root", self.root_key)

    def _certificate(self, name: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("Root"))
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(self.now - DAY)
            .not_valid_after(self.now + 3000 * DAY)
            .sign(self.root_key, SHA256())
        )

    def document(self, device: ec.EllipticCurvePrivateKey, doc_type: str = DOC_TYPE, **shown: Any) -> dict[str, Any]:
        """A document for a device, which is over by the end of the next month but one."""
        issuer = MdocCborIssuer(private_key=_cose(self.key), alg="ES256")
        last = (datetime.now(UTC) + 60 * DAY).date().isoformat()
        made: dict[str, Any] = issuer.new(
            data={NAMESPACE: shown or {"age_over_18": True}},
            doctype=doc_type,
            validity={"issuance_date": "2020-01-01", "expiry_date": last},
            devicekeyinfo=_public(device),
            x509_chain=[self._certificate("Signer", self.key).public_bytes(Encoding.DER)],
        )
        found: dict[str, Any] = made["documents"][0]
        return found


def _cose(key: ec.EllipticCurvePrivateKey) -> EC2Key:
    numbers = key.private_numbers()
    x, y = (one.to_bytes(32, "big") for one in (numbers.public_numbers.x, numbers.public_numbers.y))
    from pycose.algorithms import Es256

    return EC2Key(crv=P256, x=x, y=y, d=numbers.private_value.to_bytes(32, "big"), optional_params={"ALG": Es256})


def _public(key: ec.EllipticCurvePrivateKey) -> dict[int, Any]:
    numbers = key.public_key().public_numbers()
    return {1: 2, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}


def presented(document: dict[str, Any], device: ec.EllipticCurvePrivateKey, audience: Audience) -> bytes:
    """A document as a wallet presents it to somebody."""
    name_spaces = cbor2.CBORTag(24, cbor2.dumps({}))
    protected = cbor2.dumps({1: -7})
    signed = cbor2.dumps(["Signature1", protected, b"", authentication(audience, name_spaces)])
    r, s = decode_dss_signature(device.sign(signed, ec.ECDSA(SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    held = {"deviceAuth": {"deviceSignature": [protected, {}, None, signature]}, "nameSpaces": name_spaces}
    return cbor2.dumps({"version": "1.0", "documents": [document | {"deviceSigned": held}], "status": 0})
