"""Papers as somebody may read them: buyers their own, operators everybody's."""

from uuid import UUID

from plaudit.connections import Connection
from plaudit.people.model import Caller, Role
from plaudit.problems import NotFound
from plaudit.selling.papers.model import Act, CreditNote, Receipt
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


def _of_whom(caller: Caller) -> int | None:
    return None if Role.OPERATOR in caller.roles else caller.person_id


async def receipt_for(connection: Connection, caller: Caller, order_id: UUID) -> Receipt:
    """A receipt somebody may see.

    Raises:
        NotFound: the order is not paid, or there is none, or it is somebody else's.
    """
    return await receipt_of(connection, _of_whom(caller), order_id)


async def receipt_of(connection: Connection, person_id: int | None, order_id: UUID) -> Receipt:
    """The receipt of a person's order, or, with the id alone, of anybody's: ids are the buyers' own, two may have one.

    Raises:
        NotFound: the order is not paid, or there is none.
    """
    receipt = await fetch_one(connection, SQL["find_receipt"], Receipt, order_id, person_id)
    if receipt is None:
        raise NotFound("There is no receipt: the order is not paid.", order_id=order_id)
    return receipt


async def credit_notes_of(connection: Connection, receipt: Receipt) -> list[CreditNote]:
    """What was credited of a receipt, and what of that was cancelled, in the order of their numbers."""
    return await fetch_all(connection, SQL["credit_notes_of_order"], CreditNote, receipt.shard, receipt.order_id)


async def credit_note_for(
    connection: Connection, caller: Caller, reversal_id: UUID, act: Act
) -> tuple[CreditNote, Receipt]:
    """A credit note somebody may see, with its receipt.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = await fetch_all(connection, SQL["credit_notes_of_reversal"], CreditNote, reversal_id, _of_whom(caller))
    note = next((note for note in found if note.act is act), None)
    if note is None:
        raise NotFound("There is no such credit note.", reversal_id=reversal_id)
    return note, await receipt_of(connection, note.person_id, note.order_id)
