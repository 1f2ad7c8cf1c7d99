"""What a coin is worth, over HTTP."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import Parameter
from msgspec import Meta

from plaudit.disclosure.model import Typical, WorkedGift
from plaudit.disclosure.worth import typical, worked_gift
from plaudit.injected import Clock, Database, Settings
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.model import Scope
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


router = Router("/", route_handlers=[get_coin_worth, get_worked_gift])
