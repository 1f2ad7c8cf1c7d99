"""Whether a proof of age that a wallet presents holds (ISO/IEC 18013-5, OpenID for Verifiable Presentations 1.0, the
profile of the EU). Pure: no document and no birthday leaves it, only bounds in years and an end."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import cbor2
import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

DOC_TYPE = "eu.europa.ec.av.1"
NAMESPACE = "eu.europa.ec.av.1"
AGE_OVER = "age_over_"
X5CHAIN, ALGORITHM = 33, 1
_ALGORITHMS: Mapping[int, tuple[type[HashAlgorithm], int]] = {-7: (SHA256, 32), -35: (SHA384, 48), -36: (SHA512, 66)}
"""Of COSE: the hash, and how long each half of a signature is."""
_DIGESTS = {"SHA-256": hashlib.sha256, "SHA-384": hashlib.sha384, "SHA-512": hashlib.sha512}
_CURVES: Mapping[int, ec.EllipticCurve] = {1: ec.SECP256R1(), 2: ec.SECP384R1(), 3: ec.SECP521R1()}

Reason = Literal["unreadable", "document", "issuer", "signature", "digest", "expired", "device", "age"]


class ProofRefused(Exception):
    """A proof does not hold. `reason`: what of it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a proof was made, and in answer to which question."""

    client_id: str
    response_uri: str
    nonce: str


class ProvedAge(msgspec.Struct, frozen=True, kw_only=True):
    """What a proof shows, until when."""

    at_least: int
    until: datetime


def verify(presented: bytes, audience: Audience, anchors: Sequence[x509.Certificate], now: datetime) -> ProvedAge:
    """What a `DeviceResponse` proves of an age.

    Raises:
        ProofRefused: it cannot be read, is of another kind, issued by nobody of `anchors`, changed, over, or was made
            for somebody else, or in answer to another question; or it says nothing of an age.
    """
    try:
        return _verify(presented, audience, anchors, now)
    except ProofRefused:
        raise
    except (
        cbor2.CBORDecodeError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise ProofRefused("unreadable") from error


def _verify(presented: bytes, audience: Audience, anchors: Sequence[x509.Certificate], now: datetime) -> ProvedAge:
    response = cbor2.loads(presented)
    documents = [one for one in response["documents"] if one["docType"] == DOC_TYPE]
    if len(documents) != 1:
        raise ProofRefused("document")
    (document,) = documents
    signed = document["issuerSigned"]
    mso = _issued(signed["issuerAuth"], anchors, now)
    if mso["docType"] != DOC_TYPE:
        raise ProofRefused("document")
    validity = mso["validityInfo"]
    since, until = _moment(validity["validFrom"]), _moment(validity["validUntil"])
    if not since <= now < until:
        raise ProofRefused("expired")
    _require_device(document["deviceSigned"], mso["deviceKeyInfo"]["deviceKey"], audience)
    return ProvedAge(at_least=_age(signed["nameSpaces"][NAMESPACE], mso), until=until)


def _issued(auth: Sequence[Any], anchors: Sequence[x509.Certificate], now: datetime) -> Mapping[str, Any]:
    """The security object of a document, whose issuer is trusted and signed it."""
    protected, unprotected, payload, signature = auth
    chain = unprotected[X5CHAIN]
    signer = x509.load_der_x509_certificate(chain if isinstance(chain, bytes) else chain[0])
    if not any(_is_of(signer, anchor, now) for anchor in anchors):
        raise ProofRefused("issuer")
    _require_signature(signer.public_key(), protected, payload, signature, "signature")
    found: Mapping[str, Any] = cbor2.loads(cbor2.loads(payload).value)
    return found


def _is_of(signer: x509.Certificate, anchor: x509.Certificate, now: datetime) -> bool:
    """Whether a certificate is one that is trusted, or was issued by it, as long as both are good."""
    for one in (signer, anchor):
        if not one.not_valid_before_utc <= now < one.not_valid_after_utc:
            return False
    if signer == anchor:
        return True
    try:
        signer.verify_directly_issued_by(anchor)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _require_device(device: Mapping[str, Any], key: Mapping[int, Any], audience: Audience) -> None:
    """The device that the document was given to signed for this audience, now."""
    if key[1] != 2:
        raise ProofRefused("device")
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big"), _CURVES[key[-1]]
    )
    protected, _, payload, signature = device["deviceAuth"]["deviceSignature"]
    if payload is not None:
        raise ProofRefused("device")
    said = authentication(audience, device["nameSpaces"])
    _require_signature(numbers.public_key(), protected, said, signature, "device")


def authentication(audience: Audience, name_spaces: Any) -> bytes:
    """What a device signs."""
    asked = cbor2.dumps([audience.client_id, audience.nonce, None, audience.response_uri])
    transcript = [None, None, ["OpenID4VPHandover", hashlib.sha256(asked).digest()]]
    return cbor2.dumps(cbor2.CBORTag(24, cbor2.dumps(["DeviceAuthentication", transcript, DOC_TYPE, name_spaces])))


def _require_signature(key: Any, protected: bytes, payload: bytes, signature: bytes, reason: Reason) -> None:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ProofRefused(reason)
    algorithm = cbor2.loads(protected)[ALGORITHM]
    if algorithm not in _ALGORITHMS:
        raise ProofRefused(reason)
    digest, half = _ALGORITHMS[algorithm]
    if len(signature) != 2 * half:
        raise ProofRefused(reason)
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    try:
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(digest()))
    except InvalidSignature as error:
        raise ProofRefused(reason) from error


def _age(items: Sequence[Any], mso: Mapping[str, Any]) -> int:
    """The highest age that somebody is over by what is shown, each item as its issuer digested it."""
    digests, digest = mso["valueDigests"][NAMESPACE], _DIGESTS[mso["digestAlgorithm"]]
    ages: list[int] = []
    for item in items:
        shown = cbor2.loads(item.value)
        if digests[shown["digestID"]] != digest(cbor2.dumps(item)).digest():
            raise ProofRefused("digest")
        name = shown["elementIdentifier"]
        if name.startswith(AGE_OVER) and name.removeprefix(AGE_OVER).isdecimal() and shown["elementValue"] is True:
            ages.append(int(name.removeprefix(AGE_OVER)))
    if not ages or max(ages) == 0:
        raise ProofRefused("age")
    return max(ages)


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise ProofRefused("unreadable")
    return value if value.tzinfo else value.replace(tzinfo=UTC)
