"""Statements as the API tells them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.earnings.model import Content, Roll, Statement
from plaudit.money import Money

_Signed = Annotated[int, Meta(description="Signed by what it adds to.")]


class StatementEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A statement of a list."""

    number: Annotated[str, Meta(description="Without gaps in each year.", examples=["2026-S000042"])]
    creator_id: str
    month: Annotated[str, Meta(description="By UTC.", examples=["2026-11"])]
    edition: Annotated[int, Meta(description="Above one: it takes the place of the edition before.")]
    issued_at: datetime
    corrects: Annotated[str | None, Meta(description="The number of the edition before.")]
    corrected_by: Annotated[str | None, Meta(description="The number of the edition after; null: this one holds.")]
    reason: Annotated[str | None, Meta(description="Why it corrects another; null: it corrects none.")]
    hash: Annotated[str, Meta(description="SHA-256 of all its figures as they were issued, in hexadecimal.")]


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """What moved of one kind, and each payout that was paid or came back."""

    reason: Annotated[str, Meta(description="As the journal calls it.", examples=["delivery"])]
    movements: int
    coins: _Signed
    pending: _Signed
    available: _Signed
    in_payout: _Signed
    rule_version: Annotated[int | None, Meta(description="Of a conversion: the reward rule.")]
    payout_id: UUID | None
    at: Annotated[datetime | None, Meta(description="Of a payout: when it was paid or came back.")]
    rate_version: Annotated[int | None, Meta(description="Of a payout: the payout rate.")]
    gross: Money | None
    fee: Money | None
    net: Money | None


class StatementPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A room or video where gifts were given; neither: all others."""

    room_id: str | None
    video_id: str | None
    gifts: int
    coins: int
    promotional_coins: Annotated[int, Meta(description="Of them those that an operator had given, never converted.")]


class StatementCountry(msgspec.Struct, frozen=True, kw_only=True):
    """Coins that can be converted, by where they were bought. A conversion draws on all of them alike."""

    country: Annotated[str | None, Meta(description="Null: no order paid for them.")]
    opening_coins: int
    received_coins: int
    converted_coins: Annotated[int, Meta(description="And what was taken back, less what was given back.")]
    closing_coins: int
    diamonds: Annotated[int, Meta(description="That conversions made of the coins.")]


class StatementAnswer(StatementEntry, frozen=True, kw_only=True):
    """A statement: opening, what came and went, closing, by the books."""

    issuer_name: str
    creator_name: str
    gifts: int
    received_coins: int
    promotional_coins: int
    coins: Roll
    pending: Roll
    available: Roll
    in_payout: Roll
    lines: list[StatementLine]
    places: Annotated[list[StatementPlace], Meta(description="With most coins first.")]
    countries: list[StatementCountry]


def entry_of(statement: Statement) -> StatementEntry:
    return StatementEntry(**_entry(statement))  # type: ignore[arg-type]  # fields by their names


def _entry(statement: Statement) -> dict[str, object]:
    return {
        "number": statement.full_number,
        "creator_id": str(statement.creator_id),
        "month": f"{statement.month:%Y-%m}",
        "edition": statement.edition,
        "issued_at": statement.issued_at,
        "corrects": statement.corrects,
        "corrected_by": statement.corrected_by,
        "reason": statement.reason or None,
        "hash": statement.hash.hex(),
    }


def answer_of(content: Content) -> StatementAnswer:
    statement, sums = content.statement, content.sums
    return StatementAnswer(
        **_entry(statement),  # type: ignore[arg-type]  # fields by their names
        issuer_name=statement.issuer_name,
        creator_name=statement.creator_name,
        gifts=sums.gifts,
        received_coins=sums.received_coins,
        promotional_coins=sums.promotional_coins,
        coins=sums.coins,
        pending=sums.pending,
        available=sums.available,
        in_payout=sums.in_payout,
        lines=[
            StatementLine(
                reason=line.reason,
                movements=line.movements,
                coins=line.coins,
                pending=line.pending,
                available=line.available,
                in_payout=line.in_payout,
                rule_version=line.rule_version,
                payout_id=line.payout_id,
                at=line.at,
                rate_version=line.rate_version,
                gross=_money(line.gross_minor, line.currency),
                fee=_money(line.fee_minor, line.currency),
                net=_money(line.net_minor, line.currency),
            )
            for line in content.lines
        ],
        places=[
            StatementPlace(
                room_id=None if place.is_video or not place.place_id else str(place.place_id),
                video_id=str(place.place_id) if place.is_video else None,
                gifts=place.gifts,
                coins=place.paid_coins + place.promotional_coins,
                promotional_coins=place.promotional_coins,
            )
            for place in content.places
        ],
        countries=[
            StatementCountry(
                country=one.country or None,
                opening_coins=one.opening_coins,
                received_coins=one.coins_in,
                converted_coins=one.coins_out,
                closing_coins=one.closing_coins,
                diamonds=one.diamonds,
            )
            for one in content.countries
        ],
    )


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)
