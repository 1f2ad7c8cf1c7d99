"""What providers tell about payouts, and what it does to the books: once, in whatever order it comes."""

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import lock_creator
from plaudit.limits import PAYOUT_POLL_AFTER_S, PAYOUT_RETURN_POLL_S
from plaudit.money import Money
from plaudit.payouts.actions import move, post_diamonds
from plaudit.payouts.model import Actor, Change, Payout, PayoutState
from plaudit.payouts.providers.base import PayoutStatus, ProviderPayout
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


class PayoutNewsOutcome(enum.StrEnum):
    """What became of something a provider told."""

    APPLIED = "applied"
    NOTHING_NEW = "nothing_new"
    CONTRADICTION = "contradiction"
    UNKNOWN_PAYOUT = "unknown_payout"


# The states a payout goes through until it is where the provider says it is. What is not here contradicts the books.
_WAY: Mapping[PayoutStatus, Mapping[PayoutState, tuple[PayoutState, ...]]] = {
    PayoutStatus.PROCESSING: {
        PayoutState.APPROVED: (PayoutState.SENT,),
        PayoutState.SENT: (),
        PayoutState.PAID: (),
        PayoutState.FAILED: (),
        PayoutState.RETURNED: (),
    },
    PayoutStatus.PAID: {
        PayoutState.APPROVED: (PayoutState.SENT, PayoutState.PAID),
        PayoutState.SENT: (PayoutState.PAID,),
        PayoutState.PAID: (),
        PayoutState.RETURNED: (),
    },
    PayoutStatus.FAILED: {
        PayoutState.APPROVED: (PayoutState.SENT, PayoutState.FAILED),
        PayoutState.SENT: (PayoutState.FAILED,),
        PayoutState.FAILED: (),
    },
    PayoutStatus.RETURNED: {
        PayoutState.APPROVED: (PayoutState.SENT, PayoutState.PAID, PayoutState.RETURNED),
        PayoutState.SENT: (PayoutState.PAID, PayoutState.RETURNED),
        PayoutState.PAID: (PayoutState.RETURNED,),
        PayoutState.RETURNED: (),
    },
    PayoutStatus.UNDONE: {
        PayoutState.APPROVED: (PayoutState.SENT, PayoutState.FAILED),
        PayoutState.SENT: (PayoutState.FAILED,),
        PayoutState.FAILED: (),
        PayoutState.PAID: (PayoutState.RETURNED,),
        PayoutState.RETURNED: (),
    },
}

_DIAMONDS = {
    PayoutState.PAID: "payout_paid",
    PayoutState.FAILED: "payout_given_back",
    PayoutState.RETURNED: "payout_returned",
}


async def apply(connection: Connection, clock: Clock, told: ProviderPayout) -> PayoutNewsOutcome:
    """Bring a payout to where its provider says it is, with its movements; nothing happens twice.

    What contradicts the books moves nothing: the payout is marked for a person to look at.
    """
    found = await fetch_one(connection, SQL["payout"], Payout, told.payout_id)
    if found is None:
        return PayoutNewsOutcome.UNKNOWN_PAYOUT
    await lock_creator(connection, found.creator_id)
    payout = await fetch_one(connection, SQL["payout"], Payout, told.payout_id)
    assert payout is not None, "payouts are never deleted"
    way = way_of(told.status, payout.state)
    if way is None or told.money != Money(payout.net_minor, payout.currency):
        attention = f"the provider says {told.status} of {told.money.amount_minor} {told.money.currency} minor units"
        await connection.execute(SQL["note_attention"], payout.creator_id, payout.id, attention)
        return PayoutNewsOutcome.CONTRADICTION
    if way:
        await go(connection, payout, way, told, clock.now())
    if told.status is PayoutStatus.PROCESSING:
        said = (told.wait, told.wait_until, told.arrives_on)
        await connection.execute(SQL["keep_provider_wait"], payout.creator_id, payout.id, *said)
    return PayoutNewsOutcome.APPLIED if way else PayoutNewsOutcome.NOTHING_NEW


def way_of(status: PayoutStatus, state: PayoutState) -> tuple[PayoutState, ...] | None:
    """The states a payout goes through until it is where it is said to be; None: that contradicts the books."""
    return _WAY[status].get(state)


async def go(
    connection: Connection,
    payout: Payout,
    way: tuple[PayoutState, ...],
    told: ProviderPayout,
    at: datetime,
    *,
    operator_id: int | None = None,
) -> None:
    """Bring a payout along a way, with its movements, by the word of its provider or of an operator who pays by hand.
    The caller holds the creator's lock."""
    by_hand = operator_id is not None
    for state in way:
        change = Change(
            at=at,
            actor=Actor.OPERATOR if by_hand else Actor.PROVIDER,
            actor_id=operator_id,
            reason=told.reason if state in {PayoutState.FAILED, PayoutState.RETURNED} else None,
            provider_reference=told.reference or None,
            poll_at=None if by_hand else _first_poll(state, at),
        )
        payout = await move(connection, payout, payout.state, state, change)
    if PayoutState.SENT in way:
        await connection.execute(SQL["remove_send"], payout.creator_id, payout.id)
    # Diamonds first, money last, so that two payouts never wait for each other's accounts.
    for state in way:
        if state in _DIAMONDS:
            await post_diamonds(connection, payout, _DIAMONDS[state], at)
    platform, creator = 0, payout.creator_id
    if PayoutState.PAID in way:
        await _post_money(connection, payout, "payout_money", (platform, creator), payout.net_minor, at)
        await _post_money(connection, payout, "payout_fee", (platform, platform), payout.fee_minor, at)
    if PayoutState.RETURNED in way:
        await _post_money(connection, payout, "payout_money_returned", (creator, platform), payout.net_minor, at)
        await _post_money(connection, payout, "payout_fee_returned", (platform, platform), payout.fee_minor, at)


def _first_poll(state: PayoutState, at: datetime) -> datetime | None:
    if state is PayoutState.SENT:
        return at + timedelta(seconds=PAYOUT_POLL_AFTER_S)
    if state is PayoutState.PAID:
        return at + timedelta(seconds=PAYOUT_RETURN_POLL_S)
    return None


async def _post_money(
    connection: Connection, payout: Payout, reason: str, owners: tuple[int, int], amount_minor: int, at: datetime
) -> None:
    """A movement of money, if there is any, between two owners; it is booked in the creator's shard."""
    if amount_minor:
        await connection.execute(
            SQL["post"],
            *(payout.creator_id, payout.id, reason, *owners, payout.currency, amount_minor, at),
        )
