"""Whatever can be published of prices, reward rules and payout rates, nobody gains by buying and cashing out."""

import asyncio
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from plaudit.connections import Connection, connect
from plaudit.exchange.margin import Loss, losses_from
from plaudit.money import exponent, payable_step, round_down, round_half_up, round_up
from plaudit.selling.prices.pricing import BPS, Package, Price, PriceBook
from plaudit.selling.prices.shelf import as_rows
from tests.support.databases import owner_of

pytestmark = pytest.mark.sql

NOW = datetime(2026, 3, 14, 15, tzinfo=UTC)
PER_EURO = {"USD": "1.08", "GBP": "0.85", "JPY": "163.4", "HUF": "391.05"}
RATES = "insert into exchange_rate values ('2026-03-13', $1, $2::text::numeric, 'a test', now())"
RULE = "insert into reward_rule values (2, $1, $2, 0, 1, $3, $3, null, 'drawn')"
RATE = "insert into payout_rate values (2, $1, $2, $3, 'operator', 'drawn', $4, $4, 1)"


def cents(currency: str) -> Fraction:
    """US cents of a minor unit."""
    return 100 * Fraction(PER_EURO["USD"]) / Fraction(PER_EURO[currency]) / Fraction(10) ** exponent(currency)


@st.composite
def prices(draw: st.DrawFn) -> Price:
    currency = draw(st.sampled_from(sorted(PER_EURO)))
    step = payable_step(currency) * draw(st.sampled_from([1, 1, 5]))
    unit = Fraction(draw(st.integers(50, 2_000)), draw(st.integers(1, 400))) * payable_step(currency)
    fewest = draw(st.integers(1, 200))
    amounts = draw(st.lists(st.integers(1, 3_000), max_size=3, unique=True))
    packages = []
    for coins in amounts:
        worth = coins * unit * Fraction(draw(st.integers(97, 110)), 100)
        packages.append(Package(coins=coins, price_minor=max(1, round_up(worth / step)) * step))
    return Price(
        version=0, region="GB", channel="web", currency=currency, unit_numerator=unit.numerator,
        unit_denominator=unit.denominator, step_minor=step, tax_name="VAT", tax_rate_bps=draw(st.integers(0, 2_700)),
        tax_included=draw(st.booleans()), store_fee_bps=draw(st.integers(0, 3_500)), custom_amounts=True,
        coins_min=fewest, coins_max=fewest + draw(st.integers(0, 3_000)), reference_numerator=1,
        reference_denominator=1,
        store_fee_fixed_minor=draw(st.sampled_from([0, 0, 1, 30])), packages=tuple(packages),
    )  # fmt: skip


def left_of(price: Price, coins: int) -> int:
    """Minor units that a sale leaves, as sales are booked."""
    cost = price.cost(coins)
    return cost.net - round_half_up(Fraction(cost.gross * price.store_fee_bps, BPS)) - price.store_fee_fixed_minor


def left_of_a_coin(price: Price) -> Fraction:
    """The same of one among very many: what is drawn lies around it, where a slip is seen."""
    net = price.unit / (1 + price.tax_rate) if price.tax_included else price.unit
    return net - net * (1 + price.tax_rate) * price.store_fee_bps / BPS


async def losses_at(
    connection: Connection, price: Price, reward: Fraction, currency: str, rate: Fraction
) -> list[Loss]:
    """What is said of a book of one price, by a rule and a rate, of which nothing stays."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("set local session_replication_role = replica")
    await connection.execute(RULE, reward.numerator, reward.denominator, NOW)
    await connection.execute("delete from payout_rate")
    await connection.execute(RATE, currency, rate.numerator, rate.denominator, NOW)
    book = PriceBook(version=0, effective_at=NOW, rates_date=date(2026, 3, 13), note="", sources={}, prices=(price,))
    found = await losses_from(connection, NOW, as_rows(book))
    await transaction.rollback()
    return found


def test_nobody_gains_by_buying_and_cashing_out(database_url: str) -> None:
    with asyncio.Runner() as runner:
        connection = runner.run(connect(owner_of(database_url)))
        for currency, per_euro in PER_EURO.items():
            runner.run(connection.execute(RATES, currency, per_euro))

        @settings(max_examples=100, deadline=None)
        @given(
            price=prices(),
            reward=st.fractions(Fraction(1, 20), 5, max_denominator=20),
            currency=st.sampled_from(sorted(PER_EURO)),
            share_percent=st.integers(70, 112),
            more=st.lists(st.integers(0, 3_000), max_size=20),
        )
        def hold(price: Price, reward: Fraction, currency: str, share_percent: int, more: list[int]) -> None:
            exact = left_of_a_coin(price) * cents(price.currency) / cents(currency) / reward * share_percent / 100
            rate = Fraction(max(1, round_down(exact * 1_000_000)), 1_000_000)
            refused = runner.run(losses_at(connection, price, reward, currency, rate))
            event("refused" if refused else "published")
            if refused:
                assert [loss for loss in refused if loss.net_minor > loss.payout_minor] == []
                return
            custom = [price.coins_min + n for n in [*range(60), *more] if price.coins_min + n <= price.coins_max]
            for coins in [*custom, *(package.coins for package in price.packages)]:
                paid_minor = round_down(round_down(coins * reward) * rate)
                gained = paid_minor * cents(currency) - left_of(price, coins) * cents(price.currency)
                assert gained < 0, f"{coins} coins of {price}: {reward} diamonds, {rate} {currency}"

        hold()
        runner.run(connection.close())
