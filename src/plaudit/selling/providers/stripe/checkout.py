"""Stripe Checkout: the buyer pays on Stripe's own page, with cards, wallets and the methods of the country."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from plaudit.languages.speaking import later
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers.base import CheckoutRequest
from plaudit.selling.providers.news import Payment, PaymentState
from plaudit.selling.providers.stripe import one_tap
from plaudit.selling.providers.stripe.amounts import from_stripe, to_stripe
from plaudit.selling.providers.stripe.cards import StripeCards
from plaudit.selling.providers.stripe.locales import stripe_locale
from plaudit.selling.providers.stripe.objects import (
    CARD_MARK,
    PROVIDER_MARK,
    Intent,
    Session,
    payment_of_intent,
    session_state,
)
from plaudit.selling.providers.stripe.payments import (
    INTENT_DETAILS,
    StripePayments,
    allowed_methods,
    gateway_of,
    marks,
    methods_of,
    options_of,
)
from plaudit.selling.providers.stripe.settings import StripeSettings
from plaudit.selling.providers.stripe.webhooks import Event
from plaudit.settings import Settings, SettingsError

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

_DETAILS = ["payment_intent.latest_charge.balance_transaction"]
_CANCELLABLE = frozenset({"requires_capture", "requires_action"})  # reserved, or a voucher nobody has paid yet
_LIST_DETAILS = [f"data.{path}" for path in _DETAILS]


class StripeCheckout(StripeCards, StripePayments):
    """Payments are Checkout Sessions; those by a card that Stripe keeps, PaymentIntents, which no session has."""

    name = "stripe"
    title = later("Card, wallet or a method of your country")
    can_save = True

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        """A page at Stripe. Its request must not depend on the time it is sent: a repeat has to be the same."""
        known = marks(self.name, request)
        if request.card is not None:
            return await one_tap.pay_at_once(self._gateway, request, known)
        parameters: SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": request.reference,
            "metadata": known,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.price.currency.lower(),
                        "unit_amount": to_stripe(request.price),
                        "product_data": {"name": request.description},
                    },
                }
            ],
            "payment_intent_data": {"metadata": known, "description": request.description},
            "payment_method_options": cast("Any", options_of(request)),
            "adaptive_pricing": {"enabled": False},  # the price is ours; Stripe must not convert it
            "success_url": request.return_url,
            "cancel_url": request.return_url,
            "expires_at": int(request.expires_at.timestamp()),
            "locale": stripe_locale(request.locale),
            "expand": _DETAILS,
        }
        if request.customer_id is not None:
            parameters["customer"] = request.customer_id
        if (allowed := allowed_methods(self.name, request)) is not None:
            parameters["allowed_payment_method_types"] = cast("Any", allowed)
        session = await self._gateway.ask(
            Session,
            lambda client: client.v1.checkout.sessions.create(
                parameters, options={"idempotency_key": f"checkout:{request.reference}"}
            ),
        )
        return self._payment(session)

    async def fetch(self, payment_id: str) -> Payment:
        if _is_intent(payment_id):
            return one_tap.payment_of(await one_tap.fetch(self._gateway, payment_id))
        return self._payment(await self._session(payment_id))

    async def cancel(self, payment_id: str) -> Payment:
        if _is_intent(payment_id):
            if (await one_tap.fetch(self._gateway, payment_id)).status not in {"processing", "succeeded", "canceled"}:
                await self._let_go(payment_id)
            return await self.fetch(payment_id)
        session = await self._session(payment_id)
        if session.status == "open":
            try:
                await self._gateway.ask(Session, lambda client: client.v1.checkout.sessions.expire(payment_id))
            except ProviderRefused:
                session = await self._session(payment_id)
                if session.status == "open":
                    raise
        intent = session.payment_intent
        if isinstance(intent, Intent) and session.status == "complete" and intent.status in _CANCELLABLE:
            await self._let_go(intent.id)
        return await self.fetch(payment_id)

    async def _session(self, session_id: str) -> Session:
        return await self._gateway.ask(
            Session, lambda client: client.v1.checkout.sessions.retrieve(session_id, {"expand": _DETAILS})
        )

    async def _intent_id(self, payment_id: str) -> str | None:
        if _is_intent(payment_id):
            return payment_id
        intent = (await self._session(payment_id)).payment_intent
        return intent.id if isinstance(intent, Intent) else intent

    async def _session_of(self, intent_id: str) -> Session | None:
        """The session that made a PaymentIntent."""
        sessions = self._gateway.pages(
            Session,
            lambda client, asked: client.v1.checkout.sessions.list(asked),
            {"payment_intent": intent_id, "expand": _LIST_DETAILS},
        )
        async for session in sessions:
            return session
        return None

    async def _payment_id(self, intent_id: str) -> str | None:
        """Of its session; one by a kept card has none, and is a payment itself."""
        if session := await self._session_of(intent_id):
            return session.id
        return intent_id if one_tap.is_of_kept_card(await one_tap.fetch(self._gateway, intent_id)) else None

    async def _payments(self, created: Mapping[str, int]) -> AsyncIterator[Payment]:
        sessions = self._gateway.pages(
            Session,
            lambda client, asked: client.v1.checkout.sessions.list(asked),
            {"created": created, "expand": _LIST_DETAILS},
        )
        async for session in sessions:
            if (session.metadata or {}).get(PROVIDER_MARK) == self.name:
                yield self._payment(session)
        intents = self._gateway.pages(
            Intent,
            lambda client, asked: client.v1.payment_intents.list(asked),
            {"created": created, "expand": [f"data.{INTENT_DETAILS}"]},
        )
        async for intent in intents:
            if intent.metadata.get(PROVIDER_MARK) == self.name and one_tap.is_of_kept_card(intent):
                yield one_tap.payment_of(intent)

    async def _payment_of_event(self, event: Event) -> Payment | None:
        of_session = event.type.startswith("checkout.session.")
        about = event.data.object.id
        if CARD_MARK in (event.data.object.metadata or {}):
            return await self.fetch(about)
        session = await self._session(about) if of_session else await self._session_of(about)
        return self._payment(session) if session else None

    def _payment(self, session: Session) -> Payment:
        """What a session says; once the buyer has paid, what its PaymentIntent says."""
        state = session_state(session)
        url = session.url if state is PaymentState.OPEN else None
        reference, intent = session.client_reference_id or "", session.payment_intent
        if session.amount_total is None or session.currency is None:
            raise ProviderUnavailable(self.name)
        if not isinstance(intent, Intent) or state in {PaymentState.OPEN, PaymentState.EXPIRED}:
            amount = from_stripe(session.amount_total, session.currency)
            return Payment(id=session.id, reference=reference, state=state, amount=amount, checkout_url=url)
        holder = session.customer_details
        return payment_of_intent(intent, payment_id=session.id, reference=reference, state=state, holder=holder)


def _is_intent(payment_id: str) -> bool:
    return payment_id.startswith("pi_")


def from_settings(settings: Settings) -> StripeCheckout:
    """Stripe Checkout.

    Raises:
        SettingsError: there is something else of Stripe and no key, or what there is cannot be right.
    """
    own = settings.of(StripeSettings)
    if not own.secret_key:
        raise SettingsError("PLAUDIT_STRIPE_SECRET_KEY is missing")
    return StripeCheckout(gateway_of(own, "stripe"), own.webhook_secrets, methods=methods_of(own))
