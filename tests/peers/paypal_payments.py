"""What PayPal does with money: captures, refunds, disputes, and the two searches over them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.peers.paypal_books import (
    CURRENCIES,
    Books,
    Object,
    Refused,
    checked_amount,
    malformed,
    missing,
    new_id,
    shown,
    strict,
    value_of,
)

WON = {"RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER"}


def capture_order(books: Books, order_id: str) -> Object:
    """Take the money the payer agreed to."""
    order = books.order(order_id)
    if order["status"] == "COMPLETED":
        raise Refused(422, "ORDER_ALREADY_CAPTURED")
    if order["status"] != "APPROVED":
        raise Refused(422, "ORDER_NOT_APPROVED")
    funding, unit = books.funding[order_id], order["purchase_units"][0]
    if funding == "declined":
        raise Refused(422, "INSTRUMENT_DECLINED")
    taken = (capture for capture in books.captures.values() if capture["status"] not in {"DECLINED", "FAILED"})
    if any(capture.get("invoice_id") == unit.get("invoice_id") is not None for capture in taken):
        raise Refused(422, "DUPLICATE_INVOICE_ID")
    capture_id = new_id()
    status = {"pending": "PENDING", "held": "PENDING", "denied": "DECLINED"}.get(funding, "COMPLETED")
    capture = {
        "id": capture_id,
        "status": status,
        "amount": unit["amount"],
        "final_capture": True,
        "seller_protection": {"status": "ELIGIBLE", "dispute_categories": ["ITEM_NOT_RECEIVED"]},
        "create_time": books.now(),
        "update_time": books.now(),
        "supplementary_data": {"related_ids": {"order_id": order_id}},
        "links": [
            books.link("self", f"/v2/payments/captures/{capture_id}"),
            books.link("refund", f"/v2/payments/captures/{capture_id}/refund", "POST"),
            books.link("up", f"/v2/checkout/orders/{order_id}"),
        ],
        "_order": order_id,
    } | {name: unit[name] for name in ("custom_id", "invoice_id") if name in unit}
    books.captures[capture_id] = capture
    order |= {"status": "COMPLETED", "update_time": books.now()}
    if status == "PENDING":
        held = funding == "held"
        capture["status_details"] = {"reason": "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION" if held else "ECHECK"}
        books.emit("PAYMENT.CAPTURE.PENDING", "capture", shown(capture))
    elif status == "DECLINED":
        books.emit("PAYMENT.CAPTURE.DECLINED", "capture", shown(capture))
    else:
        complete(books, capture_id)
    return order


def complete(books: Books, capture_id: str, denied: bool = False) -> None:
    """A capture comes to its end."""
    capture = books.capture(capture_id)
    capture.pop("status_details", None)
    capture |= {"status": "DECLINED" if denied else "COMPLETED", "update_time": books.now()}
    if denied:
        books.emit("PAYMENT.CAPTURE.DENIED", "capture", shown(capture))
        return
    gross, currency = value_of(capture["amount"]), capture["amount"]["currency_code"]
    fee = _round(gross * Decimal("0.0349") + Decimal("0.49" if CURRENCIES[currency] else "40"), currency)
    capture["seller_receivable_breakdown"] = {
        "gross_amount": capture["amount"],
        "paypal_fee": _amount(currency, fee),
        "net_amount": _amount(currency, gross - fee),
    }
    books.row("T0006", capture_id, capture)
    books.emit("PAYMENT.CAPTURE.COMPLETED", "capture", shown(capture))


def refund_capture(books: Books, capture_id: str, body: Any) -> Object:
    """Give money of a capture back, as the seller's application asks."""
    capture = books.capture(capture_id)
    strict(body, {"amount", "invoice_id", "custom_id", "note_to_payer"})
    if capture["status"] == "REFUNDED":
        raise Refused(422, "CAPTURE_FULLY_REFUNDED")
    if capture["status"] not in {"COMPLETED", "PARTIALLY_REFUNDED"}:
        raise Refused(422, "INVALID_RESOURCE_STATE")
    left = refundable(books, capture)
    currency = capture["amount"]["currency_code"]
    amount = checked_amount(body["amount"]) if "amount" in body else _amount(currency, left)
    if amount["currency_code"] != currency:
        raise Refused(422, "REFUND_CAPTURE_CURRENCY_MISMATCH")
    if value_of(amount) > left:
        raise Refused(422, "REFUND_AMOUNT_EXCEEDED")
    open_disputes = [one for one in books.disputes.values() if one["_capture"] == capture_id and _is_open(one)]
    if open_disputes and value_of(amount) != left:
        raise Refused(422, "CAPTURE_DISPUTED_PARTIAL_REFUND_NOT_ALLOWED")
    ids: Object = {name: body[name] for name in ("custom_id", "invoice_id") if name in body}
    return _refund(books, capture, amount, ids, books.refund_status, "T1107")


def refund_at_desk(books: Books, capture_id: str, value: str) -> Object:
    """Somebody gives money back on PayPal's own pages: the refund carries the order's ids."""
    capture = books.capture(capture_id)
    ids: Object = {name: capture[name] for name in ("custom_id", "invoice_id") if name in capture}
    return _refund(
        books, capture, _amount(capture["amount"]["currency_code"], Decimal(value)), ids, "COMPLETED", "T1107"
    )


def _refund(books: Books, capture: Object, amount: Object, ids: Object, status: str, code: str) -> Object:
    refund_id = new_id()
    refund = {
        "id": refund_id,
        "status": "PENDING",
        "amount": amount,
        "create_time": books.now(),
        "update_time": books.now(),
        "seller_payable_breakdown": {
            "gross_amount": amount,
            "paypal_fee": _amount(amount["currency_code"], Decimal(0)),
        },
        "links": [
            books.link("self", f"/v2/payments/refunds/{refund_id}"),
            books.link("up", f"/v2/payments/captures/{capture['id']}"),
        ],
        "_capture": capture["id"],
        "_code": code,
        **ids,
    }
    books.refunds[refund_id] = refund
    _mark_refunded(books, capture)
    if status == "PENDING":
        refund["status_details"] = {"reason": "ECHECK"}
        books.emit("PAYMENT.REFUND.PENDING", "refund", shown(refund))
    else:
        finish_refund(books, refund_id, status)
    return refund


def finish_refund(books: Books, refund_id: str, status: str) -> None:
    """A refund comes to its end: COMPLETED, FAILED or CANCELLED."""
    if refund_id not in books.refunds:
        raise missing()
    refund = books.refunds[refund_id]
    refund.pop("status_details", None)
    refund |= {"status": status, "update_time": books.now()}
    capture = books.captures[refund["_capture"]]
    _mark_refunded(books, capture)
    if status == "COMPLETED":
        books.row(refund["_code"], refund_id, refund, paypal_reference_id=capture["id"], paypal_reference_id_type="TXN")
    kind = "PAYMENT.CAPTURE.REVERSED" if refund["_code"] == "T1106" else "PAYMENT.CAPTURE.REFUNDED"
    books.emit(kind if status == "COMPLETED" else "PAYMENT.REFUND.FAILED", "refund", shown(refund))


def refundable(books: Books, capture: Object) -> Decimal:
    """What of a capture has not been given back."""
    gone = (one for one in books.refunds.values() if one["_capture"] == capture["id"])
    return value_of(capture["amount"]) - sum(
        (value_of(one["amount"]) for one in gone if one["status"] not in {"FAILED", "CANCELLED"}), Decimal(0)
    )


def _mark_refunded(books: Books, capture: Object) -> None:
    left = refundable(books, capture)
    whole = left == value_of(capture["amount"])
    capture["status"] = "COMPLETED" if whole else "PARTIALLY_REFUNDED" if left else "REFUNDED"


def open_dispute(books: Books, capture_id: str, value: str | None = None, currency: str | None = None) -> Object:
    """A payer claims money back; it is withheld from the seller."""
    capture = books.capture(capture_id)
    amount = _amount(currency or capture["amount"]["currency_code"], Decimal(value or capture["amount"]["value"]))
    dispute_id = f"PP-D-{len(books.disputes) + 10_001}"
    due = books.moment() + timedelta(days=10)
    books.disputes[dispute_id] = {
        "dispute_id": dispute_id,
        "create_time": _precise(books),
        "update_time": _precise(books),
        "disputed_transactions": [
            {
                "seller_transaction_id": capture_id,
                "gross_amount": amount,
                "custom": capture.get("custom_id", ""),
                "invoice_number": capture.get("invoice_id", ""),
            }
        ],
        "reason": "UNAUTHORISED",
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_state": "REQUIRED_ACTION",
        "dispute_amount": amount,
        "dispute_life_cycle_stage": "CHARGEBACK",
        "dispute_channel": "INTERNAL",
        "seller_response_due_date": due.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "_capture": capture_id,
    }
    books.emit("CUSTOMER.DISPUTE.CREATED", "dispute", shown(books.disputes[dispute_id]))
    return books.disputes[dispute_id]


def move_dispute(books: Books, dispute_id: str, outcome: str | None, refunded: str | None = None) -> Object:
    """A dispute goes on (no outcome), or comes to its end; one that is lost takes the money out of the account."""
    dispute = dispute_of(books, dispute_id)
    dispute["update_time"] = _precise(books)
    if outcome is None:
        dispute["status"] = "UNDER_REVIEW"
        books.emit("CUSTOMER.DISPUTE.UPDATED", "dispute", shown(dispute))
        return dispute
    dispute |= {"status": "RESOLVED", "dispute_state": "RESOLVED"}
    dispute.pop("seller_response_due_date", None)
    dispute["dispute_outcome"] = {"outcome_code": outcome}
    capture = books.captures[dispute["_capture"]]
    if outcome == "RESOLVED_BUYER_FAVOUR":
        amount = _amount(capture["amount"]["currency_code"], Decimal(refunded or dispute["dispute_amount"]["value"]))
        dispute["dispute_outcome"]["amount_refunded"] = amount
        dispute["money_movements"] = [{"affected_party": "SELLER", "type": "DEBIT", "amount": amount}]
        _refund(books, capture, amount, {}, "COMPLETED", "T1106")
    elif outcome not in WON and refunded:
        amount = _amount(capture["amount"]["currency_code"], Decimal(refunded))
        dispute["money_movements"] = [{"affected_party": "SELLER", "type": "DEBIT", "amount": amount}]
    books.emit("CUSTOMER.DISPUTE.RESOLVED", "dispute", shown(dispute))
    return dispute


def dispute_of(books: Books, dispute_id: str) -> Object:
    if dispute_id not in books.disputes:
        raise missing()
    return books.disputes[dispute_id]


def list_disputes(books: Books, query: dict[str, str]) -> Object:
    """GET /v1/customer/disputes."""
    strict(
        query,
        {
            "disputed_transaction_id", "update_time_after", "update_time_before", "page_size", "next_page_token",
            "start_time",
        },
    )  # fmt: skip
    size = int(query.get("page_size", "10"))
    if not 1 <= size <= 50 or ("disputed_transaction_id" in query and "update_time_after" in query):
        raise malformed("INVALID_PARAMETER_VALUE")
    found = [
        dispute
        for dispute in books.disputes.values()
        if query.get("disputed_transaction_id", dispute["_capture"]) == dispute["_capture"]
        and query.get("update_time_after", "") <= dispute["update_time"]
        and dispute["update_time"] <= query.get("update_time_before", "9")
    ]
    start = int(query.get("next_page_token", "0"))
    summary = ("dispute_id", "create_time", "update_time", "reason", "status", "dispute_state", "dispute_amount")
    links = []
    if start + size < len(found):
        links.append(books.link("next", f"/v1/customer/disputes?page_size={size}&next_page_token={start + size}"))
    items = [{name: one[name] for name in summary} for one in found[start : start + size]]
    return {"items": items, "links": links}


def search(books: Books, query: dict[str, str], most: int, lag_s: float) -> Object:
    """GET /v1/reporting/transactions. `most`: rows of one search; `lag_s`: by which it is behind."""
    strict(query, {"start_date", "end_date", "fields", "page_size", "page"}, {"start_date", "end_date"})
    start, end = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
    size, page = int(query.get("page_size", "100")), int(query.get("page", "1"))
    if end - start > timedelta(days=31) or end < start or not 1 <= size <= 500:
        raise malformed("INVALID_DATE_RANGE" if 1 <= size <= 500 else "INVALID_PARAMETER_VALUE")
    refreshed = books.moment() - timedelta(seconds=lag_s)
    times = [(row, datetime.fromisoformat(row["transaction_initiation_date"])) for row in books.rows]
    found = [row for row, at in times if start <= at <= min(end, refreshed)]
    if len(found) > most:
        raise malformed("RESULTSET_TOO_LARGE")
    return {
        "transaction_details": [{"transaction_info": row} for row in found[(page - 1) * size : page * size]],
        "account_number": "PEERACCOUNT",
        "start_date": query["start_date"],
        "end_date": query["end_date"],
        "last_refreshed_datetime": refreshed.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "page": page,
        "total_items": len(found),
        "total_pages": max(1, -(-len(found) // size)),
    }


def spread_rows(books: Books, hours: float) -> None:
    """Put the lines of the account so far apart, the latest one now."""
    for number, row in enumerate(reversed(books.rows)):
        moment = books.moment() - timedelta(hours=hours * number)
        row["transaction_initiation_date"] = moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _is_open(dispute: Object) -> bool:
    return bool(dispute["status"] != "RESOLVED")


def _amount(currency: str, value: Decimal) -> Object:
    return {"currency_code": currency, "value": f"{_round(value, currency):f}"}


def _round(value: Decimal, currency: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-CURRENCIES[currency]))


def _precise(books: Books) -> str:
    return books.moment().strftime("%Y-%m-%dT%H:%M:%S.000Z")
