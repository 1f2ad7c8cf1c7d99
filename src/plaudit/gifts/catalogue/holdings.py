"""What this room's tables hold of people."""

from plaudit.holdings import about_nobody

HELD = (
    *about_nobody(
        art="name content",
        catalogue="",
        item="sku",
        item_version="name category art size animation names alt still regions",
    ),
)
