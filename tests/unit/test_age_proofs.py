"""Proofs of age: who made them, for whom, when, and what they show; forged, over, sent again, and of others."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from plaudit.ages.mdoc import Audience, ProofRefused, verify
from tests.support.age_proofs import DAY, Issuer, presented

NOW = datetime.now(UTC) + DAY
ISSUER, OTHER = Issuer(NOW - DAY), Issuer(NOW - DAY)
DEVICE, STOLEN = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
AUDIENCE = Audience(client_id="redirect_uri:https://shop.example/r", response_uri="https://shop.example/r", nonce="n")


def age_of(document: dict[str, Any], audience: Audience = AUDIENCE, now: datetime = NOW) -> int | str:
    """What comes of presenting a document to us."""
    try:
        return verify(presented(document, DEVICE, audience), AUDIENCE, [ISSUER.root], now).at_least
    except ProofRefused as refused:
        return refused.reason


def test_a_proof_shows_the_highest_age_somebody_is_over_and_until_when() -> None:
    document = ISSUER.document(DEVICE, age_over_16=True, age_over_18=True, age_over_21=False)
    found = verify(presented(document, DEVICE, AUDIENCE), AUDIENCE, [OTHER.root, ISSUER.root], NOW)
    assert found.at_least == 18
    assert NOW < found.until < NOW + 62 * DAY


def test_what_no_trusted_issuer_made_proves_nothing() -> None:
    assert age_of(OTHER.document(DEVICE)) == "issuer"
    mixed = Issuer(NOW - DAY, root_key=ec.generate_private_key(ec.SECP256R1()), key=ISSUER.key)
    assert age_of(mixed.document(DEVICE)) == "issuer", "the same key in a certificate of another"
    document = ISSUER.document(DEVICE)
    borrowed = OTHER.document(DEVICE)
    document["issuerSigned"]["issuerAuth"][2] = borrowed["issuerSigned"]["issuerAuth"][2]
    assert age_of(document) == "signature", "another's words under our issuer's signature"


def test_what_was_changed_proves_nothing() -> None:
    document = ISSUER.document(DEVICE, age_over_18=False)
    items = document["issuerSigned"]["nameSpaces"]
    (space,) = items
    shown = cbor2.loads(items[space][0].value)
    items[space] = [cbor2.CBORTag(24, cbor2.dumps(dict(shown) | {"elementValue": True}))]
    assert age_of(document) == "digest"


@pytest.mark.parametrize(("days", "expected"), [(-2, "expired"), (0, 18), (58, 18), (62, "expired")])
def test_a_proof_holds_in_its_time(days: int, expected: int | str) -> None:
    assert age_of(ISSUER.document(DEVICE), now=NOW + days * DAY) == expected


@pytest.mark.parametrize(
    "other",
    [
        Audience(client_id=AUDIENCE.client_id, response_uri=AUDIENCE.response_uri, nonce="of before"),
        Audience(client_id="redirect_uri:https://else.example/r", response_uri=AUDIENCE.response_uri, nonce="n"),
        Audience(client_id=AUDIENCE.client_id, response_uri="https://else.example/r", nonce="n"),
    ],
    ids=["sent again", "to another", "to another address"],
)
def test_a_proof_for_somebody_else_or_of_before_proves_nothing(other: Audience) -> None:
    assert age_of(ISSUER.document(DEVICE), audience=other) == "device"


def test_only_the_device_it_was_given_to_presents_it() -> None:
    assert age_of(ISSUER.document(STOLEN)) == "device"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: ISSUER.document(DEVICE, age_over_18=False), "age"),
        (lambda: ISSUER.document(DEVICE, nationality="XX"), "age"),
        (lambda: ISSUER.document(DEVICE, "org.iso.18013.5.1.mDL"), "document"),
        (lambda: ISSUER.document(DEVICE) | {"issuerSigned": {}}, "unreadable"),
    ],
)
def test_what_says_nothing_of_an_age_proves_none(made: Callable[[], dict[str, Any]], expected: str) -> None:
    assert age_of(made()) == expected


@pytest.mark.parametrize(
    "sent", [b"", b"\xff", b"\xa0", cbor2.dumps([1]), cbor2.dumps({"documents": [{}]}), b"\x9f" * 9]
)
def test_what_is_no_proof_is_told_so(sent: bytes) -> None:
    with pytest.raises(ProofRefused, match="unreadable"):
        verify(sent, AUDIENCE, [ISSUER.root], NOW)
