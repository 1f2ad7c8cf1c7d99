"""Purchases in app stores over HTTP: proofs, purchases that are held, consent and consumption requests."""

from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter

from plaudit.decisions.model import OwnBenefit, SecondPersonNeeded
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT, STORE_CANDIDATES_MAX
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import NotFound
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.grants.model import GrantLimitReached, GrantToOneself, NewGrant
from plaudit.selling.orders.answers import OrderAnswer, order_answer
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.stores import actions, consumption
from plaudit.selling.stores.answers import (
    BindRequest,
    CloseRequest,
    ConsentAnswer,
    ConsentRequest,
    ConsumptionAnswer,
    GrantHeldRequest,
    HeldPurchase,
    HeldPurchaseDetail,
    PurchaseRequest,
    consumption_answer,
    detail_answer,
    held_answer,
)
from plaudit.selling.stores.claiming import Resolution
from plaudit.selling.stores.model import (
    NotToBeGranted,
    OrderDoesNotFit,
    PurchaseHeld,
    PurchaseUsed,
    RequestState,
    TransactionNotHeld,
    TransactionState,
)

TAGS = ["App stores"]
OPERATOR_TAGS = ["Operator"]
PROOF_PROBLEMS = (NotFound, PurchaseNotValid, PurchaseHeld, PurchaseUsed, ProviderUnavailable, ProviderRefused)


@post(
    "/orders/{order_id:uuid}/purchase",
    access=Access.VIEWER,
    scope=Scope.ORDERS,
    operation_id="ProvePurchase",
    tags=TAGS,
    problems=(*PROOF_PROBLEMS, OrderDoesNotFit),
    status_code=200,
    summary="Bring the proof of a purchase in an app store",
)
async def prove_purchase(
    order_id: FromPath[UUID],
    data: JSONBody[PurchaseRequest],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> OrderAnswer:
    """The coins go to the order whose account token the purchase carries, which the answer names. When that order is
    paid, and not before, the app finishes the transaction. Repeating it changes nothing."""
    order = await actions.present_for_order(
        database, payment_providers, caller.person_id, order_id, data.proof, settings, clock
    )
    return order_answer(order, settings.store_product_prefix)


@post(
    "/store-purchases/{provider:str}",
    access=Access.VIEWER,
    scope=Scope.ORDERS,
    operation_id="BringPurchase",
    tags=TAGS,
    problems=PROOF_PROBLEMS,
    status_code=200,
    summary="Bring a purchase whose order the app does not know",
)
async def bring_purchase(
    provider: Annotated[str, Parameter(description="The store, such as `apple` or `google`.")],
    data: JSONBody[PurchaseRequest],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> OrderAnswer:
    """For what the store hands the app after a crash, or days later when a parent agreed. The order is found by the
    account token, even when it has expired."""
    order = await actions.present(database, payment_providers, provider, caller.person_id, data.proof, settings, clock)
    return order_answer(order, settings.store_product_prefix)


@get(
    "/me/store-consent",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="GetStoreConsent",
    tags=TAGS,
    summary="My consent",
)
async def get_consent(caller: Caller, database: Database) -> ConsentAnswer:
    """Whether an app store may be told how much of a purchase was used."""
    async with database.read() as connection:
        consent = await consumption.consent_of(connection, caller.person_id)
    return ConsentAnswer(consent.given, consent.changed_at) if consent else ConsentAnswer(False, None)


@put(
    "/me/store-consent",
    access=Access.VIEWER,
    scope=Scope.CONSENTS,
    operation_id="SetStoreConsent",
    tags=TAGS,
    summary="Give or withdraw my consent",
)
async def set_consent(
    data: JSONBody[ConsentRequest], caller: Caller, database: Database, clock: Clock
) -> ConsentAnswer:
    """Kept with its time. Without it a store that needs it is told nothing."""
    async with database.transaction() as connection:
        consent = await consumption.set_consent(connection, caller.person_id, data.given, clock.now())
    return ConsentAnswer(consent.given, consent.changed_at)


@get(
    "/operator/store-purchases",
    access=Access.SUPPORT,
    operation_id="ListStorePurchases",
    personal=True,
    tags=OPERATOR_TAGS,
    summary="Purchases in app stores",
)
async def list_purchases(
    database: Database,
    transaction_state: Annotated[
        TransactionState, QueryParameter(name="state", description="Held ones wait for somebody to look at them.")
    ] = TransactionState.HELD,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[HeldPurchase]:
    """Newest first."""
    async with database.read() as connection:
        found = await actions.list_transactions(connection, transaction_state, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda one: (one.noticed_at, one.id), held_answer)


@get(
    "/operator/store-purchases/{purchase_id:uuid}",
    access=Access.SUPPORT,
    operation_id="GetStorePurchase",
    personal=True,
    tags=OPERATOR_TAGS,
    problems=(NotFound,),
    summary="One purchase in an app store",
)
async def get_purchase(purchase_id: FromPath[UUID], database: Database, settings: Settings) -> HeldPurchaseDetail:
    """With the orders it may be for."""
    async with database.read() as connection:
        transaction = await actions.find_transaction(connection, purchase_id)
        candidates = await actions.candidates(connection, transaction, STORE_CANDIDATES_MAX)
    return detail_answer(transaction, candidates, settings.store_product_prefix)


@post(
    "/operator/store-purchases/{purchase_id:uuid}/bind",
    access=Access.SUPPORT,
    operation_id="BindStorePurchase",
    tags=OPERATOR_TAGS,
    problems=(NotFound, TransactionNotHeld, OwnBenefit, OrderDoesNotFit, ProviderUnavailable, ProviderRefused),
    status_code=200,
    summary="Say whose a held purchase is",
)
async def bind_purchase(
    purchase_id: FromPath[UUID],
    data: JSONBody[BindRequest],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> OrderAnswer:
    """The store is asked whether the purchase still stands; then the order is paid and its coins are given."""
    by = Resolution(caller.person_id, data.resolution)
    order = await actions.bind(database, payment_providers, purchase_id, data.order_id, by, settings, clock)
    return order_answer(order, settings.store_product_prefix)


@post(
    "/operator/store-purchases/{purchase_id:uuid}/close",
    access=Access.SUPPORT,
    operation_id="CloseStorePurchase",
    tags=OPERATOR_TAGS,
    problems=(NotFound, TransactionNotHeld),
    status_code=200,
    summary="Note how a held purchase was dealt with",
)
async def close_purchase(
    purchase_id: FromPath[UUID], data: JSONBody[CloseRequest], caller: Caller, database: Database, clock: Clock
) -> HeldPurchase:
    """It never gives coins after that."""
    return held_answer(await actions.close(database, purchase_id, Resolution(caller.person_id, data.resolution), clock))


@post(
    "/operator/store-purchases/{purchase_id:uuid}/grant",
    access=Access.SUPPORT,
    operation_id="GrantStorePurchase",
    tags=OPERATOR_TAGS,
    problems=(NotFound, TransactionNotHeld, NotToBeGranted, GrantToOneself, GrantLimitReached, SecondPersonNeeded),
    status_code=200,
    summary="Give the coins of a held purchase away",
)
async def grant_purchase(
    purchase_id: FromPath[UUID], data: JSONBody[GrantHeldRequest], caller: Caller, database: Database, clock: Clock
) -> HeldPurchase:
    """For one that cost nothing, such as by a promotional code, or of which the store never says what was paid. The
    coins are promotional. Idempotent by `id`, that of the grant. More than one operator gives alone is first given as
    a grant, which another confirms, then closed here with its `id` and reason."""
    async with database.read() as connection:
        held = await actions.find_transaction(connection, purchase_id)
    wanted = NewGrant(id=data.id, person_id=data.person_id, coins=held.coins, reason=data.resolution)
    by = Resolution(caller.person_id, data.resolution)
    return held_answer(await actions.grant(database, purchase_id, wanted, by, clock))


@get(
    "/operator/consumption-requests",
    access=Access.SUPPORT,
    operation_id="ListConsumptionRequests",
    personal=True,
    tags=OPERATOR_TAGS,
    summary="Questions of app stores, and their answers",
)
async def list_requests(
    database: Database,
    request_state: Annotated[
        RequestState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ConsumptionAnswer]:
    """Newest first. Those that are "missed" were not answered in time."""
    async with database.read() as connection:
        found = await consumption.list_requests(connection, request_state, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda one: (one.noticed_at, one.id), consumption_answer)


HANDLERS = (
    prove_purchase,
    bring_purchase,
    get_consent,
    set_consent,
    list_purchases,
    get_purchase,
    bind_purchase,
    close_purchase,
    grant_purchase,
    list_requests,
)
