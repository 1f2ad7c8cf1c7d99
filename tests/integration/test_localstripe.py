"""A second witness: our Stripe provider against localstripe, which shares nothing with the pretend Stripe of our tests.

It knows PaymentIntents, refunds and webhooks, neither Checkout nor disputes; and fewer parameters than we send, so the
PaymentIntents are made here, with our marks.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import stripe

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from plaudit.money import Money
from plaudit.providers import ProviderRefused, SignatureNotValid
from plaudit.selling.providers.base import CheckoutRequest, RefundRequest
from plaudit.selling.providers.news import PaymentNews, PaymentState, ReversalState
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.selling.providers.stripe.intents import StripeIntents
from plaudit.settings import Secret
from tests.support.localstripe import localstripe
from tests.support.ports import LOOPBACK, held_port
from tests.support.serving import serving
from tests.support.waiting import WAIT_S, eventually

KEY, WEBHOOK_SECRET = "sk_test_12345", "whsec_localstripe"
GOOD, DECLINED, ASKS_BANK = "4242424242424242", "4000000000000341", "4000002500003155"
PRICE = Money(1_999, "EUR")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with localstripe() as address:
        yield address


@pytest.fixture
async def intents(url: str) -> AsyncIterator[StripeIntents]:
    gateway = StripeGateway(provider="stripe_intent", key=Secret(KEY), url=url)
    provider = StripeIntents(gateway, Secret(WEBHOOK_SECRET), page="https://app.example/pay")
    yield provider
    await provider.close()


def app(url: str) -> stripe.StripeClient:
    """The host's app."""
    return stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0)


def made(url: str, card: str) -> stripe.PaymentIntent:
    """A PaymentIntent with a card that waits to be confirmed."""
    client = app(url)
    method = client.v1.payment_methods.create(
        {"type": "card", "card": {"number": card, "exp_month": 12, "exp_year": 2030, "cvc": "123"}}
    )
    customer = client.v1.customers.create({"email": "buyer@shop.example"})
    if card != DECLINED:
        client.v1.payment_methods.attach(method.id, {"customer": customer.id})
    return client.v1.payment_intents.create(
        {
            "amount": PRICE.amount_minor,
            "currency": "eur",
            "capture_method": "manual",
            "customer": customer.id,
            "payment_method": method.id,
            "metadata": {"plaudit_provider": "stripe_intent", "plaudit_reference": f"12-{new_id(SystemClock())}"},
        }
    )


async def test_a_card_is_reserved_taken_and_given_back(intents: StripeIntents, url: str) -> None:
    intent = await asyncio.to_thread(made, url, GOOD)
    opened = await intents.fetch(intent.id)
    assert (opened.state, opened.amount) == (PaymentState.OPEN, PRICE)
    assert opened.checkout_url is not None
    assert str(intent.client_secret) in opened.checkout_url
    await asyncio.to_thread(app(url).v1.payment_intents.confirm, intent.id)
    authorised = await intents.fetch(intent.id)
    assert (authorised.state, authorised.evidence) == (PaymentState.AUTHORISED, ())  # its charges name no card
    taken = [await intents.capture(intent.id) for _ in range(2)]
    assert taken[0] == taken[1]
    assert (taken[0].state, taken[0].amount) == (PaymentState.PAID, PRICE)
    asked = RefundRequest(
        reversal_id=new_id(SystemClock()),
        payment_id=intent.id,
        reference=opened.reference,
        amount=Money(999, "EUR"),
        reason="withdrawal",
    )
    # It knows no idempotency keys: that the second refund moves nothing is our own look at what is there.
    refunds = [await intents.refund(asked) for _ in range(2)]
    assert refunds[0] == refunds[1]
    assert (refunds[0].state, refunds[0].amount, refunds[0].reversal_id) == (
        ReversalState.DONE, asked.amount, asked.reversal_id,
    )  # fmt: skip


async def test_a_card_is_declined(intents: StripeIntents, url: str) -> None:
    intent = await asyncio.to_thread(made, url, DECLINED)
    with pytest.raises(stripe.CardError):
        await asyncio.to_thread(app(url).v1.payment_intents.confirm, intent.id)
    assert (await intents.fetch(intent.id)).state is PaymentState.OPEN
    assert (await intents.cancel(intent.id)).state is PaymentState.DECLINED


@pytest.mark.parametrize(("success", "state"), [(True, PaymentState.AUTHORISED), (False, PaymentState.OPEN)])
async def test_the_bank_is_asked(intents: StripeIntents, url: str, *, success: bool, state: PaymentState) -> None:
    intent = await asyncio.to_thread(made, url, ASKS_BANK)
    confirmed = await asyncio.to_thread(app(url).v1.payment_intents.confirm, intent.id)
    assert confirmed.status == "requires_action"
    assert (await intents.fetch(intent.id)).state is PaymentState.OPEN
    answer = httpx2.post(
        f"{url}/v1/payment_intents/{intent.id}/_authenticate",
        data={"key": "pk_test_12345", "client_secret": intent.client_secret, "success": str(success).lower()},
        timeout=WAIT_S,
    )
    assert answer.is_success, answer.text
    assert (await intents.fetch(intent.id)).state is state


@asynccontextmanager
async def collecting(url: str) -> AsyncIterator[list[tuple[dict[str, str], bytes]]]:
    """What localstripe posts to whoever listens to it."""
    seen: list[tuple[dict[str, str], bytes]] = []

    async def collect(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        seen.append(({name.decode(): value.decode() for name, value in scope["headers"]}, body))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with held_port() as port:
        async with serving(collect, port):
            listener = f"http://{LOOPBACK}:{port}/"
            hook = {"url": listener, "secret": WEBHOOK_SECRET, "events": ["payment_intent.succeeded"]}
            httpx2.post(f"{url}/_config/webhooks/plaudit", json=hook, timeout=WAIT_S).raise_for_status()
            yield seen


async def test_its_messages_are_believed_and_others_are_not(intents: StripeIntents, url: str) -> None:
    async with collecting(url) as seen:
        intent = await asyncio.to_thread(made, url, GOOD)
        await asyncio.to_thread(app(url).v1.payment_intents.confirm, intent.id)
        await intents.capture(intent.id)
        await eventually(lambda: any(intent.id.encode() in body for _, body in seen), "it is told of")
    headers, body = next(message for message in seen if intent.id.encode() in message[1])
    message = await intents.verify_webhook(headers, body)
    assert message.kind == "payment_intent.succeeded"
    (news,) = await intents.read_webhook(body)
    assert isinstance(news, PaymentNews)
    assert (news.payment.id, news.payment.state) == (intent.id, PaymentState.PAID)
    with pytest.raises(SignatureNotValid):
        await intents.verify_webhook(headers, body.replace(b"1999", b"9999"))


async def test_parameters_it_does_not_know_are_a_refusal(intents: StripeIntents) -> None:
    order_id = new_id(SystemClock())
    request = CheckoutRequest(
        reference=f"12-{order_id}",
        order_id=order_id,
        coins=100,
        price=PRICE,
        description="100 coins",
        return_url="https://shop.example/",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )
    with pytest.raises(ProviderRefused) as refused:
        await intents.create_checkout(request)
    assert refused.value.reason.startswith("400")
