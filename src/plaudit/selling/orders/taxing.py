"""The tax of a quote where it is not that of its country: what a tax provider says of the place, else the rate of the
state or province. A provider is asked outside any transaction, so a quote that needs its word is made again with it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ledger.shards import shard_of
from plaudit.limits import TAX_PLACES_ASKED_MAX
from plaudit.problems import InvalidField, TooBusy
from plaudit.providers import Providers
from plaudit.selling.orders.model import Quote, QuoteRequest
from plaudit.selling.prices.pricing import WEB, Price
from plaudit.selling.prices.subdivisions import rate_below
from plaudit.selling.tax_providers import TaxProviders, ask
from plaudit.selling.tax_providers.base import TaxAnswer, TaxPlace
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)


class TaxToBeAsked(Exception):
    """A provider is to be asked of a place before the quote can be made."""

    def __init__(self, place: TaxPlace) -> None:
        self.place = place
        super().__init__(place.country)


class Taxing(msgspec.Struct, frozen=True, kw_only=True):
    """Who may be asked, and what they said so far; None: that the table is to say it."""

    providers: TaxProviders
    answers: Mapping[TaxPlace, TaxAnswer | None] = {}


TAXED_BY_TABLE = Taxing(providers=Providers([]))
"""Nobody is asked."""


class TaxBasis(msgspec.Struct, frozen=True, kw_only=True):
    """What the tax of a quote rests on."""

    place: TaxPlace
    source: str
    is_answer: bool
    name: str
    rate_ppm: int
    reference: str
    answered_at: datetime


T = TypeVar("T")


async def with_answers(
    providers: TaxProviders, settings: Settings, clock: Clock, make: Callable[[Taxing], Awaitable[T]]
) -> T:
    """What comes of making a quote in a transaction; made again when a provider had to be asked first, and once more
    where the buyer's region became another one meanwhile.

    Raises:
        TaxNotKnown: it does not answer, and the settings want its answer.
        TooBusy: the place is another one each time.
    """
    answers: dict[TaxPlace, TaxAnswer | None] = {}
    while True:
        try:
            return await make(Taxing(providers=providers, answers=dict(answers)))
        except TaxToBeAsked as wanted:
            place = wanted.place
        if len(answers) == TAX_PLACES_ASKED_MAX:
            raise TooBusy
        answers[place] = await ask(providers, place, clock.now(), settings)


async def said_last(connection: Connection, person_id: int, country: str, settings: Settings) -> str | None:
    """In which part of a country that taxes by them somebody said to be last; None: they never did."""
    if country not in settings.tax_subdivisions.split():
        return None
    shard = await shard_of(connection, person_id)
    found: str | None = await connection.fetchval(SQL["subdivision_said_last"], shard, person_id, country)
    return found


async def basis_of(
    connection: Connection,
    person_id: int,
    asked: QuoteRequest,
    price: Price,
    taxing: Taxing,
    settings: Settings,
    now: datetime,
) -> TaxBasis | None:
    """What the tax rests on; None: the rate of the country, which the price has already. App stores tax what they sell.
    Who says nothing of where in the country they are is where they said last.

    Raises:
        InvalidField: a provider would be asked of a state or province that is none of the country.
        TaxToBeAsked: what a provider says of the place is not known yet.
    """
    if price.channel != WEB:
        return None
    subdivision = asked.subdivision
    if subdivision is None and asked.postal_code is None:
        subdivision = await said_last(connection, person_id, price.region, settings)
    place = TaxPlace(price.region, subdivision or "", asked.postal_code or "")
    if taxing.providers.names:
        await _require_part(connection, place, settings, now)
        if place not in taxing.answers:
            raise TaxToBeAsked(place)
        if answer := taxing.answers[place]:
            return TaxBasis(
                place=place,
                source=answer.provider,
                is_answer=True,
                name=answer.name,
                rate_ppm=answer.rate_ppm,
                reference=answer.reference,
                answered_at=answer.answered_at,
            )
    if not place.subdivision or place.country not in settings.tax_subdivisions.split():
        return None
    rate = await rate_below(connection, place.country, place.subdivision, now)
    if rate is None:
        return None
    return TaxBasis(
        place=place,
        source=rate.source,
        is_answer=False,
        name=rate.name,
        rate_ppm=rate.rate_ppm,
        reference=str(rate.subdivision_tax_rate_id),
        answered_at=now,
    )


async def _require_part(connection: Connection, place: TaxPlace, settings: Settings, now: datetime) -> None:
    """What buyers write of themselves is on receipts and in returns: only where the tax may be that of a part."""
    if not place.subdivision or place.country in settings.tax_subdivisions.split():
        return
    if await rate_below(connection, place.country, place.subdivision, now) is None:
        raise InvalidField(field="subdivision", reason=f"is no state or province of {place.country} with a tax here")


async def keep(connection: Connection, quote: Quote, basis: TaxBasis) -> None:
    """Write down what the tax of a quote rests on; in the transaction that makes it."""
    await connection.execute(
        SQL["write_quote_tax"],
        *(quote.shard, quote.person_id, quote.quote_id, basis.place.country, basis.place.subdivision),
        *(basis.place.postal_code, basis.source, basis.is_answer, basis.name, basis.rate_ppm, basis.reference),
        basis.answered_at,
    )
