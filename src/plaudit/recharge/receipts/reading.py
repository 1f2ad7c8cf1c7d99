"""Papers as somebody may read them: buyers their own, operators everybody's."""

from uuid import UUID

from plaudit.db import Connection, fetch_all, statements
from plaudit.people.model import Caller, Role
from plaudit.problems import NotFound
from plaudit.recharge import actions as recharge
from plaudit.recharge.model import Order
from plaudit.recharge.prices import shard_of
from plaudit.recharge.receipts.actions import find_receipt
from plaudit.recharge.receipts.model import Act, CreditNote, Receipt

SQL = statements(__file__)


async def order_for(connection: Connection, caller: Caller, order_id: UUID) -> Order:
    """An order somebody may see.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    if Role.OPERATOR in caller.roles:
        return await recharge.find_order_of_anybody(connection, order_id)
    return await recharge.find_order(connection, caller.person_id, order_id)


async def receipt_for(connection: Connection, caller: Caller, order_id: UUID) -> Receipt:
    """A receipt somebody may see.

    Raises:
        NotFound: see order_for; or the order is not paid.
    """
    return await find_receipt(connection, await order_for(connection, caller, order_id))


async def credit_note_for(
    connection: Connection, caller: Caller, reversal_id: UUID, act: Act
) -> tuple[CreditNote, Receipt]:
    """A credit note somebody may see, with its receipt.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    if Role.OPERATOR in caller.roles:
        found = await fetch_all(connection, SQL["credit_notes_of_reversal_of_anybody"], CreditNote, reversal_id)
    else:
        shard = await shard_of(connection, caller.person_id)
        found = await fetch_all(connection, SQL["credit_notes_of_reversal"], CreditNote, shard, reversal_id)
        found = [note for note in found if note.person_id == caller.person_id]
    note = next((note for note in found if note.act is act), None)
    if note is None:
        raise NotFound("There is no such credit note.", reversal_id=reversal_id)
    return note, await receipt_for(connection, caller, note.order_id)
