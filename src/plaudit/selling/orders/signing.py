"""Signatures of quotes: an offer that was altered where it is kept is worth nothing."""

import hmac
import secrets

import msgspec

from plaudit.db import Connection, fixed, statements
from plaudit.selling.orders.model import Quote
from plaudit.settings import Settings

SQL = statements(__file__)

KEY_BYTES = 32


async def quote_key(connection: Connection, settings: Settings) -> bytes:
    """The key of this platform: that of the settings, else one made once and kept where all processes find it.

    With a key in the settings, not even somebody who may write to the database can make a quote up. A quote is good for
    minutes, so the key may be changed at any time: open quotes are then asked for again.
    """
    if settings.quote_key:
        return settings.quote_key.reveal().encode()
    if not (known := await fixed(connection, SQL["own_quote_key"])):
        await connection.execute(SQL["make_quote_key"], secrets.token_bytes(KEY_BYTES))
        # Of whoever was first; not remembered, as this transaction may be given up and the key with it.
        known = await connection.fetch(SQL["own_quote_key"])
    key: bytes = known[0]["key"]
    return key


def sign(quote: Quote, key: bytes) -> str:
    """HMAC-SHA256 over all fields of a quote but the signature, in their order, as JSON; hexadecimal."""
    fields = msgspec.structs.astuple(msgspec.structs.replace(quote, signature=""))
    return hmac.digest(key, msgspec.json.encode(fields), "sha256").hex()


def is_signed(quote: Quote, key: bytes) -> bool:
    """Whether a quote is as it was made. Takes as long for a wrong signature as for a right one."""
    return hmac.compare_digest(sign(quote, key).encode(), quote.signature.encode())
