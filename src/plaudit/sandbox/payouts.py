"""Payouts of the sandbox: the API a platform calls, and bank accounts whose endings decide what happens."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from plaudit.limits import RETURN_URL_LENGTH_MAX
from plaudit.money import exponent
from plaudit.problems import NotFound, Problem
from plaudit.sandbox.shared import Sandbox, Timers, idempotency_key, require_api_key

PAY_AFTER_S = 1.0  # how long an ordinary payout takes
RETURN_AFTER_S = 3.0  # from the arrival of the money to its coming back

Outcome = Literal[
    "is paid",
    "fails",
    "is returned",
    "is slow",
    "is paid without a webhook",
    "is accepted without an answer",
    "is unavailable at first",
    "is refused",
]
ACCOUNTS: dict[str, Outcome] = {
    "0001": "fails",
    "0002": "is returned",
    "0003": "is slow",
    "0004": "is paid without a webhook",
    "0005": "is accepted without an answer",
    "0006": "is unavailable at first",
    "0007": "is refused",
}
"""The last four characters of an account and what happens to payouts there; any other is paid."""


class NewPayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a platform asks for."""

    reference: UUID
    amount_minor: Annotated[int, Meta(ge=1, le=10**12)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    holder_name: Annotated[str, Meta(min_length=1, max_length=200)]
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")]
    webhook_url: Annotated[str, Meta(pattern="^https?://", max_length=RETURN_URL_LENGTH_MAX)]
    iban: Annotated[str, Meta(max_length=34)] | None = None
    bank_code: Annotated[str, Meta(max_length=20)] | None = None
    account_number: Annotated[str, Meta(max_length=34)] | None = None

    @property
    def account_ending(self) -> str:
        return (self.iban or self.account_number or "")[-4:]


class SandboxPayout(msgspec.Struct, kw_only=True):
    """One payout."""

    id: str
    reference: UUID
    amount_minor: int
    currency: str
    account_ending: str
    status: Literal["processing", "paid", "failed", "returned"]
    webhook_url: str
    failure: str | None = None


class Attempted(msgspec.Struct):
    """That a payout was asked for before."""


class AccountClosed(Problem):
    code = "account_closed"
    status = 422
    title = "The bank does not know this account."


class NotNow(Problem):
    code = "not_now"
    status = 503
    title = "The sandbox cannot take this payout just now."


def create(sandbox: Sandbox, key: str, asked: NewPayout) -> SandboxPayout:
    """A new payout; the one made before when the key and the request are the same.

    Raises:
        IdempotencyConflict: the key came with another request.
        InvalidField: an unknown currency.
        AccountClosed, NotNow: the account is one of those.
    """
    exponent(asked.currency)
    request = msgspec.json.encode(asked)
    if known := sandbox.store.find_key(f"payout:{key}", request):
        return _read(sandbox, known)
    outcome = ACCOUNTS.get(asked.account_ending, "is paid")
    if outcome == "is refused":
        raise AccountClosed
    payout = SandboxPayout(
        id=f"po_{asked.reference.hex}",
        reference=asked.reference,
        amount_minor=asked.amount_minor,
        currency=asked.currency,
        account_ending=asked.account_ending,
        status="processing",
        webhook_url=asked.webhook_url,
    )
    with sandbox.store.transaction():
        accepted = outcome != "is unavailable at first" or sandbox.store.read(Attempted, f"try_{payout.id}") is not None
        if accepted:
            sandbox.store.write(payout.id, payout)
            sandbox.store.write_key(f"payout:{key}", request, payout.id)
            sandbox.at(sandbox.config.late_s if outcome == "is slow" else PAY_AFTER_S, "payout.settle", payout.id)
        else:
            sandbox.store.write(f"try_{payout.id}", Attempted())
    if not accepted or outcome == "is accepted without an answer":
        raise NotNow
    return payout


def find(sandbox: Sandbox, reference: UUID) -> SandboxPayout:
    """A payout by the platform's name of it.

    Raises:
        NotFound: there is none.
    """
    return _read(sandbox, f"po_{reference.hex}")


def _read(sandbox: Sandbox, payout_id: str) -> SandboxPayout:
    payout = sandbox.store.read(SandboxPayout, payout_id)
    if payout is None:
        raise NotFound
    return payout


def _move(sandbox: Sandbox, payout: SandboxPayout, status: Literal["paid", "failed", "returned"]) -> None:
    payout.status = status
    sandbox.store.write(payout.id, payout)
    if ACCOUNTS.get(payout.account_ending) != "is paid without a webhook":
        sandbox.outbox.emit(f"payout.{status}", payout.webhook_url, payout)


@post("/v1/payouts", guards=[require_api_key], sync_to_thread=False)
def create_payout(
    request: Request[Any, Any, Any], data: JSONBody[NewPayout], sandbox: NamedDependency[Sandbox]
) -> SandboxPayout:
    return create(sandbox, idempotency_key(request), data)


@get("/v1/payouts/{reference:uuid}", guards=[require_api_key], sync_to_thread=False)
def read_payout(reference: FromPath[UUID], sandbox: NamedDependency[Sandbox]) -> SandboxPayout:
    return find(sandbox, reference)


def _settle(sandbox: Sandbox, payout_id: str) -> None:
    payout = _read(sandbox, payout_id)
    outcome = ACCOUNTS.get(payout.account_ending)
    if outcome == "fails":
        payout.failure = "the account is closed"
        _move(sandbox, payout, "failed")
        return
    _move(sandbox, payout, "paid")
    if outcome == "is returned":
        sandbox.at(RETURN_AFTER_S, "payout.return", payout_id)


def _give_back(sandbox: Sandbox, payout_id: str) -> None:
    payout = _read(sandbox, payout_id)
    payout.failure = "the bank sent the money back"
    _move(sandbox, payout, "returned")


TIMERS: Timers = {"payout.settle": _settle, "payout.return": _give_back}
HANDLERS = (create_payout, read_payout)
