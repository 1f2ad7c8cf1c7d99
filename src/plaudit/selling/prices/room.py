"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.selling.prices",
    tables="package price price_book price_book_proposal price_book_withdrawal price_draft price_seller "
    "published_tax_rate subdivision_tax_rate tax_rate",
    held="holdings:HELD",
    decisions="decisions:KINDS",
    pages=("prices",),
    commands=(RoomCommand("prices", "commands:prices", "Export, import, lint, publish and list price books."),),
)
