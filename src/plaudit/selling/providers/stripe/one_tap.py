"""Payments by a card that Stripe keeps: a PaymentIntent that is confirmed at once, by the page of the bank if it asks.

The buyer is there, so the bank may ask them. No page of Stripe is shown otherwise; the card's money is reserved first,
as with any other payment.
"""

from typing import TYPE_CHECKING, Any, cast

from plaudit.providers import ProviderRefused
from plaudit.selling.providers.base import CheckoutRequest
from plaudit.selling.providers.news import Payment, PaymentState
from plaudit.selling.providers.stripe.amounts import to_stripe
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.selling.providers.stripe.objects import (
    CARD_MARK,
    REFERENCE_MARK,
    Intent,
    intent_state,
    payment_of_intent,
)

if TYPE_CHECKING:
    from stripe.params import PaymentIntentConfirmParams, PaymentIntentCreateParams

_EXPAND = ["latest_charge.balance_transaction"]
_UNCONFIRMED = "requires_confirmation"
_ASKS_FOR_THE_HOLDER = "authentication_required"


async def pay_at_once(gateway: StripeGateway, request: CheckoutRequest, marks: dict[str, str]) -> Payment:
    """Have a kept card pay. Repeated, it goes on where it stopped: a payment is confirmed only while it waits for that.

    Raises:
        ProviderUnavailable: the same request later goes on with it.
        ProviderRefused: Stripe keeps no such card, or takes no such amount.
    """
    assert request.card is not None
    assert request.customer_id is not None  # whose card it is
    options: dict[str, str] = {"capture_method": "manual"}
    if request.authenticates:
        options["request_three_d_secure"] = "any"
    parameters: PaymentIntentCreateParams = {
        "amount": to_stripe(request.price),
        "currency": request.price.currency.lower(),
        "description": request.description,
        "metadata": marks | {CARD_MARK: "1"},
        "customer": request.customer_id,
        "payment_method": request.card,
        "allowed_payment_method_types": cast("Any", ["card"]),
        "payment_method_options": {"card": cast("Any", options)},
        "expand": _EXPAND,
    }
    made = await gateway.ask(
        Intent,
        lambda client: client.v1.payment_intents.create(
            parameters, options={"idempotency_key": f"one_tap:{request.reference}"}
        ),
    )
    intent = await fetch(gateway, made.id)  # the answer to a known key is of its first time
    if intent.status == _UNCONFIRMED:
        intent = await _confirm(gateway, intent.id, {"return_url": request.return_url})
    if _is_to_be_asked(intent):
        # The bank wants to hear of the holder: the same payment once more, by its page.
        asked: Any = {"card": {"request_three_d_secure": "any"}}
        again: PaymentIntentConfirmParams = {
            "return_url": request.return_url,
            "payment_method": request.card,
            "payment_method_options": asked,
        }
        intent = await _confirm(gateway, intent.id, again)
    return payment_of(intent)


async def fetch(gateway: StripeGateway, intent_id: str) -> Intent:
    return await gateway.ask(Intent, lambda client: client.v1.payment_intents.retrieve(intent_id, {"expand": _EXPAND}))


async def _confirm(gateway: StripeGateway, intent_id: str, parameters: "PaymentIntentConfirmParams") -> Intent:
    """The payment after the bank was asked, whatever it said."""
    try:
        await gateway.ask(Intent, lambda client: client.v1.payment_intents.confirm(intent_id, parameters))
    except ProviderRefused:
        intent = await fetch(gateway, intent_id)
        if intent.status == _UNCONFIRMED:
            raise
        return intent  # the card was declined, or somebody else was quicker
    return await fetch(gateway, intent_id)


def is_of_kept_card(intent: Intent) -> bool:
    """Whether it is one of these, and not of a page of Stripe's."""
    return CARD_MARK in intent.metadata


def payment_of(intent: Intent) -> Payment:
    """What such a payment says. Nobody can choose another card for it: one that was declined has ended, unless the
    bank is still to be asked by its page."""
    state, url = intent_state(intent), None
    if intent.status == "requires_payment_method" and intent.last_payment_error and not _is_to_be_asked(intent):
        state = PaymentState.DECLINED
    if intent.status == "requires_action" and intent.next_action and intent.next_action.redirect_to_url:
        url = intent.next_action.redirect_to_url.url
    reference = intent.metadata.get(REFERENCE_MARK, "")
    return payment_of_intent(intent, payment_id=intent.id, reference=reference, state=state, checkout_url=url)


def _is_to_be_asked(intent: Intent) -> bool:
    failure = intent.last_payment_error
    return bool(intent.status == "requires_payment_method" and failure and failure.code == _ASKS_FOR_THE_HOLDER)
