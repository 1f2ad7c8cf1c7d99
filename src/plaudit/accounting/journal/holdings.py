"""What this room's tables hold of people."""

from plaudit.holdings import about_nobody

HELD = (*about_nobody(general_account="account entity party number name", general_account_kind="account description"),)
