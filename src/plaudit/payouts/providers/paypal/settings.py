"""How PayPal Payouts is described."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from plaudit.setting_kinds import NOT_SET, Secret, currencies
from plaudit.setting_sections import Section


@dataclass(frozen=True, kw_only=True)
class PayPalPayoutSettings(Section):
    """The REST application that pays creators; its address and certificates are those of `paypal_`."""

    prefix: ClassVar[str] = "paypal_payouts_"

    client_id: str = ""
    """The REST application at PayPal that pays creators, with the feature Payouts; it may be the one that takes
    payments. Empty: nobody is paid by PayPal."""

    client_secret: Secret = NOT_SET
    """The secret of that application."""

    webhook_id: str = ""
    """PayPal's id of the webhook registered for `/v1/webhooks/payouts/paypal`; signatures are made over it."""

    currencies: Annotated[str, currencies] = ""
    """Currencies creators are paid in by PayPal, as ISO 4217 codes separated by spaces. Empty: each that it takes."""

    @property
    def is_described(self) -> bool:
        return bool(self.client_id or self.client_secret or self.webhook_id)
