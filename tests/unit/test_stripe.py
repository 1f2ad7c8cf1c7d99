"""Stripe without Stripe: its units of money, what its states mean, and that the pretend one asks for nothing else."""

import inspect
import re
from typing import Any, get_args

import msgspec
import pytest
import stripe
from iso4217 import Currency

from plaudit.money import Money, exponent
from plaudit.policy.model import UnseenPayers
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers import payment_providers
from plaudit.selling.providers.news import PaymentState, ReversalState
from plaudit.selling.providers.stripe import checkout, locales
from plaudit.selling.providers.stripe import intents as stripe_intent
from plaudit.selling.providers.stripe.amounts import from_stripe, is_taken, step_minor, stripe_exponent, to_stripe
from plaudit.selling.providers.stripe.gateway import API_VERSION
from plaudit.selling.providers.stripe.methods import HELD, LINK, METHODS, offered
from plaudit.selling.providers.stripe.objects import (
    BalanceTransaction,
    Charge,
    Dispute,
    FailedMethod,
    Intent,
    PaymentError,
    Refund,
    Session,
    charge_fee,
    dispute_news,
    intent_state,
    payer_country,
    payment_of_intent,
    refund_news,
    session_state,
)
from plaudit.selling.providers.stripe.vouchers import Instructions, NextAction
from plaudit.settings import Secret, Settings, SettingsError
from tests.peers import stripe_parameters as parameters
from tests.peers.stripe_books import Books
from tests.peers.stripe_parameters import Known
from tests.peers.stripe_vouchers import VOUCHERS
from tests.peers.stripe_wallets import HELD as HELD_AT_THE_PEER


@pytest.mark.parametrize(
    ("price", "written"),
    [
        (Money(74, "USD"), 74),
        (Money(500, "JPY"), 500),
        (Money(500, "CLP"), 500),
        (Money(500, "ISK"), 50_000),
        (Money(50_000, "MGA"), 500),
        (Money(123_400, "HUF"), 123_400),
        (Money(500, "TWD"), 500),
        (Money(5_120, "KWD"), 5_120),
        (Money(150_000, "IDR"), 150_000),
    ],
)
def test_amounts_go_to_stripe_and_come_back(price: Money, written: int) -> None:
    assert to_stripe(price) == written
    assert from_stripe(written, price.currency.lower()) == price


@pytest.mark.parametrize(
    "price", [Money(5_125, "KWD"), Money(50_050, "MGA"), Money(500, "UGX"), Money(0, "USD"), Money(-1, "USD")]
)
def test_amounts_stripe_has_no_units_for_are_refused(price: Money) -> None:
    with pytest.raises(ProviderRefused):
        to_stripe(price)


@pytest.mark.parametrize(
    ("currency", "step"), [("USD", 1), ("KWD", 10), ("ISK", 1), ("MGA", 100), ("JPY", 1), ("HUF", 1)]
)
def test_all_that_can_be_written_are_multiples_of_the_step(currency: str, step: int) -> None:
    assert step_minor(currency) == step
    assert from_stripe(to_stripe(Money(7 * step, currency)), currency) == Money(7 * step, currency)
    if step > 1:
        with pytest.raises(ProviderRefused):
            to_stripe(Money(7 * step - 1, currency))


@pytest.mark.parametrize(("amount", "currency"), [(550, "isk"), (500, "ugx"), (500, "usdc")])
def test_amounts_of_stripe_that_are_no_minor_units_are_not_rounded(amount: int, currency: str) -> None:
    with pytest.raises(ProviderRefused):
        from_stripe(amount, currency)


def test_only_known_currencies_differ_from_iso() -> None:
    """A currency whose exponent changes in ISO 4217 must be looked up in Stripe's tables, not guessed."""
    differ = {
        currency.code
        for currency in Currency
        if currency.exponent is not None and stripe_exponent(currency.code) != exponent(currency.code)
    }
    not_taken_by_stripe = {"CLF", "IQD", "LYD", "UYI", "UYW"}
    assert differ - not_taken_by_stripe == {"ISK", "MGA", "UGX"}


def test_the_version_of_the_api_is_that_of_the_client() -> None:
    assert stripe.api_version == API_VERSION


def test_locales_are_those_of_stripes_page() -> None:
    known = re.findall(r"'([^']+)'", str(stripe.params.checkout.SessionCreateParams.__annotations__["locale"]))
    assert set(known) - {"auto"} == locales.LOCALES
    asked = ("en", "en-US", "pt_BR", "de-AT", "es-419", "ja", "zh-HK", "fr-CA", "eo", "ar-EG")
    assert [locales.stripe_locale(locale) for locale in asked] == [
        "en", "en", "pt-BR", "de", "es-419", "ja", "zh-HK", "fr-CA", "auto", "auto",
    ]  # fmt: skip


def intent(status: str, **more: Any) -> Intent:
    return Intent(id="pi_1", amount=500, currency="usd", status=status, **more)


@pytest.mark.parametrize(
    ("status", "more", "state"),
    [
        ("requires_payment_method", {}, PaymentState.OPEN),
        ("requires_confirmation", {}, PaymentState.OPEN),
        ("requires_action", {}, PaymentState.OPEN),
        ("something_new", {}, PaymentState.OPEN),
        ("requires_capture", {}, PaymentState.AUTHORISED),
        ("processing", {}, PaymentState.PROCESSING),
        ("succeeded", {}, PaymentState.PAID),
        ("canceled", {}, PaymentState.DECLINED),
        ("canceled", {"cancellation_reason": "automatic"}, PaymentState.EXPIRED),
        ("requires_payment_method", {"last_payment_error": PaymentError(FailedMethod("card"))}, PaymentState.OPEN),
        ("requires_payment_method", {"last_payment_error": PaymentError(FailedMethod("oxxo"))}, PaymentState.EXPIRED),
        (
            "requires_payment_method",
            {"last_payment_error": PaymentError(code="payment_intent_payment_attempt_expired")},
            PaymentState.EXPIRED,
        ),
        ("requires_action", {"next_action": NextAction()}, PaymentState.OPEN),
        (
            "requires_action",
            {"next_action": NextAction(konbini_display_details=Instructions())},
            PaymentState.PROCESSING,
        ),
        (
            "requires_payment_method",
            {"last_payment_error": PaymentError(FailedMethod("sepa_debit"))},
            PaymentState.DECLINED,
        ),
    ],
)
def test_states_of_payment_intents(status: str, more: dict[str, Any], state: PaymentState) -> None:
    assert intent_state(intent(status, **more)) is state
    session = Session(
        id="cs_1", status="complete", amount_total=500, currency="usd", payment_intent=intent(status, **more)
    )
    closed = PaymentState.PROCESSING if status == "requires_action" else PaymentState.DECLINED
    assert session_state(session) is (closed if state is PaymentState.OPEN else state)


def test_somebody_elses_intent_may_be_without_an_amount() -> None:
    """A list of an account's payments holds those of others, too: what is not ours stops nothing."""
    foreign = msgspec.convert({"id": "pi_1", "object": "payment_intent"}, Intent)
    with pytest.raises(ProviderUnavailable):
        payment_of_intent(foreign, payment_id="pi_1", reference="", state=PaymentState.PAID)


def test_every_status_of_stripes_types_is_known() -> None:
    """A status the client learns of with a new version shows here first."""
    states = {}
    for status in _literals(stripe.Dispute.__annotations__["status"]) - {
        "warning_needs_response",
        "warning_under_review",
    }:
        dispute = Dispute(id="du_1", amount=500, currency="usd", status=status, reason="general", created=1)
        states[status] = dispute_news(dispute, "cs_1").state
    assert states == {
        "needs_response": ReversalState.OPENED,
        "under_review": ReversalState.OPENED,
        "lost": ReversalState.DONE,
        "appeal_needs_response": ReversalState.DONE,
        "appeal_under_review": ReversalState.DONE,
        "won": ReversalState.UNDONE,
        "prevented": ReversalState.UNDONE,
        "warning_closed": ReversalState.UNDONE,
    }
    assert _literals(stripe.PaymentIntent.__annotations__["status"]) == {
        "canceled", "processing", "requires_action", "requires_capture", "requires_confirmation",
        "requires_payment_method", "succeeded",
    }  # fmt: skip


def _literals(annotation: Any) -> set[str]:
    """The texts of the Literal in an annotation."""
    inner = [get_args(part) for part in get_args(annotation)]
    return {text for part in inner for text in part if isinstance(text, str)}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", ReversalState.OPENED),
        ("requires_action", ReversalState.OPENED),
        ("succeeded", ReversalState.DONE),
        ("failed", ReversalState.UNDONE),
        ("canceled", ReversalState.UNDONE),
        (None, ReversalState.OPENED),
    ],
)
def test_states_of_refunds(status: str | None, state: ReversalState) -> None:
    refund = Refund(
        id="re_1", amount=500, currency="usd", status=status, created=1, metadata={"plaudit_reversal": "not an id"}
    )
    news = refund_news(refund, "cs_1")
    assert (news.state, news.reversal_id) == (state, None)


@pytest.mark.parametrize(
    ("booked", "fee_minor"),
    [
        (None, None),
        ("txn_1", None),
        (BalanceTransaction(amount=0, currency="usd", fee=0, created=1), None),
        (BalanceTransaction(amount=1_000, currency="usd", fee=59, created=1), 59),
        (BalanceTransaction(amount=900, currency="eur", fee=54, created=1), 60),
    ],
)
def test_fees_are_those_of_the_balance(booked: BalanceTransaction | str | None, fee_minor: int | None) -> None:
    charge = Charge(id="ch_1", amount=1_000, currency="usd", created=1, balance_transaction=booked)
    assert charge_fee(charge) == fee_minor


READY = {
    "stripe_secret_key": Secret("sk_test_1"),
    "stripe_webhook_secrets": Secret("whsec_1 whsec_2"),
    "stripe_intent_page": "myapp://pay",
}


def ready(**changed: Any) -> Settings:
    return Settings.of_values(**READY | changed)


def test_stripe_is_offered_when_it_is_set_up() -> None:
    assert payment_providers(Settings()).names == []
    assert payment_providers(ready()).names == ["stripe", "stripe_intent"]
    assert payment_providers(ready(stripe_intent_page="")).names == ["stripe"]


@pytest.mark.parametrize(
    "changed",
    [
        {"stripe_secret_key": Secret("")},
        {"stripe_secret_key": Secret("pk_test_1")},
        {"stripe_webhook_secrets": Secret("")},
        {"stripe_webhook_secrets": Secret("whsec_1 secret")},
    ],
)
def test_half_a_setup_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="PLAUDIT_STRIPE_"):
        checkout.from_settings(ready(**changed))


@pytest.mark.parametrize("page", ["/pay", "https://app.example/pay#here"])
def test_the_hosts_page_must_be_an_address(page: str) -> None:
    with pytest.raises(SettingsError, match="PLAUDIT_STRIPE_INTENT_PAGE"):
        stripe_intent.from_settings(ready(stripe_intent_page=page))


@pytest.mark.parametrize(
    ("known", "type_"),
    [
        (parameters.SESSION_CREATE, stripe.params.checkout.SessionCreateParams),
        (parameters.SESSION_LIST, stripe.params.checkout.SessionListParams),
        (parameters.RETRIEVE, stripe.params.checkout.SessionRetrieveParams),
        (parameters.RETRIEVE, stripe.params.checkout.SessionExpireParams),
        (parameters.INTENT_CREATE, stripe.params.PaymentIntentCreateParams),
        (parameters.INTENT_CONFIRM, stripe.params.PaymentIntentConfirmParams),
        (parameters.INTENT_CAPTURE, stripe.params.PaymentIntentCaptureParams),
        (parameters.INTENT_CANCEL, stripe.params.PaymentIntentCancelParams),
        (parameters.INTENT_LIST, stripe.params.PaymentIntentListParams),
        (parameters.CUSTOMER_CREATE, stripe.params.CustomerCreateParams),
        (parameters.CARDS_LIST, stripe.params.CustomerPaymentMethodListParams),
        (parameters.RETRIEVE, stripe.params.PaymentMethodDetachParams),
        (parameters.REFUND_CREATE, stripe.params.RefundCreateParams),
        (parameters.BALANCE_LIST, stripe.params.BalanceTransactionListParams),
        (parameters.OF_PAYMENT_LIST, stripe.params.RefundListParams),
        (parameters.OF_PAYMENT_LIST, stripe.params.DisputeListParams),
        (parameters.OF_PAYMENT_LIST, stripe.params.radar.EarlyFraudWarningListParams),
    ],
)
def test_the_pretend_stripe_takes_no_parameter_stripe_does_not(known: Known, type_: Any) -> None:
    _compare(known, type_)


def _compare(known: Known, type_: Any) -> None:
    module = inspect.getmodule(type_)
    for name, below in known.items():
        assert name in type_.__annotations__, f"{type_.__name__} has no {name}"
        inner = below[0] if isinstance(below, list) else below
        if not isinstance(inner, dict):
            continue
        named = re.findall(r"\w+Params\w+", str(type_.__annotations__[name]))
        assert named, f"{type_.__name__}.{name} has nothing below it"
        _compare(inner, getattr(module, named[0]))


OBJECTS = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "balance_transaction": stripe.BalanceTransaction,
    "customer": stripe.Customer,
    "payment_method": stripe.PaymentMethod,
    "setup_intent": stripe.SetupIntent,
    "radar.early_fraud_warning": stripe.radar.EarlyFraudWarning,
}


def test_the_objects_of_the_pretend_stripe_have_stripes_fields() -> None:
    events: list[tuple[str, dict[str, Any]]] = []
    books = Books("http://stripe.test", lambda kind, about, *_: events.append((kind, about)), live=False)
    price = {"currency": "usd", "unit_amount": "500", "product_data": {"name": "coins"}}
    line = {"quantity": "1", "price_data": price}
    asked = {"mode": "payment", "success_url": "https://shop.example", "line_items": [line]}
    cards = ("4000000000000259", "4000000000005423", "4242424242424242")
    intent_id = [books.pay_session(books.create_session(asked), card, "US")["id"] for card in cards][-1]
    books.create_refund({"payment_intent": intent_id, "metadata": {}})
    for method in VOUCHERS:
        (books.lapse_voucher if method == "oxxo" else books.pay_voucher)(
            books.pay_session(books.create_session(asked), method, None)
        )
    customer = books.create_customer({})["id"]
    left = {"mode": "setup", "currency": "usd", "success_url": "https://shop.example", "customer": customer}
    books.leave_card(books.create_session(left), cards[2])
    kept = books.methods_of(customer)[0]["id"]
    paid = books.create_intent({"amount": "500", "currency": "usd", "customer": customer, "payment_method": kept})
    by_page = {"card": {"request_three_d_secure": "any"}}
    books.confirm_kept(paid, {"return_url": "https://shop.example", "payment_method_options": by_page})
    books.detach(kept)
    books.delete_customer(customer)
    seen = [item for item in books.objects.values() if item.get("object") in OBJECTS]
    assert {item["object"] for item in seen} == OBJECTS.keys()
    for item in seen:
        assert item.keys() <= OBJECTS[item["object"]].__annotations__.keys(), item["object"]
    known = re.findall(r"'([a-z_.]+)'", str(stripe.Event.__annotations__["type"]))
    told = {kind for kind, _ in events}
    assert "checkout.session.completed" in told
    assert told <= set(known)


@pytest.mark.parametrize(
    ("minor", "currency", "taken"),
    [
        (50, "USD", True), (49, "USD", False), (0, "USD", False), (30, "GBP", True), (29, "GBP", False),
        (50, "JPY", True), (49, "JPY", False), (17_500, "HUF", True), (17_400, "HUF", False), (1_000, "UGX", False),
        (1_500_000_00, "IDR", True), (1_230, "KWD", True), (1_235, "KWD", False), (150, "XXX", False),
    ],
)  # fmt: skip
def test_what_stripe_takes_at_all(minor: int, currency: str, taken: bool) -> None:
    assert is_taken(Money(minor, currency)) is taken


def test_every_method_of_stripe_is_known_and_reserved_where_that_can_be() -> None:
    """A method that Stripe begins to offer is looked at before it is."""
    params = stripe.params.checkout
    listed = _literals_in(params.SessionCreateParams.__annotations__["allowed_payment_method_types"])
    assert listed | {LINK} == METHODS.keys()
    for type_ in (params.SessionCreateParams, stripe.params.PaymentIntentCreateParams):
        module = inspect.getmodule(type_)
        options = f"{type_.__name__}PaymentMethodOptions"
        held = {
            code
            for code, annotation in getattr(module, options).__annotations__.items()
            for name in re.findall(rf"{options}\w+", str(annotation))
            if "capture_method" in getattr(module, name).__annotations__
        }
        assert held - {"card_present"} == HELD.keys() == set(HELD_AT_THE_PEER)


def _literals_in(annotation: Any) -> set[str]:
    return set(re.findall(r"'([a-z0-9_]+)'", str(annotation)))


def test_the_country_of_a_payer_is_where_stripe_writes_it() -> None:
    for code, method in METHODS.items():
        details: dict[str, Any] = {"type": code}
        assert payer_country(details) == method.home
        place, type_ = details, stripe.Charge.PaymentMethodDetails
        for step in method.country[:-1]:
            place[step] = {}
            place, type_ = place[step], getattr(type_, "".join(word.capitalize() for word in step.split("_")))
        if method.country:
            assert method.country[-1] in type_.__annotations__, code
            place[method.country[-1]] = "NO"
            assert payer_country(details) == "NO"
    assert payer_country({"type": "something_new"}) is None


def test_what_is_offered_follows_from_who_may_pay() -> None:
    assert offered(UnseenPayers(), None) is None
    few = UnseenPayers(anybody=False, regions={"JP": True, "NL": False}, elsewhere=False)
    allowed = offered(few, None)
    assert allowed is not None
    assert {"card", "klarna", "konbini", "cashapp"} <= set(allowed)
    assert not {"ideal", "alipay", "customer_balance", "sepa_debit", "boleto", LINK} & set(allowed)
    assert (offered(few, "konbini"), offered(few, "ideal")) == (["konbini"], [])
