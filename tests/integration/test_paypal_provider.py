"""Payments and refunds through PayPal's REST API: what is asked, what it answers, and what becomes of lost answers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from plaudit.ids import new_id
from plaudit.money import Money
from plaudit.policy.model import EvidenceSource
from plaudit.providers import ProviderUnavailable
from plaudit.selling.providers import payment_providers
from plaudit.selling.providers.errors import CurrencyNotTaken
from plaudit.selling.providers.news import PaymentState, ReversalKind, ReversalState
from plaudit.selling.providers.paypal.provider import LIVE, SANDBOX, PayPalProvider, from_settings
from plaudit.settings import Secret, Settings, SettingsError
from tests.peers.paypal import CLIENT_SECRET
from tests.support.paypal import CLOCK, PayPalPeer, checkout, paid, provider_of, refunded, refusal

TEN = Money(1_000, "USD")
ORDERS = "/v2/checkout/orders"


@pytest.fixture
async def provider(paypal: PayPalPeer) -> AsyncIterator[PayPalProvider]:
    made = provider_of(paypal.settings())
    yield made
    await made.close()


async def test_a_payment_is_approved_then_captured(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    asked = checkout(TEN, locale="pt")
    payment = await provider.create_checkout(asked)
    assert (payment.state, payment.reference, payment.amount) == (PaymentState.OPEN, asked.reference, TEN)
    assert (payment.fee_minor, payment.paid_at, payment.evidence) == (None, None, ())
    with refusal("ORDER_NOT_APPROVED"):
        await provider.capture(payment.id)
    back = paypal.pay(payment.checkout_url, country="DE")
    assert back.startswith(f"https://shop.example/orders/1?token={payment.id}&PayerID=")
    approved = await provider.fetch(payment.id)
    (evidence,) = approved.evidence
    assert (evidence.source, evidence.country) == (EvidenceSource.PAYER_ADDRESS, "DE")
    assert approved.state is PaymentState.AUTHORISED
    taken = await provider.capture(payment.id)
    assert (taken.id, taken.state, taken.amount, taken.fee_minor) == (payment.id, PaymentState.PAID, TEN, 84)
    assert taken.paid_at is not None
    assert taken.evidence[0].country == "DE"
    assert await provider.capture(payment.id) == taken
    assert await provider.fetch(payment.id) == taken
    assert paypal.count(f"POST {ORDERS}/{payment.id}/capture") == 1


@pytest.mark.parametrize("price", [Money(150, "JPY"), Money(39_900, "HUF"), Money(30_000, "TWD"), Money(1, "EUR")])
async def test_money_arrives_as_it_was_asked_for(paypal: PayPalPeer, provider: PayPalProvider, price: Money) -> None:
    payment = await provider.create_checkout(checkout(price))
    paypal.pay(payment.checkout_url)
    assert (await provider.capture(payment.id)).amount == price


async def test_a_currency_paypal_does_not_take_is_refused_before_it_is_asked(
    paypal: PayPalPeer, provider: PayPalProvider
) -> None:
    for price in (Money(15_000, "IDR"), Money(39_950, "HUF")):
        with pytest.raises(CurrencyNotTaken):
            await provider.create_checkout(checkout(price))
    assert paypal.control("counts") == {"requests": {}, "tokens": 0}


async def test_declines(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    for funding in ("declined", "denied"):
        payment = await provider.create_checkout(checkout(TEN))
        paypal.pay(payment.checkout_url, funding=funding)
        declined = await provider.capture(payment.id)
        assert (declined.state, declined.fee_minor, declined.paid_at) == (PaymentState.DECLINED, None, None), funding


@pytest.mark.parametrize(("denied", "ends"), [(False, PaymentState.PAID), (True, PaymentState.DECLINED)])
async def test_money_on_its_way(paypal: PayPalPeer, provider: PayPalProvider, denied: bool, ends: PaymentState) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    paypal.pay(payment.checkout_url, funding="pending")
    waiting = await provider.capture(payment.id)
    assert (waiting.state, waiting.fee_minor) == (PaymentState.PROCESSING, None)
    assert (await provider.cancel(payment.id)).state is PaymentState.PROCESSING
    paypal.control("complete", capture_id=paypal.capture_id(payment.id), denied=denied)
    assert (await provider.fetch(payment.id)).state is ends


async def test_the_same_reference_makes_one_checkout(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    asked = checkout(TEN)
    paypal.fault("POST", ORDERS, lost=True)
    with pytest.raises(ProviderUnavailable):
        await provider.create_checkout(asked)
    first, again = [await provider.create_checkout(asked) for _ in range(2)]
    assert first == again
    with refusal("is another"):
        await provider.create_checkout(checkout(Money(999, "USD"), reference=asked.reference))


async def test_the_lost_answer_to_a_capture_takes_money_once(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    paypal.pay(payment.checkout_url)
    paypal.fault("POST", f"{ORDERS}/{payment.id}/capture", lost=True)
    with pytest.raises(ProviderUnavailable):
        await provider.capture(payment.id)
    assert (await provider.capture(payment.id)).state is PaymentState.PAID
    assert len(paypal.control("state")["captures"]) == 1


async def test_captures_at_the_same_moment_take_money_once(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    paypal.pay(payment.checkout_url)
    taken = await asyncio.gather(*(provider.capture(payment.id) for _ in range(5)))
    assert {one.state for one in taken} == {PaymentState.PAID}
    assert len(paypal.control("state")["captures"]) == 1


async def test_a_capture_paypal_already_made_is_the_answer(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    paypal.pay(payment.checkout_url)
    paypal.fault("GET", f"{ORDERS}/{payment.id}", status=500)
    with pytest.raises(ProviderUnavailable):
        await provider.capture(payment.id)
    await asyncio.gather(provider.capture(payment.id), provider.capture(payment.id))
    paypal.control("forget-requests")
    assert (await provider.capture(payment.id)).state is PaymentState.PAID


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 503}, {"status": 429}, {"lost": True}, {"garbage": True}]
)
async def test_no_answer_is_not_a_refusal(paypal: PayPalPeer, provider: PayPalProvider, fault: dict[str, int]) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    paypal.fault("GET", ORDERS, **fault)
    with pytest.raises(ProviderUnavailable):
        await provider.fetch(payment.id)
    paypal.control("revoke-tokens")
    paypal.fault("POST", "/v1/oauth2/token", **fault)
    with pytest.raises(ProviderUnavailable):
        await provider.fetch(payment.id)
    assert (await provider.fetch(payment.id)).id == payment.id


async def test_nobody_there(paypal: PayPalPeer) -> None:
    provider = provider_of(paypal.settings() | {"paypal_url": "http://127.0.0.1:9"})
    with pytest.raises(ProviderUnavailable):
        await provider.fetch("5O190127TN364715T")
    await provider.close()


async def test_what_paypal_does_not_know_is_refused_with_its_own_word(provider: PayPalProvider) -> None:
    for payment_id in ("5O190127TN364715T", "../../../v1/oauth2/token"):
        with refusal("404"):
            await provider.fetch(payment_id)


async def test_one_token_serves_many_calls_and_is_renewed_when_refused(
    paypal: PayPalPeer, provider: PayPalProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    payment = await provider.create_checkout(checkout(TEN))
    await asyncio.gather(*(provider.fetch(payment.id) for _ in range(8)))
    assert paypal.control("counts")["tokens"] == 1
    paypal.control("revoke-tokens")
    await asyncio.gather(*(provider.fetch(payment.id) for _ in range(8)))
    assert paypal.control("counts")["tokens"] == 2
    assert "A21AA" not in caplog.text
    assert CLIENT_SECRET not in caplog.text


async def test_a_token_is_renewed_before_its_end(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    paypal.control("set", token_lifetime_s=60)
    payment = await provider.create_checkout(checkout(TEN))
    await provider.fetch(payment.id)
    assert paypal.control("counts")["tokens"] == 2


async def test_an_application_paypal_does_not_know(paypal: PayPalPeer) -> None:
    provider = provider_of(paypal.settings() | {"paypal_client_secret": Secret("wrong")})
    with pytest.raises(ProviderUnavailable):  # about us: what was asked is still to be done
        await provider.fetch("5O190127TN364715T")
    await provider.close()


async def test_a_cancelled_payment_is_never_captured(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    assert (await provider.cancel(payment.id)).state is PaymentState.EXPIRED
    paypal.pay(payment.checkout_url)
    for _ in range(2):
        cancelled = await provider.cancel(payment.id)
        assert (cancelled.state, cancelled.reference) == (PaymentState.EXPIRED, payment.reference)
    assert (await provider.capture(payment.id)).state is PaymentState.EXPIRED
    assert (await provider.fetch(payment.id)).state is PaymentState.EXPIRED
    assert paypal.control("state")["captures"] == {}


async def test_a_paid_payment_is_not_cancelled(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    assert await provider.cancel(payment.id) == payment


async def test_refunds_in_parts_never_above_what_was_paid(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    reversal_id = new_id(CLOCK)
    news = await refunded(provider, payment, 300, reversal_id)
    assert (news.kind, news.state, news.amount) == (ReversalKind.REFUND, ReversalState.DONE, Money(300, "USD"))
    assert (news.payment_id, news.reversal_id) == (payment.id, reversal_id)
    with refusal("REFUND_AMOUNT_EXCEEDED"):
        await refunded(provider, payment, 701)
    await refunded(provider, payment, 700)
    with refusal("CAPTURE_FULLY_REFUNDED"):
        await refunded(provider, payment, 1)
    assert (await provider.fetch(payment.id)).state is PaymentState.PAID


async def test_one_reversal_refunds_once(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    reversal_id = new_id(CLOCK)
    paypal.fault("POST", f"/v2/payments/captures/{paypal.capture_id(payment.id)}/refund", lost=True)
    with pytest.raises(ProviderUnavailable):
        await refunded(provider, payment, 300, reversal_id)
    first = await refunded(provider, payment, 300, reversal_id)
    paypal.control("forget-requests")  # as PayPal does after 45 days
    assert await refunded(provider, payment, 300, reversal_id) == first
    with refusal("another amount"):
        await refunded(provider, payment, 301, reversal_id)
    assert len(paypal.control("state")["refunds"]) == 1


@pytest.mark.parametrize(
    ("ends", "state"),
    [("COMPLETED", ReversalState.DONE), ("FAILED", ReversalState.UNDONE), ("CANCELLED", ReversalState.UNDONE)],
)
async def test_refunds_that_take_their_time(
    paypal: PayPalPeer, provider: PayPalProvider, ends: str, state: ReversalState
) -> None:
    payment = await paid(provider, paypal, TEN)
    paypal.control("refund-status", status="PENDING")
    reversal_id = new_id(CLOCK)
    promised = await refunded(provider, payment, 400, reversal_id)
    assert promised.state is ReversalState.OPENED
    paypal.control("finish-refund", refund_id=promised.id, status=ends)
    known = await refunded(provider, payment, 400, reversal_id)
    assert (known.id, known.state) == (promised.id, state)


async def test_nothing_is_refunded_of_what_was_not_paid(provider: PayPalProvider) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    with refusal("no capture"):
        await refunded(provider, payment, 100)


def test_settings() -> None:
    described: dict[str, Any] = {
        "paypal_client_id": "id",
        "paypal_client_secret": Secret("secret"),
        "paypal_webhook_id": "webhook",
    }
    assert payment_providers(Settings()).names == []
    for url in (LIVE, SANDBOX):
        assert payment_providers(Settings.of_values(**described, paypal_url=url)).names == ["paypal"]
    for missing in described:
        with pytest.raises(SettingsError, match="PLAUDIT_PAYPAL_CLIENT_ID"):
            from_settings(Settings.of_values(**{name: value for name, value in described.items() if name != missing}))
    wrongs: tuple[tuple[dict[str, Any], str], ...] = (
        ({"paypal_url": "https://paypal.example"}, "CERTIFICATE_ORIGINS"),
        ({"paypal_url": "http://paypal.example", "paypal_certificate_origins": LIVE}, "must be https"),
        ({"paypal_certificate_origins": "https://api.paypal.com http://evil.example"}, "must be https"),
        ({"paypal_certificate_roots": "/nowhere.pem"}, "holds no certificates"),
    )
    for wrong, said in wrongs:
        with pytest.raises(SettingsError, match=said):
            from_settings(Settings.of_values(**described, **wrong))
