"""What is to be paid by hand goes out in numbered exports, each payout in one; who reads account numbers is logged."""

from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import require_uuid7
from plaudit.limits import PAYOUT_EXPORT_PAYOUTS_MAX
from plaudit.money import Money
from plaudit.payouts.model import NothingToExport, Payout, PayoutsWait
from plaudit.payouts.providers.manual.provider import NAME
from plaudit.payouts.vault import AccountVault
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.spreadsheets import csv_lines, decimal, text
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

HEADER = (
    "payout_id", "export", "holder_name", "country", "iban", "bank_code", "account_number", "currency", "amount",
    "remittance", "outcome", "reference", "reason",
)  # fmt: skip
"""The columns of an export. The last three are empty, to be filled in and handed back."""


class Export(msgspec.Struct, frozen=True):
    """A numbered export, with how many payouts are in it and how many of them wait for their outcome."""

    number: int
    id: UUID
    currency: str | None
    exported_at: datetime
    exported_by: int
    payouts: int
    waiting: int


class Download(msgspec.Struct, frozen=True):
    """Somebody read the account numbers of an export."""

    downloaded_at: datetime
    downloaded_by: int


class _Line(msgspec.Struct, frozen=True):
    payout_id: UUID
    creator_id: int
    method_id: UUID
    holder_name: str
    country: str
    currency: str
    net_minor: int
    account_key: str | None
    sealed_account: bytes | None


async def export(
    connection: Connection, clock: Clock, *, export_id: UUID, currency: str | None, operator_id: int
) -> Export:
    """Put what waits to be paid by hand into a new export, the oldest first, once per id; each payout in one only.

    At most PAYOUT_EXPORT_PAYOUTS_MAX go into one. From here on the payouts count as sent.

    Raises:
        InvalidField: the id is no UUIDv7.
        IdempotencyConflict: the id was used for another export.
        PayoutsWait: the database went back to an earlier moment, and nobody compared what was paid since.
        NothingToExport: nothing waits.
    """
    require_uuid7(export_id, "id", clock)
    await connection.execute(SQL["lock_exports"])
    number = await connection.fetchval(SQL["export_number"], export_id)
    if number is not None:
        known = await find(connection, number)
        if (known.currency, known.exported_by) != (currency, operator_id):
            raise IdempotencyConflict
        return known
    if await connection.fetchval(SQL["payouts_wait"]):
        raise PayoutsWait
    now = clock.now()
    number = await connection.fetchval(SQL["add_export"], export_id, currency, now, operator_id)
    moved = await connection.fetchval(
        SQL["export_payouts"], number, NAME, currency, PAYOUT_EXPORT_PAYOUTS_MAX, now, operator_id
    )
    if not moved:
        raise NothingToExport
    return await find(connection, number)


async def find(connection: Connection, number: int) -> Export:
    """An export by its number.

    Raises:
        NotFound: there is none.
    """
    found = await fetch_one(connection, SQL["export"], Export, number)
    if found is None:
        raise NotFound("There is no export with this number.")
    return found


async def find_all(connection: Connection, before: int, limit: int) -> list[Export]:
    """Exports with a smaller number, newest first."""
    return await fetch_all(connection, SQL["exports"], Export, before, limit)


async def payouts_of(connection: Connection, number: int) -> list[Payout]:
    """The payouts of an export in the order of its file."""
    return await fetch_all(connection, SQL["payouts_of_export"], Payout, number, PAYOUT_EXPORT_PAYOUTS_MAX)


async def downloads_of(connection: Connection, number: int, limit: int) -> list[Download]:
    """Who read the account numbers of an export, the latest first."""
    return await fetch_all(connection, SQL["downloads"], Download, number, limit)


async def waiting(connection: Connection) -> list[Money]:
    """What is to be exported, a sum for each currency."""
    return await fetch_all(connection, SQL["waiting_to_export"], Money, NAME)


async def download(connection: Connection, clock: Clock, vault: AccountVault, number: int, operator_id: int) -> bytes:
    """An export as CSV, account numbers included. That it was read is logged in the same transaction: commit before
    the answer leaves.

    Raises:
        NotFound: there is no such export.
        AccountNotReadable: the key of a bank account is not here.
    """
    await find(connection, number)
    lines = await fetch_all(connection, SQL["export_lines"], _Line, number, PAYOUT_EXPORT_PAYOUTS_MAX)
    await connection.execute(SQL["add_download"], number, clock.now(), operator_id)
    return csv_lines([HEADER, *[await _cells(connection, vault, number, line) for line in lines]])


async def _cells(connection: Connection, vault: AccountVault, number: int, line: _Line) -> tuple[str, ...]:
    numbers = await vault.open(connection, line.creator_id, line.method_id, line.account_key, line.sealed_account)
    return (
        *(str(line.payout_id), str(number), text(line.holder_name), line.country),
        *(numbers.iban or "", numbers.bank_code or "", numbers.account_number or ""),
        *(line.currency, decimal(line.net_minor, line.currency), remittance(number, line.payout_id), "", "", ""),
    )


def remittance(number: int, payout_id: UUID) -> str:
    """What the transfer says: short, and enough to find the payout again."""
    return f"Payout {number}-{payout_id.hex[-8:]}"
