"""How a server proves over HTTP that it is the one with our database: an answer only its key can give."""

import hmac
from typing import Annotated, Literal

import msgspec

from plaudit.connections import Connection
from plaudit.selling.orders.signing import quote_key
from plaudit.settings import Settings

_PURPOSE = b"plaudit: this server is alive"  # a key of its own, so that no answer could stand under a quote


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["alive"]
    proof: Annotated[
        str | None, msgspec.Meta(description="HMAC of the nonce under a key of this installation; null without one.")
    ] = None


async def proof_of(connection: Connection, settings: Settings, nonce: str) -> str:
    """What the server of this database and these settings answers to a nonce; hexadecimal."""
    key = hmac.digest(await quote_key(connection, settings), _PURPOSE, "sha256")
    return hmac.digest(key, nonce.encode(), "sha256").hex()
