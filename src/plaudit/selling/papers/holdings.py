"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(table="credit_note", codes="act seller_code kind currency reason", kind=kinds.PAPERS, of="person_id"),
    Holding(
        table="receipt",
        codes="seller_code seller_name seller_address seller_tax_id store_name store_address"
        " paper channel region provider currency tax_name subdivision",
        personal="buyer_name",
        kind=kinds.PAPERS,
        of="person_id",
    ),
    *about_nobody(paper_counter="seller_code paper", paper_kind="paper description"),
)
