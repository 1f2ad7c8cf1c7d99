"""Writing papers: a receipt when an order is paid, a credit note when its money has gone back. Each in the transaction
of what it proves, and never changed afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from plaudit.db import Connection, fetch_all, fetch_one, statements
from plaudit.problems import NotFound
from plaudit.recharge.model import Order
from plaudit.recharge.prices import named_seller
from plaudit.recharge.pricing import SellerOfRecord
from plaudit.recharge.receipts.model import STORES, Act, CreditNote, Paper, Receipt
from plaudit.recharge.reversals.model import Reversal, State

SQL = statements(__file__)

_CREDIT_NOTE = "credit_note"


async def write_receipt(
    connection: Connection, order: Order, paid_at: datetime, fallback: SellerOfRecord, now: datetime
) -> None:
    """The paper of an order that was just paid: ours, or the confirmation of what an app store sold.

    The seller is who the price book named when the order was placed; `fallback` where it names nobody.
    """
    issuer = await named_seller(connection, order.region, order.created_at) or fallback
    paper, store_name, store_address = Paper.RECEIPT, None, None
    if order.channel in STORES:
        paper, store_name, store_address = Paper.CONFIRMATION, STORES[order.channel], ""
        named = await named_seller(connection, order.region, order.created_at, order.channel)
        if named is not None and named.code != issuer.code:
            store_name, store_address = named.name, named.address
    number = await connection.fetchval(SQL["next_number"], order.shard, issuer.code, paper)
    await connection.execute(
        SQL["write_receipt"],
        *(order.shard, order.order_id, order.person_id, paper, issuer.code, number),
        *(issuer.name, issuer.address, issuer.tax_id, store_name, store_address, now, paid_at),
    )


async def follow_reversal(connection: Connection, reversal: Reversal, state: State, now: datetime) -> None:
    """The paper of a reversal that reaches a state: a credit note when the money is with the buyer, its cancellation
    when it came back after that. A confirmation has none: what a store sold, the store credits."""
    if state is State.DONE:
        act = Act.CREDIT
    elif state is State.UNDONE and reversal.state is State.DONE:
        act = Act.CANCELLATION
    else:
        return
    series = await connection.fetchrow(SQL["series_of_receipt"], reversal.shard, reversal.order_id)
    if reversal.amount_minor == 0 or series is None or series["paper"] != Paper.RECEIPT:
        return
    number = await connection.fetchval(SQL["next_number"], reversal.shard, series["seller_code"], _CREDIT_NOTE)
    await connection.execute(
        SQL["write_credit_note"],
        *(reversal.shard, reversal.reversal_id, act, reversal.order_id, reversal.person_id, series["seller_code"]),
        *(number, now, reversal.kind, reversal.currency, reversal.amount_minor, reversal.net_minor),
        *(reversal.tax_minor, reversal.coins, reversal.reason),
    )


async def find_receipt(connection: Connection, order: Order) -> Receipt:
    """The receipt of an order.

    Raises:
        NotFound: it is not paid.
    """
    receipt = await fetch_one(connection, SQL["find_receipt"], Receipt, order.shard, order.order_id)
    if receipt is None:
        raise NotFound("There is no receipt: the order is not paid.", order_id=order.order_id)
    return receipt


async def credit_notes_of(connection: Connection, order: Order) -> list[CreditNote]:
    """What was credited of an order, and what of that was cancelled, in the order of their numbers."""
    return await fetch_all(connection, SQL["credit_notes_of_order"], CreditNote, order.shard, order.order_id)


async def credited(connection: Connection, shard: int, reversal_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of some reversals have a credit note."""
    rows = await connection.fetch(SQL["credited"], shard, reversal_ids) if reversal_ids else []
    return frozenset(row["reversal_id"] for row in rows)
