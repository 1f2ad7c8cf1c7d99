"""Everything PayPal has of a time, read page after page: what our own books are compared with."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from plaudit.money import Money
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers.news import PaymentNews, PaymentState, ReversalNews, ReversalState
from plaudit.selling.providers.paypal import history as paypal_history
from plaudit.selling.providers.paypal.limits import PAYPAL_DISPUTES_PER_PAGE
from plaudit.selling.providers.paypal.provider import PayPalProvider
from tests.support.paypal import PayPalPeer, checkout, paid, provider_of, refunded, refusal

TEN = Money(1_000, "USD")
SEARCH, DISPUTES = "GET /v1/reporting/transactions", "GET /v1/customer/disputes"


@pytest.fixture
async def provider(paypal: PayPalPeer) -> AsyncIterator[PayPalProvider]:
    made = provider_of(paypal.settings())
    yield made
    await made.close()


async def listed(
    provider: PayPalProvider, back: timedelta = timedelta(hours=1)
) -> tuple[list[PaymentNews], list[ReversalNews]]:
    """Payments and reversals of the time up to now."""
    now = datetime.now(UTC)
    news = [one async for one in provider.list_news(now - back, now)]
    payments = [one for one in news if isinstance(one, PaymentNews)]
    return payments, [one for one in news if isinstance(one, ReversalNews)]


async def test_nothing_happened(provider: PayPalProvider) -> None:
    assert await listed(provider) == ([], [])


async def test_payments_refunds_and_disputes_are_listed(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    plain, refunded_one, disputed = [await paid(provider, paypal, TEN) for _ in range(3)]
    await provider.create_checkout(checkout(TEN))
    ours = await refunded(provider, refunded_one, 250)
    dispute = paypal.control("dispute", capture_id=paypal.capture_id(disputed.id))
    payments, reversals = await listed(provider)
    assert {one.payment.id for one in payments} == {plain.id, refunded_one.id, disputed.id}
    assert {one.payment.state for one in payments} == {PaymentState.PAID}
    (alone,) = [one.payment for one in payments if one.payment.id == plain.id]
    assert (alone.reference, alone.amount, alone.fee_minor, alone.paid_at) == (
        plain.reference, TEN, plain.fee_minor, plain.paid_at,
    )  # fmt: skip
    assert {(one.id, one.state) for one in reversals} == {
        (ours.id, ReversalState.DONE),
        (dispute["dispute_id"], ReversalState.OPENED),
    }
    assert {one.reversal_id for one in reversals} == {ours.reversal_id, None}


async def test_many_are_listed_page_after_page(
    paypal: PayPalPeer, provider: PayPalProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paypal_history, "PAYPAL_TRANSACTIONS_PER_PAGE", 4)
    monkeypatch.setattr(paypal_history, "PAYPAL_DISPUTES_PER_PAGE", 2)
    made = [await paid(provider, paypal, TEN) for _ in range(11)]
    for payment in made[:5]:
        paypal.control("dispute", capture_id=paypal.capture_id(payment.id))
    payments, reversals = await listed(provider)
    assert sorted(one.payment.id for one in payments) == sorted(payment.id for payment in made)
    assert len({one.id for one in reversals}) == 5
    assert paypal.count(SEARCH) == 3
    assert PAYPAL_DISPUTES_PER_PAGE <= 50


async def test_a_long_time_is_searched_in_spans_of_31_days(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    payments, _ = await listed(provider, timedelta(days=100))
    assert [one.payment.id for one in payments] == [payment.id]
    assert paypal.count(SEARCH) == 4


async def test_a_span_with_too_much_in_it_is_halved(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    made = {(await paid(provider, paypal, TEN)).id for _ in range(5)}
    paypal.control("spread-rows", hours=24)
    paypal.control("set", result_limit=2)
    payments, _ = await listed(provider, timedelta(days=10))
    assert {one.payment.id for one in payments} == made
    paypal.control("set", result_limit=0)
    with refusal("RESULTSET_TOO_LARGE"):  # in each second there is too much: nothing is left to halve
        await listed(provider)


async def test_a_list_without_end_is_refused(
    paypal: PayPalPeer, provider: PayPalProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paypal_history, "PAYPAL_TRANSACTIONS_PER_PAGE", 1)
    monkeypatch.setattr(paypal_history, "PAYPAL_PAGES_MAX", 2)
    for _ in range(3):
        await paid(provider, paypal, TEN)
    with pytest.raises(ProviderRefused):
        await listed(provider)


async def test_what_others_sold_through_the_account_is_not_listed(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    other = checkout(TEN, reference="INVOICE-1")
    payment = await provider.create_checkout(other)
    paypal.pay(payment.checkout_url)
    await provider.capture(payment.id)
    paypal.control("dispute", capture_id=paypal.capture_id(payment.id))
    assert await listed(provider) == ([], [])
    amount = {"currency_code": "USD", "value": "1.005"}
    paypal.control("change-capture", capture_id=paypal.capture_id(payment.id), amount=amount)
    assert await listed(provider) == ([], []), "what we cannot read of others is no reason to compare nothing"


async def test_a_list_that_is_behind_is_no_list(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    payment = await paid(provider, paypal, TEN)
    paypal.control("spread-rows", hours=5)
    paypal.control("set", lag_s=3 * 3_600)
    with pytest.raises(ProviderUnavailable):
        await listed(provider)
    paypal.control("set", lag_s=0)
    payments, _ = await listed(provider)
    assert [one.payment.id for one in payments] == [payment.id]


async def test_a_list_that_breaks_off_is_no_list(paypal: PayPalPeer, provider: PayPalProvider) -> None:
    await paid(provider, paypal, TEN)
    for path in ("/v1/reporting/transactions", "/v1/customer/disputes", "/v2/payments/captures"):
        paypal.fault("GET", path, lost=True)
        with pytest.raises(ProviderUnavailable):
            await listed(provider)
