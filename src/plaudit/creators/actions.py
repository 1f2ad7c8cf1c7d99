"""What creators do with gifts received: conversion to diamonds, automatic conversion, reward rules, balances."""

from datetime import datetime, timedelta
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.model import (
    Balance,
    BelowConversionMinimum,
    Conversion,
    CreatorSetting,
    DueConversion,
    DueMaturity,
    Earning,
    FrozenEarnings,
    InsufficientGiftBalance,
    Maturing,
    NewRewardRule,
    RewardChanged,
    RewardRule,
)
from plaudit.decisions.actions import bound
from plaudit.decisions.model import Decision, OutOfBounds
from plaudit.exchange.margin import require_margin, require_margin_of
from plaudit.freezes.model import Frozen
from plaudit.freezes.reading import EARNING, open_of, refusal, require_moving
from plaudit.ids import new_id, require_uuid7
from plaudit.limits import (
    CONVERSION_COINS_MAX,
    MATURING_LENGTH_MAX,
)
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound, StandsStill
from plaudit.queues import settle
from plaudit.rules import asking
from plaudit.rules.model import CONVERT, STOPPED
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def current_rule(connection: Connection, clock: Clock) -> RewardRule:
    """The reward rule in effect."""
    return await rule_at(connection, clock.now())


async def rule_at(connection: Connection, at: datetime) -> RewardRule:
    """The reward rule in effect at a moment."""
    rule = await fetch_one(connection, SQL["rule_at"], RewardRule, at)
    assert rule is not None, "the first rule comes with the tables"
    return rule


async def list_rules(connection: Connection, before_version: int, limit: int) -> list[RewardRule]:
    """Rules, newest first."""
    return await fetch_all(connection, SQL["rules"], RewardRule, before_version, limit)


async def check_rule(connection: Connection, clock: Clock, new: NewRewardRule) -> None:
    """Whether a rule may be.

    Raises:
        OutOfBounds: it is too far from what holds, held lately or will hold.
        SoldBelowPayout: creators could be paid more than coins bring.
    """
    now = clock.now()
    figures = (new.numerator, new.denominator, new.maturity_s)
    if exceeded := await connection.fetchval(SQL["rule_exceeds"], *figures, now):
        raise OutOfBounds(bound=exceeded, value=await bound(connection, exceeded))
    holds_from = max(now, new.effective_at or now)
    drafted = {"numerator": new.numerator, "denominator": new.denominator, "effective_at": holds_from.isoformat()}
    await require_margin_of(connection, now, {"rule": drafted})


async def record_rule(
    connection: Connection, clock: Clock, new: NewRewardRule, decision: Decision | None
) -> RewardRule:
    """A rule that was decided, in effect from when the decision says; without one it comes with the house. What was
    converted before keeps its own.

    Raises:
        SoldBelowPayout: creators could be paid more than coins bring.
    """
    now = clock.now()
    await connection.execute(SQL["lock_rules"])
    rule = await fetch_one(
        connection,
        SQL["add_rule"],
        RewardRule,
        *(new.numerator, new.denominator, new.maturity_s, new.coins_min),
        *(decision.holds_from if decision else new.effective_at or now, now),
        *(decision and decision.proposed_by, new.note, decision and decision.id),
    )
    assert rule is not None
    await require_margin(connection, now, rule=rule.version)
    return rule


async def decided_rule(connection: Connection, decision_id: UUID) -> RewardRule:
    """The rule that a confirmed decision made."""
    rule = await fetch_one(connection, SQL["decided_rule"], RewardRule, decision_id)
    assert rule is not None, "a confirmed decision made one"
    return rule


async def lock_creator(connection: Connection, creator_id: int) -> CreatorSetting:
    """Decide alone about this creator's coins and diamonds until the transaction ends."""
    setting = await fetch_one(connection, SQL["lock_creator"], CreatorSetting, creator_id)
    assert setting is not None
    return setting


async def setting_of(connection: Connection, creator_id: int) -> CreatorSetting:
    """What the creator decided, or the default."""
    found = await fetch_one(connection, SQL["setting"], CreatorSetting, creator_id)
    return found or CreatorSetting()


async def set_automatic_conversion(connection: Connection, creator_id: int, on: bool) -> CreatorSetting:
    """Switch automatic conversion on or off."""
    await lock_creator(connection, creator_id)
    setting = await fetch_one(connection, SQL["set_automatic_conversion"], CreatorSetting, creator_id, on)
    assert setting is not None
    return setting


async def balance_of(connection: Connection, creator_id: int) -> Balance:
    """Coins and diamonds of a creator, wherever they are."""
    balance = await fetch_one(connection, SQL["balance"], Balance, creator_id)
    assert balance is not None
    return balance


async def frozen_earnings(connection: Connection, creator_id: int, now: datetime) -> FrozenEarnings:
    """What of a creator's earnings stands still, gift by gift and reward by reward."""
    found = await fetch_one(connection, SQL["frozen_earnings"], FrozenEarnings, creator_id, now)
    assert found is not None
    return found


async def maturing_of(connection: Connection, creator_id: int) -> list[Maturing]:
    """When pending diamonds become available, soonest first; the first MATURING_LENGTH_MAX moments."""
    return await fetch_all(connection, SQL["maturing"], Maturing, creator_id, MATURING_LENGTH_MAX)


async def list_earnings(
    connection: Connection, creator_id: int, before: tuple[datetime, UUID], limit: int
) -> list[Earning]:
    """What happened to a creator's coins and diamonds, newest first, from the one after `before`."""
    return await fetch_all(connection, SQL["earnings"], Earning, creator_id, *before, limit)


async def list_conversions(
    connection: Connection, creator_id: int, before: tuple[datetime, UUID], limit: int
) -> list[Conversion]:
    """Conversions of a creator, newest first, from the one after `before`."""
    return await fetch_all(connection, SQL["conversions"], Conversion, creator_id, *before, limit)


async def find_conversion(connection: Connection, creator_id: int, conversion_id: UUID) -> Conversion:
    """A conversion of this creator.

    Raises:
        NotFound: this creator has none with the id.
    """
    found = await fetch_one(connection, SQL["conversion"], Conversion, creator_id, conversion_id)
    if found is None or found.creator_id != creator_id:
        raise NotFound("You have no conversion with this id.")
    return found


async def convert(
    connection: Connection,
    clock: Clock,
    *,
    conversion_id: UUID,
    creator_id: int,
    coins: int | None,
    diamonds_shown: int | None = None,
    ask_stops: bool = False,
) -> Conversion:
    """Turn gift balance into pending diamonds, once per id; `coins` None is all of it.

    Coins that make no whole diamond stay in the gift balance. The conversion keeps the rule of its moment.

    Raises:
        InvalidField: the id is no UUIDv7, or the number of coins is out of range.
        IdempotencyConflict: the id was used for another conversion.
        BelowConversionMinimum: fewer coins than the rule converts, or less than one diamond.
        InsufficientGiftBalance: more coins than there are.
        RewardChanged: they make other diamonds than were shown.
        StandsStill: the creator does.
        RulesRefuse, RulesAsk: the rules where they are do not let them; `ask_stops` as `PLAUDIT_RULES_ASK_STOPS`.
    """
    require_uuid7(conversion_id, "id", clock)
    if coins is not None and not 1 <= coins <= CONVERSION_COINS_MAX:
        raise InvalidField(field="coins", reason=f"must be from 1 to {CONVERSION_COINS_MAX}")
    await lock_creator(connection, creator_id)
    known = await fetch_one(connection, SQL["conversion"], Conversion, creator_id, conversion_id)
    if known is not None:
        if (known.creator_id, known.coins_requested) != (creator_id, coins) or diamonds_shown not in {
            None,
            known.diamonds,
        }:
            raise IdempotencyConflict
        return known
    return await _convert_new(connection, clock, conversion_id, creator_id, coins, diamonds_shown, ask_stops=ask_stops)


async def _convert_new(
    connection: Connection,
    clock: Clock,
    conversion_id: UUID,
    creator_id: int,
    requested: int | None,
    diamonds_shown: int | None,
    *,
    ask_stops: bool,
) -> Conversion:
    await require_moving(connection, creator_id, EARNING, clock.now())
    asked = await asking.require(connection, clock, CONVERT, creator_id, ask_stops=ask_stops)
    rule = await current_rule(connection, clock)
    now = clock.now()
    held = (await balance_of(connection, creator_id)).gift_balance
    free = max(0, held - (await frozen_earnings(connection, creator_id, now)).coins)
    wanted = free if requested is None else requested
    coins, diamonds = rule.reward(wanted)
    if wanted < rule.coins_needed:
        raise BelowConversionMinimum(coins_min=rule.coins_needed, coins=wanted)
    if requested is not None and requested > held:
        raise InsufficientGiftBalance(coins_short=requested - held)
    if wanted > free:
        raise refusal(await open_of(connection, creator_id, {Frozen.GIFT}, now))
    if diamonds_shown not in {None, diamonds}:
        raise RewardChanged(diamonds=diamonds)
    conversion = await fetch_one(
        connection,
        SQL["add_conversion"],
        Conversion,
        *(creator_id, conversion_id, requested, coins, diamonds, rule.version),
        *(now, now + timedelta(seconds=rule.maturity_s)),
    )
    if conversion is None:  # another creator was quicker with the same id
        raise IdempotencyConflict
    await asking.keep(connection, asked, conversion_id)
    await connection.execute(SQL["post_conversion"], creator_id, conversion_id, coins, diamonds, now)
    return conversion


async def mature(connection: Connection, clock: Clock, limit: int) -> int:
    """Make diamonds available whose time has come, at most `limit` conversions; answers how many.

    Several processes may do this at once: each takes conversions no other holds.
    """
    matured: int = await connection.fetchval(SQL["mature"], clock.now(), limit)
    return matured


async def mature_one(connection: Connection, clock: Clock, due: DueMaturity) -> None:
    """Make the diamonds of one conversion available.

    Raises:
        LeaseLost: another process has done it, or is at it.
    """
    await settle(connection, SQL["mature_one"], due, due.creator_id, due.conversion_id, clock.now())


async def convertible_coins(connection: Connection, clock: Clock) -> int:
    """How large a gift balance must be to be converted unasked; what failed of those that are not is forgotten."""
    rule = await current_rule(connection, clock)
    await connection.execute(SQL["forget_conversion_errors"], rule.coins_needed)
    return rule.coins_needed


async def convert_automatically(
    connection: Connection, clock: Clock, due: DueConversion, *, ask_stops: bool = False
) -> Conversion | None:
    """Convert all of a creator's gift balance, if the creator wants that and there is enough of it.

    Raises:
        LeaseLost: another process is at it.
    """
    setting = await lock_creator(connection, due.creator_id)
    await settle(connection, SQL["conversion_succeeded"], due, due.creator_id)
    if not setting.automatic_conversion:
        return None
    try:
        return await convert(
            connection,
            clock,
            conversion_id=new_id(clock),
            creator_id=due.creator_id,
            coins=None,
            ask_stops=ask_stops,
        )
    except (BelowConversionMinimum, StandsStill, *STOPPED):
        return None


async def retry(connection: Connection, queue: str, id: UUID, now: datetime) -> None:
    """Have an item of a queue (clawback, maturity or conversion) tried again at once, by its id among stuck work."""
    await connection.execute(SQL[f"retry_{queue}"], id, now)
