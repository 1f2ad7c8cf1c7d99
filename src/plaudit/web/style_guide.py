"""What the style guide shows: believable samples of every kind of thing the look has to carry."""

from datetime import UTC, datetime

import msgspec

from plaudit.gifts.catalogue.folder import STARTER, read_folder
from plaudit.money import Money
from plaudit.web.templating import static

COINS_PER_RATE = 10_000
RATE = Money(13_300, "USD")
SHOWN_AT = datetime(2026, 11, 22, 18, 43, tzinfo=UTC)
FACES = ("fox", "panda", "owl", "tiger", "otter", "flamingo")
NAMES = ("Ada Okafor", "Mateus Lima", "Yuki 結城", "Lena Brandt", "Sri Wahyuni", "Tom Ashby")


def sample_items() -> list[dict[str, object]]:
    """The items that come with Plaudit, as components take them."""
    entries, _, _ = read_folder(STARTER)
    return [msgspec.to_builtins(entry) | {"still": entry.art, "motion": None} for entry in entries]


def sample_people() -> list[dict[str, str]]:
    """People with faces, as components take them."""
    return [
        {"id": str(number), "name": name, "avatar": static(f"art/avatars/{face}.svg")}
        for number, (name, face) in enumerate(zip(NAMES, FACES, strict=True), start=1)
    ]


def context() -> dict[str, object]:
    """Everything `style_guide.html` needs."""
    return {
        "nav": "rooms",
        "wallet_coins": 12_340,
        "shown_at": SHOWN_AT,
        "small_money": Money(74, "USD"),
        "price": Money(1_599, "USD"),
        "yen": Money(1_200, "JPY"),
        "people": sample_people(),
        "samples": {
            "items": sample_items(),
            "people": sample_people(),
            "rate": {
                "amount_minor": RATE.amount_minor,
                "currency": RATE.currency,
                "coins": COINS_PER_RATE,
                "step_minor": 1,
            },
        },
    }
