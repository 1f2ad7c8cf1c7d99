"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(
        table="act", codes="kind actor operation outcome", personal="record about", kind=kinds.WORK, of="person_id"
    ),
    *about_nobody(
        act_chain="hash",
        act_seal="hash",
        act_unsealed="",
        head="document signature key_id",
        head_key="key_id public_key",
    ),
)
