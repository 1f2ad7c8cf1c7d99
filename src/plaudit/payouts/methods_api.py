"""Where creators are paid, over HTTP: methods of every kind, and accounts that a provider keeps for them."""

from typing import Any
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from plaudit.injected import Clock, Database, Settings
from plaudit.pages import Page
from plaudit.payouts import connections, methods
from plaudit.payouts.answers import (
    ConnectionAnswer,
    ConnectionLink,
    MethodAnswer,
    NewPayoutMethod,
    connection_answer,
    method_answer,
)
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.methods import BankAccount, Destination
from plaudit.payouts.model import (
    NoPayoutProvider,
    NoPayoutRate,
    NotAConnection,
    PayoutProviderMissing,
    TooManyPayoutMethods,
)
from plaudit.payouts.providers import PayoutProviders, provider_for
from plaudit.payouts.vault import AccountVault
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import InvalidField, NotFound
from plaudit.providers import ProviderRefused, ProviderUnavailable

_TAGS = ["Payouts"]


def _destination(data: NewPayoutMethod) -> Destination:
    """Where a method is to lead, checked.

    Raises:
        InvalidField: it says more or less than its kind needs.
    """
    is_bank = data.kind is MethodKind.BANK_ACCOUNT
    if not is_bank and (data.iban or data.bank_code or data.account_number):
        raise InvalidField(field="kind", reason="is no bank account: leave out its numbers")
    if data.paypal is not None and data.kind is not MethodKind.PAYPAL:
        raise InvalidField(field="paypal", reason="must be empty for what is not PayPal")
    if data.kind is MethodKind.PAYPAL:
        return connections.paypal(data.holder_name, data.country, data.currency, data.paypal or "")
    if data.kind is MethodKind.STRIPE_ACCOUNT:
        return connections.stripe_account(data.holder_name, data.country, data.currency)
    return methods.bank_destination(
        BankAccount(
            holder_name=data.holder_name,
            country=data.country,
            currency=data.currency,
            iban=data.iban,
            bank_code=data.bank_code,
            account_number=data.account_number,
        )
    )


@post(
    "/v1/payout-methods",
    access=Access.CREATOR,
    scope=Scope.METHODS,
    step_up=True,
    operation_id="AddPayoutMethod",
    tags=_TAGS,
    summary="Add where to be paid",
    problems=(NoPayoutProvider, NoPayoutRate, TooManyPayoutMethods),
)
async def add_method(
    data: JSONBody[NewPayoutMethod],
    caller: Caller,
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
    account_vault: NamedDependency[AccountVault],
    settings: Settings,
) -> MethodAnswer:
    """Idempotent by `id`. A bank account is checked; later only its end is shown. Nothing can be paid to it before
    `payable_from`, and the creator's platform is told of it (`payout_method.changed`)."""
    if not payout_providers.names:
        raise NoPayoutProvider
    provider = provider_for(payout_providers, data.kind, data.currency)
    if provider is None:
        raise InvalidField(field="body.currency", reason="is not paid out here")
    async with database.transaction() as connection:
        method = await methods.keep_method(
            connection,
            clock,
            account_vault,
            data.id,
            _destination(data),
            creator_id=caller.person_id,
            provider=provider.name,
            hold_hours=settings.payout_method_hold_hours,
        )
        if method.kind is MethodKind.STRIPE_ACCOUNT:
            return method_answer(method, await connections.begin(connection, clock, method))
        return method_answer(method, None)


@get(
    "/v1/payout-methods",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="ListPayoutMethods",
    personal=True,
    tags=_TAGS,
    summary="Where I am paid",
)
async def list_methods(caller: Caller, database: Database) -> Page[MethodAnswer]:
    """Those in use, newest first."""
    async with database.read() as connection:
        accounts = await connections.connections_of(connection, caller.person_id)
        found = await methods.methods_of(connection, caller.person_id)
    return Page([method_answer(one, accounts.get(one.id)) for one in found], None)


@delete(
    "/v1/payout-methods/{method_id:uuid}",
    access=Access.CREATOR,
    scope=Scope.METHODS,
    operation_id="ArchivePayoutMethod",
    tags=_TAGS,
    status_code=200,
    summary="Use a method no more",
)
async def archive_method(method_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> MethodAnswer:
    """Payouts that are on their way still go there. Repeating it changes nothing."""
    async with database.transaction() as connection:
        method = await methods.archive_method(connection, clock, caller.person_id, method_id)
        return method_answer(method, await connections.connection_of(connection, method))


@post(
    "/v1/payout-methods/{method_id:uuid}/connection",
    access=Access.CREATOR,
    scope=Scope.METHODS,
    step_up=True,
    operation_id="ConnectPayoutMethod",
    tags=_TAGS,
    status_code=200,
    summary="Go on at the provider",
    problems=(NotFound, NotAConnection, PayoutProviderMissing, ProviderUnavailable, ProviderRefused),
)
async def connect_method(
    method_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
    settings: Settings,
) -> ConnectionLink:
    """The account is made at the first time, and once. At the provider its creator says who they are and where its
    bank is; none of that comes here."""
    back = f"{settings.public_url}/studio/payouts/connected/{method_id}"
    url = await connections.go_on(database, clock, payout_providers, caller.person_id, method_id, back)
    return ConnectionLink(url=url)


@get(
    "/v1/payout-methods/{method_id:uuid}/connection",
    access=Access.CREATOR,
    scope=Scope.METHODS,
    operation_id="GetPayoutConnection",
    personal=True,
    tags=_TAGS,
    summary="How an account at a provider stands",
    problems=(NotFound, NotAConnection, PayoutProviderMissing, ProviderUnavailable),
)
async def get_connection(
    method_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
) -> ConnectionAnswer:
    """The provider is asked, so that nobody waits for its message."""
    return connection_answer(await connections.refresh(database, clock, payout_providers, caller.person_id, method_id))


HANDLERS: list[Any] = [add_method, list_methods, archive_method, connect_method, get_connection]
