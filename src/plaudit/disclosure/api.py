"""What a coin is worth, and what somebody paid and gave, over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import Parameter
from msgspec import Meta

from plaudit.disclosure.export import CSV, months_csv
from plaudit.disclosure.model import Typical, WorkedGift
from plaudit.disclosure.months import Month, months_of
from plaudit.disclosure.worth import typical, worked_gift
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import MONTH_CREATORS_SHOWN
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.people.actions import card_of, people_by_ids
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.model import PersonCard, Scope
from plaudit.problems import NotFound
from plaudit.selling.orders.regions import preview
from plaudit.selling.prices.current import current_book
from plaudit.selling.prices.pricing import NoPrices

_TAGS = ["Wallet"]


class WorkedGiftAnswer(msgspec.Struct, frozen=True):
    """What became of the money behind a gift of mine."""

    gift: Annotated[WorkedGift | None, Meta(description="Null: no bought coins have paid for a gift yet.")]


@get(
    "/v1/coin-worth",
    access=Access.PUBLIC,
    operation_id="GetCoinWorth",
    tags=_TAGS,
    problems=(NoPrices,),
    summary="Where the money for coins goes, in each channel",
)
async def get_coin_worth(
    caller: CallerOrGuest,
    database: Database,
    settings: Settings,
    clock: Clock,
    network_address: NamedDependency[str | None],
) -> Typical:
    """By the price book, where the caller is."""
    async with database.snapshot() as connection:
        book = await current_book(connection, clock)
        person_id = caller.person_id or None if caller else None
        where = await preview(connection, person_id, network_address, None, settings, clock, book=book)
        return await typical(connection, book, where.region, settings, clock)


@get(
    "/v1/wallet/worked-gift",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="GetWorkedGift",
    tags=_TAGS,
    problems=(NotFound,),
    summary="Where the money behind a gift of mine went",
)
async def get_worked_gift(
    caller: Caller,
    database: Database,
    clock: Clock,
    gift_id: Annotated[UUID | None, Parameter(description="Without it, the last that bought coins paid for.")] = None,
) -> WorkedGiftAnswer:
    """By the books: what the coins cost, its tax, the fee as posted, and the reward rule and payout rate of then."""
    async with database.snapshot() as connection:
        return WorkedGiftAnswer(await worked_gift(connection, caller.person_id, gift_id, clock))


class MonthCreator(msgspec.Struct, frozen=True):
    """What somebody gave one creator in a month."""

    creator: PersonCard
    gifts: int
    coins: int
    cost: Annotated[list[Money], Meta(description="What the coins had cost, by currency; nothing for presents.")]


class MonthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What I did in a month."""

    month: Annotated[str, Meta(examples=["2026-11"])]
    gifts: int
    coins: Annotated[int, Meta(description="Of gifts.")]
    paid: Annotated[list[Money], Meta(description="For coins, by currency.")]
    given: Annotated[list[Money], Meta(description="What the coins of gifts had cost, by currency.")]
    back: Annotated[list[Money], Meta(description="Of withdrawals, refunds and disputes, by currency.")]
    creators: Annotated[list[MonthCreator], Meta(description="Who got most coins, the most first.")]


class MonthsAnswer(msgspec.Struct, frozen=True):
    """The last months, the newest first."""

    time_zone: Annotated[str, Meta(description="In which months begin: that of my limits, else UTC.")]
    limit: Annotated[Money | None, Meta(description="What I let myself give in a month; null: there is no limit.")]
    items: list[MonthAnswer]


@get(
    "/v1/me/months",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="GetMyMonths",
    tags=_TAGS,
    also_media_types=(CSV,),
    summary="What I paid, gave and got back, month by month",
)
async def get_months(
    caller: Caller,
    database: Database,
    clock: Clock,
    format: Annotated[Literal["json", "csv"], Parameter(description="`csv`: as a file.")] = "json",
) -> Response[MonthsAnswer]:
    """By the books. What was given is what its coins had cost; what went back counts in the month in which it did."""
    async with database.snapshot() as connection:
        found = await months_of(connection, caller.person_id, clock)
        people = await people_by_ids(connection, {one.creator_id for month in found.months for one in month.creators})
    if format == "csv":
        headers = {"Content-Disposition": 'attachment; filename="months.csv"', "Cache-Control": "no-store"}
        return Response(months_csv(found), media_type=CSV, headers=headers)  # type: ignore[arg-type]  # the other media type
    cards = {person_id: card_of(person) for person_id, person in people.items()}
    items = [_month(month, cards) for month in found.months]
    return Response(MonthsAnswer(found.time_zone, found.limit, items))


def _month(month: Month, cards: dict[int, PersonCard]) -> MonthAnswer:
    return MonthAnswer(
        month=f"{month.month:%Y-%m}",
        gifts=month.gifts,
        coins=month.coins,
        paid=month.paid,
        given=month.given,
        back=month.back,
        creators=[
            MonthCreator(cards[one.creator_id], one.gifts, one.coins, one.cost)
            for one in month.creators[:MONTH_CREATORS_SHOWN]
            if one.creator_id in cards
        ],
    )


router = Router("/", route_handlers=[get_coin_worth, get_worked_gift, get_months])
