"""How paying by hand is described."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from plaudit.setting_kinds import currencies
from plaudit.setting_sections import Section


@dataclass(frozen=True, kw_only=True)
class ManualSettings(Section):
    """Whether operators pay, and in what."""

    prefix: ClassVar[str] = "manual_"

    payouts: bool = False
    """Whether operators pay creators at a bank themselves: they export what is to be paid and mark what was."""

    payout_currencies: Annotated[str, currencies] = ""
    """Currencies operators pay in, as ISO 4217 codes separated by spaces. Empty: each that has a payout rate."""

    @property
    def is_described(self) -> bool:
        return self.payouts
