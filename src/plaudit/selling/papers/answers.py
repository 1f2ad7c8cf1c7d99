"""What papers answer over HTTP, and how it is made from what is kept."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.check_codes.codes import written
from plaudit.money import Money
from plaudit.selling.papers.model import Act, CreditNote, Paper, Receipt
from plaudit.selling.prices.pricing import Channel


class SellerAnswer(msgspec.Struct, frozen=True):
    """The seller of record at the sale; of a confirmation, who confirms."""

    code: str
    name: str
    address: str
    tax_id: Annotated[str, Meta(description="Empty: there is none.")]


class StoreAnswer(msgspec.Struct, frozen=True):
    """The app store that sold."""

    name: str
    address: str


class ReceiptTax(msgspec.Struct, frozen=True):
    """The tax line of a receipt."""

    name: str
    rate_bps: int
    amount: Money


class ReceiptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The proof of a paid order."""

    number: Annotated[str, Meta(description="Without gaps within its series.", examples=["PLAUDIT-1-000042"])]
    paper: Annotated[
        Paper, Meta(description="confirmation: an app store sold, and its own receipt is the one that counts.")
    ]
    order_id: UUID
    lot_id: Annotated[UUID, Meta(description="The lot the coins are in.")]
    seller: SellerAnswer
    sold_by: Annotated[StoreAnswer | None, Meta(description="Who sold instead of the seller; null on the web.")]
    issued_at: datetime
    paid_at: datetime
    coins: int
    gross: Money
    net: Annotated[Money | None, Meta(description="Null on a confirmation: the tax is the store's.")]
    tax: Annotated[ReceiptTax | None, Meta(description="Null on a confirmation: the tax is the store's.")]
    channel: Channel
    region: str
    provider: str
    check_code: Annotated[str, Meta(description="By which anybody can ask whether it is genuine, with its number.")]


class CreditNoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that money of a receipt went back, or of the end of that."""

    number: Annotated[str, Meta(description="Without gaps within its series.", examples=["PLAUDIT-1-C000007"])]
    act: Annotated[Act, Meta(description="cancellation: the credit note counts no more.")]
    cancels: Annotated[str | None, Meta(description="The number of the credit note a cancellation is about.")]
    receipt_number: str
    reversal_id: UUID
    order_id: UUID
    kind: Annotated[str, Meta(description="Of the reversal.", examples=["withdrawal"])]
    reason: str
    coins: int
    gross: Money
    net: Money
    tax: Money
    issued_at: datetime
    check_code: Annotated[str, Meta(description="By which anybody can ask whether it is genuine, with its number.")]


def receipt_answer(receipt: Receipt) -> ReceiptAnswer:
    ours = not receipt.is_confirmation
    seller = (receipt.seller_code, receipt.seller_name, receipt.seller_address, receipt.seller_tax_id)
    return ReceiptAnswer(
        number=receipt.full_number,
        paper=receipt.paper,
        order_id=receipt.order_id,
        lot_id=receipt.order_id,
        seller=SellerAnswer(*seller),
        sold_by=StoreAnswer(receipt.store_name, receipt.store_address or "") if receipt.store_name else None,
        issued_at=receipt.issued_at,
        paid_at=receipt.paid_at,
        coins=receipt.coins,
        gross=receipt.gross,
        net=receipt.net if ours else None,
        tax=ReceiptTax(receipt.tax_name, receipt.tax_rate_bps, receipt.tax) if ours else None,
        channel=receipt.channel,
        region=receipt.region,
        provider=receipt.provider,
        check_code=written(receipt.check_code),
    )


def credit_note_answer(note: CreditNote, receipt: Receipt) -> CreditNoteAnswer:
    return CreditNoteAnswer(
        number=note.full_number,
        act=note.act,
        cancels=note.cancelled_number,
        receipt_number=receipt.full_number,
        reversal_id=note.reversal_id,
        order_id=note.order_id,
        kind=note.kind,
        reason=note.reason,
        coins=note.coins,
        gross=note.gross,
        net=note.net,
        tax=note.tax,
        issued_at=note.issued_at,
        check_code=written(note.check_code),
    )
