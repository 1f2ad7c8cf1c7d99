"""What coins are worth: by the examples that hold the rule of pages too, and which lots count as paid."""

import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from plaudit.selling.prices.seed import make_book
from plaudit.selling.wallet.model import OpenLot
from plaudit.selling.wallet.worth import Valuation
from tests.support.books import BEGIN, price

EXAMPLES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "scripts" / "worth.examples.json").read_text())


def lot(unspent: int, price_minor: int | None, coins: int, currency: str | None = "USD") -> OpenLot:
    return OpenLot(
        start_coin=0, unspent=unspent, lot_id=UUID(int=1), kind="promotional" if price_minor is None else "paid",
        coins=coins, price_minor=price_minor, currency=None if price_minor is None else currency,
        created_at=datetime(2026, 3, 14, tzinfo=UTC), expires_at=None,
    )  # fmt: skip


def valuation(lots: list[OpenLot], amount_minor: int, coins: int, step_minor: int = 1) -> Valuation:
    return Valuation(lots, price(unit_numerator=amount_minor, unit_denominator=coins, step_minor=step_minor))


def unit(priced: dict[str, Any]) -> Fraction:
    return Fraction(priced["amount_minor"], priced["coins"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["says"])
def test_the_next_coins_are_worth_what_they_cost_the_rest_the_web_price(example: dict[str, Any]) -> None:
    lots = [lot(*numbers) for numbers in example["lots"]]
    found = valuation(lots, *example["rate"])
    assert found.of(example["coins"], example["spent"]).amount_minor == example["amount_minor"]
    scripts = found.for_scripts()
    assert unit(scripts["rate"]) == Fraction(*example["rate"][:2])
    assert [(one["unspent"], unit(one)) for one in scripts["lots"]] == [
        (unspent, Fraction(minor, coins)) for unspent, minor, coins in example["lots"]
    ]


def test_missing_coins_are_worth_what_they_are_sold_for() -> None:
    """In every region, of every number: no gift is shown for less than it costs to buy its coins."""
    for web in (one for one in make_book(1, BEGIN).prices if one.channel == "web"):
        found = Valuation([], web)
        assert all(found.of(coins).amount_minor == web.proportion(coins) for coins in range(1, 1_000)), web.region


def test_presents_and_foreign_money_are_worth_the_web_price() -> None:
    found = valuation([lot(5, None, 5), lot(5, 9_000, 5, "JPY"), lot(5, 50, 5)], 2, 1)
    assert [found.of(coins).amount_minor for coins in (5, 10, 15, 16)] == [10, 20, 70, 72]
    assert [found.of(coins).basis for coins in (10, 11, 16)] == ["list", "mixed", "mixed"]
    assert (found.of(5, 10).basis, found.per_coin.basis) == ("paid", "list")
    assert [unit(one) for one in found.for_scripts()["lots"]] == [2, 2, 10]


def test_the_next_coin_exactly() -> None:
    found = valuation([lot(2, 67, 70), lot(1, 1, 1)], 37, 35).per_coin
    assert (found.numerator, found.denominator, found.currency, found.basis) == (67, 70, "USD", "paid")
    found = valuation([], 37, 35).per_coin
    assert (found.numerator, found.denominator, found.currency, found.basis) == (37, 35, "USD", "list")
