"""Tax rates of states and provinces over HTTP, for operators."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter
from msgspec import Meta

from plaudit.countries import Country
from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, told
from plaudit.decisions.model import REFUSED, Decision
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.selling.prices import subdivisions
from plaudit.selling.prices.decisions import SUBDIVISION_TAX_RATE, subdivision_tax_or_ask
from plaudit.selling.prices.subdivisions import NewSubdivisionRate, SubdivisionRate
from plaudit.selling.prices.taxes import RATES

_TAGS = ["Price books"]


class SubdivisionRateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A tax rate of a state or province, for the days there from `valid_from` until before `valid_until`."""

    id: Annotated[str, Meta(description="Rises with each decision.")]
    country: str
    subdivision: str
    name: str
    rate_ppm: Annotated[int, Meta(description="In millionths: 149750 is 14.975 %.")]
    valid_from: date
    valid_until: date | None
    source: Annotated[str, Meta(description="The law it comes from, or why an operator decided it.")]
    is_override: Annotated[bool, Meta(description="Decided by an operator.")]
    recorded_at: datetime
    recorded_by: str | None


def _answer(rate: SubdivisionRate) -> SubdivisionRateAnswer:
    return SubdivisionRateAnswer(
        id=str(rate.subdivision_tax_rate_id),
        country=rate.country,
        subdivision=rate.subdivision,
        name=rate.name,
        rate_ppm=rate.rate_ppm,
        valid_from=rate.valid_from,
        valid_until=rate.valid_until,
        source=rate.source,
        is_override=rate.is_override,
        recorded_at=rate.recorded_at,
        recorded_by=None if rate.recorded_by is None else str(rate.recorded_by),
    )


@get(
    "/subdivision-tax-rates",
    access=Access.PRICING,
    operation_id="ListSubdivisionTaxRates",
    tags=_TAGS,
    summary="Tax rates of states and provinces",
)
async def list_rates(
    database: Database,
    country: Annotated[Country | None, Parameter(description="Those of one country only.")] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[SubdivisionRateAnswer]:
    """The newest decision first. They hold in the countries that `PLAUDIT_TAX_SUBDIVISIONS` names, for buyers who say
    in which part they are; on a day an operator's newest decision that covers it, else what came with Plaudit."""
    async with database.read() as connection:
        found = await subdivisions.rates_below(connection, country, RATES.after(cursor), limit + 1)
    return RATES.page(found, limit, lambda rate: rate.subdivision_tax_rate_id, _answer)


@post(
    "/subdivision-tax-rates",
    access=Access.PRICING,
    operation_id="DecideSubdivisionTaxRate",
    tags=_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=REFUSED,
    summary="Decide the tax rate of a state or province",
)
async def decide_rate(
    data: JSONBody[NewSubdivisionRate], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[SubdivisionRateAnswer]:
    """It holds from its first day on. What was quoted before keeps its tax. 202 with the decision that waits for
    another operator; 201 where one decides alone."""
    async with database.transaction() as connection:
        asked = await subdivision_tax_or_ask(connection, clock, house, data, caller.person_id)
        made = asked if isinstance(asked, Decision) else _answer(asked)
        return await told(connection, SUBDIVISION_TAX_RATE, made)


HANDLERS: list[Any] = [list_rates, decide_rate]
