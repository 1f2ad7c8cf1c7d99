"""The App Store provider against a store that signs as Apple does: what is believed, what is not, and what it means."""

import time
import uuid
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from appstoreserverlibrary.models.RefundPreference import RefundPreference
from appstoreserverlibrary.signed_data_verifier import _ChainVerifier

from plaudit.money import Money
from plaudit.outgoing import tls_context
from plaudit.providers import ProviderRefused, ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers import payment_providers
from plaudit.selling.providers.apple import server
from plaudit.selling.providers.apple.provider import AppleProvider, from_settings
from plaudit.selling.providers.apple.purchases import consumption_of, country_of
from plaudit.selling.providers.apple.signatures import root_certificates
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.news import (
    NO_MONEY,
    AccountNotice,
    ConsumptionRequest,
    PaymentNews,
    PaymentState,
    RefundDeclined,
    ReversalNews,
    ReversalState,
)
from plaudit.settings import Secret, Settings, SettingsError
from tests.support.apple import AppStore
from tests.support.waiting import WAIT_S

DAY_MS = 86_400_000
FORGERIES = ("other_root", "attacker_key", "leaf_without_oid", "no_x5c", "alg_none", "hs256", "altered")


@pytest.fixture
async def store(apple_url: str) -> AsyncIterator[AppStore]:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as hand:
        store = AppStore(apple_url, hand)
        await store("settings")
        yield store


@pytest.fixture
async def provider(store: AppStore, tmp_path: Path) -> AppleProvider:
    return made(await store.settings(tmp_path))


def made(settings: dict[str, Any]) -> AppleProvider:
    return from_settings(Settings.of_values(**settings))


def milliseconds() -> int:
    return int(time.time() * 1000)


async def refusal(provider: AppleProvider, signed: str) -> str:
    """Why a proof is refused."""
    with pytest.raises(PurchaseNotValid) as caught:
        await provider.verify_purchase(signed)
    reason: str = caught.value.fields["reason"]
    return reason


async def test_a_purchase_is_read_in_full(store: AppStore, provider: AppleProvider) -> None:
    token = str(uuid.uuid4())
    bought = await store("buy", appAccountToken=token.upper(), quantity=3, price=149_000, currency="JPY",
                         storefront="JPN")  # fmt: skip
    payment = await provider.verify_purchase(bought["signed"])
    assert (payment.id, payment.reference) == (bought["transaction"]["transactionId"], token)
    assert (payment.coins, payment.quantity, payment.product_id) == (210, 3, "coins.70")
    assert (payment.amount, payment.state) == (Money(447, "JPY"), PaymentState.PAID)
    assert payment.environment == "Production"
    (evidence,) = payment.evidence
    assert (evidence.source, evidence.country, evidence.observed_at) == ("store_front", "JP", payment.paid_at)
    assert (await provider.fetch(payment.id)).amount == payment.amount


@pytest.mark.parametrize("way", FORGERIES)
async def test_a_forged_purchase_is_refused(store: AppStore, tmp_path: Path, way: str) -> None:
    for online in (True, False):
        provider = made(await store.settings(tmp_path, apple_online_checks=online))
        assert await refusal(provider, (await store("buy", forge=way))["signed"]) == "signature_not_valid"


async def test_an_expired_key_cannot_sign_for_the_past(store: AppStore, tmp_path: Path) -> None:
    past = milliseconds() - 300 * DAY_MS
    forged = await store("buy", forge="expired_leaf", signedDate=past, purchaseDate=past)
    # The library alone believes the date in the text; Apple, asked about the transaction, has none.
    offline = made(await store.settings(tmp_path, apple_online_checks=False))
    assert await refusal(offline, forged["signed"]) == "unknown_to_store"
    online = made(await store.settings(tmp_path))
    assert await refusal(online, forged["signed"]) == "signature_not_valid"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"bundleId": "example.other"}, "other_app"),
        ({"environment": "Sandbox"}, "other_environment"),
        ({"environment": "Xcode"}, "other_environment"),
        ({"type": "Non-Consumable"}, "not_consumable"),
        ({"type": "Coins of tomorrow"}, "not_consumable"),
        ({"productId": "sword"}, "other_product"),
        ({"productId": "coins.0070"}, "other_product"),
        ({"productId": "coins.99999999999999999999"}, "other_product"),
        ({"inAppOwnershipType": "FAMILY_SHARED"}, "not_purchased"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": 11}, "quantity"),
        ({"transactionId": "../../admin"}, "unreadable"),
        ({"revocationDate": 1, "revocationType": "REFUND_FULL"}, "revoked"),
    ],
)
async def test_each_field_is_looked_at(
    store: AppStore, provider: AppleProvider, changed: dict[str, Any], reason: str
) -> None:
    assert await refusal(provider, (await store("buy", **changed))["signed"]) == reason


@pytest.mark.parametrize("left_out", ["quantity", "purchaseDate", "type", "inAppOwnershipType"])
async def test_what_apple_leaves_out_is_not_held_against_it(
    store: AppStore, provider: AppleProvider, left_out: str
) -> None:
    """Every field is optional in Apple's description, and only coins of ours are sold under this product."""
    payment = await provider.verify_purchase((await store("buy", **{left_out: None}))["signed"])
    assert (payment.coins, payment.quantity, payment.is_priced, payment.state) == (70, 1, True, PaymentState.PAID)
    assert payment.paid_at is not None


@pytest.mark.parametrize("changed", [{"price": None}, {"currency": None}, {"currency": "XXX"}, {"price": -1}])
async def test_a_purchase_without_a_price_is_one_all_the_same(
    store: AppStore, provider: AppleProvider, changed: dict[str, Any]
) -> None:
    bought = await store("buy", **changed)
    payment = await provider.verify_purchase(bought["signed"])
    assert (payment.amount, payment.is_priced) == (NO_MONEY, False)
    note = await store("note", transaction_id=payment.id, kind="ONE_TIME_CHARGE")
    (told,) = await provider.read_webhook(msgspec.json.encode({"signedPayload": note["signedPayload"]}))
    assert isinstance(told, PaymentNews)
    assert (told.payment.id, told.payment.is_priced) == (payment.id, False)


async def test_dates_must_make_sense(store: AppStore, provider: AppleProvider) -> None:
    soon, long_ago = milliseconds() + DAY_MS, milliseconds() - 200 * DAY_MS
    for changed, reason in (
        ({"signedDate": soon}, "signed_in_the_future"),
        ({"purchaseDate": soon}, "bought_in_the_future"),
        ({"purchaseDate": long_ago}, "too_old"),
    ):
        assert await refusal(provider, (await store("buy", **changed))["signed"]) == reason


async def test_an_old_signature_is_read_again_from_the_store(store: AppStore, provider: AppleProvider) -> None:
    days_ago = milliseconds() - 9 * DAY_MS
    bought = await store("buy", signedDate=days_ago, purchaseDate=days_ago)
    assert (await provider.verify_purchase(bought["signed"])).coins == 70
    await store("refund", transaction_id=bought["transaction"]["transactionId"])
    assert await refusal(provider, bought["signed"]) == "revoked"
    await store("settings", fail_next=1)
    with pytest.raises(ProviderUnavailable):
        await provider.verify_purchase(bought["signed"])


async def test_revoked_certificates_are_not_believed(store: AppStore, tmp_path: Path) -> None:
    await store("settings", revoked=True)
    bought = await store("buy")
    assert await refusal(made(await store.settings(tmp_path)), bought["signed"]) == "signature_not_valid"


def body_of(note: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"signedPayload": note["signedPayload"]})


async def test_notifications_say_what_moved(store: AppStore, provider: AppleProvider) -> None:
    bought = await store("buy", appAccountToken=str(uuid.uuid4()))
    number = bought["transaction"]["transactionId"]

    signed_ms: list[int] = []

    async def told(kind: str) -> list[Any]:
        note = await store("note", transaction_id=number, kind=kind)
        signed_ms.append(note["payload"]["signedDate"])
        message = await provider.verify_webhook({}, body_of(note))
        assert (message.id, message.kind) == (note["payload"]["notificationUUID"], kind)
        return list(await provider.read_webhook(body_of(note)))

    (paid,) = await told("ONE_TIME_CHARGE")
    assert isinstance(paid, PaymentNews)
    assert (paid.payment.id, paid.payment.coins, paid.payment.state) == (number, 70, PaymentState.PAID)
    (asked,) = await told("CONSUMPTION_REQUEST")
    assert isinstance(asked, ConsumptionRequest)
    assert (asked.payment_id, asked.reason) == (number, "unintended_purchase")
    assert asked.answer_until == datetime.fromtimestamp(signed_ms[-1] / 1_000, UTC) + timedelta(hours=12)
    stages = []
    for percentage in (30_000, None):
        await store("refund", transaction_id=number, percentage=percentage)
        stages += await told("REFUND")
    await store("reverse_refund", transaction_id=number)
    stages += await told("REFUND_REVERSED")
    assert {(type(stage), stage.id, stage.kind) for stage in stages} == {(ReversalNews, number, "void")}
    assert [(stage.state, stage.share_ppm) for stage in stages] == [
        (ReversalState.DONE, 300_000), (ReversalState.DONE, 1_000_000), (ReversalState.UNDONE, 1_000_000),
    ]  # fmt: skip
    assert [stage.at for stage in stages] == sorted(stage.at for stage in stages)
    (declined,) = await told("REFUND_DECLINED")
    assert isinstance(declined, RefundDeclined)
    assert declined.payment_id == number
    for kind in ("TEST", "DID_RENEW", "SOMETHING_NEW"):
        assert await told(kind) == []


@pytest.mark.parametrize("way", [*FORGERIES, "expired_leaf"])
async def test_a_forged_notification_is_refused(store: AppStore, provider: AppleProvider, way: str) -> None:
    number = (await store("buy"))["transaction"]["transactionId"]
    note = await store("note", transaction_id=number, kind="ONE_TIME_CHARGE", forge=way)
    with pytest.raises(SignatureNotValid):
        await provider.verify_webhook({}, body_of(note))


async def test_notifications_of_others_or_of_the_past_are_refused(store: AppStore, provider: AppleProvider) -> None:
    number = (await store("buy"))["transaction"]["transactionId"]
    for told in (
        {"data": {"appAppleId": 1}}, {"data": {"bundleId": "example.other"}}, {"data": {"environment": "Sandbox"}},
        {"changed": {"signedDate": milliseconds() - 30 * DAY_MS}}, {"changed": {"signedDate": milliseconds() + DAY_MS}},
        {"changed": {"notificationUUID": None}},
    ):  # fmt: skip
        note = await store("note", transaction_id=number, kind="ONE_TIME_CHARGE", **told)
        with pytest.raises(SignatureNotValid):
            await provider.verify_webhook({}, body_of(note))
    for body in (b"", b"[]", b"{}", b'{"signedPayload": 1}', b'{"signedPayload": "a.b.c"}'):
        with pytest.raises(SignatureNotValid):
            await provider.verify_webhook({}, body)


async def test_other_products_of_the_app_are_of_no_concern(store: AppStore, provider: AppleProvider) -> None:
    number = (await store("buy", productId="sword", type="Non-Consumable"))["transaction"]["transactionId"]
    note = await store("note", transaction_id=number, kind="ONE_TIME_CHARGE")
    assert await provider.read_webhook(body_of(note)) == []


async def test_what_the_store_sent_is_listed_page_after_page(store: AppStore, provider: AppleProvider) -> None:
    since = datetime.now(UTC)
    numbers = [(await store("buy"))["transaction"]["transactionId"] for _ in range(22)]
    for number in numbers:
        await store("note", transaction_id=number, kind="ONE_TIME_CHARGE")
    await store("refund", transaction_id=numbers[0])
    await store("note", transaction_id=numbers[0], kind="REFUND")
    found = [news async for news in provider.list_news(since, datetime.now(UTC) + timedelta(seconds=1))]
    assert [news.payment.id for news in found if isinstance(news, PaymentNews)] == numbers
    assert [news.payment_id for news in found if isinstance(news, ReversalNews)] == numbers[:1]


async def test_a_time_of_many_notifications_is_asked_for_in_halves(
    store: AppStore, provider: AppleProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page and no more of each time, although the hour has three: each purchase is told once."""
    monkeypatch.setattr(server, "APPLE_HISTORY_PAGES_MAX", 1)
    until = datetime.now(UTC) - timedelta(days=1)
    since = until - timedelta(hours=1)
    numbers, at = [], 0
    for minute in range(45):
        at = int((since + timedelta(minutes=minute)).timestamp() * 1000)
        number = (await store("buy", purchaseDate=at))["transaction"]["transactionId"]
        await store("note", transaction_id=number, kind="ONE_TIME_CHARGE", changed={"signedDate": at})
        numbers.append(number)
    listed = [news async for news in provider.list_news(since, until)]
    assert sorted(news.payment.id for news in listed if isinstance(news, PaymentNews)) == sorted(numbers)
    for number in numbers[:30]:
        await store("note", transaction_id=number, kind="ONE_TIME_CHARGE", changed={"signedDate": at})
    with pytest.raises(ProviderRefused):
        _ = [news async for news in provider.list_news(since, until)]


async def test_a_parent_who_withdraws_consent_is_told_to_operators(store: AppStore, provider: AppleProvider) -> None:
    number = (await store("buy"))["transaction"]["transactionId"]
    app = (await store("note", transaction_id=number, kind="TEST"))["payload"]["data"]
    app.pop("signedTransactionInfo")
    note = await store("note", transaction_id=number, kind="RESCIND_CONSENT", changed={"data": None, "appData": app})
    await provider.verify_webhook({}, body_of(note))
    (told,) = await provider.read_webhook(body_of(note))
    assert isinstance(told, AccountNotice)
    assert told.needs_somebody


@pytest.mark.parametrize(
    ("consumed_ppm", "percentage", "preference"),
    [
        (0, 0, RefundPreference.GRANT_FULL),
        (9, 0, RefundPreference.GRANT_FULL),
        (10, 1, RefundPreference.GRANT_PRORATED),
        (999_999, 99_999, RefundPreference.GRANT_PRORATED),
        (1_000_000, 100_000, RefundPreference.DECLINE),
    ],
)
def test_what_is_asked_of_apple_fits_what_it_is_told(
    consumed_ppm: int, percentage: int, preference: RefundPreference
) -> None:
    said = consumption_of(consumed_ppm)
    assert (said.consumptionPercentage, said.refundPreference) == (percentage, preference)


async def test_consumption_is_answered_and_purchases_are_finished(store: AppStore, provider: AppleProvider) -> None:
    number = (await store("buy"))["transaction"]["transactionId"]
    with pytest.raises(ProviderRefused):
        await provider.answer_consumption("unasked", number, 0)
    await store("note", transaction_id=number, kind="CONSUMPTION_REQUEST")
    for consumed_ppm, preference in ((0, "GRANT_FULL"), (333_333, "GRANT_PRORATED"), (1_000_000, "DECLINE")):
        await provider.answer_consumption("request", number, consumed_ppm)
        assert (await store.seen())["consumption"][number] == {
            "customerConsented": True, "sampleContentProvided": False, "deliveryStatus": "DELIVERED",
            "consumptionPercentage": consumed_ppm // 10, "refundPreference": preference,
        }  # fmt: skip
    await provider.finish(number)
    assert number in (await store.seen())["finished"]
    with pytest.raises(ProviderRefused):
        await provider.fetch("404")


async def test_a_store_that_fails_is_tried_again_later(
    store: AppStore, provider: AppleProvider, tmp_path: Path
) -> None:
    number = (await store("buy"))["transaction"]["transactionId"]
    for status in (500, 429):
        await store("settings", fail_next=1, fail_status=status)
        with pytest.raises(ProviderUnavailable):
            await provider.fetch(number)
    gone = made(await store.settings(tmp_path, apple_url="http://127.0.0.1:1"))
    with pytest.raises(ProviderUnavailable):
        await gone.fetch(number)
    stranger = made(await store.settings(tmp_path, apple_issuer_id="somebody else"))
    with pytest.raises(ProviderUnavailable):  # about us: what was asked is still to be done
        await stranger.fetch(number)


async def test_settings_that_would_let_forgeries_pass_are_refused(store: AppStore, tmp_path: Path) -> None:
    settings = await store.settings(tmp_path)
    (tmp_path / "empty").mkdir()
    for changed in (
        {"apple_environment": "Xcode"}, {"apple_environment": "LocalTesting"}, {"apple_environment": "production"},
        {"apple_app_id": 0}, {"apple_key_id": ""}, {"apple_private_key": Secret("no key")},
        {"apple_root_certificates": str(tmp_path / "none")}, {"apple_root_certificates": str(tmp_path / "empty")},
    ):  # fmt: skip
        with pytest.raises(SettingsError):
            from_settings(Settings.of_values(**settings | changed))
    assert payment_providers(Settings()).names == []


def test_apples_own_chain_leads_to_the_root_that_is_shipped() -> None:
    """A leaf and an intermediate as Apple published them (MIT, tests of app-store-server-library 3.1.2)."""
    texts = (Path(__file__).parent / "apple_chain.txt").read_text().split()
    root = root_certificates("")
    chain = [*texts, "the root of the sender is not looked at"]
    key = _ChainVerifier(root).verify_chain(chain, False, 1_761_962_975)
    assert key.startswith("-----BEGIN PUBLIC KEY-----")
    assert len(b64decode(texts[0])) == 1077


def test_storefronts_become_countries() -> None:
    codes = {"USA": "US", "GBR": "GB", "DEU": "DE", "XKS": "XK", "HKG": "HK", "???": None, None: None}
    assert {code: country_of(code) for code in codes} == codes
