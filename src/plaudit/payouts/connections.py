"""Methods that are no bank account: PayPal, and accounts that a provider keeps for creators and asks about itself."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import lock_creator
from plaudit.db import Database
from plaudit.limits import PAYPAL_RECEIVER_LENGTH_MAX
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.methods import Destination, checked_holder, method_of
from plaudit.payouts.model import AccountNotReady, NotAConnection, PayoutMethod, PayoutProviderMissing
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.base import Accounts, AccountState, ProviderAccount
from plaudit.payouts.vault import AccountNumbers
from plaudit.problems import InvalidField
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PAYER_ID = re.compile(r"[A-Z0-9]{13}")
OPENING = "opening"


class AccountConnection(msgspec.Struct, frozen=True, kw_only=True):
    """An account of a creator at a provider, as the provider said last."""

    method_id: UUID
    creator_id: int
    account: str | None
    """The provider's name of it; None: it was not made yet."""
    state: str
    needs: list[str]
    needs_by: datetime | None
    changed_at: datetime


def paypal(holder_name: str, country: str, currency: str, receiver: str) -> Destination:
    """Somebody's PayPal, by its mail address or PayPal's id of them.

    Raises:
        InvalidField: it is neither, or the name or country is none.
    """
    plain = receiver.strip()
    if "@" not in plain:
        plain = plain.upper()
    fits = _MAIL.fullmatch(plain) if "@" in plain else _PAYER_ID.fullmatch(plain)
    if not fits or len(plain) > PAYPAL_RECEIVER_LENGTH_MAX:
        raise InvalidField(field="paypal", reason="must be the mail address of a PayPal account, or its id of 13 signs")
    name = checked_holder(holder_name, country)
    return Destination(MethodKind.PAYPAL, name, country, currency, AccountNumbers(paypal=plain))


def stripe_account(holder_name: str, country: str, currency: str) -> Destination:
    """An account at Stripe, which is still to be made.

    Raises:
        InvalidField: the name or country is none.
    """
    name = checked_holder(holder_name, country)
    return Destination(MethodKind.STRIPE_ACCOUNT, name, country, currency, None)


async def begin(connection: Connection, clock: Clock, method: PayoutMethod) -> AccountConnection:
    """That the account of a new method is to be made. Repeating it changes nothing."""
    known = await fetch_one(connection, SQL["connection"], AccountConnection, method.creator_id, method.id)
    added = known or await fetch_one(
        connection, SQL["add_connection"], AccountConnection, method.creator_id, method.id, clock.now()
    )
    assert added is not None, "the caller holds the creator's lock"
    return added


async def connections_of(connection: Connection, creator_id: int) -> dict[UUID, AccountConnection]:
    """The accounts of a creator at providers, by their methods."""
    found = await fetch_all(connection, SQL["connections"], AccountConnection, creator_id)
    return {one.method_id: one for one in found}


async def connection_of(connection: Connection, method: PayoutMethod) -> AccountConnection | None:
    """The account of a method at its provider; None: it is of another kind."""
    return await fetch_one(connection, SQL["connection"], AccountConnection, method.creator_id, method.id)


async def require_ready(connection: Connection, method: PayoutMethod) -> None:
    """Money can go to a method.

    Raises:
        AccountNotReady: its provider still asks its creator for something.
    """
    found = await connection_of(connection, method)
    if found is not None and found.state != AccountState.READY:
        raise AccountNotReady(state=found.state, needs=found.needs)


async def go_on(
    database: Database, clock: Clock, providers: PayoutProviders, creator_id: int, method_id: UUID, return_url: str
) -> str:
    """Where a creator goes on at the provider, whose account is made at the first time.

    Raises:
        NotFound: this creator has no such method.
        NotAConnection: it is of a kind that needs none.
        PayoutProviderMissing: its provider is not here any more.
        ProviderUnavailable, ProviderRefused: as the provider says.
    """
    method, known, accounts = await _find(database, providers, creator_id, method_id)
    account = known.account
    if account is None:
        opened = await accounts.open(method.id, method.country, method.currency)
        async with database.transaction() as connection:
            await keep(connection, clock, creator_id, method_id, opened)
        account = opened.account
    return await accounts.link(account, return_url)


async def refresh(
    database: Database, clock: Clock, providers: PayoutProviders, creator_id: int, method_id: UUID
) -> AccountConnection:
    """How the account of a method stands, as its provider says now.

    Raises:
        NotFound, NotAConnection, PayoutProviderMissing, ProviderUnavailable: as `go_on`.
    """
    method, known, accounts = await _find(database, providers, creator_id, method_id)
    if known.account is None:
        return known
    said = await accounts.fetch(known.account, method.currency)
    async with database.transaction() as connection:
        return await keep(connection, clock, creator_id, method_id, said)


async def _find(
    database: Database, providers: PayoutProviders, creator_id: int, method_id: UUID
) -> tuple[PayoutMethod, AccountConnection, Accounts]:
    async with database.read() as connection:
        method = await method_of(connection, creator_id, method_id)
        known = await connection_of(connection, method)
    if known is None:
        raise NotAConnection
    provider = providers.get(method.provider)
    if provider is None or provider.accounts is None:
        raise PayoutProviderMissing(provider=method.provider, currency=method.currency)
    return method, known, provider.accounts


async def of_account(connection: Connection, account: str) -> tuple[AccountConnection, PayoutMethod] | None:
    """Whose an account at a provider is; None: nobody's here."""
    known = await fetch_one(connection, SQL["connection_of_account"], AccountConnection, account)
    return None if known is None else (known, await method_of(connection, known.creator_id, known.method_id))


async def keep(
    connection: Connection, clock: Clock, creator_id: int, method_id: UUID, said: ProviderAccount
) -> AccountConnection:
    """Keep what a provider says of an account. The account of a method is one for ever."""
    await lock_creator(connection, creator_id)
    kept = await fetch_one(
        connection,
        SQL["keep_connection"],
        AccountConnection,
        *(creator_id, method_id, said.account, said.state, list(said.needs), said.needs_by, clock.now()),
    )
    assert kept is not None, "a provider makes one account of a method"
    return kept


PLAIN_NEEDS: Mapping[str, str] = {
    "external_account": "bank",
    "individual.id_number": "identity",
    "individual.verification": "papers",
    "individual.address": "address",
    "individual.dob": "birth",
    "individual": "person",
    "company": "company",
    "business_profile": "business",
    "business_type": "business",
    "tos_acceptance": "terms",
    "default_currency": "currency",
}
"""What a provider asks for, by the beginning of its own name of it, in words that pages know; the longest fits."""


def plain_needs(needs: list[str]) -> list[str]:
    """What a provider asks for, in words that pages know, each once."""
    found: dict[str, None] = {}
    for need in needs:
        fits = [name for name in PLAIN_NEEDS if need == name or need.startswith(f"{name}.")]
        found[PLAIN_NEEDS[max(fits, key=len)] if fits else "other"] = None
    return list(found)
