"""What this room's tables hold of people."""

from plaudit.holdings import about_nobody

HELD = (
    *about_nobody(
        package="region channel offer_code",
        price="region channel currency tax_name seller_code",
        price_book="note sources rates",
        price_book_proposal="sha256 book",
        price_book_withdrawal="reason",
        price_draft="name request toml",
        published_tax_rate="country name source",
        price_seller="code name address tax_id",
        subdivision_tax_rate="country subdivision name source",
        tax_rate="country name source",
    ),
)
