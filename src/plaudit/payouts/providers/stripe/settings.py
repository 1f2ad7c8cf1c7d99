"""How Stripe Connect is described."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from plaudit.setting_kinds import NOT_SET, Secret, currencies, secrets_starting
from plaudit.setting_sections import Section


@dataclass(frozen=True, kw_only=True)
class StripeConnectSettings(Section):
    """The platform at Stripe that pays creators; where its API is says `stripe_url`."""

    prefix: ClassVar[str] = "stripe_connect_"

    secret_key: Annotated[Secret, secrets_starting("sk_", "rk_")] = NOT_SET
    """A secret or restricted key of the platform at Stripe Connect, which may be the account that takes payments; it
    writes accounts, account links, transfers and payouts. Empty: nobody is paid through Stripe."""

    webhook_secrets: Annotated[Secret, secrets_starting("whsec_")] = NOT_SET
    """What Stripe signs webhooks for `/v1/webhooks/payouts/stripe` with (`whsec_…`): of the endpoint for the platform's
    own events and of the one for connected accounts. Separated by spaces."""

    country: str = ""
    """The country of the platform at Stripe, as ISO 3166 names it (`DE`). Creators elsewhere are then recipients, who
    are paid across the border."""

    currencies: Annotated[str, currencies] = ""
    """Currencies creators are paid in through Stripe, as ISO 4217 codes separated by spaces. Empty: each that it
    takes."""

    @property
    def is_described(self) -> bool:
        return bool(self.secret_key or self.webhook_secrets)
