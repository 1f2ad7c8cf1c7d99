"""An item's name in the language somebody reads."""

from datetime import UTC, datetime

import pytest

from plaudit.gifts.catalogue.names import name_in
from plaudit.gifts.model import Item


def rose(**names: str) -> Item:
    return Item(
        id=1, sku="rose", version=1, name="Rose", coins=1, category="everyday", art="art/gifts/rose.svg", size="small",
        combo=True, animation="sway", duration_ms=2_600, sort=10, active_from=datetime(2026, 1, 1, tzinfo=UTC),
        retired_at=None, names={tag.replace("_", "-"): name for tag, name in names.items()},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wishes", "name"),
    [
        ([], "Rose"),
        (["de"], "Röschen"),
        (["de-AT"], "Röschen"),
        (["de_CH"], "Rösli"),
        (["DE-ch"], "Rösli"),
        (["pt"], "Rosa"),
        (["pt-PT"], "Rosa"),
        (["fr", "de"], "Röschen"),
        (["fr"], "Rose"),
        (["en-GB", "de"], "Rose"),
    ],
)
def test_the_first_language_there_is_a_name_in(wishes: list[str], name: str) -> None:
    assert name_in(rose(de="Röschen", de_CH="Rösli", pt_BR="Rosa"), wishes) == name


def test_an_english_name_of_its_own() -> None:
    assert name_in(rose(en="A rose"), ["en-US"]) == "A rose"
    assert name_in(rose(en="A rose"), ["fr"]) == "Rose"
