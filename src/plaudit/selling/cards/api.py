"""Saved cards over HTTP. They are their holder's alone: nobody else, operators included, sees them here; their
platform's server may have all of them forgotten."""

from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from plaudit.ids import require_uuid7
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import voice
from plaudit.people.access import Access
from plaudit.people.allowances import TooOften, take
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.people.telling import PersonUnknown, find_told
from plaudit.people.told_api import TAGS as PEOPLE_TAGS
from plaudit.people.told_api import SubjectInPath, require_path_subject
from plaudit.problems import NotFound
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.cards import actions
from plaudit.selling.cards.answers import CardPageAnswer, CardsAnswer, cards_answer
from plaudit.selling.cards.keeping import keep_in_line_for
from plaudit.selling.cards.model import CardPageRequest, ConsentOutdated, TooManyCards
from plaudit.selling.prices.current import current_book, prices
from plaudit.selling.prices.pricing import NoPrices
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.cards import CardRequest
from plaudit.selling.providers.returning import absolute_return

TAGS = ["Recharge"]


@get(
    "/me/cards",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="GetCards",
    personal=True,
    tags=TAGS,
    summary="My saved cards",
)
async def get_cards(
    caller: Caller, database: Database, payment_providers: NamedDependency[PaymentProviders], clock: Clock
) -> CardsAnswer:
    """With the words that have to be agreed to before one is saved."""
    async with database.read() as connection:
        cards = await actions.cards_of(connection, caller.person_id)
    return cards_answer(cards, payment_providers, clock.now())


@post(
    "/me/cards",
    access=Access.VIEWER,
    scope=Scope.CONSENTS,
    operation_id="SaveCard",
    tags=TAGS,
    problems=(ConsentOutdated, NoPrices, ProviderRefused, ProviderUnavailable, TooManyCards, TooOften),
    summary="Save a card without buying",
)
async def save_card(
    data: JSONBody[CardPageRequest],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> CardPageAnswer:
    """Prepares the provider's page where the card is typed in. That the buyer agreed is kept with the version of the
    words, its time and language. After the return, `POST /v1/me/cards/refresh` shows the card."""
    require_uuid7(data.id, "id", clock)
    keeper = actions.require_keeper(payment_providers, data.provider)
    return_url, language = absolute_return(data.return_url, settings), voice().language.tag
    async with database.transaction() as connection:
        await take(connection, caller.person_id, "card", settings.orders_per_hour, clock)
        agreed = (caller.person_id, keeper.name, data.id, data.consent_version, language)
        await actions.agree(connection, *agreed, clock)
        book = await current_book(connection, clock)
        currency = (await prices(connection, book, settings.default_region, settings))[0].currency
    customer_id = await actions.customer_at(database, keeper, caller.person_id, clock)
    asked = CardRequest(key=data.id, customer_id=customer_id, currency=currency, return_url=return_url, locale=language)
    return CardPageAnswer(await keeper.ask_for_card(asked))


@post(
    "/me/cards/refresh",
    access=Access.VIEWER,
    scope=Scope.ORDERS,
    operation_id="RefreshCards",
    tags=TAGS,
    problems=(TooOften,),
    status_code=200,
    summary="Ask providers about my saved cards",
)
async def refresh_cards(
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> CardsAnswer:
    """What the page does when somebody comes back from saving one. A provider that does not answer is asked later."""
    async with database.transaction() as connection:
        await take(connection, caller.person_id, "card", settings.orders_per_hour, clock)
    await keep_in_line_for(database, payment_providers, caller.person_id, clock)
    async with database.read() as connection:
        cards = await actions.cards_of(connection, caller.person_id)
    return cards_answer(cards, payment_providers, clock.now())


@put(
    "/me/cards/{card_id:uuid}/default",
    access=Access.VIEWER,
    scope=Scope.ORDERS,
    operation_id="ChooseCard",
    tags=TAGS,
    problems=(NotFound,),
    summary="Choose the card of one tap",
)
async def choose_card(
    card_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    clock: Clock,
) -> CardsAnswer:
    """The one before is not the default any more."""
    async with database.transaction() as connection:
        await actions.make_default(connection, caller.person_id, card_id)
        cards = await actions.cards_of(connection, caller.person_id)
    return cards_answer(cards, payment_providers, clock.now())


@delete(
    "/me/cards/{card_id:uuid}",
    access=Access.VIEWER,
    scope=Scope.CONSENTS,
    operation_id="RemoveCard",
    tags=TAGS,
    problems=(NotFound,),
    status_code=200,
    summary="Remove a saved card",
)
async def remove_card(
    card_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    clock: Clock,
) -> CardsAnswer:
    """At once here, and soon at its provider, which is told again and again until it answers. Repeated, it changes
    nothing."""
    async with database.transaction() as connection:
        await actions.remove_card(connection, caller.person_id, card_id, clock)
        cards = await actions.cards_of(connection, caller.person_id)
    return cards_answer(cards, payment_providers, clock.now())


@delete(
    "/people/{subject:str}/cards",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="ForgetCardsOfPerson",
    tags=PEOPLE_TAGS,
    problems=(PersonUnknown,),
    summary="Forget all cards of somebody",
)
async def forget_cards_of_person(subject: SubjectInPath, caller: Caller, database: Database, clock: Clock) -> None:
    """For a platform whose person leaves, or becomes one with another. At once here, and soon at their providers, which
    are told to forget the person too. What was bought and agreed to stays in the books."""
    require_path_subject(subject)
    async with database.transaction() as connection:
        person = await find_told(connection, caller.issuer_id, subject, "path.subject")
        await actions.forget_person(connection, person.id, clock)


HANDLERS = (get_cards, save_card, refresh_cards, choose_card, remove_card, forget_cards_of_person)
