"""Keeping with whom an instrument was seen, hashed before it is written anywhere."""

import hmac
import re
import unicodedata
from datetime import timedelta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.instruments.limits import (
    INSTRUMENT_DAYS,
    INSTRUMENTS_FORGOTTEN_PER_RUN_MAX,
    INSTRUMENTS_PER_PERSON_MAX,
)
from plaudit.instruments.model import InstrumentKind, Source
from plaudit.settings import Settings
from plaudit.statements import statements
from plaudit.vault.sealing import Vault, vault_of

SQL = statements(__file__)

PRINTS = "instrument.print"  # what the key of hashes is for


async def print_of(connection: Connection, vault: Vault, kind: InstrumentKind, of: str, value: str) -> bytes:
    """The same for the same instrument; it tells nothing to who has not the vault's key. `of`: who calls it so, a
    provider or a platform, as ids are theirs. An address is the same wherever it is told."""
    key = await vault.key(connection, PRINTS)
    named = _plain(value) if kind is InstrumentKind.ADDRESS else f"{of} {value}"
    return hmac.digest(key, f"{kind} {named}".encode("utf-8", "surrogatepass"), "sha256")


def _plain(address: str) -> str:
    """An address without what people write in different ways: case, accents, signs and blanks."""
    apart = unicodedata.normalize("NFKD", address).casefold()
    return " ".join(re.findall(r"\w+", "".join(sign for sign in apart if not unicodedata.combining(sign))))


async def see(
    connection: Connection,
    settings: Settings,
    clock: Clock,
    person_id: int,
    kind: InstrumentKind,
    source: Source,
    *,
    of: str,
    value: str,
) -> bool:
    """Keep that somebody was seen with an instrument; answers whether its kind is kept here. Of one person the newest
    INSTRUMENTS_PER_PERSON_MAX stay."""
    if kind.value not in settings.instruments.split():
        return False
    found = await print_of(connection, vault_of(settings), kind, of, value)
    await connection.execute(
        SQL["see"], kind.value, found, person_id, source.value, clock.now(), INSTRUMENTS_PER_PERSON_MAX
    )
    return True


async def forget_old(database: Database, clock: Clock) -> int:
    """Forget what nobody was seen with for INSTRUMENT_DAYS; how many rows that was."""
    oldest = clock.now() - timedelta(days=INSTRUMENT_DAYS)
    async with database.transaction() as connection:
        return int(await connection.fetchval(SQL["forget"], oldest, INSTRUMENTS_FORGOTTEN_PER_RUN_MAX))
