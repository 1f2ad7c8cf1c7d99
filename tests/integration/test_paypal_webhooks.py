"""Webhooks of PayPal: which are believed, and what they say, in whatever order and number they come."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from plaudit.clock import ManualClock
from plaudit.ids import new_id
from plaudit.limits import WEBHOOK_BYTES_MAX
from plaudit.money import Money
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.news import (
    AccountNotice,
    News,
    PaymentNews,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
)
from plaudit.selling.providers.paypal.limits import (
    PAYPAL_CERTIFICATE_FETCHES_PER_MINUTE,
    PAYPAL_CERTIFICATE_FETCHES_RESERVED,
    PAYPAL_CERTIFICATES_KEPT,
)
from plaudit.selling.providers.paypal.provider import PayPalProvider
from plaudit.selling.providers.paypal.signature import SigningCertificates, check, trusted_roots
from tests.peers.paypal import WEBHOOK_ID
from tests.support.paypal import CLOCK, Message, PayPalPeer, checkout, paid, provider_of, refunded

TEN = Money(1_000, "USD")
EVENT = {"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {"id": "5O190127TN364715T"}}
DAY_S = 86_400


@pytest.fixture
async def provider(paypal: PayPalPeer) -> AsyncIterator[PayPalProvider]:
    made = provider_of(paypal.settings())
    yield made
    await made.close()


async def told(provider: PayPalProvider, message: Message) -> list[News]:
    """What a message says, once it is believed."""
    await provider.verify_webhook(*message)
    return await provider.read_webhook(message[1])


def reversals(news: list[News]) -> list[ReversalNews]:
    return [one for one in news if isinstance(one, ReversalNews)]


async def test_a_genuine_message_is_believed(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    for age_s in (0, 3 * DAY_S, -120):
        headers, body = paypal.message(EVENT, age_s=age_s)
        message = await provider.verify_webhook({name.title(): value for name, value in headers.items()}, body)
        assert (message.id, message.kind) == ("WH-1", "CHECKOUT.ORDER.APPROVED")
    assert paypal.count("certificate genuine") == 1


@pytest.mark.parametrize(
    "how",
    [
        {"webhook_id": "ANOTHER"},
        {"certificate": "selfsigned"},
        {"certificate": "foreign"},
        {"certificate": "expired"},
        {"certificate": "othername"},
        {"certificate": "nochain"},
        {"certificate": "curve"},
        {"certificate": "garbage"},
        {"certificate": "huge"},
        {"certificate": "redirect"},
        {"certificate": "missing"},
        {"certificate": "../../../_control/root.pem"},
        {"certificate": "genuine?x=1"},
        {"origin": "https://api.paypal.com.evil.example"},
        {"origin": "https://api.paypal.com@evil.example"},
        {"origin": "http://169.254.169.254"},
        {"origin": "file://"},
        {"age_s": 5 * DAY_S},
        {"age_s": -DAY_S},
    ],
    ids=str,
)
async def test_a_forged_message_is_not_believed(
    paypal: PayPalPeer, provider: PayPalProvider, how: dict[str, str]
) -> None:
    with pytest.raises(SignatureNotValid):
        await provider.verify_webhook(*paypal.message(EVENT, **how))


async def test_a_message_that_was_altered_is_not_believed(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    headers, body = paypal.message(EVENT)
    altered = [
        (headers, body.replace(b"5O190127TN364715T", b"5O190127TN364715X")),
        (headers, body + b" "),
        (headers, b""),
        (headers, b"[]"),
        (headers, b" " * (WEBHOOK_BYTES_MAX + 1)),
        (headers | {"paypal-auth-algo": "SHA1withRSA"}, body),
        (headers | {"paypal-auth-algo": "none"}, body),
        (headers | {"paypal-transmission-id": "another"}, body),
        (headers | {"paypal-transmission-time": datetime.now(UTC).isoformat()}, body),
        (headers | {"paypal-transmission-time": "yesterday"}, body),
        (headers | {"paypal-transmission-time": "2026-01-01T00:00:00"}, body),
        (headers | {"paypal-transmission-sig": "!"}, body),
        (headers | {"paypal-transmission-sig": "AAAA"}, body),
        ({}, body),
    ]
    altered += [
        ({name: value for name, value in headers.items() if name != left}, body) for left in headers if "-id" in left
    ]
    for sent, content in altered:
        with pytest.raises(SignatureNotValid):
            await provider.verify_webhook(sent, content)


async def test_a_certificate_that_cannot_be_fetched_now_is_asked_for_again(
    paypal: PayPalPeer, provider: PayPalProvider
) -> None:
    message = paypal.message(EVENT)
    for fault in ({"status": 503}, {"status": 429}, {"lost": True}):
        paypal.fault("GET", "/v1/notifications/certs/", **fault)
        with pytest.raises(ProviderUnavailable):
            await provider.verify_webhook(*message)
    assert (await provider.verify_webhook(*message)).id == "WH-1"


async def test_many_messages_at_once_fetch_their_certificate_once(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    messages = [paypal.message(EVENT | {"id": f"WH-{number}"}) for number in range(50)]
    believed = await asyncio.gather(*(provider.verify_webhook(*message) for message in messages))
    assert len({message.id for message in believed}) == 50
    assert paypal.count("certificate genuine") == 1


async def test_forged_addresses_do_not_make_us_ask_without_end(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    genuine = paypal.message(EVENT)
    await provider.verify_webhook(*genuine)
    for number in range(1, PAYPAL_CERTIFICATE_FETCHES_PER_MINUTE - PAYPAL_CERTIFICATE_FETCHES_RESERVED):
        with pytest.raises(SignatureNotValid):
            await provider.verify_webhook(*paypal.message(EVENT, certificate=f"forged-{number}"))
    with pytest.raises(ProviderUnavailable):
        await provider.verify_webhook(*paypal.message(EVENT, certificate="forged-0"))
    await provider.verify_webhook(*genuine)
    assert paypal.count("certificate forged-0") == 0


async def test_forged_addresses_do_not_keep_the_genuine_one_out(paypal: PayPalPeer) -> None:
    clock = ManualClock(datetime.now(UTC))
    certificates = SigningCertificates(origins=[paypal.url], roots=trusted_roots(str(paypal.roots)), clock=clock)

    async def look(certificate: str) -> None:
        headers, body = paypal.message(EVENT, certificate=certificate)
        await check(headers, body, webhook_id=WEBHOOK_ID, certificates=certificates, now=clock.now())

    async def forge(minute: int) -> None:
        for number in range(PAYPAL_CERTIFICATE_FETCHES_PER_MINUTE):
            with pytest.raises((SignatureNotValid, ProviderUnavailable)):
                await look(f"forged-{minute}-{number}")

    await forge(0)
    with pytest.raises(ProviderUnavailable):
        await look("genuine")
    clock.advance(timedelta(minutes=1))
    await forge(1)
    await look("genuine")  # as PayPal tells it again
    forged = PAYPAL_CERTIFICATE_FETCHES_PER_MINUTE - PAYPAL_CERTIFICATE_FETCHES_RESERVED
    assert sum(paypal.count(f"certificate forged-1-{number}") for number in range(30)) == forged
    await certificates.close()


async def test_certificates_are_kept_for_a_day_and_not_beyond_their_own_end(paypal: PayPalPeer) -> None:
    clock = ManualClock(datetime.now(UTC))
    certificates = SigningCertificates(origins=[paypal.url], roots=trusted_roots(str(paypal.roots)), clock=clock)
    headers, body = paypal.message(EVENT)

    async def look() -> None:
        await check(headers, body, webhook_id=WEBHOOK_ID, certificates=certificates, now=clock.now())

    for _ in range(3):
        await look()
    assert paypal.count("certificate genuine") == 1
    clock.advance(timedelta(hours=25))
    await look()
    assert paypal.count("certificate genuine") == 2
    clock.advance(timedelta(days=40))
    headers, body = paypal.message(EVENT, age_s=-40 * DAY_S)
    with pytest.raises(SignatureNotValid):
        await look()
    await certificates.close()
    assert PAYPAL_CERTIFICATES_KEPT > 0


async def test_the_real_authorities_vouch_for_no_test(paypal: PayPalPeer) -> None:
    provider = provider_of(paypal.settings() | {"paypal_certificate_roots": ""})
    with pytest.raises(SignatureNotValid):
        await provider.verify_webhook(*paypal.message(EVENT))
    await provider.close()


async def test_an_approval_and_its_capture_in_any_order(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    paypal.pay(payment.checkout_url, funding="pending")
    (approval,) = paypal.messages("CHECKOUT.ORDER.APPROVED")
    (news,) = await told(provider, approval)
    assert isinstance(news, PaymentNews)
    assert (news.payment.state, news.payment.reference) == (PaymentState.AUTHORISED, payment.reference)
    await provider.capture(payment.id)
    paypal.control("complete", capture_id=paypal.capture_id(payment.id))
    messages = paypal.messages()
    kinds = [json.loads(body)["event_type"] for _, body in messages]
    assert kinds == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.COMPLETED"]
    paid_now = PaymentNews(payment=await provider.fetch(payment.id))
    assert paid_now.payment.state is PaymentState.PAID
    for message in [*reversed(messages), *messages]:
        assert await told(provider, message) == [paid_now]


async def test_a_capture_that_waits_for_the_seller_is_said(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await provider.create_checkout(checkout(TEN))
    paypal.pay(payment.checkout_url, funding="held")
    await provider.capture(payment.id)
    (pending,) = paypal.messages("PAYMENT.CAPTURE.PENDING")
    news, notice = await told(provider, pending)
    assert isinstance(news, PaymentNews)
    assert news.payment.state is PaymentState.PROCESSING
    assert isinstance(notice, AccountNotice)
    assert notice.needs_somebody
    assert "accept or refuse it" in notice.words
    paypal.control("complete", capture_id=paypal.capture_id(payment.id))
    (completed,) = paypal.messages("PAYMENT.CAPTURE.COMPLETED")
    for message in (pending, completed):
        assert await told(provider, message) == [PaymentNews(payment=await provider.fetch(payment.id))]


async def test_a_capture_that_does_not_name_its_order(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    resource = {"id": paypal.capture_id(payment.id), "amount": {"total": "10.00", "currency": "USD"}}
    event = {"id": "WH-5", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": resource}
    assert await told(provider, paypal.message(event)) == [PaymentNews(payment=payment)]


async def test_messages_of_no_concern(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    for event in (
        {"id": "WH-2", "event_type": "BILLING.SUBSCRIPTION.CREATED", "resource": {"id": "I-1"}},
        {"id": "WH-3", "event_type": "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "resource": {"order_id": "FORGOTTEN"}},
        {"id": "WH-4", "event_type": "VAULT.PAYMENT-TOKEN.CREATED"},
    ):
        assert await told(provider, paypal.message(event)) == []


async def test_a_refund_of_ours_is_told_with_its_reversal(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    reversal_id = new_id(CLOCK)
    await refunded(provider, payment, 250, reversal_id)
    (message,) = paypal.messages("PAYMENT.CAPTURE.REFUNDED")
    news = await told(provider, message)
    assert isinstance(news[0], PaymentNews)
    assert news[0].payment.id == payment.id
    (reversal,) = reversals(news)
    assert (reversal.reversal_id, reversal.state) == (reversal_id, ReversalState.DONE)
    assert (reversal.payment_id, reversal.amount) == (payment.id, Money(250, "USD"))


async def test_a_refund_that_fails_later(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    paypal.control("refund-status", status="PENDING")
    promised = await refunded(provider, payment, 250)
    paypal.control("finish-refund", refund_id=promised.id, status="FAILED")
    messages = paypal.messages("PAYMENT.REFUND.")
    assert messages
    for message in messages:
        (reversal,) = reversals(await told(provider, message))
        assert (reversal.id, reversal.state) == (promised.id, ReversalState.UNDONE)


async def test_a_refund_at_paypals_own_desk(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    made = paypal.control("refund-at-desk", capture_id=paypal.capture_id(payment.id), value="4.00")
    (reversal,) = reversals(await told(provider, paypal.messages("PAYMENT.CAPTURE.REFUNDED")[0]))
    assert (reversal.id, reversal.kind, reversal.reversal_id) == (made["id"], ReversalKind.REFUND, None)
    assert (reversal.state, reversal.amount) == (ReversalState.DONE, Money(400, "USD"))


@pytest.mark.parametrize(
    ("outcome", "refunded_value", "state"),
    [
        ("RESOLVED_BUYER_FAVOUR", None, ReversalState.DONE),
        ("RESOLVED_SELLER_FAVOUR", None, ReversalState.UNDONE),
        ("CANCELED_BY_BUYER", None, ReversalState.UNDONE),
        ("DENIED", None, ReversalState.UNDONE),
        ("ACCEPTED", None, ReversalState.DONE),
        ("RESOLVED_WITH_PAYOUT", None, ReversalState.UNDONE),
        ("RESOLVED_WITH_PAYOUT", "10.00", ReversalState.DONE),
        ("NONE", None, ReversalState.UNDONE),
    ],
)
async def test_disputes_through_all_stages(
    paypal: PayPalPeer,
    provider: PayPalProvider,
    outcome: str,
    refunded_value: str | None,
    state: ReversalState,
) -> None:
    payment = await paid(provider, paypal, TEN)
    dispute_id = paypal.control("dispute", capture_id=paypal.capture_id(payment.id))["dispute_id"]
    (opened,) = reversals(await told(provider, paypal.messages("CUSTOMER.DISPUTE.CREATED")[0]))
    assert (opened.id, opened.kind, opened.payment_id) == (dispute_id, ReversalKind.CHARGEBACK, payment.id)
    assert (opened.state, opened.amount, opened.reason) == (ReversalState.OPENED, TEN, "unauthorised")
    assert opened.respond_until is not None
    paypal.control("move-dispute", dispute_id=dispute_id, outcome=None)
    (reviewed,) = reversals(await told(provider, paypal.messages("CUSTOMER.DISPUTE.UPDATED")[0]))
    assert (reviewed.id, reviewed.state) == (dispute_id, ReversalState.OPENED)
    paypal.control("move-dispute", dispute_id=dispute_id, outcome=outcome, refunded=refunded_value)
    messages = paypal.messages("CUSTOMER.DISPUTE.")
    assert messages
    for message in messages + paypal.messages("PAYMENT.CAPTURE.REVERSED"):
        (ended,) = reversals(await told(provider, message))
        assert (ended.id, ended.state, ended.amount) == (dispute_id, state, TEN)
        assert ended.respond_until is None


async def test_a_dispute_that_is_lost_in_part(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    dispute_id = paypal.control("dispute", capture_id=paypal.capture_id(payment.id))["dispute_id"]
    paypal.control("move-dispute", dispute_id=dispute_id, outcome="RESOLVED_BUYER_FAVOUR", refunded="4.00")
    claim, settled = reversals(await told(provider, paypal.messages("CUSTOMER.DISPUTE.RESOLVED")[0]))
    assert (claim.id, claim.state) == (dispute_id, ReversalState.UNDONE)
    assert settled.id not in {dispute_id, payment.id}
    assert (settled.kind, settled.state, settled.amount) == (
        ReversalKind.CHARGEBACK, ReversalState.DONE, Money(400, "USD"),
    )  # fmt: skip


async def test_a_refund_during_a_dispute_the_buyer_then_gives_up(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    capture_id = paypal.capture_id(payment.id)
    dispute_id = paypal.control("dispute", capture_id=capture_id)["dispute_id"]
    refund = paypal.control("refund-at-desk", capture_id=capture_id, value="10.00")
    during = reversals(await told(provider, paypal.messages("PAYMENT.CAPTURE.REFUNDED")[0]))
    assert [(one.id, one.state) for one in during] == [(dispute_id, ReversalState.OPENED)]
    paypal.control("move-dispute", dispute_id=dispute_id, outcome="CANCELED_BY_BUYER")
    after = reversals(await told(provider, paypal.messages("CUSTOMER.DISPUTE.RESOLVED")[0]))
    assert [(one.id, one.state) for one in after] == [
        (dispute_id, ReversalState.UNDONE),
        (refund["id"], ReversalState.DONE),
    ]


async def test_a_refund_before_a_dispute_stands_beside_it(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    ours = await refunded(provider, payment, 200)
    capture_id = paypal.capture_id(payment.id)
    refund = paypal.control("refund-at-desk", capture_id=capture_id, value="3.00")
    paypal.control("pass-time", seconds=1)  # PayPal's times are in whole seconds
    dispute = paypal.control("dispute", capture_id=capture_id, value="5.00")
    news = reversals(await told(provider, paypal.messages("CUSTOMER.DISPUTE.CREATED")[0]))
    assert {one.id for one in news} == {ours.id, refund["id"], dispute["dispute_id"]}
    assert {one.amount for one in news} == {Money(200, "USD"), Money(300, "USD"), Money(500, "USD")}


async def test_a_dispute_in_the_buyers_own_currency_is_about_the_whole_payment(
    paypal: PayPalPeer, provider: PayPalProvider
) -> None:
    payment = await paid(provider, paypal, TEN)
    paypal.control("dispute", capture_id=paypal.capture_id(payment.id), value="9.10", currency="EUR")
    (opened,) = reversals(await told(provider, paypal.messages("CUSTOMER.DISPUTE.CREATED")[0]))
    assert (opened.amount, opened.share_ppm) == (None, 1_000_000)


async def test_news_wait_while_paypal_does_not_answer(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    (message,) = paypal.messages("PAYMENT.CAPTURE.COMPLETED")
    paypal.fault("GET", f"/v2/checkout/orders/{payment.id}", status=500)
    with pytest.raises(ProviderUnavailable):
        await told(provider, message)
    assert len(await told(provider, message)) == 1
