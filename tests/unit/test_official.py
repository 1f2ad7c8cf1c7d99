"""What a server says of itself: what holds, what does not, and a second program from docs/official-format.md alone."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from plaudit.official.description import FORMAT, check_name, sign
from plaudit.official.model import App, Description, NameKind, SignedDescription
from plaudit.official.verifying import NotProved, prove
from plaudit.trail.signing import SigningKey

DOCUMENT = Path(__file__).parents[2] / "docs" / "official-format.md"
FROM = datetime(2026, 12, 1, tzinfo=UTC)
NOW = FROM + timedelta(hours=7)
KEY, ANOTHER = SigningKey(bytes(range(32))), SigningKey(bytes(32))
TRUSTED = {KEY.key_id: KEY.public}
OURS = Description(
    format=FORMAT,
    installation="https://coins.example",
    name="Zoë Live",
    domains=["coins.example", "xn--mller-kva.example"],
    apps=[App("google", "tv.example.app")],
    sellers=[],
    support="help@coins.example",
    valid_from=FROM,
    valid_until=FROM + timedelta(days=30),
)


def published(key: SigningKey = KEY, **changed: Any) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(sign(msgspec.structs.replace(OURS, **changed), key))
    return said


def test_what_holds_is_proved() -> None:
    said = prove(published(), TRUSTED, NOW, "coins.example")
    assert (said["name"], said["domains"][0]) == ("Zoë Live", "coins.example")
    assert prove(published(ANOTHER), {}, NOW, None)["format"] == FORMAT, (
        "without a key that is known, the shown one is taken"
    )


@pytest.mark.parametrize(
    ("changed", "now", "host", "why"),
    [
        ({}, FROM - timedelta(seconds=1), None, "it holds from"),
        ({}, FROM + timedelta(days=30), None, "it holds from"),
        ({}, NOW, "coins.example.evil", "was read at"),
        ({}, NOW, "sub.coins.example", "was read at"),
        ({"format": "plaudit-head-1"}, NOW, None, "not plaudit-official-1"),
    ],
)
def test_what_does_not_hold_is_said(changed: dict[str, Any], now: datetime, host: str | None, why: str) -> None:
    with pytest.raises(NotProved, match=why):
        prove(published(**changed), TRUSTED, now, host)


def test_what_was_altered_or_signed_by_another_is_not_proved() -> None:
    with pytest.raises(NotProved, match="none of the keys"):
        prove(published(ANOTHER), TRUSTED, NOW, None)
    with pytest.raises(NotProved, match="the signature is of something else"):
        prove(
            published() | {"document": published()["document"].replace("coins.example", "coins.evil")},
            TRUSTED,
            NOW,
            None,
        )
    with pytest.raises(NotProved, match="another than its name says"):
        prove(published(ANOTHER) | {"key_id": KEY.key_id}, {}, NOW, None)
    with pytest.raises(NotProved, match="not in the format"):
        prove({"document": "{}"}, TRUSTED, NOW, None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("coins.example", NameKind.DOMAIN),
        ("https://COINS.example/recharge?x=1", NameKind.DOMAIN),
        ("coins.example.", NameKind.DOMAIN),
        ("müller.example", NameKind.DOMAIN),
        ("tv.example.app", NameKind.APP),
        ("help@coins.example", NameKind.SUPPORT),
        ("coins.example.evil", None),
        ("www.coins.example", None),
        ("https://coins.example@evil.example", None),
        ("https://evil.example\\@coins.example/", None),  # browsers read a backslash as a slash
        ("javascript://coins.example/%0Aalert(1)", None),
        ("manager@coins.example", None),
        ("https://manager@coins.example", None),
        ("Manager <manager@coins.example>", None),
        ("сoins.example", None),  # begins with a letter of Cyrillic
        ("", None),
        ("http://[", None),
    ],
)
def test_names_are_ours_or_are_not(name: str, kind: NameKind | None) -> None:
    found = check_name(OURS, name)
    assert (found.is_ours, found.kind) == (kind is not None, kind)


def test_letters_that_browsers_read_otherwise_are_not_ours() -> None:
    ours = msgspec.structs.replace(OURS, domains=["strasse.example"])
    assert check_name(ours, "strasse.example").is_ours
    assert not check_name(ours, "straße.example").is_ours, "browsers go to xn--strae-oqa.example"


# The second program: what docs/official-format.md says, and nothing of ours.


def second_program(answer: dict[str, str], keys: list[bytes], now: datetime, host: str) -> dict[str, Any]:
    key = next(one for one in keys if hashlib.sha256(one).hexdigest()[:16] == answer["key_id"])
    Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(answer["signature"]), answer["document"].encode())
    said: dict[str, Any] = json.loads(answer["document"])
    assert said["format"] == "plaudit-official-1"
    assert said["valid_from"] <= now.strftime("%Y-%m-%dT%H:%M:%SZ") < said["valid_until"]
    assert host in {said["installation"].partition("://")[2], *said["domains"]}
    return said


def test_another_program_agrees_about_the_vector_of_the_document() -> None:
    vector = json.loads(DOCUMENT.read_text("utf-8").partition("```json vector\n")[2].partition("\n```")[0])
    keys = [base64.b64decode(vector["public_key"])]
    assert second_program(vector, keys, NOW, "shop.example") == prove(vector, {}, NOW, "shop.example")
    assert set(vector) == set(SignedDescription.__struct_fields__)
    altered = vector | {"document": vector["document"].replace("Acme", "Evil")}
    with pytest.raises(InvalidSignature):
        second_program(altered, keys, NOW, "shop.example")
