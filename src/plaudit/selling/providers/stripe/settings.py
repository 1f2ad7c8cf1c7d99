"""How Stripe is described."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from plaudit.setting_kinds import NOT_SET, Secret, address, secrets_starting
from plaudit.setting_sections import Section


@dataclass(frozen=True, kw_only=True)
class StripeSettings(Section):
    """One account at Stripe, for both ways to pay by it."""

    prefix: ClassVar[str] = "stripe_"

    secret_key: Annotated[Secret, secrets_starting("sk_", "rk_")] = NOT_SET
    """A secret or restricted key of Stripe; its mode, test or live, is that of all. Empty: Stripe is not offered."""

    webhook_secrets: Annotated[Secret, secrets_starting("whsec_")] = NOT_SET
    """What Stripe signs its webhooks with (`whsec_…`), of every endpoint; two of one while it changes. Separated by
    spaces."""

    url: Annotated[str, address] = ""
    """Where this server reaches Stripe's API. Empty: at Stripe."""

    methods: str = ""
    """Methods of Stripe that buyers choose among by name before they go there, separated by spaces (`card konbini
    pix`). They must be switched on in its Dashboard. Empty: Stripe's page asks."""

    intent_page: str = ""
    """The page or app link of the host that takes a payment by a PaymentIntent's client secret. Empty: not offered."""

    @property
    def is_described(self) -> bool:
        return bool(self.secret_key or self.webhook_secrets or self.intent_page or self.methods)
