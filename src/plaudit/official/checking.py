"""Whether a document is genuine, for anybody who has its number and its check code."""

import re
from uuid import UUID

from plaudit.check_codes.codes import CODE_LENGTH, is_code
from plaudit.connections import Connection
from plaudit.money import exponent
from plaudit.official.model import Document, DocumentCheck, Genuine
from plaudit.problems import NotFound
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)

_PAPER = re.compile(r"([A-Z0-9]{1,20})-([0-9]{1,4})-([CP]?)([0-9]{6,9})")
_PAYOUT = re.compile(r"[0-9A-F]{8}-?(?:[0-9A-F]{4}-?){3}[0-9A-F]{12}")
_NO_CODE = "-" * CODE_LENGTH
"""What a document that is not there has: no one can type it, and to compare it takes as long."""
_UNKNOWN = DocumentCheck(outcome=Genuine.UNKNOWN)
_SHARD_MAX = 2**15 - 1


async def check_document(
    connection: Connection, number: str, code: str, amount: str | int | None = None
) -> DocumentCheck:
    """What anybody may know of a document. A code that is wrong and a number that is not ours are the same.

    Args:
        amount: its sum, as somebody types it, or in minor units; None: not asked about.
    """
    found = await _find(connection, number.strip().upper())
    if not is_code(code, found.check_code if found else _NO_CODE) or found is None:
        return _UNKNOWN
    outcome = Genuine.GENUINE
    if found.gone_minor:
        outcome = Genuine.WITHDRAWN if found.gone_minor >= found.amount_minor else Genuine.CORRECTED
    return DocumentCheck(
        outcome=outcome,
        kind=found.kind,
        month=f"{found.issued_at:%Y-%m}",
        amount_fits=None if amount is None else _minor_of(amount, found.currency) == found.amount_minor,
    )


async def _find(connection: Connection, number: str) -> Document | None:
    if _PAYOUT.fullmatch(number):
        return await fetch_one(connection, SQL["find_payout_note"], Document, UUID(number), None)
    parts = _PAPER.fullmatch(number)
    if parts is None or int(parts[2]) > _SHARD_MAX:
        return None
    series = (parts[1], int(parts[2]), int(parts[4]))
    if parts[3] == "C":
        return await fetch_one(connection, SQL["find_credit_note"], Document, *series)
    return await fetch_one(connection, SQL["find_receipt"], Document, *series, parts[3])


async def payout_note(connection: Connection, creator_id: int, payout_id: UUID) -> Document:
    """What a creator may show of a payout that was sent.

    Raises:
        NotFound: it is not sent, or there is none.
    """
    found = await fetch_one(connection, SQL["find_payout_note"], Document, payout_id, creator_id)
    if found is None:
        raise NotFound("There is no note: nothing was sent.", payout_id=payout_id)
    return found


def _minor_of(amount: str | int, currency: str) -> int | None:
    """An amount as people write it in minor units: 1,234.50, 1.234,5, $7.40, ¥ 1,200; None: there is none in it."""
    if isinstance(amount, int):
        return amount
    places = exponent(currency)
    figures = re.sub(r"[^0-9.,٫]", "", amount).strip(".,٫")
    whole, decimals = figures, ""
    if places and (found := re.fullmatch(rf"(.*)[.,٫]([0-9]{{1,{places}}})", figures)):
        whole, decimals = found[1], found[2]
    digits = re.sub(r"[^0-9]", "", whole) + decimals.ljust(places, "0")
    return int(digits) if figures else None
