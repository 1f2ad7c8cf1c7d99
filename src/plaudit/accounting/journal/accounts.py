"""How accounts are numbered: dated decisions, of which none is ever changed."""

from plaudit.accounting.journal.model import GeneralAccount, NewAccount
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import require_uuid7
from plaudit.pages import Number, Places
from plaudit.problems import IdempotencyConflict
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

ROWS: Places[int | None] = Places(Number, None)
"""The places of accounts by their ids, the newest decision first."""

_BODY = ("account", "entity", "party", "number", "name", "valid_from")


async def accounts(connection: Connection, before: int | None, limit: int) -> list[GeneralAccount]:
    """All decisions there ever were, the newest first."""
    return await fetch_all(connection, SQL["accounts"], GeneralAccount, before, limit)


async def number_account(
    connection: Connection, new: NewAccount, operator_id: int | None, clock: Clock
) -> GeneralAccount:
    """Decide how an account is numbered. The same id with the same body is one decision.

    Raises:
        IdempotencyConflict: the id came with another decision.
    """
    require_uuid7(new.id, "id", clock)
    body = [getattr(new, name) for name in _BODY]
    written = await fetch_one(connection, SQL["write_account"], GeneralAccount, *body, clock.now(), operator_id, new.id)
    known = written or await fetch_one(connection, SQL["account_of_request"], GeneralAccount, new.id)
    assert known is not None  # the row that was in the way is committed
    if [getattr(known, name) for name in _BODY] != body:
        raise IdempotencyConflict
    return known
