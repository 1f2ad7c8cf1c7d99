"""Proving a published description from its bytes alone (docs/official-format.md)."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from plaudit.official.description import FORMAT


class NotProved(Exception):
    """The first thing that does not hold, in words."""


def prove(
    published: Mapping[str, Any], trusted: Mapping[str, bytes], now: datetime, host: str | None
) -> dict[str, Any]:
    """What a description says, if it holds.

    Args:
        published: what `/.well-known/plaudit.json` answers.
        trusted: public keys by their ids; without any, the one that is shown is taken.
        host: where it was read; None: from a file.

    Raises:
        NotProved: it does not hold.
    """
    try:
        text, signature = str(published["document"]).encode(), base64.b64decode(published["signature"], validate=True)
        shown = base64.b64decode(published["public_key"], validate=True)
        key = trusted.get(str(published["key_id"])) if trusted else shown
        if key is None:
            raise NotProved(f"it is signed by {published['key_id']}, which is none of the keys you named")
        if hashlib.sha256(key).hexdigest()[:16] != published["key_id"]:
            raise NotProved("the key is another than its name says")
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
        said: dict[str, Any] = json.loads(text)
        if said["format"] != FORMAT:
            raise NotProved(f"it is {said['format']}, not {FORMAT}")
        if not datetime.fromisoformat(said["valid_from"]) <= now < datetime.fromisoformat(said["valid_until"]):
            raise NotProved(f"it holds from {said['valid_from']} to {said['valid_until']}")
        if host is not None and host not in (urlsplit(said["installation"]).hostname, *said["domains"]):
            raise NotProved(f"it is of {said['installation']}, and was read at {host}")
    except InvalidSignature:
        raise NotProved("the signature is of something else, or of another key") from None
    except (KeyError, TypeError, ValueError) as error:
        raise NotProved(f"it is not in the format ({type(error).__name__}: {error})") from error
    return said
