"""Saved cards: agreed to, listed, chosen and removed. What follows at the provider is done by `keeping`."""

from datetime import datetime
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ledger.shards import shard_of
from plaudit.limits import SAVED_CARDS_MAX
from plaudit.people.actions import require_person
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.providers import ProviderUnavailable
from plaudit.selling.cards.model import CONSENT_VERSION, CardExpired, ConsentOutdated, Customer, SavedCard, TooManyCards
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.cards import CardKeeper, CustomerRequest, as_card_keeper
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


def require_keeper(providers: PaymentProviders, provider: str) -> CardKeeper:
    """A provider that keeps cards.

    Raises:
        InvalidField: it is not on offer, or keeps none.
    """
    keeper = as_card_keeper(providers.get(provider))
    if keeper is None:
        raise InvalidField(field="provider", reason="keeps no cards")
    return keeper


async def agree(
    connection: Connection,
    person_id: int,
    provider: str,
    consent_id: UUID,
    version: int,
    language: str,
    clock: Clock,
) -> None:
    """Keep that somebody wants a provider to keep a card. The same id again changes nothing.

    Raises:
        IdempotencyConflict: the id came with another provider, or other words.
        ConsentOutdated: they were shown other words than those of today.
        TooManyCards: so many are saved already.
    """
    shard = await shard_of(connection, person_id)
    given = await connection.fetchval(SQL["consent_version"], shard, person_id, consent_id)
    if given is not None:
        if given != version or await _customer(connection, shard, person_id, provider) is None:
            raise IdempotencyConflict
        return
    if version != CONSENT_VERSION:
        raise ConsentOutdated
    if len(await cards_of(connection, person_id)) >= SAVED_CARDS_MAX:
        raise TooManyCards
    await connection.execute(SQL["write_consent"], shard, person_id, consent_id, version, language, clock.now())
    await connection.execute(SQL["write_customer"], shard, person_id, provider, consent_id)


async def customer_at(database: Database, keeper: CardKeeper, person_id: int, clock: Clock) -> str:
    """Who somebody that has agreed is to a provider; made when it knows nobody yet.

    Raises:
        ProviderUnavailable: try again; also while it is being told to forget them.
        ProviderRefused: it will not.
    """
    async with database.read() as connection:
        shard = await shard_of(connection, person_id)
        person = await require_person(connection, person_id)
        known = await _customer(connection, shard, person_id, keeper.name)
    if known is None or known.ended_at is not None:
        raise ProviderUnavailable(keeper.name)
    if known.customer_id is not None:
        return known.customer_id
    request = CustomerRequest(key=known.consent_id, person_id=person_id, country=person.country)
    made = await keeper.make_customer(request)
    async with database.transaction() as connection:
        noted = (shard, person_id, keeper.name, known.consent_id, made, clock.now())
        await connection.fetchval(SQL["note_customer"], *noted)
        present = await _customer(connection, shard, person_id, keeper.name)
    if present is None or present.customer_id is None:
        raise ProviderUnavailable(keeper.name)  # begun anew meanwhile
    return present.customer_id


async def _customer(connection: Connection, shard: int, person_id: int, provider: str) -> Customer | None:
    return await fetch_one(connection, SQL["customer_of"], Customer, shard, person_id, provider)


async def cards_of(connection: Connection, person_id: int) -> list[SavedCard]:
    """Somebody's cards: the default first, then the newest."""
    shard = await shard_of(connection, person_id)
    return await fetch_all(connection, SQL["cards_of"], SavedCard, shard, person_id)


async def one_tap_card(connection: Connection, person_id: int, takers: list[str], clock: Clock) -> SavedCard | None:
    """What one tap pays with: the default, while it is good and its provider takes the payment."""
    cards = await cards_of(connection, person_id)
    chosen = next((card for card in cards if card.is_default), None)
    return chosen if chosen and chosen.provider in takers and not chosen.is_expired(clock.now()) else None


async def find_card(connection: Connection, person_id: int, card_id: UUID) -> SavedCard:
    """A card of somebody's own.

    Raises:
        NotFound: they have none with this id.
    """
    shard = await shard_of(connection, person_id)
    card = await fetch_one(connection, SQL["find_card"], SavedCard, shard, person_id, card_id)
    if card is None:
        raise NotFound("You have no such card.", card_id=card_id)
    return card


async def require_good(connection: Connection, person_id: int, card_id: UUID, provider: str, clock: Clock) -> SavedCard:
    """A card of somebody's own that can pay by a provider now.

    Raises:
        NotFound: they have none with this id.
        InvalidField: another provider keeps it.
        CardExpired: its last day is over.
    """
    card = await find_card(connection, person_id, card_id)
    if card.provider != provider:
        raise InvalidField(field="card_id", reason=f"is kept by {card.provider}")
    if card.is_expired(clock.now()):
        raise CardExpired
    return card


async def make_default(connection: Connection, person_id: int, card_id: UUID) -> None:
    """Choose the card of one tap.

    Raises:
        NotFound: they have none with this id.
    """
    card = await find_card(connection, person_id, card_id)
    await connection.execute(SQL["lock_cards"], card.shard, person_id)
    await connection.execute(SQL["no_default"], card.shard, person_id)
    await connection.execute(SQL["make_default"], card.shard, person_id, card_id)


async def remove_card(connection: Connection, person_id: int, card_id: UUID, clock: Clock) -> None:
    """Show and use a card no more, at once; its provider is told after the commit. One that was removed stays so.

    Raises:
        NotFound: they never had one with this id.
    """
    shard, now = await shard_of(connection, person_id), clock.now()
    if not await connection.fetchval(SQL["had_card"], shard, person_id, card_id):
        raise NotFound("You have no such card.", card_id=card_id)
    await connection.execute(SQL["lock_cards"], shard, person_id)
    provider = await connection.fetchval(SQL["remove_card"], shard, person_id, card_id, now)
    if provider is not None:
        await connection.execute(SQL["make_newest_default"], shard, person_id, now.date())
        await look_again(connection, shard, person_id, provider, now)


async def look_again(connection: Connection, shard: int, person_id: int, provider: str, now: datetime) -> None:
    """Have what a provider keeps of somebody and what is shown brought in line."""
    await connection.execute(SQL["look_again"], shard, person_id, provider, now)


async def look_again_of(connection: Connection, person_id: int, clock: Clock) -> None:
    """The same at every provider."""
    await connection.execute(SQL["look_again_of"], await shard_of(connection, person_id), person_id, clock.now())


async def look_again_at(connection: Connection, provider: str, customer_id: str, clock: Clock) -> bool:
    """The same by the provider's own word; False: it is nobody of ours."""
    return bool(await connection.fetchval(SQL["look_again_at"], provider, customer_id, clock.now()))


async def forget_person(connection: Connection, person_id: int, clock: Clock) -> None:
    """Keep nothing of somebody any more: for a platform whose person leaves, or becomes one with another. Providers are
    told after the commit."""
    shard, now = await shard_of(connection, person_id), clock.now()
    await connection.execute(SQL["lock_cards"], shard, person_id)
    await connection.execute(SQL["remove_all"], shard, person_id, now)
    await connection.execute(SQL["end_customers"], shard, person_id, now)
