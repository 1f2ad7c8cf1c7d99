"""What this room's tables hold of people."""

from plaudit.holdings import about_nobody

HELD = (*about_nobody(store_link="provider link_id token", store_link_order="provider link_id"),)
