"""PayPal's resources in our words: what its answers look like, and what each state means."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from plaudit.money import Money
from plaudit.selling.providers.news import PaymentState, ReversalState
from plaudit.selling.providers.paypal.disputes import Dispute
from plaudit.selling.providers.paypal.model import Capture, PayPalOrder, Refund

USD = {"currency_code": "USD", "value": "10.00"}
CAPTURE: dict[str, Any] = {"id": "3C679366HH908993F", "status": "COMPLETED", "amount": USD}


def order(status: str, captures: list[dict[str, Any]] | None = None, **changed: Any) -> PayPalOrder:
    """An order of ten dollars."""
    unit = {"amount": USD, "invoice_id": "7-x", "custom_id": "7-x", "payments": {"captures": captures or []}}
    document = {"id": "5O190127TN364715T", "status": status, "purchase_units": [unit]} | changed
    return msgspec.convert(document, PayPalOrder, strict=False)


@pytest.mark.parametrize(
    ("status", "captured", "state"),
    [
        ("CREATED", [], PaymentState.OPEN),
        ("SAVED", [], PaymentState.OPEN),
        ("PAYER_ACTION_REQUIRED", [], PaymentState.OPEN),
        ("APPROVED", [], PaymentState.AUTHORISED),
        ("VOIDED", [], PaymentState.EXPIRED),
        ("COMPLETED", [], PaymentState.PROCESSING),
        ("COMPLETED", ["COMPLETED"], PaymentState.PAID),
        ("COMPLETED", ["PARTIALLY_REFUNDED"], PaymentState.PAID),
        ("COMPLETED", ["REFUNDED"], PaymentState.PAID),
        ("COMPLETED", ["PENDING"], PaymentState.PROCESSING),
        ("COMPLETED", ["DECLINED"], PaymentState.DECLINED),
        ("COMPLETED", ["FAILED"], PaymentState.DECLINED),
        ("COMPLETED", ["DECLINED", "COMPLETED"], PaymentState.PAID),
        ("APPROVED", ["DECLINED"], PaymentState.DECLINED),
    ],
)
def test_states_of_payments(status: str, captured: list[str], state: PaymentState) -> None:
    assert order(status, [CAPTURE | {"status": one} for one in captured]).payment().state is state


@pytest.mark.parametrize(
    ("payer", "source", "country"),
    [
        ({"address": {"country_code": "DE"}}, {}, "DE"),
        ({}, {"paypal": {"address": {"country_code": "BR"}}}, "BR"),
        ({"address": {"country_code": "C2"}}, {}, "CN"),
        ({"address": {}}, {"card": {"last_digits": "1111"}}, None),
    ],
)
def test_the_country_of_the_payer(payer: dict[str, Any], source: dict[str, Any], country: str | None) -> None:
    found = order("APPROVED", payer=payer, payment_source=source, update_time="2026-11-22T12:00:00Z").payment()
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert [(one.country, one.observed_at) for one in found.evidence] == ([(country, at)] if country else [])


def test_a_fee_in_another_currency_is_not_ours_to_book() -> None:
    for fee, known in (
        ({"currency_code": "USD", "value": "0.84"}, 84),
        ({"currency_code": "USD", "value": "0.846"}, 85),
        ({"currency_code": "EUR", "value": "0.80"}, None),
        ({"currency_code": "USD", "value": "none"}, None),
    ):
        capture = CAPTURE | {"seller_receivable_breakdown": {"paypal_fee": fee}}
        assert order("COMPLETED", [capture]).payment().fee_minor == known


def test_an_order_without_an_amount_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="no amount"):
        order("CREATED", purchase_units=[{"reference_id": "default"}]).payment()


def test_a_refund_as_messages_show_it() -> None:
    refund = msgspec.json.decode(
        b'{"id":"1Y107995YT783435V","amount":{"currency_code":"USD","value":"0.99"},"seller_payable_breakdown":'
        b'{"paypal_fee":{"currency_code":"USD","value":"0.02"}},"status":"COMPLETED",'
        b'"create_time":"2018-08-15T12:13:29-07:00","links":[{"href":"https://api.paypal.com/v2/payments/refunds/1Y1",'
        b'"rel":"self","method":"GET"},{"href":"https://api.paypal.com/v2/payments/captures/0JF852973C016714D",'
        b'"rel":"up","method":"GET"}]}',
        type=Refund,
    )
    assert (refund.capture_id, refund.reversal_id) == ("0JF852973C016714D", None)
    news = refund.news("5O190127TN364715T")
    assert (news.amount, news.state, news.fee_minor) == (Money(99, "USD"), ReversalState.DONE, 0)
    assert news.at == datetime(2018, 8, 15, 19, 13, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("custom_id", "ours"),
    [
        ("0192f0c1-2345-7abc-8def-0123456789ab", UUID("0192f0c1-2345-7abc-8def-0123456789ab")),
        ("7-0192f0c1-2345-7abc-8def-0123456789ab", None),
        ("goodwill", None),
        (None, None),
    ],
)
def test_which_refunds_are_ours(custom_id: str | None, ours: UUID | None) -> None:
    refund = msgspec.convert({"id": "R", "status": "PENDING", "amount": USD, "custom_id": custom_id}, Refund)
    assert refund.reversal_id == ours
    assert refund.news("O").state is ReversalState.OPENED


def test_one_dispute_about_several_payments() -> None:
    parts = [{"seller_transaction_id": id_, "gross_amount": USD} for id_ in ("C1", "C2")]
    dispute = msgspec.convert(
        {
            "dispute_id": "PP-D-1",
            "status": "UNDER_REVIEW",
            "dispute_amount": {"currency_code": "USD", "value": "20.00"},
            "disputed_transactions": parts,
        },
        Dispute,
    )
    (news,) = dispute.news("O2", msgspec.convert(CAPTURE | {"id": "C2"}, Capture))
    assert (news.id, news.payment_id, news.amount) == ("PP-D-1:C2", "O2", Money(1_000, "USD"))


def test_what_a_seller_paid_and_got_back_is_weighed() -> None:
    movements = [
        {"affected_party": "SELLER", "type": "DEBIT", "amount": USD},
        {"affected_party": "SELLER", "type": "CREDIT", "amount": USD},
        {"affected_party": "BUYER", "type": "CREDIT", "amount": USD},
    ]
    for some, state in ((movements, ReversalState.UNDONE), (movements[:1], ReversalState.DONE)):
        document = {
            "dispute_id": "PP-D-1",
            "status": "RESOLVED",
            "dispute_outcome": {"outcome_code": "RESOLVED_WITH_PAYOUT"},
            "money_movements": some,
        }
        assert msgspec.convert(document, Dispute).state is state
