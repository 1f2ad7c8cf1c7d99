"""What the general ledger answers to operators."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.accounting.journal.model import (
    WORDS,
    AccountKind,
    Balance,
    GeneralAccount,
    JournalLine,
    LinePlace,
)
from plaudit.accounting.model import Period
from plaudit.money import Money
from plaudit.pages import Page, Places

ROWS: Places[LinePlace | None] = Places(LinePlace, None)
"""The places of lines, the oldest first."""

Entity = Annotated[str | None, Meta(description="The seller of record; null: the house, for what creators earn.")]
Party = Annotated[str | None, Meta(description="The provider, or the country of a tax.")]


class LineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an entry: a debit or a credit."""

    day: date
    entry: Annotated[str, Meta(description="The same for all lines of an entry.")]
    account: AccountKind
    number: str
    name: str
    debit: Money | None
    credit: Money | None
    paper: str | None
    text: str
    tax_code: Annotated[str | None, Meta(examples=["DE-1900"])]
    entity: Entity
    party: Party
    order_id: UUID | None


class Journal(Page[LineAnswer], frozen=True, kw_only=True):
    """Lines of closed days, the oldest first."""

    last_closed_day: Annotated[date | None, Meta(description="Days after it are not in the journal yet.")]


class BalanceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """opening + debit − credit = closing, in minor units; below zero where credits are more."""

    account: AccountKind
    number: str
    name: str
    entity: Entity
    party: Party
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int
    closing_minor: int


class Balances(msgspec.Struct, frozen=True, kw_only=True):
    """All accounts over a period of closed days."""

    first_day: date | None
    last_day: Annotated[date | None, Meta(description="The last one that is closed; null: none is.")]
    items: list[BalanceAnswer]


class AccountAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How an account is numbered from a day on."""

    account: AccountKind
    number: str
    name: str
    valid_from: date
    entity: str
    party: str
    recorded_at: datetime
    recorded_by: Annotated[str | None, Meta(description="Null: it came with Plaudit.")]


def line_answer(line: JournalLine) -> LineAnswer:
    debit, credit = (Money(amount, line.currency) if amount > 0 else None for amount in (line.amount, -line.amount))
    return LineAnswer(
        day=line.day,
        entry=line.entry_id,
        account=line.account,
        number=line.number,
        name=line.name,
        debit=debit,
        credit=credit,
        paper=line.paper,
        text=WORDS[line.entry],
        tax_code=line.tax_code,
        entity=line.entity or None,
        party=line.party or None,
        order_id=line.order_id,
    )


def journal_answer(rows: list[JournalLine], limit: int, last_closed_day: date | None) -> Journal:
    return Journal(
        items=[line_answer(row) for row in rows[:limit]],
        next=ROWS.next(rows, limit, lambda row: row.place),
        last_closed_day=last_closed_day,
    )


def balances_answer(period: Period | None, found: list[Balance]) -> Balances:
    return Balances(
        first_day=period.first if period else None,
        last_day=period.last if period else None,
        items=[
            BalanceAnswer(
                account=one.account,
                number=one.number,
                name=one.name,
                entity=one.entity or None,
                party=one.party or None,
                currency=one.currency,
                opening_minor=one.opening_minor,
                debit_minor=one.debit_minor,
                credit_minor=one.credit_minor,
                closing_minor=one.closing_minor,
            )
            for one in found
        ],
    )


def account_answer(row: GeneralAccount) -> AccountAnswer:
    return AccountAnswer(
        account=row.account,
        number=row.number,
        name=row.name,
        valid_from=row.valid_from,
        entity=row.entity,
        party=row.party,
        recorded_at=row.recorded_at,
        recorded_by=None if row.recorded_by is None else str(row.recorded_by),
    )
