"""What the App Store sells at: a ladder of price points in each currency, kept as rules beside this file."""

import tomllib
from functools import cache
from pathlib import Path

from plaudit.selling.prices.points import Ladder, Points


def apple_ladder(currency: str) -> Ladder | None:
    """The price points of a currency; None: they are not known here."""
    return _ladders().get(currency)


@cache
def _ladders() -> dict[str, Ladder]:
    with (Path(__file__).parent / "price_points.toml").open("rb") as file:
        told = tomllib.load(file)["ladder"]
    return {
        currency: Ladder(Points(start, until, every, tuple(endings)) for start, until, every, endings in one["rules"])
        for one in told
        for currency in one["currencies"]
    }
