"""What accounting answers to operators."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from plaudit.accounting.model import BALANCES, MONEY, DayFigures, DayPlace, Extent, Kind, Unspent
from plaudit.money import Money
from plaudit.pages import Page, Places

ROWS: Places[DayPlace | None] = Places(DayPlace, None)
"""The places of a roll-forward, the oldest first."""


class Balances(msgspec.Struct, frozen=True, kw_only=True):
    """opening + sold + put_back − used − refunded − expired = closing."""

    opening: int
    sold: Annotated[int, Meta(description="Or given, when they are promotional.")]
    put_back: Annotated[int, Meta(description="Unspent coins that had been taken back, and are spendable again.")]
    used: Annotated[int, Meta(description="Paid for gifts.")]
    refunded: Annotated[int, Meta(description="Unspent coins taken back: withdrawals, refunds, voids, chargebacks.")]
    expired: int
    closing: int


class MoneyBeside(msgspec.Struct, frozen=True, kw_only=True):
    """Movements of the journal, in minor units. What was undone is taken off again on the day it was undone."""

    gross_sales: Annotated[int, Meta(description="What buyers paid, with tax.")]
    sale_tax: int
    sale_fee: Annotated[int, Meta(description="What stores and payment providers kept.")]
    gross_refunds: Annotated[int, Meta(description="Withdrawals, refunds and store voids, with tax.")]
    chargebacks: Annotated[int, Meta(description="Disputed payments, with tax.")]
    refund_tax: Annotated[int, Meta(description="Tax inside refunds and chargebacks.")]
    refund_fee: Annotated[int, Meta(description="What channels gave back of their fees.")]
    dispute_fee: Annotated[int, Meta(description="What channels charged for reversals.")]
    revenue_reversed: Annotated[
        int, Meta(description="Without tax: what went back beyond the cost of the unspent coins taken back.")
    ]


class DayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One closed day (UTC) of one kind of coins, entity and currency."""

    day: date
    kind: Kind
    entity: Annotated[str | None, Meta(description="The seller of record, as on receipts; null: without a receipt.")]
    currency: Annotated[str | None, Meta(description="Null for promotional coins, which cost nothing.")]
    coins: Balances
    cost: Annotated[
        Balances | None, Meta(description="The deferred revenue: what those coins cost, in minor units without tax.")
    ]
    money: MoneyBeside | None


class RollForward(Page[DayAnswer], frozen=True, kw_only=True):
    """Closed days, the oldest first."""

    first_day: Annotated[date | None, Meta(description="The first day of the books; null: there is none yet.")]
    last_closed_day: Annotated[date | None, Meta(description="Days after it are open; null: none is closed.")]
    summed_until: Annotated[datetime | None, Meta(description="Until when the open days are summed.")]


class UnspentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Unspent coins of one kind."""

    kind: Kind
    entity: str | None
    region: str | None
    channel: str | None
    coins: int
    cost: Annotated[Money | None, Meta(description="Without tax; null for promotional coins.")]


class UnspentAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """What was unspent at a moment."""

    at: datetime
    items: list[UnspentAnswer]


def day_answer(row: DayFigures) -> DayAnswer:
    return DayAnswer(
        day=row.day,
        kind=row.kind,
        entity=row.entity or None,
        currency=row.currency or None,
        coins=Balances(**{name: getattr(row, f"{name}_coins") for name in BALANCES}),
        cost=Balances(**{name: getattr(row, f"{name}_minor") for name in BALANCES}) if row.currency else None,
        money=MoneyBeside(**{name: getattr(row, f"{name}_minor") for name in MONEY}) if row.currency else None,
    )


def roll_forward_answer(rows: list[DayFigures], limit: int, found: Extent) -> RollForward:
    page = rows[:limit]
    closed = found.has_closed_days
    return RollForward(
        items=[day_answer(row) for row in page],
        next=ROWS.next(rows, limit, lambda row: row.place),
        first_day=found.first_day if closed else None,
        last_closed_day=found.last_closed_day if closed else None,
        summed_until=found.summed_until,
    )


def unspent_answer(row: Unspent) -> UnspentAnswer:
    return UnspentAnswer(
        kind=row.kind,
        entity=row.entity or None,
        region=row.region or None,
        channel=row.channel or None,
        coins=row.coins,
        cost=Money(row.minor, row.currency) if row.currency else None,
    )
