"""What is asked and answered about app stores over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ids import IdMeta
from plaudit.limits import GRANT_REASON_LENGTH_MAX, STORE_PROOF_LENGTH_MAX
from plaudit.money import Money
from plaudit.selling.grants.model import PersonIdMeta
from plaudit.selling.orders.answers import OrderAnswer, order_answer
from plaudit.selling.orders.model import Order
from plaudit.selling.stores.model import ConsumptionEntry, HoldReason, RequestState, StoreTransaction, TransactionState

Words = Annotated[
    str, Meta(min_length=1, max_length=1000, pattern=r"\S", description="Why, for whoever looks at it later.")
]


class PurchaseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The proof the store gave the app."""

    proof: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=STORE_PROOF_LENGTH_MAX,
            description="Apple: the signed transaction (`jwsRepresentation`). Google: the purchase token.",
        ),
    ]


class BindRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose a held purchase is."""

    order_id: Annotated[UUID, Meta(description="An unpaid order for the same product.")]
    resolution: Words


class GrantHeldRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who gets the coins of a held purchase, as a grant."""

    id: Annotated[UUID, IdMeta]
    person_id: Annotated[str, PersonIdMeta]
    resolution: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=GRANT_REASON_LENGTH_MAX,
            pattern=r"\S",
            description="Why; also the reason of the grant.",
        ),
    ]


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How something was dealt with outside of Plaudit."""

    resolution: Words


class HeldPurchase(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction of a store, as operators see it."""

    id: UUID
    provider: str
    environment: str
    transaction_id: str
    state: TransactionState
    hold_reason: HoldReason | None
    account_token: Annotated[str, Meta(description="What the purchase carried; empty: nothing.")]
    product_id: str
    quantity: int
    coins: int
    paid: Annotated[Money | None, Meta(description="null: nothing, or the store does not say what.")]
    presented_by: Annotated[str | None, Meta(description="Who brought it first; null: the store itself told of it.")]
    order_id: UUID | None
    noticed_at: datetime
    changed_at: datetime
    resolution: str | None
    grant_id: Annotated[UUID | None, Meta(description="The grant its coins were given by.")]


class HeldPurchaseDetail(msgspec.Struct, frozen=True):
    """A transaction and the orders it may be for."""

    purchase: HeldPurchase
    candidates: Annotated[
        list[OrderAnswer], Meta(description="Unpaid orders for the same product, of whoever brought it.")
    ]


class ConsentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The word of a buyer."""

    given: Annotated[
        bool,
        Meta(description="Whether a store may be told how much of a purchase was used, when a refund is asked for."),
    ]


class ConsentAnswer(msgspec.Struct, frozen=True):
    """The latest word of a buyer; without one, consent is not given."""

    given: bool
    changed_at: datetime | None


class ConsumptionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A store's question how much of a purchase was used, and what became of it."""

    id: UUID
    provider: str
    request_id: str
    order_id: UUID
    person_id: str
    reason: str
    noticed_at: datetime
    answer_until: datetime
    state: RequestState
    tries: int
    error: str
    consumed_ppm: Annotated[int | None, Meta(description="The share that was told, in millionths.")]
    closed_at: datetime | None
    refund_declined_at: Annotated[datetime | None, Meta(description="When the store said that it gives nothing back.")]


def held_answer(transaction: StoreTransaction) -> HeldPurchase:
    return HeldPurchase(
        id=transaction.id,
        provider=transaction.provider,
        environment=transaction.environment,
        transaction_id=transaction.transaction_id,
        state=transaction.state,
        hold_reason=transaction.hold_reason,
        account_token=transaction.account_token,
        product_id=transaction.product_id,
        quantity=transaction.quantity,
        coins=transaction.coins,
        paid=transaction.paid,
        presented_by=None if transaction.presented_by is None else str(transaction.presented_by),
        order_id=transaction.order_id,
        noticed_at=transaction.noticed_at,
        changed_at=transaction.changed_at,
        resolution=transaction.resolution,
        grant_id=transaction.grant_id,
    )


def detail_answer(transaction: StoreTransaction, candidates: list[Order], product_prefix: str) -> HeldPurchaseDetail:
    return HeldPurchaseDetail(held_answer(transaction), [order_answer(order, product_prefix) for order in candidates])


def consumption_answer(entry: ConsumptionEntry) -> ConsumptionAnswer:
    return ConsumptionAnswer(
        id=entry.id,
        provider=entry.provider,
        request_id=entry.request_id,
        order_id=entry.order_id,
        person_id=str(entry.person_id),
        reason=entry.reason,
        noticed_at=entry.noticed_at,
        answer_until=entry.answer_until,
        state=entry.state,
        tries=entry.tries,
        error=entry.error,
        consumed_ppm=entry.consumed_ppm,
        closed_at=entry.closed_at,
        refund_declined_at=entry.refund_declined_at,
    )
