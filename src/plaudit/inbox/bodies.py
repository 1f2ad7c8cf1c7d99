"""What was told, as it came: sealed where it is kept."""

import msgspec

from plaudit.connections import Connection
from plaudit.inbox.model import Side, StoredMessage
from plaudit.vault.sealing import SealedColumn, Vault

BODIES = SealedColumn("webhook_event", "sealed_body", ("side", "provider", "event_id"), clear="body")
COLUMNS = (BODIES,)


async def seal_body(
    connection: Connection, vault: Vault, side: Side, provider: str, event_id: str, body: bytes
) -> bytes:
    """The bytes of a message, for its row only."""
    return await vault.seal(connection, BODIES, (side, provider, event_id), body)


async def with_body(connection: Connection, vault: Vault, message: StoredMessage) -> StoredMessage:
    """A message with its bytes; one that a server of the version before wrote has them.

    Raises:
        NotReadable, KeyNotHere: they cannot be opened.
    """
    if message.sealed_body is None:
        return message
    place = (message.side, message.provider, message.event_id)
    return msgspec.structs.replace(message, body=await vault.open(connection, BODIES, place, message.sealed_body))
