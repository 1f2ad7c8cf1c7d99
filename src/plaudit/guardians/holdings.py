"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(table="guardianship", codes="began_by ended_because", kind=kinds.GUARDIANS, of="minor_id"),
    Holding(table="guardian_invitation", codes="outcome", hidden="code_sha256", kind=kinds.GUARDIANS, of="guardian_id"),
)
