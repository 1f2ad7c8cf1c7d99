"""A viewer's saved cards: shown, chosen, removed, and another one saved."""

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from plaudit.injected import Clock, Database
from plaudit.limits import SAVED_CARDS_MAX
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.selling.cards import actions
from plaudit.selling.cards.answers import cards_answer
from plaudit.selling.cards.consent import CONSENT_WORDS
from plaudit.selling.providers import PaymentProviders
from plaudit.web.pages.frame import page, viewer_of


@get("/wallet/cards", access=Access.VIEWER, include_in_schema=False)
async def cards(
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    clock: Clock,
    saved: FromQuery[str | None] = None,
) -> Response[str]:
    """`saved`: somebody comes back from the provider's page, which may keep another card by now."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await actions.cards_of(connection, caller.person_id)
    answer = cards_answer(found, payment_providers, clock.now())
    return page(
        "cards.html",
        viewer,
        nav="wallet",
        cards=answer.cards,
        keeper=next(iter(answer.providers), None),
        consent=CONSENT_WORDS,
        most=SAVED_CARDS_MAX,
        comes_back=saved is not None,
        data={"consent_version": answer.consent_version, "comes_back": saved is not None},
    )


router = Router("/", route_handlers=[cards])
