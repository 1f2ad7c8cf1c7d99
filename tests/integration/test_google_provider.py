"""What Google Play says, as payments and reversals: the provider against its peer, over HTTP."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plaudit.clock import ManualClock
from plaudit.money import Money
from plaudit.policy.model import EvidenceSource
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers import payment_providers
from plaudit.selling.providers.base import RefundRequest
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.google import provider as google
from plaudit.selling.providers.google.limits import GOOGLE_PURCHASE_AGE_DAYS_MAX, GOOGLE_QUANTITY_MAX
from plaudit.selling.providers.google.provider import GoogleProvider
from plaudit.selling.providers.news import (
    NO_MONEY,
    ConsumptionRequest,
    PaymentNews,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
)
from plaudit.settings import Settings, SettingsError
from tests.support.google import GooglePeer

CONSUME = "purchases.products.consume"
GET = "purchases.productsv2.getproductpurchasev2"


@pytest.fixture
def peer(google_play: GooglePeer) -> GooglePeer:
    return google_play


@pytest.fixture
def now() -> ManualClock:
    return ManualClock(datetime.now(UTC))  # tokens of pushes are checked against the machine's clock too


@pytest.fixture
async def play(peer: GooglePeer, now: ManualClock) -> AsyncIterator[GoogleProvider]:
    provider = google.from_settings(peer.server(), now)
    yield provider
    await provider.close()


async def news_of(play: GoogleProvider, peer: GooglePeer) -> list[Any]:
    """What the pushes that wait say."""
    found = []
    for headers, body in peer.messages():
        await play.verify_webhook(headers, body)
        found += await play.read_webhook(body)
    return found


async def listed(play: GoogleProvider, now: ManualClock) -> list[ReversalNews]:
    """What was voided until this moment."""
    now.advance(datetime.now(UTC) - now.now())
    return [
        news
        async for news in play.list_news(now.now() - timedelta(days=60), now.now() + timedelta(days=1))
        if isinstance(news, ReversalNews)
    ]


async def test_a_purchase_becomes_a_payment_with_what_was_really_paid(play: GoogleProvider, peer: GooglePeer) -> None:
    order_id = str(uuid.uuid4())
    token = peer.buy(
        "coins.350",
        quantity=2,
        region="DE",
        profile_id=order_id,
        total={"currencyCode": "EUR", "units": "11", "nanos": 980_000_000},
        tax={"currencyCode": "EUR", "units": "1", "nanos": 910_000_000},
        revenue={"currencyCode": "EUR", "units": "8", "nanos": 560_000_000},
    )
    payment = await play.verify_purchase(token)
    assert (payment.id, payment.reference, payment.state) == (token, order_id, PaymentState.PAID)
    assert (payment.amount, payment.fee_minor) == (Money(1198, "EUR"), 151)
    assert (payment.coins, payment.product_id, payment.quantity) == (700, "coins.350", 2)
    assert payment.environment == "Production"
    assert {(sign.source, sign.country) for sign in payment.evidence} == {
        (EvidenceSource.STORE_FRONT, "DE"), (EvidenceSource.PAYER_ADDRESS, "DE"),
    }  # fmt: skip
    assert await play.fetch(token) == payment == await play.capture(token)


@pytest.mark.parametrize(
    ("revenue", "tax", "fee_minor"),
    [
        ({"currencyCode": "USD", "nanos": 841_500_000}, {"currencyCode": "USD"}, 15),
        ({"currencyCode": "USD", "nanos": 841_500_000}, {"currencyCode": "USD", "nanos": 78_300_000}, 7),
        ({"currencyCode": "EUR", "nanos": 780_000_000}, {"currencyCode": "USD"}, None),
        ({"currencyCode": "USD", "nanos": 840_000_000}, {"currencyCode": "EUR", "nanos": 10_000_000}, None),
        ({"currencyCode": "XYZ", "nanos": 840_000_000}, {"currencyCode": "XYZ"}, None),
        ({"currencyCode": "USD", "units": "2"}, {"currencyCode": "USD"}, None),
    ],
)
async def test_what_google_keeps_stops_no_purchase(
    play: GoogleProvider, peer: GooglePeer, revenue: dict[str, Any], tax: dict[str, Any], fee_minor: int | None
) -> None:
    """Shares and taxes have fractions of a cent, and may be in another currency: only what was paid must be exact."""
    token = peer.buy(total={"currencyCode": "USD", "nanos": 990_000_000}, tax=tax, revenue=revenue)
    payment = await play.verify_purchase(token)
    assert (payment.amount, payment.fee_minor) == (Money(99, "USD"), fee_minor)


@pytest.mark.parametrize(
    ("total", "amount"),
    [
        ({"currencyCode": "JPY", "units": "160"}, Money(160, "JPY")),
        ({"currencyCode": "KWD", "units": "1", "nanos": 5_000_000}, Money(1005, "KWD")),
        ({"currencyCode": "USD", "nanos": 10_000_000}, Money(1, "USD")),
        ({"currencyCode": "USD", "units": "9007199254740993"}, Money(900719925474099300, "USD")),
        ({"currencyCode": "JPY", "units": "160", "nanos": 500_000_000}, None),
    ],
)
async def test_units_and_nanos_are_minor_units_exactly(
    play: GoogleProvider, peer: GooglePeer, total: dict[str, Any], amount: Money | None
) -> None:
    payment = await play.verify_purchase(peer.buy(total=total))
    assert (payment.amount, payment.is_priced) == (amount or NO_MONEY, amount is not None)


async def test_a_purchase_by_a_code_cost_nothing(play: GoogleProvider, peer: GooglePeer) -> None:
    payment = await play.verify_purchase(peer.buy(promotion=True))
    assert (payment.amount, payment.is_priced, payment.coins) == (NO_MONEY, True, 70)
    assert payment.state is PaymentState.PAID


async def test_what_is_no_purchase_of_coins_is_refused(
    play: GoogleProvider, peer: GooglePeer, now: ManualClock
) -> None:
    ahead, old = now.now() + timedelta(hours=1), now.now() - timedelta(days=GOOGLE_PURCHASE_AGE_DAYS_MAX, hours=1)
    for token, reason in (
        ("never-bought", "unknown"),
        ("../../orders/1", "malformed"),
        ("", "malformed"),
        ("x" * 1001, "malformed"),
        (peer.buy("sword"), "product"),
        (peer.buy("coins.0"), "product"),
        (peer.buy("coins.١"), "product"),
        (peer.buy(quantity=GOOGLE_QUANTITY_MAX + 1), "quantity"),
        (peer.buy(test=True), "environment"),
        (peer.buy(at=ahead.timestamp()), "time"),
        (peer.buy(at=old.timestamp()), "too_old"),
    ):
        with pytest.raises(PurchaseNotValid) as refused:
            await play.verify_purchase(token)
        assert refused.value.as_dict()["reason"] == reason, token


async def test_a_test_server_takes_test_purchases_only(peer: GooglePeer, now: ManualClock) -> None:
    provider = google.from_settings(peer.server(google_environment="Test"), now)
    assert (await provider.verify_purchase(peer.buy(test=True))).environment == "Test"
    with pytest.raises(PurchaseNotValid):
        await provider.verify_purchase(peer.buy())
    await provider.close()


async def test_a_pending_purchase_is_no_purchase_until_it_completes(play: GoogleProvider, peer: GooglePeer) -> None:
    token = peer.buy(state="PENDING")
    assert (await play.verify_purchase(token)).state is PaymentState.PROCESSING
    await play.finish(token)
    assert not peer.purchase(token)["consumed"]
    peer.control("complete", token=token)
    (news,) = await news_of(play, peer)
    assert (news.payment.state, news.payment.amount) == (PaymentState.PAID, Money(99, "USD"))
    called_off = peer.buy(state="PENDING")
    peer.control("cancel", token=called_off)
    (news,) = await news_of(play, peer)
    assert (news.payment.id, news.payment.state) == (called_off, PaymentState.DECLINED)
    assert (await play.cancel(called_off)).state is PaymentState.DECLINED
    with pytest.raises(ProviderRefused):
        await play.cancel(token)


async def test_a_purchase_is_consumed_once(play: GoogleProvider, peer: GooglePeer) -> None:
    token = peer.buy()
    peer.fail(CONSUME, times=1)
    with pytest.raises(ProviderUnavailable):
        await play.finish(token)
    peer.fail(CONSUME, times=1, done=True)
    with pytest.raises(ProviderUnavailable):
        await play.finish(token)
    assert peer.purchase(token)["consumed"]
    calls = peer.calls()[CONSUME]
    await play.finish(token)
    assert peer.calls()[CONSUME] == calls
    with pytest.raises(ProviderRefused):
        await play.finish("never-bought")


async def test_units_that_are_voided_one_by_one_add_up(
    play: GoogleProvider, peer: GooglePeer, now: ManualClock
) -> None:
    token = peer.buy(quantity=3)
    order_id = peer.purchase(token)["order_id"]
    peer.messages()
    shares = []
    for quantity in (1, 1, None):
        peer.control("void", token=token, quantity=quantity, reason=1)
        now.advance(datetime.now(UTC) - now.now())
        (news,) = await news_of(play, peer)
        assert (news.id, news.kind, news.state) == (order_id, ReversalKind.VOID, ReversalState.DONE)
        assert news.payment_id == token
        shares.append(news.share_ppm)
    assert shares == [333_333, 666_666, 1_000_000]
    (polled,) = [news for news in await listed(play, now) if news.payment_id == token]
    assert (polled.id, polled.share_ppm, polled.reason) == (order_id, 1_000_000, "remorse by user")
    assert (await play.fetch(token)).state is PaymentState.DECLINED


async def test_a_push_waits_for_the_list_and_does_without_it_when_it_is_late(
    play: GoogleProvider, peer: GooglePeer, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = peer.buy()
    peer.messages()
    peer.control("void", token=token, unlisted=True, reason=7)
    ((_, body),) = peer.messages()
    with pytest.raises(ProviderUnavailable):
        await play.read_webhook(body)
    monkeypatch.setattr("plaudit.selling.providers.google.provider.GOOGLE_VOIDED_LAG_S", 0)
    now.advance(datetime.now(UTC) - now.now())
    (news,) = await play.read_webhook(body)
    assert isinstance(news, ReversalNews)
    assert (news.kind, news.share_ppm, news.reason) == (ReversalKind.CHARGEBACK, 1_000_000, "")


async def test_why_a_purchase_was_voided(play: GoogleProvider, peer: GooglePeer, now: ManualClock) -> None:
    for reason, source, kind, said in (
        (7, 2, ReversalKind.CHARGEBACK, "chargeback by google"),
        (5, 2, ReversalKind.VOID, "fraud by google"),
        (8, 2, ReversalKind.VOID, "unacknowledged_purchase by google"),
        (0, 1, ReversalKind.REFUND, "other by developer"),
        (12, 9, ReversalKind.VOID, "12 by 9"),
    ):
        token = peer.buy()
        peer.messages()
        peer.control("void", token=token, reason=reason, source=source)
        now.advance(datetime.now(UTC) - now.now())
        (pushed,) = await news_of(play, peer)
        (polled,) = [news for news in await listed(play, now) if news.payment_id == token]
        assert (polled.kind, polled.reason) == (kind, said)
        assert pushed == polled
        if kind is ReversalKind.REFUND:
            assert (polled.amount, polled.share_ppm) == (Money(99, "USD"), None)
        else:
            assert (polled.amount, polled.share_ppm) == (None, 1_000_000)


async def test_voided_purchases_come_in_pages(
    play: GoogleProvider, peer: GooglePeer, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plaudit.selling.providers.google.api.GOOGLE_VOIDED_PAGE_LENGTH", 2)
    tokens = [peer.buy() for _ in range(5)]
    for token in tokens:
        peer.control("void", token=token)
    peer.control("forget", token=tokens[0])
    peer.control("void", token=peer.buy("sword"))
    found = {news.payment_id for news in await listed(play, now)}
    assert set(tokens[1:]) <= found
    assert tokens[0] not in found
    assert [news async for news in play.list_news(now.now(), now.now())] == []


async def test_a_chargeback_is_asked_about_and_answered_with_the_share(
    play: GoogleProvider, peer: GooglePeer, now: ManualClock
) -> None:
    token = peer.buy()
    peer.messages()
    pending = peer.control("dispute", token=token)["pending_refund_token"]
    (asked,) = await news_of(play, peer)
    assert isinstance(asked, ConsumptionRequest)
    assert (asked.id, asked.payment_id, asked.reason) == (pending, token, "7")
    assert abs(asked.answer_until - now.now() - timedelta(hours=24)) < timedelta(minutes=1)
    await play.answer_consumption(pending, token, 452_009)
    (call,) = peer.purchase(token)["reviews"][pending]["calls"]
    assert call == {
        "pendingRefundToken": pending,
        "refundPreference": "NEUTRAL",
        "sampleContentProvided": False,
        "consumptionPercentageMilliunits": 45_200,
    }
    with pytest.raises(ProviderRefused):
        await play.answer_consumption("another", token, 0)


async def test_what_is_left_of_an_order_is_refunded_as_a_whole_and_once(
    play: GoogleProvider, peer: GooglePeer, now: ManualClock
) -> None:
    token = peer.buy(quantity=3, total={"currencyCode": "USD", "units": "2", "nanos": 970_000_000})
    order_id = peer.purchase(token)["order_id"]
    peer.control("void", token=token, quantity=1)
    reversal_id = uuid.uuid4()

    async def refund(minor: int) -> ReversalNews:
        return await play.refund(
            RefundRequest(
                reversal_id=reversal_id, payment_id=token, reference="", amount=Money(minor, "USD"), reason="kindness"
            )
        )

    with pytest.raises(ProviderRefused):
        await refund(197)
    peer.fail("orders.refund", done=True)
    with pytest.raises(ProviderUnavailable):
        await refund(198)
    calls = peer.calls()["orders.refund"]
    done = await refund(198)
    assert (done.id, done.kind, done.state) == (f"{order_id}/refund", ReversalKind.REFUND, ReversalState.DONE)
    assert (done.reversal_id, done.amount) == (reversal_id, Money(198, "USD"))
    assert peer.calls()["orders.refund"] == calls
    now.advance(datetime.now(UTC) - now.now())
    for told in (await news_of(play, peer), [news for news in await listed(play, now) if news.payment_id == token]):
        said = {(news.id, news.kind, news.amount, news.share_ppm) for news in told if isinstance(news, ReversalNews)}
        assert said == {
            (done.id, ReversalKind.REFUND, done.amount, None),
            (order_id, ReversalKind.VOID, None, 333_333),
        }


async def test_access_tokens_are_kept_and_renewed(play: GoogleProvider, peer: GooglePeer) -> None:
    token = peer.buy()
    await play.fetch(token)
    given = peer.calls()["token"]
    await play.fetch(token)
    assert peer.calls()["token"] == given
    peer.control("forget-tokens")
    await play.fetch(token)
    assert peer.calls()["token"] == given + 1
    peer.control("forget-tokens")
    peer.fail("token", status=400)
    with pytest.raises(ProviderRefused):
        await play.fetch(token)


@pytest.mark.parametrize(
    ("status", "reason", "problem"),
    [
        (500, "", ProviderUnavailable),
        (429, "", ProviderUnavailable),
        (409, "", ProviderUnavailable),
        (403, "quotaExceeded", ProviderUnavailable),
        (403, "permissionDenied", ProviderRefused),
        (400, "", ProviderRefused),
    ],
)
async def test_what_is_worth_another_try(
    play: GoogleProvider, peer: GooglePeer, status: int, reason: str, problem: type[Exception]
) -> None:
    token = peer.buy()
    peer.fail("orders.get", status=status, reason=reason)
    with pytest.raises(problem):
        await play.verify_purchase(token)
    assert (await play.verify_purchase(token)).state is PaymentState.PAID


async def test_a_signal_of_a_purchase_says_what_is_so_now(
    play: GoogleProvider, peer: GooglePeer, now: ManualClock
) -> None:
    token = peer.buy()
    (bought,) = peer.messages()
    peer.control("void", token=token)
    (voided,) = peer.messages()
    now.advance(datetime.now(UTC) - now.now())
    (reversal,) = await play.read_webhook(voided[1])
    (payment,) = await play.read_webhook(bought[1])
    assert isinstance(reversal, ReversalNews)
    assert isinstance(payment, PaymentNews)
    assert payment.payment.state is PaymentState.DECLINED


def test_settings_that_make_no_sense(peer: GooglePeer, tmp_path: Path) -> None:
    assert payment_providers(Settings()).names == []
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"type": "service_account", "private_key": "secret"}', encoding="utf-8")
    for changed in (
        {"google_service_account_file": ""},
        {"google_service_account_file": str(tmp_path / "nowhere")},
        {"google_service_account_file": str(wrong)},
        {"google_environment": "LocalTesting"},
        {"google_refund_preference": "PLEASE"},
    ):
        with pytest.raises(SettingsError) as error:
            google.from_settings(peer.server(**changed))
        assert "secret" not in str(error.value)
