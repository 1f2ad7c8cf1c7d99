"""What creators do about payouts, and the webhooks of payout providers."""

import logging
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter

from plaudit.creators import actions as creators
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT, PAYOUT_WEBHOOK_BYTES_MAX
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.payouts import (
    actions,
    controls_api,
    manual_api,
    methods,
    methods_api,
    names_api,
    operator_api,
    rates,
    screenings_api,
    stuck_api,
    told,
)
from plaudit.payouts.answers import (
    BalanceAnswer,
    Basis,
    NewPayout,
    NewQuote,
    PayoutAnswer,
    PayoutDetail,
    QuoteAnswer,
    balance_answer,
    payout_answer,
    payout_detail,
    place_of,
    quote_answer,
)
from plaudit.payouts.controls import controls_of, told_creator
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.model import (
    NOT_PAYABLE,
    NoPayoutRate,
    PayoutFilter,
    PayoutQuoteExpired,
    PayoutQuoteUsed,
    PayoutState,
    PayoutStateConflict,
    PayoutTooSmall,
)
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.vault import AccountVault
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Role, Scope
from plaudit.people.step_up import StepUpRequired, require_recent_sign_in
from plaudit.problems import BodyTooLarge, StandsStill
from plaudit.providers import SignatureNotValid
from plaudit.rules.model import STOPPED

log = logging.getLogger(__name__)
_TAGS = ["Payouts"]
_CREATOR_OR_OPERATOR = frozenset({Access.CREATOR, Access.OPERATOR})


@get(
    "/v1/creators/me/balance",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="GetBalance",
    tags=["Creators"],
    problems=(NoPayoutRate,),
    summary="What I have",
)
async def get_balance(
    caller: Caller,
    database: Database,
    clock: Clock,
    currency: Annotated[
        str | None,
        Parameter(pattern=r"^[A-Z]{3}$(?!\n)", description="Of the estimates; else that of my newest method."),
    ] = None,
) -> BalanceAnswer:
    """Coins and diamonds wherever they are. Figures in money are estimates at today's rate, before fees."""
    now, creator_id = clock.now(), caller.person_id
    async with database.snapshot() as connection:
        if currency is None:
            mine = await methods.methods_of(connection, creator_id)
            currency = mine[0].currency if mine else rates.HOUSE_CURRENCY
        basis = Basis(
            label="estimate",
            rate=await rates.rate_at(connection, currency, now),
            reward_rule=await creators.current_rule(connection, clock),
        )
        terms = await rates.terms_at(connection, MethodKind.BANK_ACCOUNT, now)
        left = terms.diamonds_per_day_max - await actions.diamonds_today(connection, creator_id, now)
        return balance_answer(
            await creators.balance_of(connection, creator_id),
            await creators.maturing_of(connection, creator_id),
            basis,
            terms.diamonds_min,
            max(left, 0),
        )


@post(
    "/v1/payout-quotes",
    access=Access.CREATOR,
    scope=Scope.PAYOUTS,
    operation_id="QuotePayout",
    tags=_TAGS,
    summary="What a payout would bring",
    problems=(*NOT_PAYABLE, NoPayoutRate, PayoutTooSmall, *STOPPED),
)
async def quote(
    data: JSONBody[NewQuote], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> QuoteAnswer:
    """Idempotent by `id`. Rate and fee are promised for some minutes."""
    async with database.transaction() as connection:
        quoted = await actions.quote(
            connection,
            clock,
            quote_id=data.id,
            creator_id=caller.person_id,
            diamonds=data.diamonds,
            method_id=data.method_id,
            ask_stops=settings.rules_ask_stops,
        )
        return quote_answer(quoted, await rates.rate_of(connection, quoted.rate_version))


@post(
    "/v1/payouts",
    access=Access.CREATOR,
    scope=Scope.PAYOUTS,
    operation_id="RequestPayout",
    tags=_TAGS,
    summary="Cash out at a quote",
    problems=(*NOT_PAYABLE, PayoutQuoteExpired, PayoutQuoteUsed, StandsStill, StepUpRequired, *STOPPED),
)
async def request(
    data: JSONBody[NewPayout], caller: Caller, database: Database, clock: Clock, settings: Settings
) -> PayoutAnswer:
    """Idempotent by `id`. The diamonds are set aside; an operator decides. A large one needs a recent sign-in."""
    async with database.transaction() as connection:
        quoted = await actions.quote_of(connection, caller.person_id, data.quote_id)
        if quoted.diamonds > settings.step_up_payout_diamonds:
            require_recent_sign_in(settings, clock, caller)
        return payout_answer(
            await actions.request(
                connection,
                clock,
                payout_id=data.id,
                creator_id=caller.person_id,
                quote_id=data.quote_id,
                ask_stops=settings.rules_ask_stops,
            )
        )


@get(
    "/v1/payouts",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="ListPayouts",
    personal=True,
    tags=_TAGS,
    summary="My payouts",
)
async def list_payouts(
    caller: Caller,
    database: Database,
    payout_state: Annotated[
        PayoutState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[PayoutAnswer]:
    """Newest first."""
    wanted = PayoutFilter(creator_id=caller.person_id, state=payout_state)
    async with database.read() as connection:
        found = await actions.find_all(connection, wanted, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, place_of, payout_answer)


@get(
    "/v1/payouts/{payout_id:uuid}",
    access=frozenset({Access.CREATOR, Access.FINANCE}),
    scope=Scope.MONEY_READ,
    operation_id="GetPayout",
    personal=True,
    tags=_TAGS,
    summary="A payout and what happened to it",
)
async def get_payout(payout_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> PayoutDetail:
    """Creators see their own, operators any."""
    only = None if Role.OPERATOR in caller.roles else caller.person_id
    async with database.read() as connection:
        payout = await actions.find(connection, payout_id, only)
        events = await actions.events_of(connection, payout.creator_id, [payout.id])
        stopped = (await controls_of(connection, [payout.id], clock.now())).get(payout.id, [])
        return payout_detail(payout, events, told_creator(stopped), for_operator=only is None)


@post(
    "/v1/payouts/{payout_id:uuid}/cancel",
    access=Access.CREATOR,
    scope=Scope.PAYOUTS,
    operation_id="CancelPayout",
    tags=_TAGS,
    status_code=200,
    summary="Take a request back",
    problems=(PayoutStateConflict,),
)
async def cancel(payout_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> PayoutAnswer:
    """As long as nobody decided about it. The diamonds are available again. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return payout_answer(await actions.cancel(connection, clock, caller.person_id, payout_id))


@post(
    "/v1/webhooks/payouts/{provider_name:str}",
    access=Access.PUBLIC,
    foreign_credentials=True,
    operation_id="TakePayoutWebhook",
    tags=["Webhooks"],
    status_code=204,
    summary="A payout provider tells something",
    problems=(BodyTooLarge, SignatureNotValid),
)
async def take_webhook(
    provider_name: FromPath[str],
    request: Request[Any, Any, Any],
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
    account_vault: NamedDependency[AccountVault],
) -> Response[None]:
    """Signed by the provider. Kept as it came, once, before it is applied; so 204 means it will not be lost."""
    body = await request.body()
    if len(body) > PAYOUT_WEBHOOK_BYTES_MAX:
        raise BodyTooLarge
    await told.receive(database, payout_providers, account_vault.vault, provider_name, request.headers, body, clock)
    return Response(None, status_code=204)


_HANDLERS: list[Any] = [
    get_balance,
    quote,
    request,
    list_payouts,
    get_payout,
    cancel,
    take_webhook,
]
router = Router(
    "/",
    route_handlers=[
        *_HANDLERS,
        *methods_api.HANDLERS,
        *operator_api.HANDLERS,
        *manual_api.HANDLERS,
        *controls_api.HANDLERS,
        *names_api.HANDLERS,
        *screenings_api.HANDLERS,
        *stuck_api.HANDLERS,
    ],
)
