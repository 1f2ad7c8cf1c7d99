"""The hosted page of the pretend Stripe, where a buyer types a test card."""

from html import escape
from urllib.parse import parse_qs

from tests.peers.stripe_books import Books
from tests.peers.stripe_store import Refusal, Stored

_FORM = """<form method="post"><label>Card number <input name="number" autocomplete="off"></label>
<label>Country <input name="country" size="2"></label><button>Pay {amount} {currency}</button></form>
<form method="post"><input type="hidden" name="number" value="sepa_debit"><button>Pay by bank debit</button></form>
<form method="post"><input type="hidden" name="number" value="konbini"><button>Pay at a shop</button></form>"""
_CARD_FORM = """<form method="post"><label>Card number <input name="number" autocomplete="off"></label>
<button>Save card</button></form>"""
_BANK = """<p>Your bank asks whether it is you.</p><form method="post" action="{url}">
<button name="success" value="true">Complete</button><button name="success" value="false">Fail</button></form>"""


def show(books: Books, session_id: str, error: str = "") -> tuple[int, str]:
    """The page as it is now."""
    session = books.get(session_id, "checkout.session")
    intent = books.objects.get(session["payment_intent"] or "", {})
    if session["status"] != "open":
        return 410, _document(f"<p>This page is {escape(session['status'])}.</p>")
    if intent.get("status") == "requires_action":
        return 200, _document(_BANK.format(url=session["url"] + "/bank"))
    if session["mode"] == "setup":
        text = (f"<p role=alert>{escape(error)}</p>" if error else "") + _CARD_FORM
        return (402 if error else 200), _document(text)
    form = _FORM.format(amount=session["amount_total"], currency=session["currency"].upper())
    return (402 if error else 200), _document((f"<p role=alert>{escape(error)}</p>" if error else "") + form)


def pay(books: Books, session_id: str, form: str) -> tuple[int, str]:
    """What the buyer sent: 303 with where to go next, or the page again."""
    typed = {name: values[0] for name, values in parse_qs(form).items()}
    session = books.get(session_id, "checkout.session")
    try:
        if session["mode"] == "setup":
            books.leave_card(session, typed.get("number", ""))
            return 303, session["success_url"]
        intent = books.pay_session(session, typed.get("number", ""), typed.get("country", "").upper() or None)
    except Refusal as refusal:
        return show(books, session_id, str(refusal))
    return _next(books, session, intent)


def answer_bank(books: Books, session_id: str, form: str) -> tuple[int, str]:
    """What the buyer told the bank."""
    session = books.get(session_id, "checkout.session")
    intent = books.get(session["payment_intent"] or "", "payment_intent")
    books.authenticate(intent, success="success=true" in form)
    if intent["status"] == "requires_payment_method":
        return show(books, session_id, "We are unable to authenticate your payment method.")
    return _next(books, session, intent)


def bank(books: Books, intent_id: str, form: str | None) -> tuple[int, str]:
    """The page of the bank behind a kept card; with a form, where the buyer goes after the answer."""
    intent = books.get(intent_id, "payment_intent")
    if intent["status"] != "requires_action":
        return 410, _document("<p>There is nothing to be asked.</p>")
    if form is None:
        return 200, _document(_BANK.format(url=f"/bank/{intent_id}"))
    back: str = intent["next_action"]["redirect_to_url"]["return_url"]
    books.authenticate(intent, success="success=true" in form)
    return 303, back


def _next(books: Books, session: Stored, intent: Stored) -> tuple[int, str]:
    if intent["status"] == "requires_action" and session["status"] == "open":
        return show(books, session["id"])
    return 303, session["success_url"]


def _document(body: str) -> str:
    return f"<!doctype html><html lang=en><title>Pretend Stripe</title>{body}</html>"
