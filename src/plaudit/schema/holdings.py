"""What this room's tables hold of people."""

from plaudit.holdings import about_nobody

HELD = (*about_nobody(audit_run="report", migration="kind name sha256 former"),)
