"""Writing papers: a receipt when an order is paid, a credit note when its money has gone back. Each in the transaction
of what it proves, with the mail that brings it, and never changed afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from plaudit.connections import Connection
from plaudit.mail import outbox
from plaudit.mail.model import MailKind, NewMail
from plaudit.selling.papers.model import Act, Credit, Paper, Sale
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.prices.current import named_seller
from plaudit.selling.prices.pricing import SellerOfRecord
from plaudit.statements import statements

SQL = statements(__file__)

_CREDIT_NOTE = "credit_note"


async def write_receipt(
    connection: Connection, sale: Sale, paid_at: datetime, fallback: SellerOfRecord, now: datetime
) -> None:
    """The paper of an order that was just paid: ours, or the confirmation of what an app store sold.

    The seller is who the price book named when the order was placed; `fallback` where it names nobody.
    """
    issuer = await named_seller(connection, sale.region, sale.created_at) or fallback
    paper, store_name, store_address = Paper.RECEIPT, None, None
    channel = channel_of(sale.channel)
    if channel.is_store:
        paper, store_name, store_address = Paper.CONFIRMATION, channel.seller, ""
        named = await named_seller(connection, sale.region, sale.created_at, sale.channel)
        if named is not None and named.code != issuer.code:
            store_name, store_address = named.name, named.address
    await connection.execute(
        SQL["write_receipt"],
        *(sale.shard, sale.order_id, sale.person_id, paper, issuer.code),
        *(issuer.name, issuer.address, issuer.tax_id, store_name, store_address, now, paid_at),
        *(sale.channel, sale.region, sale.provider, sale.coins, sale.currency, sale.net_minor),
        *(sale.tax_minor, sale.price_minor, sale.tax_name, sale.tax_rate_bps, sale.quote_id),
    )
    told = NewMail(kind=MailKind.RECEIPT, shard=sale.shard, person_id=sale.person_id, order_id=sale.order_id)
    await outbox.add(connection, told, now)


async def write_credit_note(connection: Connection, act: Act, credit: Credit, now: datetime) -> None:
    """The paper of money that went back, or of its coming again. None of a confirmation: what a store sold, the store
    credits."""
    series = await connection.fetchrow(SQL["series_of_receipt"], credit.shard, credit.order_id)
    if credit.amount_minor == 0 or series is None or series["paper"] != Paper.RECEIPT:
        return
    number = await connection.fetchval(SQL["next_number"], credit.shard, series["seller_code"], _CREDIT_NOTE)
    await connection.execute(
        SQL["write_credit_note"],
        *(credit.shard, credit.reversal_id, act, credit.order_id, credit.person_id, series["seller_code"]),
        *(number, now, credit.kind, credit.currency, credit.amount_minor, credit.net_minor),
        *(credit.tax_minor, credit.coins, credit.reason),
    )
    told = NewMail(
        kind=MailKind.CREDIT_NOTE,
        shard=credit.shard,
        person_id=credit.person_id,
        order_id=credit.order_id,
        reversal_id=credit.reversal_id,
        edition=act,
    )
    await outbox.add(connection, told, now)


async def credited(connection: Connection, shard: int, reversal_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of some reversals have a credit note."""
    rows = await connection.fetch(SQL["credited"], shard, reversal_ids) if reversal_ids else []
    return frozenset(row["reversal_id"] for row in rows)
