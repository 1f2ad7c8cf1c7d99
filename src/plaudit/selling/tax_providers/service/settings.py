"""How a tax service is described."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from plaudit.setting_kinds import NOT_SET, Secret, safe_address
from plaudit.setting_sections import Section


@dataclass(frozen=True, kw_only=True)
class TaxServiceSettings(Section):
    """One address that is asked."""

    prefix: ClassVar[str] = "tax_service_"

    url: Annotated[str, safe_address] = ""
    """Where the tax of a place is asked for before the dated table is. Empty: nobody is asked."""

    key: Secret = NOT_SET
    """What is shown there as bearer."""

    @property
    def is_described(self) -> bool:
        return bool(self.url)
