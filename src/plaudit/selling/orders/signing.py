"""Signatures of quotes: an offer that was altered where it is kept is worth nothing."""

import hmac

import msgspec

from plaudit.connections import Connection
from plaudit.selling.orders.model import Quote
from plaudit.settings import Settings
from plaudit.vault.sealing import vault_of

PURPOSE = "quote"
"""Of the data key that signs."""


async def quote_key(connection: Connection, settings: Settings) -> bytes:
    """The key of this platform: that of the settings, else one of the vault, made by the first server that starts.

    Not even somebody who may write to the database can make a quote up. A quote is good for minutes, so the key may be
    changed at any time: open quotes are then asked for again.

    Raises:
        KeyNotHere: the vault is locked with a key that is not here.
    """
    if settings.quote_key:
        return settings.quote_key.reveal().encode()
    return await vault_of(settings).key(connection, PURPOSE)


def sign(quote: Quote, key: bytes) -> str:
    """HMAC-SHA256 over all fields of a quote but the signature, in their order, as JSON; hexadecimal."""
    fields = msgspec.structs.astuple(msgspec.structs.replace(quote, signature=""))
    return hmac.digest(key, msgspec.json.encode(fields), "sha256").hex()


def is_signed(quote: Quote, key: bytes) -> bool:
    """Whether a quote is as it was made. Takes as long for a wrong signature as for a right one."""
    return hmac.compare_digest(sign(quote, key).encode(), quote.signature.encode())
