"""One item as a file, a form or a program describes it, and what is wrong with it as far as it says so itself."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import msgspec
from babel import Locale, UnknownLocaleError

from plaudit.countries import is_country
from plaudit.gifts.catalogue.art import is_lottie
from plaudit.gifts.model import Item
from plaudit.limits import (
    CATALOGUE_CREATORS_MAX,
    GIFT_COINS_MAX,
    ITEM_ALT_LENGTH_MAX,
    ITEM_DURATION_MS_MAX,
    ITEM_NAME_LENGTH_MAX,
    ITEM_NAMES_MAX,
)
from plaudit.moments import Moment

SMALL_ANIMATIONS = ("sway", "shake", "beat", "bounce", "spin", "float", "pop", "itself")
"""How a small item moves in its banner: those of `css/live.css`. `itself` plays what moves in its picture."""
LARGE_ANIMATIONS = (
    "burst", "rise", "orbit", "spin-up", "finale", "drop", "rain", "fireworks", "drive", "sail", "leap", "launch",
    "swoop", "itself",
)  # fmt: skip
"""How a large item takes the stage: those of `js/stage/animations.js`; `itself` as for a small one, over all of it."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=ITEM_NAME_LENGTH_MAX, description="The name to show.")]
Address = Annotated[
    str,
    msgspec.Meta(
        max_length=500,
        description="A drawing that ships with Plaudit, an uploaded one (`/art/…`), or an address of one's own.",
    ),
]


class Details(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a version says of its item. `coins` is the price of one."""

    name: Name
    coins: Annotated[int, msgspec.Meta(ge=1, le=GIFT_COINS_MAX)]
    category: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)", max_length=40)]
    art: Address
    size: Literal["small", "large"]
    combo: bool
    animation: str
    duration_ms: Annotated[int, msgspec.Meta(ge=1, le=ITEM_DURATION_MS_MAX)]
    sort: Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31, description="Its place in the tray.")]
    names: Annotated[
        dict[str, Name], msgspec.Meta(max_length=ITEM_NAMES_MAX, description="In other languages, by BCP 47 tag.")
    ] = {}
    alt: Annotated[
        str, msgspec.Meta(max_length=ITEM_ALT_LENGTH_MAX, description="What the picture shows; empty: the name.")
    ] = ""
    still: Annotated[Address, msgspec.Meta(description="For who wants no motion; empty: `art`.")] = ""
    hidden: Annotated[bool, msgspec.Meta(description="Not in the tray; who knows it can send it.")] = False
    regions: Annotated[list[str], msgspec.Meta(max_length=300, description="Where it may be sent; empty: all.")] = []
    creator_ids: Annotated[
        list[Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]],
        msgspec.Meta(max_length=CATALOGUE_CREATORS_MAX, description="To whom it may be sent; empty: to everybody."),
    ] = []


class Entry(Details, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """An item of a catalogue file. `begins` and `ends` are when it is offered; without them now, and for good."""

    id: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
    sku: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)", max_length=60)]
    begins: Moment | None = None
    ends: Moment | None = None


DETAILS = tuple(Details.__struct_fields__)


def details_of(version: Item) -> dict[str, Any]:
    """What a version says, as the fields of Details."""
    return {field: getattr(version, field) for field in DETAILS}


class ItemFinding(msgspec.Struct, frozen=True):
    """Something about a catalogue: an `error` keeps it out, a `warning` does not."""

    place: str
    severity: Literal["error", "warning"]
    words: str


def lint(details: Details, place: str) -> Iterator[ItemFinding]:
    """What is wrong with an item by itself; whether its pictures exist is looked up elsewhere."""
    animations = SMALL_ANIMATIONS if details.size == "small" else LARGE_ANIMATIONS
    if details.animation not in animations:
        yield ItemFinding(
            f"{place}.animation", "error", f"must be one of {', '.join(animations)} for a {details.size} item"
        )
    elif details.animation == "itself" and details.art and not _is_own(details.art):
        words = "is `itself`, which needs art that moves; what ships with Plaudit does not"
        yield ItemFinding(f"{place}.animation", "error", words)
    for tag in details.names:
        if not _is_language(tag):
            yield ItemFinding(f"{place}.names.{tag}", "error", "is not a language, such as de or pt-BR")
    for code in details.regions:
        if not is_country(code):
            yield ItemFinding(f"{place}.regions", "error", f"has {code}, which is not a country's code of two letters")
    if not details.art:
        yield ItemFinding(f"{place}.art", "error", "is empty: an item needs a picture")
    if is_lottie(details.art) and not details.still:
        yield ItemFinding(f"{place}.still", "error", "is needed: a picture for who does not want the Lottie animation")
    if is_lottie(details.still):
        yield ItemFinding(f"{place}.still", "error", "must be a picture")


def lint_together(entries: Sequence[Entry]) -> Iterator[ItemFinding]:
    """What is wrong with items beside each other."""
    for field, severity in (("id", "error"), ("sku", "error"), ("name", "warning")):
        seen: dict[object, int] = {}
        for number, entry in enumerate(entries):
            value = getattr(entry, field)
            if value in seen:
                words = f"{value!r} is also that of item[{seen[value]}]"
                yield ItemFinding(f"item[{number}].{field}", "error" if severity == "error" else "warning", words)
            seen.setdefault(value, number)
    for number, entry in enumerate(entries):
        if entry.begins and entry.ends and entry.ends <= entry.begins:
            yield ItemFinding(f"item[{number}].ends", "error", "must be after `begins`")


def _is_own(address: str) -> bool:
    """Whether it is uploaded, or hosted by the operator: what ships does not move."""
    return address.startswith("/") or "://" in address


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True
