"""Payouts until a provider has them: quotes, requests, and the decisions of creators and operators."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import balance_of, frozen_earnings, lock_creator
from plaudit.decisions.actions import are_linked, let_go, lock
from plaudit.decisions.model import OwnBenefit, SecondPersonNeeded
from plaudit.events.log import record
from plaudit.events.model import PayoutMoved
from plaudit.freezes.model import Frozen
from plaudit.freezes.reading import EARNING, open_of, refusal, require_moving
from plaudit.ids import require_uuid7
from plaudit.limits import PAYOUT_DIAMONDS_MAX, PAYOUT_QUOTE_VALID_S
from plaudit.money import Money
from plaudit.payouts.connections import require_ready
from plaudit.payouts.controls import require_uncontrolled
from plaudit.payouts.methods import method_of
from plaudit.payouts.model import (
    Actor,
    BelowPayoutThreshold,
    Change,
    DailyPayoutLimit,
    InsufficientDiamonds,
    Payout,
    PayoutEvent,
    PayoutFilter,
    PayoutMayBeSent,
    PayoutMethod,
    PayoutMethodArchived,
    PayoutMethodTooNew,
    PayoutProviderMissing,
    PayoutQuote,
    PayoutQuoteExpired,
    PayoutQuoteUsed,
    PayoutRate,
    PayoutStandsStill,
    PayoutState,
    PayoutStateConflict,
    PayoutTerms,
    PayoutTooSmall,
)
from plaudit.payouts.providers import PayoutProviders, provider_for
from plaudit.payouts.rates import rate_at, terms_at, terms_of
from plaudit.people.references import reference
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.rules import asking
from plaudit.rules.model import CASH_OUT
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def quote(
    connection: Connection,
    clock: Clock,
    *,
    quote_id: UUID,
    creator_id: int,
    diamonds: int,
    method_id: UUID,
    ask_stops: bool = False,
) -> PayoutQuote:
    """What diamonds would bring at a method, promised for PAYOUT_QUOTE_VALID_S; once per id.

    Raises:
        InvalidField: the id is no UUIDv7, or the number of diamonds is out of range.
        IdempotencyConflict: the id was used for another quote.
        NotFound: this creator has no such method.
        PayoutMethodArchived, PayoutMethodTooNew, AccountNotReady, BelowPayoutThreshold, DailyPayoutLimit,
            InsufficientDiamonds, PayoutTooSmall: it would not be paid.
        RulesRefuse, RulesAsk: the rules where they are do not let them; `ask_stops` as
            `PLAUDIT_RULES_ASK_STOPS`.
    """
    require_uuid7(quote_id, "id", clock)
    if not 1 <= diamonds <= PAYOUT_DIAMONDS_MAX:
        raise InvalidField(field="diamonds", reason=f"must be from 1 to {PAYOUT_DIAMONDS_MAX}")
    if known := await fetch_one(connection, SQL["quote"], PayoutQuote, creator_id, quote_id):
        return _same_quote(known, creator_id, diamonds, method_id)
    method = await method_of(connection, creator_id, method_id)
    now = clock.now()
    await asking.require(connection, clock, CASH_OUT, creator_id, ask_stops=ask_stops)
    terms = await terms_at(connection, method.kind, now)
    await _check_payable(connection, creator_id, method, terms, diamonds, now)
    rate = await rate_at(connection, method.currency, now)
    gross, fee = await _price(connection, terms, rate, diamonds, now)
    added = await fetch_one(
        connection,
        SQL["add_quote"],
        PayoutQuote,
        *(creator_id, quote_id, method_id, diamonds, rate.version, terms.version, rate.currency),
        *(gross.amount_minor, fee.amount_minor, (gross - fee).amount_minor),
        *(now, now + timedelta(seconds=PAYOUT_QUOTE_VALID_S)),
    )
    if added is None:  # somebody was quicker with the same id
        present = await fetch_one(connection, SQL["quote"], PayoutQuote, creator_id, quote_id)
        if present is None:
            raise IdempotencyConflict
        return _same_quote(present, creator_id, diamonds, method_id)
    return added


def _same_quote(known: PayoutQuote, creator_id: int, diamonds: int, method_id: UUID) -> PayoutQuote:
    if (known.creator_id, known.diamonds, known.method_id) != (creator_id, diamonds, method_id):
        raise IdempotencyConflict
    return known


async def _price(
    connection: Connection, terms: PayoutTerms, rate: PayoutRate, diamonds: int, now: datetime
) -> tuple[Money, Money]:
    """Gross amount and fee.

    Raises:
        PayoutTooSmall: nothing would be left.
    """
    gross = rate.worth(diamonds)
    fee = terms.fee(gross, await rate_at(connection, terms.fee_fixed_currency, now), rate)
    if gross <= fee:
        raise PayoutTooSmall(gross=gross, fee=fee)
    return gross, fee


async def _check_payable(
    connection: Connection,
    creator_id: int,
    method: PayoutMethod,
    terms: PayoutTerms,
    diamonds: int,
    now: datetime,
) -> None:
    if method.archived_at is not None:
        raise PayoutMethodArchived
    if method.payable_from is not None and method.payable_from > now:
        raise PayoutMethodTooNew(payable_from=method.payable_from)
    await require_ready(connection, method)
    if diamonds < terms.diamonds_min:
        raise BelowPayoutThreshold(diamonds_min=terms.diamonds_min, diamonds=diamonds)
    available = (await balance_of(connection, creator_id)).available
    if diamonds > available:
        raise InsufficientDiamonds(diamonds_short=diamonds - available)
    if diamonds > available - (await frozen_earnings(connection, creator_id, now)).diamonds:
        raise refusal(await open_of(connection, creator_id, {Frozen.REWARD}, now))
    left = terms.diamonds_per_day_max - await diamonds_today(connection, creator_id, now)
    if diamonds > left:
        raise DailyPayoutLimit(diamonds_per_day_max=terms.diamonds_per_day_max, diamonds_left=max(left, 0))


async def diamonds_today(connection: Connection, creator_id: int, now: datetime) -> int:
    """What a creator has asked to be paid since midnight UTC, without what was refused, cancelled or failed."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    diamonds: int = await connection.fetchval(SQL["diamonds_since"], creator_id, midnight)
    return diamonds


async def request(
    connection: Connection, clock: Clock, *, payout_id: UUID, creator_id: int, quote_id: UUID, ask_stops: bool = False
) -> Payout:
    """Ask for a payout at a quote, once per id; its diamonds are set aside.

    Raises:
        InvalidField: the id is no UUIDv7.
        IdempotencyConflict: the id was used for another payout.
        NotFound: this creator has no such quote.
        PayoutQuoteUsed, PayoutQuoteExpired: ask for another quote.
        PayoutMethodArchived, PayoutMethodTooNew, AccountNotReady, BelowPayoutThreshold, DailyPayoutLimit,
            InsufficientDiamonds: it would not be paid.
        StandsStill: the creator or the method does.
        RulesRefuse, RulesAsk: as `quote`.
    """
    require_uuid7(payout_id, "id", clock)
    await lock_creator(connection, creator_id)
    if known := await fetch_one(connection, SQL["payout"], Payout, payout_id):
        if (known.creator_id, known.quote_id) != (creator_id, quote_id):
            raise IdempotencyConflict
        return known
    quoted = await quote_of(connection, creator_id, quote_id)
    if await connection.fetchval(SQL["quote_is_used"], creator_id, quote_id):
        raise PayoutQuoteUsed
    now = clock.now()
    if now >= quoted.expires_at:
        raise PayoutQuoteExpired(expired_at=quoted.expires_at)
    method = await method_of(connection, creator_id, quoted.method_id)
    await require_moving(connection, creator_id, EARNING, now, method_id=quoted.method_id)
    asked = await asking.require(connection, clock, CASH_OUT, creator_id, ask_stops=ask_stops)
    terms = await terms_of(connection, quoted.terms_version)
    await _check_payable(connection, creator_id, method, terms, quoted.diamonds, now)
    if await connection.fetchval(SQL["add_payout"], creator_id, payout_id, quote_id, now) is None:
        raise IdempotencyConflict  # another creator was quicker with the same id
    await asking.keep(connection, asked, payout_id)
    payout = await find(connection, payout_id, creator_id)
    await post_diamonds(connection, payout, "payout_requested", now)
    await _tell_moved(connection, payout)
    return payout


async def quote_of(connection: Connection, creator_id: int, quote_id: UUID) -> PayoutQuote:
    """A quote of this creator, used or not.

    Raises:
        NotFound: this creator has none with the id.
    """
    quoted = await fetch_one(connection, SQL["quote"], PayoutQuote, creator_id, quote_id)
    if quoted is None or quoted.creator_id != creator_id:
        raise NotFound("You have no payout quote with this id.")
    return quoted


async def cancel(connection: Connection, clock: Clock, creator_id: int, payout_id: UUID) -> Payout:
    """The creator takes a request back, as long as nobody decided about it; the diamonds are available again.

    Raises:
        NotFound: this creator has no such payout.
        PayoutStateConflict: it was decided about.
    """
    await let_go(connection, clock, "payout", str(payout_id))
    payout = await _locked(connection, payout_id)
    if payout.creator_id != creator_id:
        raise NotFound("You have no payout with this id.")
    if payout.state is PayoutState.CANCELLED:
        return payout
    change = Change(at=clock.now(), actor=Actor.CREATOR, actor_id=creator_id)
    return await _give_back(connection, payout, PayoutState.REQUESTED, PayoutState.CANCELLED, change)


async def refuse(connection: Connection, clock: Clock, operator_id: int, payout_id: UUID, reason: str) -> Payout:
    """An operator refuses a request, or an approved payout that went nowhere yet, and says why; the diamonds are
    available again. Repeating it changes nothing.

    Raises:
        NotFound: there is no such payout.
        PayoutMayBeSent: it is approved, and its provider may have got it.
        PayoutStateConflict: something else was decided about it.
    """
    await let_go(connection, clock, "payout", str(payout_id))
    payout = await _locked(connection, payout_id)
    if payout.state is PayoutState.REFUSED:
        return payout
    change = Change(at=clock.now(), actor=Actor.OPERATOR, actor_id=operator_id, reason=reason)
    if payout.state is not PayoutState.APPROVED:
        return await _give_back(connection, payout, PayoutState.REQUESTED, PayoutState.REFUSED, change)
    await _take_from_queue(connection, payout)
    return await _give_back(connection, payout, PayoutState.APPROVED, PayoutState.REFUSED, change)


async def _take_from_queue(connection: Connection, payout: Payout) -> None:
    """An approved payout that waits to be sent does so no more; one that waits for an export is in no queue.

    Raises:
        PayoutMayBeSent: its provider may have got it.
    """
    if payout.send_attempts is None:
        return
    if not await connection.fetchval(SQL["withdraw_send"], payout.creator_id, payout.id):
        raise PayoutMayBeSent(provider=payout.provider)


async def needs_two(connection: Connection, clock: Clock, payout: Payout, operator_id: int) -> bool:
    """Whether an operator does not approve it alone: it is large, or with what they approved today it is too much."""
    needed: bool = await connection.fetchval(SQL["needs_two"], payout.creator_id, payout.id, operator_id, clock.now())
    return needed


async def approve(
    connection: Connection,
    clock: Clock,
    providers: PayoutProviders,
    operator_id: int,
    payout_id: UUID,
    decision_id: UUID | None = None,
) -> Payout:
    """An operator agrees; the payout waits to be sent, or to be exported. Repeating it changes nothing, but that a
    payout whose provider is gone, and was never told of it, goes to one that is here.

    Raises:
        NotFound: there is no such payout.
        PayoutStandsStill: it does, or its creator or method.
        PayoutProviderMissing: nobody here pays in its currency.
        PayoutStateConflict: something else was decided about it.
        OwnBenefit: it is the operator's own, or that of an account linked to theirs.
        SecondPersonNeeded: it is too much for one to approve, without a decision.
        PayoutControlled: it waits for a person to let it pass.
    """
    await lock(connection, clock)
    payout = await _locked(connection, payout_id)
    if await are_linked(connection, operator_id, payout.creator_id):
        raise OwnBenefit(role="confirmer")
    change = Change(at=clock.now(), actor=Actor.OPERATOR, actor_id=operator_id, decision_id=decision_id)
    if await open_of(
        connection, payout.creator_id, EARNING, change.at, method_id=payout.method_id, payout_id=payout_id
    ):
        raise PayoutStandsStill
    if payout.state is PayoutState.APPROVED and providers.get(payout.provider) is None and not payout.send_called:
        await _take_from_queue(connection, payout)
    elif payout.state in {PayoutState.REQUESTED, PayoutState.REFUSED, PayoutState.CANCELLED}:
        if decision_id is None and await needs_two(connection, clock, payout, operator_id):
            raise SecondPersonNeeded
        if payout.state is PayoutState.REQUESTED:
            await require_uncontrolled(connection, payout_id, change.at)
        await move(connection, payout, PayoutState.REQUESTED, PayoutState.APPROVED, change)
    else:
        return payout
    await _hand_over(connection, providers, payout, change.at)
    return await find(connection, payout_id, payout.creator_id)


async def _hand_over(connection: Connection, providers: PayoutProviders, payout: Payout, at: datetime) -> None:
    """An approved payout goes to its provider, or to another that is here.

    Raises:
        PayoutProviderMissing: nobody here pays in its currency.
    """
    provider = provider_for(providers, payout.method_kind, payout.currency, payout.provider)
    if provider is None:
        raise PayoutProviderMissing(provider=payout.provider, currency=payout.currency)
    await connection.execute(SQL["choose_provider"], payout.creator_id, payout.id, provider.name)
    if not provider.by_hand:
        await connection.execute(SQL["add_send"], payout.creator_id, payout.id, at)


async def _locked(connection: Connection, payout_id: UUID) -> Payout:
    """The payout, with the lock on its creator.

    Raises:
        NotFound: there is no such payout.
    """
    found = await fetch_one(connection, SQL["payout"], Payout, payout_id)
    if found is None:
        raise NotFound("There is no payout with this id.")
    await lock_creator(connection, found.creator_id)
    payout = await fetch_one(connection, SQL["payout"], Payout, payout_id)
    assert payout is not None, "payouts are never deleted"
    return payout


async def _give_back(
    connection: Connection, payout: Payout, expected: PayoutState, state: PayoutState, change: Change
) -> Payout:
    moved = await move(connection, payout, expected, state, change)
    await post_diamonds(connection, payout, "payout_given_back", change.at)
    return moved


async def move(
    connection: Connection, payout: Payout, expected: PayoutState, state: PayoutState, change: Change
) -> Payout:
    """Change a payout's state and note the event, if it is in the expected state.

    Raises:
        PayoutStateConflict: it is not.
    """
    moved = await connection.fetchval(
        SQL["move_payout"],
        *(payout.creator_id, payout.id, expected, state, change.at, change.actor, change.actor_id),
        *(change.reason, change.provider_reference, change.poll_at, change.decision_id),
    )
    if moved is None:
        raise PayoutStateConflict(state=payout.state)
    present = await find(connection, payout.id, payout.creator_id)
    await _tell_moved(connection, present)
    return present


async def _tell_moved(connection: Connection, payout: Payout) -> None:
    if creator := await reference(connection, payout.creator_id):
        moved = PayoutMoved(
            payout_id=payout.id,
            creator=creator,
            state=payout.state,
            diamonds=payout.diamonds,
            gross_minor=payout.gross_minor,
            fee_minor=payout.fee_minor,
            net_minor=payout.net_minor,
            currency=payout.currency,
        )
        await record(connection, payout.changed_at, moved)


async def post_diamonds(connection: Connection, payout: Payout, reason: str, at: datetime) -> None:
    """Move the diamonds of a payout in the books, for one of the reasons of payouts."""
    await connection.execute(
        SQL["post"],
        *(payout.creator_id, payout.id, reason, payout.creator_id, payout.creator_id, "DIAMOND"),
        *(payout.diamonds, at),
    )


async def find(connection: Connection, payout_id: UUID, creator_id: int | None) -> Payout:
    """A payout; with a creator, only one of theirs.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    payout = await fetch_one(connection, SQL["payout"], Payout, payout_id)
    if payout is None or creator_id not in {None, payout.creator_id}:
        raise NotFound("There is no payout with this id.")
    return payout


async def find_all(
    connection: Connection, wanted: PayoutFilter, before: tuple[datetime, UUID], limit: int
) -> list[Payout]:
    """Payouts that fit, newest first, from the one after `before`."""
    return await fetch_all(
        connection,
        SQL["payouts"],
        Payout,
        *before,
        limit,
        *(
            wanted.creator_id,
            wanted.state,
            wanted.currency,
            wanted.attention,
            wanted.provider,
            wanted.overdue_at,
            wanted.waits_for,
        ),
    )


async def events_of(connection: Connection, creator_id: int, payout_ids: Sequence[UUID]) -> list[PayoutEvent]:
    """Every change of state of payouts of one creator, in order."""
    return await fetch_all(connection, SQL["events"], PayoutEvent, creator_id, payout_ids)
