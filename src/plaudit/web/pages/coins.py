"""What a coin is worth: where the money for a gift of the reader's went, that for the same coins in each channel, and
why a price is what it is."""

from contextlib import suppress
from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from plaudit.disclosure.worth import typical, worked_gift
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import later
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import CallerOrGuest
from plaudit.problems import NotFound
from plaudit.selling.orders.regions import preview
from plaudit.selling.prices.current import current_book
from plaudit.selling.prices.pricing import NoPrices
from plaudit.web.pages.frame import page, viewer_of

PARTS = {
    "tax": later("Tax"),
    "fee": later("Store or payment provider"),
    "creator": later("The creator"),
    "house": later("Who runs this"),
}
"""What the money for coins is the sum of."""


@get("/coins", access=Access.PUBLIC, include_in_schema=False)
async def coins(
    caller: CallerOrGuest,
    database: Database,
    settings: Settings,
    clock: Clock,
    network_address: NamedDependency[str | None],
    gift: FromQuery[UUID | None] = None,
) -> Response[str]:
    """With a gift of the reader's as the example, which `gift` may choose; for others by the price book alone."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        worked = where = shown = None
        if viewer.person_id:
            with suppress(NotFound):  # an address of somebody else's gift: the reader's last one is shown
                worked = await worked_gift(connection, viewer.person_id, gift, clock)
            worked = worked or await worked_gift(connection, viewer.person_id, None, clock)
        people = await people_by_ids(connection, [worked.creator_id] if worked else [])
        with suppress(NoPrices):
            book = await current_book(connection, clock)
            where = await preview(connection, viewer.person_id, network_address, None, settings, clock, book=book)
            shown = await typical(connection, book, where.region, settings, clock)
    return page(
        "coins.html",
        viewer,
        nav="wallet",
        worked=worked,
        creator=people.get(worked.creator_id) if worked else None,
        typical=shown,
        decision=where,
        titles=PARTS,
    )


router = Router("/", route_handlers=[coins])
