"""Who bears it when money goes back: what a viewer, a creator and who runs this lose and keep, case by case."""

from litestar import Response, Router, get

from plaudit.creators.actions import current_rule
from plaudit.injected import Clock, Database
from plaudit.limits import REFUND_EXAMPLE_COINS
from plaudit.payouts.rates import HOUSE_CURRENCY, rate_at
from plaudit.people.access import Access
from plaudit.people.injected import CallerOrGuest
from plaudit.people.model import Role
from plaudit.web.pages.frame import page, viewer_of


@get("/refunds", access=Access.PUBLIC, include_in_schema=False)
async def refunds(caller: CallerOrGuest, database: Database, clock: Clock) -> Response[str]:
    """The same for everybody; the figures of the example are those of today."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        rule = await current_rule(connection, clock)
        rate = await rate_at(connection, HOUSE_CURRENCY, clock.now())
    coins, diamonds = rule.reward(REFUND_EXAMPLE_COINS)
    return page(
        "refunds.html",
        viewer,
        nav="wallet",
        is_creator=caller is not None and Role.CREATOR in caller.roles,
        coins=coins,
        diamonds=diamonds,
        worth=rate.worth(diamonds),
    )


router = Router("/", route_handlers=[refunds])
