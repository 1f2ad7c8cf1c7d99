"""How PayPal is described."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from plaudit.setting_kinds import NOT_SET, Secret, address, file, origins
from plaudit.setting_sections import Section


@dataclass(frozen=True, kw_only=True)
class PayPalSettings(Section):
    """One REST application at PayPal."""

    prefix: ClassVar[str] = "paypal_"

    url: Annotated[str, address] = "https://api-m.paypal.com"
    """PayPal's REST API; https://api-m.sandbox.paypal.com is its sandbox."""

    client_id: str = ""
    """The REST application at PayPal that takes payments. Empty: PayPal is not offered."""

    client_secret: Secret = NOT_SET
    """The secret of that application."""

    webhook_id: str = ""
    """PayPal's id of the webhook registered for this server; signatures are made over it."""

    certificate_origins: Annotated[str, origins] = ""
    """Origins PayPal's signing certificates may come from, separated by spaces. Empty: those of `paypal_url`."""

    certificate_roots: Annotated[str, file] = ""
    """A PEM file of the authorities that signing certificates must go back to. Empty: those this machine trusts."""

    @property
    def is_described(self) -> bool:
        return bool(self.client_id or self.client_secret or self.webhook_id)
