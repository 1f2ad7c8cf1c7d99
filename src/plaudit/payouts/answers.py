"""What the API of payouts takes and answers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.countries import Country
from plaudit.creators.model import Balance, Maturing, RewardRule
from plaudit.limits import PAYOUT_DIAMONDS_MAX, PAYOUT_REASON_LENGTH_MAX, PAYPAL_RECEIVER_LENGTH_MAX
from plaudit.money import Money
from plaudit.pages import Place
from plaudit.payouts.connections import AccountConnection, plain_needs
from plaudit.payouts.controls import CreatorsWait
from plaudit.payouts.kinds import MethodKind, WaitsFor
from plaudit.payouts.model import (
    Actor,
    Payout,
    PayoutEvent,
    PayoutMethod,
    PayoutQuote,
    PayoutRate,
    PayoutState,
)

_ID = Meta(description="UUID of version 7, made by the caller; repeating it with the same body repeats the answer.")
_CURRENCY = Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217.", examples=["EUR"])


class NewPayoutMethod(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where to be paid. A bank account: an IBAN, or a bank code and an account number. PayPal: `paypal`. An account at
    Stripe: nothing more; it is made at `POST /payout-methods/{id}/connection`."""

    id: Annotated[UUID, _ID]
    kind: MethodKind = MethodKind.BANK_ACCOUNT
    holder_name: Annotated[str, Meta(min_length=2, max_length=140, description="As the bank knows it.")]
    country: Country
    currency: Annotated[str, _CURRENCY]
    iban: Annotated[str, Meta(max_length=50, examples=["DE89370400440532013000"])] | None = None
    bank_code: (
        Annotated[
            str, Meta(max_length=30, description="Routing number, sort code or the like.", examples=["021000021"])
        ]
        | None
    ) = None
    account_number: Annotated[str, Meta(max_length=50, examples=["000123456789"])] | None = None
    paypal: (
        Annotated[
            str,
            Meta(
                max_length=PAYPAL_RECEIVER_LENGTH_MAX,
                description="The mail address of a PayPal account, or PayPal's id of it.",
                examples=["ada@example.com"],
            ),
        ]
        | None
    ) = None


class ConnectionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An account at a provider, which asks its creator itself for what it must know."""

    state: Annotated[
        str,
        Meta(
            description="`opening`: it is still to be made. `onboarding`: its creator told the provider nothing yet. "
            "`needs_information`: the provider asks for more. `ready`: it can be paid to. `closed`: it never will be."
        ),
    ]
    needs: Annotated[
        list[str],
        Meta(
            description="What is asked for: `bank`, `identity`, `papers`, `address`, `birth`, `person`, `company`, "
            "`business`, `terms`, `currency` (the account has another), or `other`."
        ),
    ]
    needs_by: Annotated[datetime | None, Meta(description="Until when; null: no day is named.")]
    changed_at: datetime


class ConnectionLink(msgspec.Struct, frozen=True, kw_only=True):
    """Where to go on at the provider."""

    url: Annotated[str, Meta(description="Good once, for some minutes. It leads back to the page of payouts.")]


class MethodAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a creator is paid; of the account only the end is shown."""

    id: UUID
    kind: MethodKind
    holder_name: str
    country: str
    currency: str
    account_ending: Annotated[
        str,
        Meta(description="The last four characters of the account, or where a mail address is; empty: not shown."),
    ]
    created_at: datetime
    archived_at: Annotated[datetime | None, Meta(description="Since when it is not used any more.")]
    payable_from: Annotated[datetime | None, Meta(description="Nothing can be paid to it before; null: at once.")]
    by_platform: Annotated[bool, Meta(description="Whether it was added through a key of the platform.")]
    connection: Annotated[
        ConnectionAnswer | None, Meta(description="How the account at the provider stands; null: none is needed.")
    ]


class NewQuote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a quote is asked for."""

    id: Annotated[UUID, _ID]
    diamonds: Annotated[int, Meta(ge=1, le=PAYOUT_DIAMONDS_MAX)]
    method_id: UUID


class QuoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a payout would bring, promised until `expires_at`."""

    id: UUID
    method_id: UUID
    diamonds: int
    rate: PayoutRate
    gross: Annotated[Money, Meta(description="What the diamonds are worth.")]
    fee: Annotated[Money, Meta(description="What is kept of it.")]
    arrives: Annotated[Money, Meta(description="What reaches the account.")]
    arrives_from: Annotated[date, Meta(description="The first day on which it may be there, by what is usual.")]
    arrives_to: Annotated[date, Meta(description="By when it is usually there: decided about, sent, and arrived.")]
    expires_at: datetime


class NewPayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A payout at a quote."""

    id: Annotated[UUID, _ID]
    quote_id: UUID


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a payout is refused; the creator reads it."""

    reason: Annotated[str, Meta(min_length=1, max_length=PAYOUT_REASON_LENGTH_MAX, pattern=r"\S")]


class EventAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One change of state."""

    state: PayoutState
    at: datetime
    actor: Actor
    actor_id: Annotated[str | None, Meta(description="The person; null: the provider.")]
    by_platform: Annotated[
        bool, Meta(description="Whether it was done in the person's name through a key of their platform.")
    ]
    reason: str | None


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """What is next of a payout, and by when."""

    step: Annotated[
        WaitsFor,
        Meta(
            description="`approval`: an operator decides. `sending`: it is sent. `arrival`: it arrives. `unclaimed`: "
            "the receiver takes it, or it comes back. `held`: the provider looks at it. `funds`: the money is on its "
            "way within the provider. `account`: the receiver's account takes no money until the provider is told more."
        ),
    ]
    by: Annotated[datetime | None, Meta(description="When that usually is over; past it, it is overdue.")]


class PayoutAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Diamonds on their way to money."""

    id: UUID
    creator_id: str
    state: PayoutState
    diamonds: int
    gross: Money
    fee: Money
    arrives: Money
    method_id: UUID
    holder_name: str
    country: str
    account_ending: str
    requested_at: datetime
    changed_at: Annotated[datetime, Meta(description="Since when it is in this state.")]
    reason: Annotated[
        str | None,
        Meta(description="Why it failed, was refused or came back. A provider's words are for operators."),
    ]
    method_kind: MethodKind
    next: Annotated[Next | None, Meta(description="What it waits for; null: it came to its end.")]


class PayoutDetail(PayoutAnswer, frozen=True, kw_only=True):
    """A payout with every change of its state."""

    events: list[EventAnswer]
    waits_for: Annotated[
        list[CreatorsWait],
        Meta(description="What stops it, as long as it is not sent, and since when; none: it goes its way."),
    ]


class OperatorPayout(PayoutAnswer, frozen=True, kw_only=True):
    """A payout with what operators look after."""

    provider: str
    provider_reference: Annotated[str | None, Meta(description="The provider's name of it.")]
    attention: Annotated[str | None, Meta(description="How the provider contradicts what is booked.")]
    send_attempts: Annotated[int | None, Meta(description="How often it was tried to send, while it is approved.")]
    send_error: Annotated[str | None, Meta(description="What the last attempt failed with.")]
    may_be_refused: Annotated[bool, Meta(description="Nobody was told to pay it, so that it can still be refused.")]
    export_number: Annotated[int | None, Meta(description="The export it went out in, when it is paid by hand.")]


class Part(msgspec.Struct, frozen=True):
    """Diamonds, and roughly what they are worth."""

    diamonds: Annotated[
        int, Meta(description="Below zero (of `available` alone): so many are owed for gifts that were taken back.")
    ]
    estimate: Annotated[
        Money, Meta(description="At today's rate, before fees; not a promise. Below zero with the diamonds.")
    ]


class Maturity(msgspec.Struct, frozen=True):
    """Diamonds that become available at one moment."""

    matures_at: datetime
    diamonds: int


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What estimates rest on."""

    label: Annotated[str, Meta(description="What to call the figures.")]
    rate: PayoutRate
    reward_rule: RewardRule


class BalanceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a creator has, wherever it is."""

    received_coins: Annotated[int, Meta(description="Coins of all gifts ever received, those taken back included.")]
    taken_back_coins: Annotated[
        int, Meta(description="Coins of gifts whose money went back to whoever paid; `GET /v1/creators/me/clawbacks`.")
    ]
    taken_back: Annotated[Part, Meta(description="What converting these coins now would make.")]
    gift_balance_coins: Annotated[int, Meta(description="Coins that are not converted.")]
    gift_balance: Annotated[Part, Meta(description="What converting them now would make.")]
    promotional_coins: Annotated[
        int, Meta(description="Coins that operators granted to those who gave them: received, and never converted.")
    ]
    pending: Part
    maturing: Annotated[list[Maturity], Meta(description="When pending diamonds become available, soonest first.")]
    available: Annotated[
        Part,
        Meta(description="May be below zero: what matures pays it off first; until then nothing is paid out."),
    ]
    in_payout: Part
    redeemed_diamonds: Annotated[int, Meta(description="Paid out.")]
    basis: Basis
    payout_diamonds_min: Annotated[int, Meta(description="The smallest payout.")]
    payout_diamonds_left_today: Annotated[int, Meta(description="What may still be requested today, UTC.")]


def connection_answer(connection: AccountConnection) -> ConnectionAnswer:
    """An account at a provider as its creator sees it."""
    return ConnectionAnswer(
        state=connection.state,
        needs=plain_needs(connection.needs),
        needs_by=connection.needs_by,
        changed_at=connection.changed_at,
    )


def method_answer(method: PayoutMethod, connection: AccountConnection | None) -> MethodAnswer:
    """A method as its creator sees it."""
    return MethodAnswer(
        id=method.id,
        kind=method.kind,
        holder_name=method.holder_name,
        country=method.country,
        currency=method.currency,
        account_ending=method.account_ending,
        created_at=method.created_at,
        archived_at=method.archived_at,
        payable_from=method.payable_from,
        by_platform=method.by_platform,
        connection=None if connection is None else connection_answer(connection),
    )


def quote_answer(quote: PayoutQuote, rate: PayoutRate) -> QuoteAnswer:
    """A quote with its rate."""
    return QuoteAnswer(
        id=quote.id,
        method_id=quote.method_id,
        diamonds=quote.diamonds,
        rate=rate,
        gross=Money(quote.gross_minor, quote.currency),
        fee=Money(quote.fee_minor, quote.currency),
        arrives=Money(quote.net_minor, quote.currency),
        arrives_from=quote.arrives_from,
        arrives_to=quote.arrives_to,
        expires_at=quote.expires_at,
    )


def payout_answer(payout: Payout) -> PayoutAnswer:
    """A payout as its creator sees it."""
    return PayoutAnswer(
        id=payout.id,
        creator_id=str(payout.creator_id),
        state=payout.state,
        diamonds=payout.diamonds,
        gross=Money(payout.gross_minor, payout.currency),
        fee=Money(payout.fee_minor, payout.currency),
        arrives=Money(payout.net_minor, payout.currency),
        method_id=payout.method_id,
        holder_name=payout.holder_name,
        country=payout.country,
        account_ending=payout.account_ending,
        requested_at=payout.requested_at,
        changed_at=payout.changed_at,
        reason=payout.told_reason,
        method_kind=payout.method_kind,
        next=None if payout.waits_for is None else Next(step=payout.waits_for, by=payout.waits_until),
    )


def payout_detail(
    payout: Payout, events: Sequence[PayoutEvent], waits_for: list[CreatorsWait], *, for_operator: bool
) -> PayoutDetail:
    """A payout with its events, with what its provider said of it for operators alone."""
    told = [
        EventAnswer(
            state=event.to_state,
            at=event.at,
            actor=event.actor,
            actor_id=None if event.actor_id is None else str(event.actor_id),
            by_platform=event.by_platform,
            reason=event.reason if for_operator or event.actor is not Actor.PROVIDER else None,
        )
        for event in events
    ]
    shown = msgspec.structs.asdict(payout_answer(payout))
    return PayoutDetail(**shown | ({"reason": payout.reason} if for_operator else {}), events=told, waits_for=waits_for)


def operator_payout(payout: Payout) -> OperatorPayout:
    """A payout as operators see it."""
    return OperatorPayout(
        **msgspec.structs.asdict(payout_answer(payout)) | {"reason": payout.reason},
        provider=payout.provider,
        provider_reference=payout.provider_reference,
        attention=payout.attention,
        send_attempts=payout.send_attempts,
        send_error=payout.send_error,
        may_be_refused=payout.may_be_refused,
        export_number=payout.export_number,
    )


def place_of(payout: Payout) -> Place:
    """Where a payout stands in a list."""
    return payout.requested_at, payout.id


def balance_answer(
    balance: Balance, maturing: Sequence[Maturing], basis: Basis, diamonds_min: int, diamonds_left_today: int
) -> BalanceAnswer:
    """A balance with estimates at the rate and rule of the basis."""

    def part(diamonds: int) -> Part:
        return Part(diamonds, basis.rate.worth(diamonds))

    return BalanceAnswer(
        received_coins=balance.received,
        taken_back_coins=balance.taken_back,
        taken_back=part(basis.reward_rule.reward(balance.taken_back)[1]),
        gift_balance_coins=balance.gift_balance,
        gift_balance=part(basis.reward_rule.reward(balance.gift_balance)[1]),
        promotional_coins=balance.promotional,
        pending=part(balance.pending),
        maturing=[Maturity(moment.matures_at, moment.diamonds) for moment in maturing],
        available=part(balance.available),
        in_payout=part(balance.in_payout),
        redeemed_diamonds=balance.redeemed,
        basis=basis,
        payout_diamonds_min=diamonds_min,
        payout_diamonds_left_today=diamonds_left_today,
    )
