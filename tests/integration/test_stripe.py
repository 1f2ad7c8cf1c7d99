"""Stripe's payments over real HTTP: the official client against a pretend Stripe in a process of its own."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from plaudit.money import Money
from plaudit.policy.model import EvidenceSource
from plaudit.providers import ProviderRefused, ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.base import CheckoutRequest, PaymentProvider, RefundRequest
from plaudit.selling.providers.news import (
    AccountNotice,
    CardsChanged,
    ConsentWithdrawn,
    FraudWarning,
    LinkNews,
    News,
    Payment,
    PaymentNews,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
)
from plaudit.selling.providers.stripe.checkout import StripeCheckout
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.selling.providers.stripe.intents import StripeIntents
from plaudit.settings import Secret
from tests.support.ports import NOBODY
from tests.support.stripe import (
    ASKS_BANK,
    BANK_DEBIT,
    BANK_TRANSFER,
    DECLINED,
    DISPUTED,
    FRAUD_WARNING,
    GERMAN,
    GOOD,
    INQUIRY,
    KONBINI,
    OLD_WEBHOOK_SECRET,
    SECRET_KEY,
    SECRETS,
    StripeWorld,
)
from tests.support.waiting import WAIT_S

FIVE_DOLLARS = Money(500, "USD")


@pytest.fixture
async def stripe(world: StripeWorld) -> AsyncIterator[StripeCheckout]:
    provider = world.checkout()
    yield provider
    await provider.close()


@pytest.fixture
async def intents(world: StripeWorld) -> AsyncIterator[StripeIntents]:
    provider = world.intents()
    yield provider
    await provider.close()


def request(price: Money = FIVE_DOLLARS, **changed: object) -> CheckoutRequest:
    order_id = new_id(SystemClock())
    asked = CheckoutRequest(
        reference=f"12-{order_id}",
        order_id=order_id,
        coins=473,
        price=price,
        description="473 coins",
        return_url="https://shop.example/orders/1",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        locale="de-AT",
    )
    return msgspec.structs.replace(asked, **changed)


async def paid(provider: StripeCheckout, world: StripeWorld, card: str = GOOD, price: Money = FIVE_DOLLARS) -> Payment:
    """A payment that has been taken."""
    checkout = await provider.create_checkout(request(price))
    world.pay(checkout.checkout_url, card)
    return await provider.capture(checkout.id)


def refund_of(payment: Payment, amount_minor: int) -> RefundRequest:
    return RefundRequest(
        reversal_id=new_id(SystemClock()),
        payment_id=payment.id,
        reference=payment.reference,
        amount=Money(amount_minor, payment.amount.currency),
        reason="withdrawal",
    )


async def told(provider: PaymentProvider, world: StripeWorld, *kinds: str) -> list[News]:
    """What the messages of these kinds say, in the order in which they were sent."""
    news: list[News] = []
    for headers, body in world.messages(*kinds):
        await provider.verify_webhook(headers, body)
        news += await provider.read_webhook(body)
    return news


def test_both_ways_to_pay_are_payment_providers(world: StripeWorld) -> None:
    providers: list[PaymentProvider] = [world.checkout(), world.intents()]
    assert [provider.name for provider in providers] == ["stripe", "stripe_intent"]


async def test_a_card_is_reserved_then_taken(stripe: StripeCheckout, world: StripeWorld) -> None:
    asked = request()
    opened = await stripe.create_checkout(asked)
    assert (opened.state, opened.amount, opened.reference) == (PaymentState.OPEN, asked.price, asked.reference)
    assert opened.checkout_url
    assert (await stripe.create_checkout(asked)).id == opened.id
    answer = world.pay(opened.checkout_url, GERMAN, "AT")
    assert (answer.status_code, answer.headers["location"]) == (303, asked.return_url)
    authorised = await stripe.fetch(opened.id)
    assert (authorised.state, authorised.fee_minor, authorised.paid_at) == (PaymentState.AUTHORISED, None, None)
    issuer, address = authorised.evidence
    assert (issuer.source, issuer.country, issuer.detail) == (EvidenceSource.CARD_ISSUER, "DE", "visa credit")
    assert (address.source, address.country) == (EvidenceSource.BILLING_ADDRESS, "AT")
    taken = [await stripe.capture(opened.id) for _ in range(2)]
    assert taken[0] == taken[1]
    assert (taken[0].state, taken[0].fee_minor, taken[0].checkout_url) == (PaymentState.PAID, 44, None)
    assert taken[0].paid_at is not None
    session = world.control("object", id=opened.id)
    assert (session["locale"], session["client_reference_id"]) == ("de", asked.reference)


async def test_the_same_reference_with_another_price_is_refused(stripe: StripeCheckout) -> None:
    asked = request()
    await stripe.create_checkout(asked)
    with pytest.raises(ProviderRefused) as refused:
        await stripe.create_checkout(msgspec.structs.replace(asked, price=Money(501, "USD")))
    assert "idempotency_error" in refused.value.reason


async def test_a_declined_card_leaves_the_page_open(stripe: StripeCheckout, world: StripeWorld) -> None:
    opened = await stripe.create_checkout(request())
    assert world.pay(opened.checkout_url, DECLINED).status_code == 402
    assert (await stripe.fetch(opened.id)).state is PaymentState.OPEN
    assert [news.payment.state for news in await told(stripe, world) if isinstance(news, PaymentNews)] == [
        PaymentState.OPEN
    ] * 2  # created, failed
    world.pay(opened.checkout_url)
    assert (await stripe.capture(opened.id)).state is PaymentState.PAID


async def test_the_bank_is_asked(stripe: StripeCheckout, world: StripeWorld) -> None:
    opened = await stripe.create_checkout(request())
    for success, state in ((False, PaymentState.OPEN), (True, PaymentState.AUTHORISED)):
        assert "Your bank asks" in world.pay(opened.checkout_url, ASKS_BANK).text
        assert (await stripe.fetch(opened.id)).state is PaymentState.OPEN
        world.answer_bank(opened.checkout_url, success=success)
        assert (await stripe.fetch(opened.id)).state is state


@pytest.mark.parametrize("success", [True, False])
async def test_a_bank_debit_takes_days(stripe: StripeCheckout, world: StripeWorld, *, success: bool) -> None:
    opened = await stripe.create_checkout(request(Money(500, "EUR")))
    world.pay(opened.checkout_url, BANK_DEBIT)
    assert (await stripe.fetch(opened.id)).state is PaymentState.PROCESSING
    assert (await stripe.cancel(opened.id)).state is PaymentState.PROCESSING
    assert (await stripe.capture(opened.id)).state is PaymentState.PROCESSING
    world.control("settle", session=opened.id, success=success)
    kind = f"checkout.session.async_payment_{'succeeded' if success else 'failed'}"
    (news,) = await told(stripe, world, kind)
    assert isinstance(news, PaymentNews)
    assert news.payment.state is (PaymentState.PAID if success else PaymentState.DECLINED)
    assert not [sign for sign in news.payment.evidence if sign.source is EvidenceSource.CARD_ISSUER]


@pytest.mark.parametrize(
    ("method", "numbers"),
    [
        ("konbini", ["familymart", "lawson", "seicomart"]),
        ("boleto", ["number"]),
        ("oxxo", ["number"]),
        ("multibanco", ["entity", "reference"]),
        ("pix", ["code"]),
        ("customer_balance", ["account_holder", "iban", "bic", "reference"]),
    ],
)
async def test_a_voucher_is_on_its_way_until_it_is_paid(
    stripe: StripeCheckout, world: StripeWorld, method: str, numbers: list[str]
) -> None:
    opened = await stripe.create_checkout(request())
    world.pay(opened.checkout_url, method)
    waiting = await stripe.fetch(opened.id)
    assert (waiting.state, waiting.checkout_url) == (PaymentState.PROCESSING, None)
    assert waiting.voucher is not None
    assert (waiting.voucher.method, waiting.voucher.missing_minor) == (method, 500)
    assert [number.name for number in waiting.voucher.numbers] == numbers
    assert waiting.voucher.url
    assert (waiting.voucher.pay_by is None) is (method == "customer_balance")
    world.control("pay_voucher", session=opened.id)
    (news,) = await told(stripe, world, "checkout.session.async_payment_succeeded")
    assert isinstance(news, PaymentNews)
    assert (news.payment.state, news.payment.amount, news.payment.voucher) == (PaymentState.PAID, FIVE_DOLLARS, None)


@pytest.mark.parametrize("wallet", ["amazon_pay", "klarna", "link", "mobilepay", "paypal", "revolut_pay", "cashapp"])
async def test_wallets_are_reserved_and_say_where_their_owner_is(
    stripe: StripeCheckout, world: StripeWorld, wallet: str
) -> None:
    opened = await stripe.create_checkout(request())
    world.pay(opened.checkout_url, wallet, "NO")
    reserved = await stripe.fetch(opened.id)
    assert reserved.state is PaymentState.AUTHORISED
    payer, _ = reserved.evidence
    expected = (EvidenceSource.PAYER_ADDRESS, "US" if wallet == "cashapp" else "NO", wallet)
    assert (payer.source, payer.country, payer.detail) == expected
    assert (await stripe.capture(opened.id)).state is PaymentState.PAID


async def test_a_voucher_nobody_pays_runs_out(stripe: StripeCheckout, world: StripeWorld) -> None:
    opened = await stripe.create_checkout(request())
    world.pay(opened.checkout_url, KONBINI)
    world.control("lapse_voucher", session=opened.id)
    (news,) = await told(stripe, world, "checkout.session.async_payment_failed")
    assert isinstance(news, PaymentNews)
    assert (news.payment.state, news.payment.voucher) == (PaymentState.EXPIRED, None)


async def test_a_voucher_that_is_called_off_cannot_be_paid(stripe: StripeCheckout, world: StripeWorld) -> None:
    opened = await stripe.create_checkout(request())
    world.pay(opened.checkout_url, KONBINI)
    assert (await stripe.cancel(opened.id)).state is PaymentState.DECLINED
    with pytest.raises(AssertionError, match="Nothing is to be paid"):
        world.control("pay_voucher", session=opened.id)


async def test_a_part_of_a_bank_transfer(stripe: StripeCheckout, world: StripeWorld) -> None:
    opened = await stripe.create_checkout(request())
    world.pay(opened.checkout_url, BANK_TRANSFER)
    world.control("pay_voucher", session=opened.id, amount=300)
    (news,) = await told(stripe, world, "payment_intent.partially_funded")
    assert isinstance(news, PaymentNews)
    assert news.payment.state is PaymentState.PROCESSING
    assert news.payment.voucher
    assert news.payment.voucher.missing_minor == 200


async def test_a_voucher_in_the_hosts_own_app_lives_for_days(intents: StripeIntents, world: StripeWorld) -> None:
    opened = await intents.create_checkout(request())
    _confirm(world, opened.id, KONBINI)
    waiting = await intents.fetch(opened.id)
    assert (waiting.state, waiting.checkout_url) == (PaymentState.PROCESSING, None)
    assert waiting.voucher
    world.control("pay_voucher", payment_intent=opened.id)
    assert (await intents.fetch(opened.id)).state is PaymentState.PAID


async def test_what_is_let_go_is_not_taken(stripe: StripeCheckout, world: StripeWorld) -> None:
    opened = await stripe.create_checkout(request())
    assert (await stripe.cancel(opened.id)).state is PaymentState.EXPIRED
    assert world.pay(opened.checkout_url).status_code == 410
    reserved = await stripe.create_checkout(request())
    world.pay(reserved.checkout_url)
    for _ in range(2):
        assert (await stripe.cancel(reserved.id)).state is PaymentState.DECLINED
    assert (await stripe.capture(reserved.id)).state is PaymentState.DECLINED
    lapsed = await stripe.create_checkout(request())
    world.pay(lapsed.checkout_url)
    world.control("lapse", session=lapsed.id)
    assert (await stripe.capture(lapsed.id)).state is PaymentState.EXPIRED
    taken = await paid(stripe, world)
    assert (await stripe.cancel(taken.id)).state is PaymentState.PAID
    late = await stripe.create_checkout(request())
    world.control("expire", session=late.id)
    (news,) = [news for news in await told(stripe, world, "checkout.session.expired") if _about(news) == late.id]
    assert isinstance(news, PaymentNews)
    assert news.payment.state is PaymentState.EXPIRED


def _about(news: News) -> str:
    if isinstance(news, PaymentNews):
        return news.payment.id
    return "" if isinstance(news, AccountNotice | ConsentWithdrawn | CardsChanged | LinkNews) else news.payment_id


async def test_refunds_happen_once_and_never_exceed_the_payment(stripe: StripeCheckout, world: StripeWorld) -> None:
    payment = await paid(stripe, world)
    part = refund_of(payment, 200)
    first, again = [await stripe.refund(part) for _ in range(2)]
    assert first == again
    assert (first.kind, first.state, first.payment_id) == (ReversalKind.REFUND, ReversalState.DONE, payment.id)
    assert (first.reversal_id, first.amount, first.reason) == (part.reversal_id, Money(200, "USD"), "withdrawal")
    with pytest.raises(ProviderRefused) as refused:
        await stripe.refund(refund_of(payment, 301))
    assert refused.value.reason == "400 amount_too_large amount"
    await stripe.refund(refund_of(payment, 300))
    with pytest.raises(ProviderRefused) as refused:
        await stripe.refund(refund_of(payment, 1))
    assert "charge_already_refunded" in refused.value.reason
    assert len(world.control("object", kind="refund")) == 2
    opened = await stripe.create_checkout(request())
    with pytest.raises(ProviderRefused):
        await stripe.refund(refund_of(opened, 1))


async def test_a_refund_whose_answer_is_lost_is_found_again(stripe: StripeCheckout, world: StripeWorld) -> None:
    payment = await paid(stripe, world)
    asked = refund_of(payment, 500)
    world.control("faults", path="/v1/refunds", lose_answer=True)
    with pytest.raises(ProviderUnavailable):
        await stripe.refund(asked)
    assert (await stripe.refund(asked)).state is ReversalState.DONE
    assert len(world.control("object", kind="refund")) == 1


async def test_a_refund_can_fail_later(stripe: StripeCheckout, world: StripeWorld) -> None:
    payment = await paid(stripe, world)
    done = await stripe.refund(refund_of(payment, 500))
    world.control("move_refund", refund=done.id, status="failed")
    news = await told(stripe, world, "refund.created", "charge.refunded", "refund.failed")
    assert len(news) == 3
    for failed in news:  # each message says what is true now
        assert isinstance(failed, ReversalNews)
        assert (failed.id, failed.state) == (done.id, ReversalState.UNDONE)
        assert failed.reason == "withdrawal (lost_or_stolen_card)"


async def test_refunds_of_bank_debits_are_promised_first(stripe: StripeCheckout, world: StripeWorld) -> None:
    opened = await stripe.create_checkout(request(Money(500, "EUR")))
    world.pay(opened.checkout_url, BANK_DEBIT)
    world.control("settle", session=opened.id, success=True)
    promised = await stripe.refund(refund_of(opened, 500))
    assert promised.state is ReversalState.OPENED
    world.control("move_refund", refund=promised.id, status="succeeded")
    (news,) = await told(stripe, world, "refund.updated")
    assert isinstance(news, ReversalNews)
    assert (news.id, news.state) == (promised.id, ReversalState.DONE)


@pytest.mark.parametrize(
    ("ends", "state", "fee_minor"), [("won", ReversalState.UNDONE, 0), ("lost", ReversalState.DONE, 1_500)]
)
async def test_a_dispute_runs_through_its_stages(
    stripe: StripeCheckout, world: StripeWorld, ends: str, state: ReversalState, fee_minor: int
) -> None:
    payment = await paid(stripe, world, DISPUTED)
    (opened, withdrawn) = await told(stripe, world, "charge.dispute.created", "charge.dispute.funds_withdrawn")
    assert opened == withdrawn
    assert isinstance(opened, ReversalNews)
    assert (opened.kind, opened.state, opened.payment_id) == (
        ReversalKind.CHARGEBACK, ReversalState.OPENED, payment.id,
    )  # fmt: skip
    assert (opened.amount, opened.fee_minor, opened.reason) == (Money(500, "USD"), 1_500, "fraudulent")
    assert opened.respond_until is not None
    with pytest.raises(ProviderRefused):
        await stripe.refund(refund_of(payment, 500))
    world.control("move_dispute", dispute=opened.id, status="under_review")
    (reviewed,) = await told(stripe, world, "charge.dispute.updated")
    assert reviewed == opened
    world.control("move_dispute", dispute=opened.id, status=ends)
    closed = await told(stripe, world, "charge.dispute.closed", "charge.dispute.funds_reinstated")
    assert closed
    for news in closed:
        assert isinstance(news, ReversalNews)
        assert (news.id, news.state, news.fee_minor) == (opened.id, state, fee_minor)


async def test_an_inquiry_takes_nothing_until_it_becomes_a_dispute(stripe: StripeCheckout, world: StripeWorld) -> None:
    payment = await paid(stripe, world, INQUIRY)
    (warning,) = await told(stripe, world, "charge.dispute.created")
    assert isinstance(warning, FraudWarning)
    assert (warning.payment_id, warning.reason) == (payment.id, "inquiry: fraudulent")
    assert [news async for news in stripe.list_news(_hour_ago(), _soon()) if isinstance(news, ReversalNews)] == []
    world.control("move_dispute", dispute=warning.id, status="needs_response")
    (dispute,) = await told(stripe, world, "charge.dispute.updated")
    assert isinstance(dispute, ReversalNews)
    assert (dispute.id, dispute.state) == (warning.id, ReversalState.OPENED)
    other = await paid(stripe, world, INQUIRY)
    closed = world.control("object", kind="dispute")[-1]
    world.control("move_dispute", dispute=closed["id"], status="warning_closed")
    (news,) = await told(stripe, world, "charge.dispute.closed")
    assert isinstance(news, ReversalNews)
    assert (news.payment_id, news.state) == (other.id, ReversalState.UNDONE)


async def test_early_fraud_warnings_are_passed_on_while_there_is_something_to_do(
    stripe: StripeCheckout, world: StripeWorld
) -> None:
    payment = await paid(stripe, world, FRAUD_WARNING)
    (warning,) = await told(stripe, world, "radar.early_fraud_warning.created")
    assert isinstance(warning, FraudWarning)
    assert (warning.payment_id, warning.reason) == (payment.id, "made_with_stolen_card")
    refunded = await paid(stripe, world)
    await stripe.refund(refund_of(refunded, 500))
    world.control("warn", session=refunded.id)
    assert len(await told(stripe, world, "radar.early_fraud_warning.created")) == 1


async def test_messages_that_are_not_stripes_are_refused(stripe: StripeCheckout, world: StripeWorld) -> None:
    await paid(stripe, world)
    kind = "checkout.session.completed"
    ((headers, body),) = world.messages(kind)
    assert (await stripe.verify_webhook(headers, body)).kind == kind
    assert (await stripe.verify_webhook({"Stripe-Signature": headers["stripe-signature"]}, body)).kind == kind
    ((rotated, same),) = world.messages(kind, secret=OLD_WEBHOOK_SECRET)
    assert (await stripe.verify_webhook(rotated, same)).id == (await stripe.verify_webhook(headers, body)).id
    forged = [
        *world.messages(kind, secret="whsec_other"),
        *world.messages(kind, age_s=400),
        *world.messages(kind, age_s=-400),
        *world.messages(kind, change={"livemode": True}),
        *world.messages(kind, change={"data": None}),
        (headers, body.replace(b"500", b"900")),
        ({}, body),
        ({"stripe-signature": "t=x,v1="}, body),
        ({"stripe-signature": headers["stripe-signature"].replace("v1=", "v0=")}, body),
        (headers, b"\xff"),
        (headers, b" " * 300_000),
    ]
    for wrong_headers, wrong_body in forged:
        with pytest.raises(SignatureNotValid):
            await stripe.verify_webhook(wrong_headers, wrong_body)


async def test_messages_of_others_are_of_no_concern(
    stripe: StripeCheckout, intents: StripeIntents, world: StripeWorld
) -> None:
    """One account may sell other things, in both ways, and get every message at every endpoint."""
    payment = await paid(stripe, world, DISPUTED)
    assert payment.state is PaymentState.PAID
    assert await told(intents, world) == []
    own = await intents.create_checkout(request())
    _confirm(world, own.id, "pm_card_createDispute")
    await intents.capture(own.id)
    of_checkout = {_about(news) for news in await told(stripe, world)}
    of_intents = {_about(news) for news in await told(intents, world)}
    assert (of_checkout, of_intents) == ({payment.id}, {own.id})
    foreign = {"amount": "700", "currency": "usd", "payment_method": "pm_card_visa"}
    assert _api(world, "/v1/payment_intents", foreign)["status"] == "requires_payment_method"
    assert {_about(news) for news in await told(stripe, world)} == {payment.id}
    ((_, body), *_) = world.messages("payment_intent.succeeded", change={"account": "acct_other"})
    assert await stripe.read_webhook(body) == []
    ((_, body), *_) = world.messages("payment_intent.succeeded", change={"type": "customer.created"})
    assert await stripe.read_webhook(body) == []


def _api(world: StripeWorld, path: str, form: dict[str, str]) -> dict[str, object]:
    answer = httpx2.post(world.url + path, data=form, headers={"Authorization": f"Bearer {SECRET_KEY}"}, timeout=WAIT_S)
    found: dict[str, object] = answer.json()
    return found


def _confirm(world: StripeWorld, intent_id: str, method: str) -> dict[str, object]:
    """What the host's own app does with the client secret."""
    return _api(world, f"/v1/payment_intents/{intent_id}/confirm", {"payment_method": method})


async def test_the_hosts_own_app_pays_with_a_client_secret(intents: StripeIntents, world: StripeWorld) -> None:
    asked = request()
    opened = await intents.create_checkout(asked)
    assert (opened.state, opened.id) == (PaymentState.OPEN, (await intents.create_checkout(asked)).id)
    page = urlsplit(opened.checkout_url or "")
    handed = parse_qs(page.fragment)
    assert f"{page.scheme}://{page.netloc}{page.path}" == "https://app.example/pay"
    assert handed["order"] == [str(asked.order_id)]
    assert re.fullmatch(f"{opened.id}_secret_.+", handed["payment_intent_client_secret"][0])
    assert "error" in _confirm(world, opened.id, "pm_card_visa_chargeDeclined")
    assert (await intents.fetch(opened.id)).state is PaymentState.OPEN
    assert _confirm(world, opened.id, "pm_card_threeDSecure2Required")["status"] == "requires_action"
    world.control("authenticate", payment_intent=opened.id, success=True)
    authorised = await intents.fetch(opened.id)
    assert (authorised.state, authorised.reference) == (PaymentState.AUTHORISED, asked.reference)
    assert (await intents.capture(opened.id)).state is PaymentState.PAID
    assert (await intents.refund(refund_of(opened, 500))).payment_id == opened.id


async def test_a_client_secret_that_is_let_go_or_fails_late(intents: StripeIntents, world: StripeWorld) -> None:
    opened = await intents.create_checkout(request())
    for _ in range(2):
        assert (await intents.cancel(opened.id)).state is PaymentState.DECLINED
    assert "error" in _confirm(world, opened.id, "pm_card_visa")
    late = await intents.create_checkout(request(Money(500, "EUR")))
    _confirm(world, late.id, "pm_sepa_debit")
    assert (await intents.cancel(late.id)).state is PaymentState.PROCESSING
    world.control("settle", payment_intent=late.id, success=False)
    (news,) = await told(intents, world, "payment_intent.payment_failed")
    assert isinstance(news, PaymentNews)
    assert (news.payment.id, news.payment.state) == (late.id, PaymentState.DECLINED)
    assert (await intents.cancel(late.id)).state is PaymentState.DECLINED


@pytest.mark.parametrize(
    ("price", "written"),
    [(Money(500, "JPY"), 500), (Money(500, "ISK"), 50_000), (Money(50_000, "MGA"), 500), (Money(5_120, "KWD"), 5_120)],
)
async def test_amounts_are_written_in_stripes_units(
    stripe: StripeCheckout, world: StripeWorld, price: Money, written: int
) -> None:
    payment = await paid(stripe, world, price=price)
    assert world.control("object", id=payment.id)["amount_total"] == written
    assert payment.amount == price
    assert (await stripe.refund(refund_of(payment, price.amount_minor))).amount == price


async def test_fees_of_another_currency_are_told_in_that_of_the_payment(
    stripe: StripeCheckout, world: StripeWorld
) -> None:
    payment = await paid(stripe, world, price=Money(10_000, "JPY"))
    line = world.control("object", kind="balance_transaction")[0]
    assert (line["currency"], line["amount"], line["fee"]) == ("usd", 6_700, 224)
    assert payment.fee_minor == 334  # 224 cents of 6,700, as a share of 10,000 yen


async def test_amounts_stripe_cannot_take_are_refused(stripe: StripeCheckout) -> None:
    for price in (Money(5_125, "KWD"), Money(501, "MGA"), Money(500, "UGX"), Money(500, "IQD"), Money(10, "USD")):
        with pytest.raises(ProviderRefused):
            await stripe.create_checkout(request(price))


async def test_a_lost_answer_is_asked_for_again(stripe: StripeCheckout, world: StripeWorld) -> None:
    asked = request()
    world.control("faults", path="/v1/checkout/sessions", lose_answer=True)
    with pytest.raises(ProviderUnavailable):
        await stripe.create_checkout(asked)
    opened = await stripe.create_checkout(asked)
    assert len(world.control("object", kind="checkout.session")) == 1
    world.pay(opened.checkout_url)
    world.control("faults", path="/capture", lose_answer=True)
    with pytest.raises(ProviderUnavailable):
        await stripe.capture(opened.id)
    assert (await stripe.capture(opened.id)).state is PaymentState.PAID
    assert len(world.control("object", kind="balance_transaction")) == 1


async def test_errors_are_told_apart_and_name_no_secret(stripe: StripeCheckout, world: StripeWorld) -> None:
    for status in (500, 503, 429, 409):
        world.control("faults", path="/v1/checkout", status=status)
        with pytest.raises(ProviderUnavailable):
            await stripe.create_checkout(request())
    with pytest.raises(ProviderRefused) as refused:
        await stripe.fetch("cs_test_missing")
    assert refused.value.reason == "404 resource_missing id"
    for key, url, kind in (
        ("sk_test_wrong", world.url, ProviderUnavailable),
        (SECRET_KEY, NOBODY, ProviderUnavailable),
    ):
        other = StripeCheckout(StripeGateway(provider="stripe", key=Secret(key), url=url), SECRETS)
        with pytest.raises(kind) as problem:
            await other.create_checkout(request())
        assert "sk_" not in str(problem.value.as_dict())
        await other.close()


async def test_a_bank_that_will_not_be_captured_from_is_said(stripe: StripeCheckout, world: StripeWorld) -> None:
    opened = await stripe.create_checkout(request())
    world.pay(opened.checkout_url)
    world.control("faults", path="/capture", status=402)
    with pytest.raises(ProviderRefused):
        await stripe.capture(opened.id)
    assert (await stripe.capture(opened.id)).state is PaymentState.PAID


def _hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


async def test_everything_of_a_time_is_listed_page_after_page(
    stripe: StripeCheckout, world: StripeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plaudit.selling.providers.stripe.gateway.STRIPE_PAGE_LENGTH", 2)
    payments = [await paid(stripe, world, DISPUTED if number == 0 else GOOD) for number in range(5)]
    refunds = [await stripe.refund(refund_of(payment, 100)) for payment in payments[1:]]
    listed = [news async for news in stripe.list_news(_hour_ago(), _soon())]
    found = [news.payment for news in listed if isinstance(news, PaymentNews)]
    assert sorted(found, key=lambda payment: payment.id) == sorted(payments, key=lambda payment: payment.id)
    reversals = [news for news in listed if isinstance(news, ReversalNews)]
    assert {news.id for news in reversals if news.kind is ReversalKind.REFUND} == {refund.id for refund in refunds}
    assert [news.payment_id for news in reversals if news.kind is ReversalKind.CHARGEBACK] == [payments[0].id]
    assert [news async for news in stripe.list_news(_hour_ago() - timedelta(hours=1), _hour_ago())] == []


async def test_what_arrives_days_later_is_listed_on_the_day_it_arrives(
    stripe: StripeCheckout, world: StripeWorld
) -> None:
    opened = await stripe.create_checkout(request(Money(500, "EUR")))
    world.pay(opened.checkout_url, BANK_DEBIT)
    world.control("backdate", session=opened.id, seconds=5 * 86_400)
    assert [news async for news in stripe.list_news(_hour_ago(), _soon())] == []
    world.control("settle", session=opened.id, success=True)
    (news,) = [news async for news in stripe.list_news(_hour_ago(), _soon())]
    assert isinstance(news, PaymentNews)
    assert (news.payment.id, news.payment.state) == (opened.id, PaymentState.PAID)
    assert news.payment.paid_at is not None
    assert news.payment.paid_at >= _hour_ago()
