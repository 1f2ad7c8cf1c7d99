"""Guardians and minors as they are answered, and as pages show them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.brakes import guarding, reading
from plaudit.brakes.answers import PeriodAnswer, read_limits
from plaudit.brakes.model import CoinPrices, GuardianLimit, Kind, Night
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.guardians import actions
from plaudit.guardians.model import Guardianship, Invitation
from plaudit.money import Money
from plaudit.people.actions import people_by_ids
from plaudit.rules.consents import agreed_to, is_of_age
from plaudit.rules.facts import facts_of_one
from plaudit.rules.model import RuleAction, brought_actions
from plaudit.rules.published import current_book
from plaudit.rules.sentences import title_of


class GuardianLimitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that a guardian set."""

    kind: Kind
    amount: Money | None
    night: Night | None


class ConsentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something a guardian agrees to, or may agree to."""

    action: Annotated[str, Meta(description="As rules name it.", examples=["buy"])]
    title: Annotated[str, Meta(description="What it is called, in the caller's language.")]
    needed: Annotated[bool, Meta(description="The rules where the minor is ask for it below an age.")]
    agreed: bool


class GuardianAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who answers for the caller."""

    id: Annotated[UUID, Meta(description="Of the link between both.")]
    name: str
    since: datetime
    began_by: Annotated[Literal["platform", "code"], Meta(description="By the platform's word, or by a code.")]
    is_stopped: Annotated[bool, Meta(description="This guardian stopped all spending.")]
    limits: list[GuardianLimitAnswer]
    agreed: Annotated[list[str], Meta(description="The actions they agree to, as rules name them.")]


class MinorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody the caller answers for. Whom gifts went to, and what was written with them, is not told."""

    id: Annotated[UUID, Meta(description="Of the link between both.")]
    name: str
    since: datetime
    began_by: Annotated[Literal["platform", "code"], Meta(description="By the platform's word, or by a code.")]
    is_stopped: Annotated[bool, Meta(description="The caller stopped all spending.")]
    is_stopped_by_another: Annotated[bool, Meta(description="Another guardian did.")]
    currency: Annotated[str | None, Meta(description="Of their limits; null: there are no prices yet.")]
    limits: Annotated[list[GuardianLimitAnswer], Meta(description="Those that the caller set.")]
    periods: Annotated[list[PeriodAnswer], Meta(description="What was given, of the strictest limits that hold.")]
    consents: list[ConsentAnswer]


class GuardianInvitationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An open code, for who made it and for who answered it."""

    id: UUID
    guardian: Annotated[str, Meta(description="Who made it.")]
    minor: Annotated[str | None, Meta(description="Who answered it; null: nobody yet.")]
    made_by_me: bool
    ends_at: datetime


class MadeInvitation(GuardianInvitationAnswer, frozen=True, kw_only=True):
    """A code that was just made."""

    code: Annotated[str, Meta(description="Said once; give it to the minor.", examples=["7KQ2M-XH4TR"])]


class GuardiansAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for the caller, whom the caller answers for, and codes that are open."""

    may_guard: Annotated[bool, Meta(description="The caller's age is proved well enough to answer for others.")]
    guardians: list[GuardianAnswer]
    minors: list[MinorAnswer]
    invitations: list[GuardianInvitationAnswer]


async def read_guardians(connection: Connection, person_id: int, prices: CoinPrices, clock: Clock) -> GuardiansAnswer:
    """All of somebody; titles in the voice that is spoken."""
    now = clock.now()
    links = await actions.guardianships_of(connection, person_id)
    return GuardiansAnswer(
        may_guard=await is_of_age(connection, person_id, now),
        guardians=[await _guardian(connection, one) for one in links if one.minor_id == person_id],
        minors=[await minor_answer(connection, one, prices, clock) for one in links if one.guardian_id == person_id],
        invitations=await invitation_answers(
            connection, await actions.open_invitations(connection, person_id, now), person_id
        ),
    )


async def _guardian(connection: Connection, found: Guardianship) -> GuardianAnswer:
    terms = await read_currency(connection, found.minor_id)
    return GuardianAnswer(
        id=found.id,
        name=await name_of(connection, found.guardian_id),
        since=found.began_at,
        began_by=found.began_by,
        is_stopped=found.guardian_id in await guarding.stopped_by(connection, found.minor_id),
        limits=_limits(await guarding.limits_set(connection, found.minor_id), found.guardian_id, terms),
        agreed=await agreed_to(connection, found.minor_id, found.guardian_id),
    )


async def minor_answer(connection: Connection, found: Guardianship, prices: CoinPrices, clock: Clock) -> MinorAnswer:
    """What a guardian sees of a minor."""
    held = await read_limits(connection, found.minor_id, clock)
    stopped = await guarding.stopped_by(connection, found.minor_id)
    worth = None if held.currency else await prices.coin_worth(found.minor_id)
    currency = held.currency or (worth[0] if worth else None)
    return MinorAnswer(
        id=found.id,
        name=await name_of(connection, found.minor_id),
        since=found.began_at,
        began_by=found.began_by,
        is_stopped=found.guardian_id in stopped,
        is_stopped_by_another=any(one != found.guardian_id for one in stopped),
        currency=currency,
        limits=_limits(await guarding.limits_set(connection, found.minor_id), found.guardian_id, currency),
        periods=held.periods,
        consents=await _consents(connection, found, clock),
    )


async def _consents(connection: Connection, found: Guardianship, clock: Clock) -> list[ConsentAnswer]:
    now = clock.now()
    facts = await facts_of_one(connection, found.minor_id, now)
    agreed = await agreed_to(connection, found.minor_id, found.guardian_id)
    pack = (await current_book(connection)).pack(facts.country, now) if facts.country else None

    def needs(action: RuleAction) -> bool:
        rule = pack.rule(action) if pack else None
        return rule is not None and rule.allowed and rule.guardian_age is not None

    return [
        ConsentAnswer(action=one.name, title=title_of(one), needed=needs(one), agreed=one.name in agreed)
        for one in brought_actions().values()
    ]


async def invitation_answers(
    connection: Connection, found: Iterable[Invitation], person_id: int
) -> list[GuardianInvitationAnswer]:
    """Invitations, as one of both sees them."""
    return [
        GuardianInvitationAnswer(
            id=one.id,
            guardian=await name_of(connection, one.guardian_id),
            minor=await name_of(connection, one.minor_id) if one.minor_id else None,
            made_by_me=one.guardian_id == person_id,
            ends_at=one.ends_at,
        )
        for one in found
    ]


async def name_of(connection: Connection, person_id: int) -> str:
    """What somebody is called."""
    return (await people_by_ids(connection, [person_id]))[person_id].display_name


async def read_currency(connection: Connection, person_id: int) -> str | None:
    """That of somebody's limits."""
    terms = await reading.read_terms(connection, person_id)
    return terms.currency if terms else None


def _limits(found: Iterable[GuardianLimit], set_by: int, currency: str | None) -> list[GuardianLimitAnswer]:
    return [
        GuardianLimitAnswer(
            kind=one.kind,
            amount=Money(one.amount_minor, currency) if one.amount_minor is not None and currency else None,
            night=one.night,
        )
        for one in found
        if one.set_by == set_by
    ]
