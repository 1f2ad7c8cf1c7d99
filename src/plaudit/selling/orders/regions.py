"""Where a buyer is: gathers the evidence, asks the rule, and keeps what it says, for quotes and for payments."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import ClassVar
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection, fixed
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.ledger.shards import shard_of
from plaudit.people.actions import require_person
from plaudit.policy import actions
from plaudit.policy.databases import network_databases
from plaudit.policy.model import Evidence, EvidenceSource, Outcome, Reason, RegionDecision, Ruling, UnseenPayers
from plaudit.policy.networks import kept_network, public_address
from plaudit.policy.regions import RULE_VERSION, Question, countries_named, decide, judge, unseen_payers, weigh
from plaudit.policy.sentences import explain
from plaudit.problems import Forbidden, InvalidField
from plaudit.rules.model import BUY
from plaudit.rules.published import current_book as rule_book
from plaudit.selling.orders.model import Order, Quote, RegionSource
from plaudit.selling.prices.current import current_book, prices
from plaudit.selling.prices.pricing import Channel, NoPrices, Price, PriceBook
from plaudit.selling.providers.news import Payment
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)

_FINAL = frozenset({Outcome.CAPTURE, Outcome.REPRICE, Outcome.REFUSE})


class RegionRefused(Forbidden):
    """Nothing is sold to where somebody is. `decision` is for whoever keeps it after the transaction is given up."""

    code: ClassVar[str] = "region_refused"
    title: ClassVar[str] = "Coins are not sold in your country."

    class Fields(msgspec.Struct, frozen=True):
        decision_id: UUID
        reasons: list[Reason]

    def __init__(self, decision: RegionDecision) -> None:
        super().__init__(explain(decision), decision_id=decision.decision_id, reasons=decision.reasons)
        self.decision = decision


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of an authorised payment: capture | reprice | ask | refuse."""

    outcome: Outcome
    region: str
    """Whose price would be right."""
    reasons: list[Reason]
    text: str
    """The reason, for the buyer."""
    decision_id: UUID
    elsewhere: frozenset[str] = frozenset()
    """Countries that nothing named before the payment did."""


async def decide_for_quote(
    connection: Connection,
    person_id: int,
    network_address: str | None,
    requested: str | None,
    settings: Settings,
    clock: Clock,
    *,
    channel: Channel = "web",
    book: PriceBook | None = None,
) -> RegionDecision:
    """Whose prices somebody gets, kept with the evidence.

    Raises:
        InvalidField: the region asked for has no prices.
        NoPrices: there is no price book, or it has no prices for the default region.
    """
    decision = await preview(
        connection, person_id, network_address, requested, settings, clock, channel=channel, book=book
    )
    if decision.outcome is Outcome.REFUSE:
        return decision  # kept by whoever refuses: this transaction will not be committed
    return await actions.keep(connection, decision)


async def preview(
    connection: Connection,
    person_id: int | None,
    network_address: str | None,
    requested: str | None,
    settings: Settings,
    clock: Clock,
    *,
    channel: Channel = "web",
    book: PriceBook | None = None,
) -> RegionDecision:
    """The same decision, not kept. `person_id` None: a guest.

    Raises:
        InvalidField: the region asked for has no prices.
        NoPrices: there is no price book, or it has no prices for the default region.
    """
    now, book = clock.now(), book or await current_book(connection, clock)
    units = await _reference_units(connection, book.version, channel, settings)
    if requested is not None and requested not in units:
        raise InvalidField(field="region", reason=f"has no prices here: {requested}")
    evidence, network = await evidence_of(connection, person_id, network_address, settings, now)
    shard = await shard_of(connection, person_id) if person_id else 0
    question = Question(
        evidence=tuple(evidence),
        prices=units,
        default=settings.default_region,
        now=now,
        requested=requested,
        store=channel != "web",
        refused=frozenset(settings.refused_countries.split()),
    )
    ruling = decide(question)
    return _decision(shard, person_id or 0, ruling, question, network, book.version, settings, clock)


async def evidence_of(
    connection: Connection, person_id: int | None, network_address: str | None, settings: Settings, now: datetime
) -> tuple[list[Evidence], str | None]:
    """What is known of where somebody is, by network, account and card; and the network, as far as it may be kept.
    `person_id` None: a guest."""
    evidence, network = _of_network(network_address, settings, now)
    if person_id:
        shard = await shard_of(connection, person_id)
        evidence += await _of_account(connection, person_id, now)
        evidence += await actions.known_cards(connection, shard, person_id, now)
    return evidence, network


async def usual_prices(
    connection: Connection, book: PriceBook, person_id: int | None, settings: Settings, clock: Clock
) -> list[Price]:
    """Prices of this server's channels for somebody wherever they come from just now: by account and card, else the
    default's.

    Raises:
        NoPrices: the book has no prices for the default region.
    """
    decision = await preview(connection, person_id, None, None, settings, clock, book=book)
    return await prices(connection, book, decision.region, settings)


async def judge_payment(
    connection: Connection, order: Order, payment: Payment, settings: Settings, clock: Clock
) -> Verdict:
    """Whether an authorised payment may be taken, kept with the evidence. The first verdict on a payment stands, unless
    it asked for more evidence.

    Raises:
        NoPrices: the order's price book has no prices for the default region.
    """
    of_quote, known = await actions.decisions_about_payment(
        connection, order.shard, order.order_id, payment.id, order.decision_id
    )
    if known is not None and known.outcome in _FINAL:
        return _verdict(known)
    units = await _reference_units(connection, order.book_version, order.channel, settings)
    now = clock.now()
    evidence, network = _of_quote(of_quote)
    before = (*evidence, *await _of_account(connection, order.person_id, now))
    question = Question(
        evidence=(*payment.evidence, *before),
        prices=units,
        default=settings.default_region,
        now=now,
        refused=frozenset(settings.refused_countries.split()) | (await rule_book(connection)).forbidding(BUY, now),
    )
    decision = _decision(
        order.shard,
        order.person_id,
        judge(question, order.region),
        question,
        network,
        order.book_version,
        settings,
        clock,
    )
    paid = msgspec.structs.replace(
        decision, kind="payment", order_id=order.order_id, payment_id=payment.id, quoted_region=order.region
    )
    verdict = _verdict(await actions.keep(connection, paid))
    before = (*before, *(of_quote.evidence if of_quote else ()))  # cards that paid before are not judged by, but known
    elsewhere = countries_named(payment.evidence, now) - countries_named(before, now)
    return msgspec.structs.replace(verdict, elsewhere=elsewhere)


async def unseen_payers_of(connection: Connection, order: Order, settings: Settings) -> UnseenPayers:
    """Who may pay an order in a way that is not judged first. It rests on what is kept of the quote alone, so that a
    repeat says the same."""
    of_quote = await actions.find_decision(connection, order.shard, order.decision_id) if order.decision_id else None
    units = await _reference_units(connection, order.book_version, order.channel, settings)
    return _unseen_payers(of_quote, units, order.region, settings, order.created_at)


async def unseen_payers_at(connection: Connection, decision: RegionDecision, settings: Settings) -> UnseenPayers:
    """The same for whoever is shown the prices of a decision on the web, before anything is quoted."""
    units = await _reference_units(connection, decision.book_version, "web", settings)
    return _unseen_payers(decision, units, decision.region, settings, decision.decided_at)


def _unseen_payers(
    decision: RegionDecision | None, units: Mapping[str, Fraction], region: str, settings: Settings, now: datetime
) -> UnseenPayers:
    question = Question(
        evidence=tuple(decision.evidence) if decision else (),
        prices=units,
        default=settings.default_region,
        now=now,
        refused=frozenset(settings.refused_countries.split()),
    )
    return unseen_payers(question, region)


async def keep_refusal(database: Database, refused: RegionRefused) -> None:
    """Write down the decision nothing was sold for, in a transaction of its own."""
    async with database.transaction() as connection:
        await actions.keep(connection, refused.decision)


def source_of(decision: RegionDecision) -> RegionSource:
    """What a quote says its region was decided by."""
    return msgspec.convert(decision.basis.value, RegionSource)  # type: ignore[no-any-return]  # the type is given by a value


async def decision_of_quote(connection: Connection, quote: Quote) -> RegionDecision | None:
    """Why a quote has the prices of its region; None before decisions were kept."""
    return await actions.find_decision(connection, quote.shard, quote.decision_id) if quote.decision_id else None


async def decisions_of_order(connection: Connection, order: Order) -> list[RegionDecision]:
    """The decisions an order rests on: its quote's, then those of its payments."""
    return await actions.decisions_of_order(connection, order.shard, order.order_id, order.decision_id)


async def _reference_units(
    connection: Connection, book_version: int, channel: Channel, settings: Settings
) -> dict[str, Fraction]:
    """What a coin costs with tax in each region, in US cents at the rates of the book; on the web if the channel has no
    prices."""
    rows = await fixed(connection, SQL["reference_units"], book_version, channel)
    found = {row["region"]: Fraction(row["reference_numerator"], row["reference_denominator"]) for row in rows}
    if settings.default_region not in found and channel != "web":
        return await _reference_units(connection, book_version, "web", settings)
    if settings.default_region not in found:
        raise NoPrices(f"The price book has no prices for the default region {settings.default_region}.")
    return found


def _of_network(address: str | None, settings: Settings, now: datetime) -> tuple[list[Evidence], str | None]:
    public = public_address(address)
    if public is None:
        return [], None
    return [network_databases(settings).observe(public, now)], kept_network(public)


async def _of_account(connection: Connection, person_id: int, now: datetime) -> list[Evidence]:
    person = await require_person(connection, person_id)
    if not person.country:
        return []
    return [Evidence(source=EvidenceSource.ACCOUNT, country=person.country, observed_at=now, detail=person.issuer)]


def _of_quote(decision: RegionDecision | None) -> tuple[list[Evidence], str | None]:
    """The network the quote was asked for from."""
    if decision is None:
        return [], None
    signs = [sign for sign in decision.evidence if sign.source is EvidenceSource.IP]
    return list(signs), decision.network


def _decision(
    shard: int,
    person_id: int,
    ruling: Ruling,
    question: Question,
    network: str | None,
    book_version: int,
    settings: Settings,
    clock: Clock,
) -> RegionDecision:
    return RegionDecision(
        shard=shard,
        person_id=person_id,
        decision_id=new_id(clock),
        decided_at=question.now,
        kind="quote",
        order_id=None,
        payment_id=None,
        outcome=ruling.outcome,
        region=ruling.region,
        quoted_region=None,
        sought_region=ruling.sought,
        basis=ruling.basis,
        reasons=list(ruling.reasons),
        evidence=weigh(question.evidence, question.now),
        network=network,
        rule_version=RULE_VERSION,
        book_version=book_version,
        databases=network_databases(settings).versions,
    )


def _verdict(decision: RegionDecision) -> Verdict:
    return Verdict(
        outcome=decision.outcome,
        region=decision.region,
        reasons=decision.reasons,
        text=explain(decision),
        decision_id=decision.decision_id,
    )
