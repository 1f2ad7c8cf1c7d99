"""What a coin is worth: the money behind a gift of the reader's by the books, and that of any by the price book."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import rule_at
from plaudit.disclosure.model import LotMoney, Shares, Split, Typical, WorkedGift
from plaudit.exchange.rates import newest
from plaudit.ledger.shards import shard_of
from plaudit.limits import WORKED_GIFTS_LOOKED_AT
from plaudit.payouts.rates import HOUSE_CURRENCY, rates_at
from plaudit.selling.prices.channel_answers import compared_coins
from plaudit.selling.prices.current import prices
from plaudit.selling.prices.pricing import BPS, WEB, Price, PriceBook
from plaudit.selling.wallet import reading as wallet
from plaudit.selling.wallet.model import LotPart
from plaudit.settings import Settings
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class CoinRewards:
    """What creators get of a coin, by the reward rule and the payout rates of a moment."""

    def __init__(self, diamonds_per_coin: Fraction, per_diamond: dict[str, Fraction]) -> None:
        self._diamonds_per_coin = diamonds_per_coin
        self._per_diamond = per_diamond

    def is_known(self, currency: str) -> bool:
        """Whether somebody says what a diamond is worth in a currency."""
        return currency in self._per_diamond

    def of(self, coins: int, currency: str) -> Fraction:
        """Minor units for coins, in a currency in which that is known."""
        return coins * self._diamonds_per_coin * self._per_diamond[currency]


async def coin_rewards(connection: Connection, at: datetime, currencies: Sequence[str]) -> CoinRewards:
    """What creators get of a coin at a moment; where a currency has no payout rate, that of the house at the newest
    reference rate."""
    rule = await rule_at(connection, at)
    known = {rate.currency: rate.minor_per_diamond for rate in await rates_at(connection, at)}
    missing = [currency for currency in currencies if currency not in known]
    reference = await newest(connection) if missing and HOUSE_CURRENCY in known else None
    for currency in missing:
        per_minor = reference and reference.minor_per_minor(HOUSE_CURRENCY, currency)
        if per_minor:
            known[currency] = known[HOUSE_CURRENCY] * per_minor
    return CoinRewards(Fraction(rule.numerator, rule.denominator), known)


async def worked_gift(connection: Connection, person_id: int, gift_id: UUID | None, clock: Clock) -> WorkedGift | None:
    """What became of the money behind a gift of a person, without an id behind the last one that bought coins paid for.
    None: there is no such.

    Raises:
        NotFound: the person sent no such gift.
    """
    if gift_id:
        gifts = [await wallet.gift_entry(connection, person_id, gift_id, clock)]
    else:
        gifts = await wallet.last_gifts(connection, person_id, WORKED_GIFTS_LOOKED_AT, clock)
    parts = await wallet.gift_lots(connection, person_id, [gift.id for gift in gifts])
    for gift in gifts:
        standing = [part for part in parts.get(gift.id, []) if part.kind == "paid" and part.coins > part.coins_reversed]
        splits = await _by_the_books(connection, person_id, standing, gift.charged_at) if standing else []
        if splits:
            return WorkedGift(
                gift_id=gift.id,
                charged_at=gift.charged_at,
                item_name=gift.item_name,
                creator_id=gift.creator_id,
                count=gift.count,
                coins=gift.coins,
                splits=splits,
            )
    return None


async def _by_the_books(connection: Connection, person_id: int, parts: Sequence[LotPart], at: datetime) -> list[Split]:
    shard = await shard_of(connection, person_id)
    lots = [part.lot_id for part in parts]
    money = {
        one.lot_id: one for one in await fetch_all(connection, SQL["money_of_lots"], LotMoney, shard, person_id, lots)
    }
    rewards = await coin_rewards(connection, at, [one.currency for one in money.values()])
    sums: defaultdict[tuple[str, str], Shares] = defaultdict(Shares)
    coins: defaultdict[tuple[str, str], int] = defaultdict(int)
    for part in parts:
        lot = money.get(part.lot_id)
        if lot is None or not rewards.is_known(lot.currency):
            continue  # a lot that came with the house has no order
        standing = part.coins - part.coins_reversed
        key = lot.channel, lot.currency
        coins[key] += standing
        sums[key] += shares_of(lot, standing, rewards)
    return [sums[key].split(key[0], coins[key], key[1]) for key in sums]


def shares_of(lot: LotMoney, coins: int, rewards: CoinRewards) -> Shares:
    """What coins of a lot are of its money: the same for each of them."""
    part = Fraction(coins, lot.coins)
    return Shares(
        paid=lot.price_minor * part,
        tax=lot.tax_minor * part,
        fee=lot.fee_minor * part,
        creator=rewards.of(coins, lot.currency),
    )


async def typical(connection: Connection, book: PriceBook, region: str, settings: Settings, clock: Clock) -> Typical:
    """The same coins in each channel of a region that the price book has."""
    found = await prices(connection, book, region, settings)
    coins = compared_coins(found)
    rewards = await coin_rewards(connection, clock.now(), [found[0].currency])
    known = [price for price in found if rewards.is_known(price.currency)]
    sold = [price for price in known if price.channel == WEB or price.package(coins)]
    return Typical(
        coins=coins,
        region=region,
        book_version=book.version,
        splits=[_by_the_price_book(price, coins, rewards) for price in sold],
    )


def _by_the_price_book(price: Price, coins: int, rewards: CoinRewards) -> Split:
    cost = price.cost(coins)
    shares = Shares(
        paid=Fraction(cost.gross),
        tax=Fraction(cost.tax),
        fee=Fraction(cost.gross * price.store_fee_bps, BPS) + price.store_fee_fixed_minor,
        creator=rewards.of(coins, price.currency),
    )
    return shares.split(price.channel, coins, price.currency)
