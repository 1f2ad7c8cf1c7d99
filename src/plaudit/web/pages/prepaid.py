"""Japan's prepaid coins: what the law wants shown to whoever buys them, and the report of base dates for operators.

The Payment Services Act (Act No. 59 of 2009), article 13, wants shown: the issuer, the most that can be paid in, until
when it can be used, where complaints go with address and telephone, where it can be used, and how one learns what is
left. Read in a secondary source on 2026-11-22:
https://support.stripe.com/questions/requirements-under-the-japan-payment-services-act
"""

from datetime import date

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.accounting.prepaid import REGION, base_date_of, prepaid_report
from plaudit.accounting.reading import japan_base_dates
from plaudit.injected import Clock, Database, Settings
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.problems import InvalidField, NotFound
from plaudit.rules.caps import caps_in
from plaudit.rules.published import current_book as rule_book
from plaudit.selling.prices.current import current_book, prices, require_seller
from plaudit.selling.prices.legal import links_of
from plaudit.web.pages.frame import page, viewer_of

_BASE_DATES_SHOWN = 4


@get("/prepaid", access=Access.PUBLIC, include_in_schema=False)
async def prepaid(caller: CallerOrGuest, database: Database, settings: Settings, clock: Clock) -> Response[str]:
    """Of coins that are sold in Japan, by the price book that holds and the settings."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        book = await current_book(connection, clock)
        found = await prices(connection, book, REGION, settings)
        if not found:
            raise NotFound("Nothing is sold in Japan here.")
        seller = await require_seller(connection, book, REGION, settings)
        caps = caps_in(await rule_book(connection), {REGION}, settings, clock.now())
    web = found[0]
    return page(
        "prepaid.html",
        viewer,
        nav="wallet",
        seller=seller,
        contact=settings.prepaid_contact,
        at_once=Money(web.cost(web.coins_max).gross, web.currency),
        caps=caps,
        links=links_of(settings, REGION, seller.code),
    )


@get("/operator/prepaid", access=Access.FINANCE, include_in_schema=False)
async def report(
    caller: Caller, database: Database, settings: Settings, clock: Clock, at: FromQuery[str] = ""
) -> Response[str]:
    """`at`: the base date; the latest, if it is none."""
    now = clock.now()
    try:
        day = base_date_of(date.fromisoformat(at) if at else None, now)
    except (InvalidField, ValueError):
        day = base_date_of(None, now)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await prepaid_report(connection, day, now)
    return page(
        "prepaid_report.html",
        viewer,
        nav="operator",
        report=found,
        base_dates=japan_base_dates(now, _BASE_DATES_SHOWN),
        contact=settings.prepaid_contact,
    )


router = Router("/", route_handlers=[prepaid, report])
