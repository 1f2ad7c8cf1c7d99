"""What stands on a statement, in the language that is spoken: the same for page, PDF and CSV."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from plaudit.earnings.model import Content, Country, Line, Place, Roll
from plaudit.languages.formats import UTC_ZONE as UTC_NAME
from plaudit.languages.formats import (
    format_calendar_day,
    format_coins,
    format_diamonds,
    format_instant_with_zone,
    format_money,
    format_month,
    format_number,
    iso_instant,
    territory_name,
)
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later
from plaudit.money import Money
from plaudit.selling.papers.document import Fact, seller_lines
from plaudit.texts import isolated, without_turns

_REASONS = {
    "delivery": later("Gifts received"),
    "clawback_coins": later("Gifts taken back, as coins"),
    "clawback_coins_returned": later("Gifts given back, as coins"),
    "conversion": later("Converted"),
    "clawback_pending": later("Gifts taken back, as pending diamonds"),
    "clawback_pending_returned": later("Gifts given back, as pending diamonds"),
    "maturity": later("Matured"),
    "clawback_available": later("Gifts taken back, as available diamonds"),
    "clawback_available_returned": later("Gifts given back, as available diamonds"),
    "payout_requested": later("Payouts requested"),
    "payout_given_back": later("Payouts refused, cancelled or failed"),
    "payout_paid": later("Payout paid"),
    "payout_returned": later("Payout returned"),
}
_TITLES = {
    "movements": later("Number"),
    "coins": later("Coins"),
    "pending": later("Pending diamonds"),
    "available": later("Available diamonds"),
    "in_payout": later("In a payout"),
    "granted": later("Of granted coins"),
    "diamonds": later("Diamonds"),
    "rate": later("Rate"),
    "gross": later("Before the fee"),
    "fee": later("Fee"),
    "net": later("Paid to you"),
}
_MONEY = frozenset({"gross", "fee", "net"})


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a table: what it is, as code and in words, and its figures by column."""

    key: str
    label: str
    figures: dict[str, int | None]
    """Money in minor units."""
    currency: str = ""
    rate: str = ""
    """What one of the column `rate` says."""
    at: datetime | None = None

    def shown(self, column: str) -> str:
        """A figure in the language that is spoken; nothing where there is none."""
        if column == "rate":
            return self.rate
        value = self.figures.get(column)
        if value is None:
            return ""
        return format_money(Money(value, self.currency)) if column in _MONEY else format_number(value)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows under a title. `columns` are codes."""

    key: str
    title: str
    label_title: str
    columns: tuple[str, ...]
    rows: list[Row]
    has_ends: bool = False
    """Whether its first row opens it and its last closes it."""

    def column_title(self, column: str) -> str:
        return _(_TITLES[column])


class StatementDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A statement in words."""

    title: str
    number: str
    issued_at: datetime
    issuer: list[str]
    facts: list[Fact]
    tables: list[Table]
    notes: list[str]


def statement_document(content: Content) -> StatementDocument:
    """A statement, or one that corrects another."""
    statement = content.statement
    return StatementDocument(
        title=_("Corrected statement") if statement.is_correction else _("Statement"),
        number=statement.full_number,
        issued_at=statement.issued_at,
        issuer=[
            _free(line)
            for line in seller_lines(statement.issuer_name, statement.issuer_address, statement.issuer_tax_id)
        ],
        facts=_facts(content),
        tables=[table for table in _tables(content) if table.rows],
        notes=[
            _("By the books, in UTC. A gift counts when it reached you; what was taken back counts when it was taken."),
            _("A conversion draws on the coins of all countries alike. Granted coins are shown and not converted."),
        ],
    )


def _facts(content: Content) -> list[Fact]:
    statement = content.statement
    facts = [
        Fact(_("Number"), statement.full_number),
        Fact(_("Month"), format_month(statement.month)),
        Fact(_("Issued to"), _free(statement.creator_name)),
        Fact(
            _("Issued"),
            format_instant_with_zone(statement.issued_at, UTC_NAME),
            iso_instant(statement.issued_at),
        ),
    ]
    if statement.corrects:
        facts.insert(1, Fact(_("Takes the place of"), statement.corrects))
    if statement.corrected_by:
        facts.insert(1, Fact(_("Corrected by"), statement.corrected_by))
    if statement.reason:
        facts.append(Fact(_("Reason"), _free(statement.reason)))
    return facts


def _tables(content: Content) -> Iterable[Table]:
    yield Table(
        key="coins",
        title=_("Gift balance"),
        label_title=_("Item"),
        columns=("movements", "coins"),
        rows=_rolled(content, ("coins",), {"coins": content.sums.coins}),
        has_ends=True,
    )
    yield Table(
        key="diamonds",
        title=_("Diamonds"),
        label_title=_("Item"),
        columns=("movements", "pending", "available", "in_payout"),
        rows=_rolled(
            content,
            ("pending", "available", "in_payout"),
            {
                "pending": content.sums.pending,
                "available": content.sums.available,
                "in_payout": content.sums.in_payout,
            },
        ),
        has_ends=True,
    )
    yield Table(
        key="payouts",
        title=_("Payouts"),
        label_title=_("Item"),
        columns=("diamonds", "rate", "gross", "fee", "net"),
        rows=[_payout(line) for line in content.lines if line.payout_id],
    )
    yield Table(
        key="places",
        title=_("Received by room and video"),
        label_title=_("Where"),
        columns=("movements", "coins", "granted"),
        rows=[_place(place) for place in content.places],
    )
    yield Table(
        key="countries",
        title=_("By the country of those who paid"),
        label_title=_("Country"),
        columns=("coins", "diamonds"),
        rows=[_country(country) for country in content.countries if country.coins_in or country.diamonds],
    )


def _rolled(content: Content, columns: tuple[str, ...], rolls: dict[str, Roll]) -> list[Row]:
    """Opening, what moved, closing; nothing of what nobody has."""
    moved = [line for line in content.lines if any(getattr(line, column) for column in columns)]
    opening = {column: roll.opening for column, roll in rolls.items()}
    closing = {column: roll.closing for column, roll in rolls.items()}
    if not moved and not any(opening.values()):
        return []
    return [
        Row(key="opening", label=_("When the month began"), figures=dict(opening)),
        *(_moved(line, columns) for line in moved),
        Row(key="closing", label=_("When it ended"), figures=dict(closing)),
    ]


def _moved(line: Line, columns: tuple[str, ...]) -> Row:
    figures: dict[str, int | None] = {column: getattr(line, column) or None for column in columns}
    label = reason_title(line.reason)
    if line.rule_version is not None and line.coins_per_rule and line.diamonds_per_rule:
        rule = _(
            "%(price)s for %(goods)s",
            price=format_coins(line.coins_per_rule),
            goods=format_diamonds(line.diamonds_per_rule),
        )
        label = f"{label} ({rule})"
    if line.at is not None:
        label = f"{label}, {format_calendar_day(line.at.astimezone(UTC).date())}"
    return Row(key=line.reason, label=label, figures=figures | {"movements": line.movements}, at=line.at)


def reason_title(reason: str) -> str:
    """What a movement is called."""
    return _(_REASONS[reason]) if reason in _REASONS else reason.replace("_", " ")


def _payout(line: Line) -> Row:
    assert line.at is not None, "a payout has a moment"
    assert line.currency is not None, "and money"
    rate = ""
    if line.rate_minor is not None and line.rate_diamonds is not None:
        rate = _(
            "%(price)s for %(goods)s",
            price=format_money(Money(line.rate_minor, line.currency)),
            goods=format_diamonds(line.rate_diamonds),
        )
    return Row(
        key=line.reason,
        label=f"{reason_title(line.reason)}, {format_calendar_day(line.at.astimezone(UTC).date())}",
        figures={
            "diamonds": -(line.in_payout or line.available),
            "gross": line.gross_minor,
            "fee": line.fee_minor,
            "net": line.net_minor,
        },
        currency=line.currency,
        rate=rate,
        at=line.at,
    )


def _place(place: Place) -> Row:
    if not place.place_id:
        label = _("All others")
    elif place.is_video:
        label = _("Video %(number)s", number=str(place.place_id))
    else:
        label = _("Room %(number)s", number=str(place.place_id))
    if place.began_at:
        label = f"{label}, {format_calendar_day(place.began_at.astimezone(UTC).date())}"
    return Row(
        key=f"{'video' if place.is_video else 'room'}:{place.place_id}" if place.place_id else "others",
        label=label,
        figures={
            "movements": place.gifts,
            "coins": place.paid_coins + place.promotional_coins,
            "granted": place.promotional_coins or None,
        },
        at=place.began_at,
    )


def _country(country: Country) -> Row:
    label = territory_name(country.country) if country.country else _("Not known")
    return Row(
        key=country.country or "unknown",
        label=label,
        figures={"coins": country.coins_in, "diamonds": country.diamonds},
    )


def _free(text: str) -> str:
    """What somebody wrote, so that it turns nothing beside it, nor is turned."""
    return isolated(without_turns(text))
