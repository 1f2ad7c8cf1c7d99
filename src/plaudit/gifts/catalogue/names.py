"""What an item is called in the reader's language."""

from collections.abc import Sequence

from plaudit.gifts.model import Item
from plaudit.languages.model import ENGLISH


def name_in(item: Item, wishes: Sequence[str]) -> str:
    """The name in the first of these languages (BCP 47 tags) there is one in: exactly, or else of the same first part.

    `name` counts as English, unless the item has an English name of its own.
    """
    named = {tag.lower(): name for tag, name in item.names.items()}
    by_code = {tag.partition("-")[0]: name for tag, name in reversed(named.items())}
    for wish in wishes:
        tag = wish.replace("_", "-").lower()
        code = tag.partition("-")[0]
        if found := named.get(tag) or named.get(code) or by_code.get(code):
            return found
        if code == ENGLISH.code:
            break
    return item.name
