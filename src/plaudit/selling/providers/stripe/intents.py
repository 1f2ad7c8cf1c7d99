"""Stripe PaymentIntents: the buyer pays in the host's own page or app, which is handed the client secret."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode, urlsplit

from plaudit.clock import Clock
from plaudit.languages.speaking import later
from plaudit.selling.providers.base import CheckoutRequest
from plaudit.selling.providers.news import Payment, PaymentState
from plaudit.selling.providers.stripe.amounts import to_stripe
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.selling.providers.stripe.objects import (
    ORDER_MARK,
    PROVIDER_MARK,
    REFERENCE_MARK,
    Intent,
    intent_state,
    payment_of_intent,
)
from plaudit.selling.providers.stripe.payments import (
    INTENT_DETAILS,
    StripePayments,
    allowed_methods,
    gateway_of,
    marks,
    options_of,
)
from plaudit.selling.providers.stripe.settings import StripeSettings
from plaudit.selling.providers.stripe.webhooks import Event
from plaudit.settings import Secret, Settings, SettingsError

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams

_EXPAND = [INTENT_DETAILS]


class StripeIntents(StripePayments):
    """Payments are PaymentIntents. The checkout is the host's page; what it needs stands behind the `#` of its address,
    which browsers do not send to servers, in the names of Stripe's own returns."""

    name = "stripe_intent"
    title = later("In the app")
    in_app = True

    def __init__(
        self, gateway: StripeGateway, webhook_secrets: Secret, *, page: str, clock: Clock | None = None
    ) -> None:
        super().__init__(gateway, webhook_secrets, clock)
        self._page = page

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        parameters: PaymentIntentCreateParams = {
            "amount": to_stripe(request.price),
            "currency": request.price.currency.lower(),
            "description": request.description,
            "metadata": marks(self.name, request),
            "automatic_payment_methods": {"enabled": True},
            "payment_method_options": cast("Any", options_of(request)),
            "expand": _EXPAND,
        }
        if (allowed := allowed_methods(self.name, request)) is not None:
            parameters["allowed_payment_method_types"] = cast("Any", allowed)
        return self._payment(
            await self._gateway.ask(
                Intent,
                lambda client: client.v1.payment_intents.create(
                    parameters, options={"idempotency_key": f"intent:{request.reference}"}
                ),
            )
        )

    async def fetch(self, payment_id: str) -> Payment:
        return self._payment(await self._intent(payment_id))

    async def cancel(self, payment_id: str) -> Payment:
        intent = await self._intent(payment_id)
        if intent.status not in {"processing", "succeeded", "canceled"}:
            await self._let_go(payment_id)
        return await self.fetch(payment_id)

    async def _intent(self, intent_id: str) -> Intent:
        return await self._gateway.ask(
            Intent, lambda client: client.v1.payment_intents.retrieve(intent_id, {"expand": _EXPAND})
        )

    async def _intent_id(self, payment_id: str) -> str | None:
        return payment_id

    async def _payment_id(self, intent_id: str) -> str | None:
        return intent_id

    async def _payments(self, created: Mapping[str, int]) -> AsyncIterator[Payment]:
        intents = self._gateway.pages(
            Intent,
            lambda client, asked: client.v1.payment_intents.list(asked),
            {"created": created, "expand": [f"data.{INTENT_DETAILS}"]},
        )
        async for intent in intents:
            if intent.metadata.get(PROVIDER_MARK) == self.name:
                yield self._payment(intent)

    async def _payment_of_event(self, event: Event) -> Payment | None:
        return await self.fetch(event.data.object.id)

    def _payment(self, intent: Intent) -> Payment:
        state = intent_state(intent)
        url = None
        if state is PaymentState.OPEN and intent.client_secret:
            handed = {
                "payment_intent_client_secret": intent.client_secret,
                "order": intent.metadata.get(ORDER_MARK, ""),
            }
            url = f"{self._page}#{urlencode(handed)}"
        reference = intent.metadata.get(REFERENCE_MARK, "")
        return payment_of_intent(intent, payment_id=intent.id, reference=reference, state=state, checkout_url=url)


def from_settings(settings: Settings) -> StripeIntents | None:
    """PaymentIntents, when the host has a page for them.

    Raises:
        SettingsError: the page is no address, or Stripe is described in part only.
    """
    own = settings.of(StripeSettings)
    page = own.intent_page
    if not page or not own.secret_key:
        return None  # a page without a key is refused where Checkout is made
    if not urlsplit(page).scheme or "#" in page:
        raise SettingsError("PLAUDIT_STRIPE_INTENT_PAGE must be an address with a scheme and without a fragment")
    return StripeIntents(gateway_of(own, "stripe_intent"), own.webhook_secrets, page=page)
