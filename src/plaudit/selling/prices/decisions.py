"""What of prices and taxes one operator proposes and another confirms."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import lock
from plaudit.decisions.asking import House, Proposal, ask
from plaudit.decisions.kinds import DecisionKind, Figure, change
from plaudit.decisions.model import Change, Decision
from plaudit.languages.formats import (
    format_calendar_day,
    format_coins,
    format_instant,
    format_money,
    format_number,
    format_share,
    format_unit_price,
    territory_name,
)
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.problems import Conflict
from plaudit.selling.prices import publishing, subdivisions, taxes
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.prices.model import (
    BookInForce,
    BookRefused,
    NewTaxRate,
    ProposedVersion,
    PublishRequest,
    Version,
)
from plaudit.selling.prices.pricing import BPS, Package, Price, PriceBook
from plaudit.selling.prices.shelf import read_book
from plaudit.selling.prices.subdivisions import NewSubdivisionRate, SubdivisionRate
from plaudit.selling.prices.taxes import TaxRate

# Price books


async def publish_or_ask(
    connection: Connection, clock: Clock, house: House, draft_id: UUID, asked: PublishRequest, operator_id: int
) -> Version | Decision:
    """The version a draft makes, where one operator publishes; else the decision that waits for another.

    Raises:
        Problem: as `draft_proposal`, `propose` and `confirm` say.
    """
    found = await publishing.draft_proposal(connection, clock, house.settings, draft_id, asked, operator_id)
    return await _asked(connection, clock, house, found)


async def roll_back_or_ask(
    connection: Connection, clock: Clock, house: House, version: int, reason: str, operator_id: int
) -> Version | Decision:
    """The same of what an earlier version says.

    Raises:
        Problem: as `rollback_proposal`, `propose` and `confirm` say.
    """
    found = await publishing.rollback_proposal(connection, clock, house.settings, version, reason, operator_id)
    return await _asked(connection, clock, house, found)


async def book_or_ask(
    connection: Connection, clock: Clock, house: House, book: PriceBook, effective_at: datetime | None, operator_id: int
) -> Version | Decision:
    """The same of a book that is no draft.

    Raises:
        Problem: as `book_proposal`, `propose` and `confirm` say.
    """
    found = await publishing.book_proposal(connection, clock, house.settings, book, effective_at, operator_id)
    return await _asked(connection, clock, house, found)


async def _asked(
    connection: Connection, clock: Clock, house: House, found: Version | Decision | Proposal
) -> Version | Decision:
    if not isinstance(found, Proposal):
        return found
    asked: Version | Decision = await ask(connection, clock, house, PRICE_BOOK, found)
    return asked


def _figures(book: ProposedVersion | BookInForce) -> Iterable[Figure]:
    yield Figure("What it is", book.note or "no note")
    yield Figure("Lists of prices, by region and channel", format_number(book.prices), Fraction(book.prices))


async def _compared(connection: Connection, new: ProposedVersion, present: BookInForce | None) -> Iterator[Change]:
    after = await publishing.proposed_book(connection, new.book_sha256)
    before = await read_book(connection, present.version) if present else None
    return differences(before, after)


def differences(before: PriceBook | None, after: PriceBook) -> Iterator[Change]:
    """What differs between two books: by region and channel in money, then sellers and exchange rates."""
    old = {(price.region, price.channel): price for price in before.prices} if before else {}
    new = {(price.region, price.channel): price for price in after.prices}
    for place in sorted(
        old.keys() | new.keys(), key=lambda place: (territory_name(place[0]), place[1] != "web", place[1])
    ):
        group = f"{territory_name(place[0])} · {channel_of(place[1]).title}"
        yield from _changed(dict(_of_price(old.get(place))), dict(_of_price(new.get(place))), group)
    yield from _changed(dict(_of_sellers(before)), dict(_of_sellers(after)), "Sellers")
    yield from _changed(dict(_of_rates(before)), dict(_of_rates(after)), "Exchange rates: minor units for one US cent")


def _changed(old: Mapping[str, Figure], new: Mapping[str, Figure], group: str) -> Iterator[Change]:
    for label in dict.fromkeys([*new, *old]):
        one = change(label, old.get(label), new.get(label), group)
        if one.differs:
            yield one


def _of_price(price: Price | None) -> Iterator[tuple[str, Figure]]:
    for figure in _price_figures(price) if price else ():
        yield figure.label, figure


def _price_figures(price: Price) -> Iterator[Figure]:
    with_tax = price.unit * (1 if price.tax_included else Fraction(BPS + price.tax_rate_bps, BPS))
    yield Figure("A coin, with tax", format_unit_price(with_tax, price.currency), with_tax)
    for package in price.packages:
        yield from _package_figures(price, package)
    choice = f"{format_number(price.coins_min)} to {format_coins(price.coins_max)}" if price.custom_amounts else "no"
    yield Figure("Amounts of the buyer's choice", choice)
    how = "included" if price.tax_included else "on top"
    yield Figure("Tax", f"{price.tax_name} {format_share(price.tax_rate_bps)}, {how}")
    yield Figure("Share of the channel", format_share(price.store_fee_bps), Fraction(price.store_fee_bps))
    fixed = Money(price.store_fee_fixed_minor, price.currency)
    yield Figure("Fixed fee of the channel", format_money(fixed), Fraction(price.store_fee_fixed_minor))
    yield Figure("Rounded up to", format_money(Money(price.step_minor, price.currency)))
    yield Figure("Seller", price.seller_code or "that of the settings")


def _package_figures(price: Price, package: Package) -> Iterator[Figure]:
    def with_tax(listed_minor: int) -> tuple[str, Fraction]:
        gross = price.taxed(listed_minor).gross
        return format_money(Money(gross, price.currency)), Fraction(gross)

    coins = format_coins(package.coins)
    yield Figure(coins, *with_tax(package.price_minor))
    if offer := package.offer:
        span = f"{format_instant(offer.starts_at)} to {format_instant(offer.ends_at)} UTC"
        yield Figure(f"{coins}, offer “{offer.code}”", *with_tax(offer.price_minor))
        yield Figure(f"{coins}, offer “{offer.code}” holds", span)
    claims = ["best value"] if package.best_value else []
    if package.saving_percent is not None:
        claims.append(f"{package.saving_percent} % less than in the app")
    if claims:
        yield Figure(f"{coins}, said to be", ", ".join(claims))


def _of_sellers(book: PriceBook | None) -> Iterator[tuple[str, Figure]]:
    for seller in book.sellers if book else ():
        said = ", ".join(part for part in (seller.name, seller.address, seller.tax_id) if part)
        yield seller.code, Figure(seller.code, said)


def _of_rates(book: PriceBook | None) -> Iterator[tuple[str, Figure]]:
    for currency, rate in sorted(book.rates.items()) if book else ():
        yield currency, Figure(currency, rate, Fraction(rate))


PRICE_BOOK = DecisionKind(
    name="price_book",
    title="Prices",
    access=Access.PRICING,
    content=ProposedVersion,
    before=BookInForce,
    in_force=publishing.book_in_force,
    figures=_figures,
    compared=_compared,
    check=publishing.check,
    subject=lambda _: publishing.SUBJECT,
    apply=publishing.publish_decided,
    made=publishing.decided_version,
    problems=(BookRefused, Conflict),
)


# Taxes


async def tax_or_ask(
    connection: Connection, clock: Clock, house: House, new: NewTaxRate, operator_id: int
) -> TaxRate | Decision:
    """The rate, where one operator decides it; else the decision that waits for another. By its id, which is both's.

    Raises:
        Problem: as `check_rate`, `propose` and `confirm` say.
    """
    await lock(connection, clock)
    if known := await taxes.known_rate(connection, new):
        return known
    proposal = Proposal(new.id, new, new.reason, operator_id)
    asked: TaxRate | Decision = await ask(connection, clock, house, TAX_RATE, proposal)
    return asked


async def _tax_in_force(connection: Connection, _: Clock, new: NewTaxRate) -> TaxRate | None:
    return await taxes.rate_on(connection, new.country, new.valid_from)


def _tax_figures(rate: NewTaxRate | TaxRate) -> Iterable[Figure]:
    yield Figure("Country", territory_name(rate.country))
    yield Figure("Tax", rate.name)
    yield Figure("Rate", format_share(rate.rate_bps), Fraction(rate.rate_bps))
    yield Figure("From", format_calendar_day(rate.valid_from))
    yield Figure("Until before", format_calendar_day(rate.valid_until) if rate.valid_until else "further notice")


async def _apply_tax(connection: Connection, clock: Clock, new: NewTaxRate, decision: Decision, _: object) -> TaxRate:
    return await taxes.record_decided(connection, clock, new, decision)


TAX_RATE = DecisionKind(
    name="tax_rate",
    title="Tax rate",
    access=Access.PRICING,
    content=NewTaxRate,
    before=TaxRate,
    in_force=_tax_in_force,
    figures=_tax_figures,
    check=taxes.check_rate,
    subject=lambda rate: f"{rate.country} {rate.valid_from.isoformat()}",
    apply=_apply_tax,
    made=taxes.decided_rate,
)


async def subdivision_tax_or_ask(
    connection: Connection, clock: Clock, house: House, new: NewSubdivisionRate, operator_id: int
) -> SubdivisionRate | Decision:
    """The same of a state or province.

    Raises:
        Problem: as `tax_or_ask` says.
    """
    await lock(connection, clock)
    if known := await subdivisions.known_rate(connection, new):
        return known
    proposal = Proposal(new.id, new, new.reason, operator_id)
    asked: SubdivisionRate | Decision = await ask(connection, clock, house, SUBDIVISION_TAX_RATE, proposal)
    return asked


async def _part_in_force(connection: Connection, _: Clock, new: NewSubdivisionRate) -> SubdivisionRate | None:
    return await subdivisions.rate_on(connection, new.country, new.subdivision, new.valid_from)


def _part_figures(rate: NewSubdivisionRate | SubdivisionRate) -> Iterable[Figure]:
    yield Figure("State or province", territory_name(f"{rate.country}-{rate.subdivision}"))
    yield Figure("Tax", rate.name)
    yield Figure("Rate, in millionths", format_number(rate.rate_ppm), Fraction(rate.rate_ppm))
    yield Figure("From", format_calendar_day(rate.valid_from))
    yield Figure("Until before", format_calendar_day(rate.valid_until) if rate.valid_until else "further notice")


async def _apply_part(
    connection: Connection, clock: Clock, new: NewSubdivisionRate, decision: Decision, _: object
) -> SubdivisionRate:
    return await subdivisions.record_decided(connection, clock, new, decision)


SUBDIVISION_TAX_RATE = DecisionKind(
    name="subdivision_tax_rate",
    title="Tax rate of a state or province",
    access=Access.PRICING,
    content=NewSubdivisionRate,
    before=SubdivisionRate,
    in_force=_part_in_force,
    figures=_part_figures,
    check=subdivisions.check_rate,
    subject=lambda rate: f"{rate.country}-{rate.subdivision} {rate.valid_from.isoformat()}",
    apply=_apply_part,
    made=subdivisions.decided_rate,
)

KINDS = (PRICE_BOOK, TAX_RATE, SUBDIVISION_TAX_RATE)
