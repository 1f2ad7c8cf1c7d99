"""The secrets messages are signed with, in full because whoever signs needs them: sealed where they are kept."""

import base64
import secrets
from datetime import datetime
from uuid import UUID

from plaudit.connections import Connection
from plaudit.limits import WEBHOOK_SECRET_BYTES
from plaudit.statements import statements
from plaudit.vault.sealing import SealedColumn, Vault

SQL = statements(__file__)
SECRETS = SealedColumn("webhook_secret", "sealed", ("endpoint_id", "number"), clear="secret")
COLUMNS = (SECRETS,)


async def add_secret(connection: Connection, vault: Vault, endpoint_id: UUID, now: datetime) -> str:
    """A new secret of an endpoint that this transaction holds; it can be shown now only."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(WEBHOOK_SECRET_BYTES)).decode()
    number = await connection.fetchval(SQL["next_secret"], endpoint_id)
    sealed = await vault.seal(connection, SECRETS, (endpoint_id, number), secret.encode())
    await connection.execute(SQL["insert_secret"], endpoint_id, number, sealed, now)
    return secret


async def secrets_of(connection: Connection, vault: Vault, endpoint_id: UUID, at: datetime) -> list[str]:
    """Those that sign at a moment, the newest first. One in clear was written by a server of the version before.

    Raises:
        NotReadable, KeyNotHere: one cannot be opened.
    """
    return [
        row["secret"] or (await vault.open(connection, SECRETS, (endpoint_id, row["number"]), row["sealed"])).decode()
        for row in await connection.fetch(SQL["secrets_of"], endpoint_id, at)
    ]
