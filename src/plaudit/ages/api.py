"""Ages over HTTP: what is known of mine and by whom, asking my wallet, what it answers, and taking that back."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, JSONBody, Parameter
from msgspec import Meta

from plaudit.ages import asking
from plaudit.ages.asking import (
    AgeProofNotValid,
    AgeProofsNotTaken,
    AgeRequestOver,
    NewAgeRequest,
    OnlyOwnProofs,
)
from plaudit.ages.limits import AGE_PROOF_LENGTH_MAX
from plaudit.ages.sources import AgeSources
from plaudit.ages.sources.base import AgeSourceSilent, AgeSourceUnknown, AgeWordNotValid
from plaudit.ages.telling import HeardAge, NewAgeWord, StoppedByStore, StoreWithdrawals, hear, withdraw
from plaudit.clock import Clock as AnyClock
from plaudit.connections import Connection
from plaudit.injected import Clock, Database, Settings
from plaudit.people.access import Access
from plaudit.people.allowances import TooOften
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.people.telling import PersonUnknown, find_told
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.rules.ages import AssuranceIsOver
from plaudit.rules.facts import facts_of_one
from plaudit.rules.model import Level
from plaudit.settings import Settings as AnySettings

_TAGS = ["Ages"]
_Subject = Annotated[str, Parameter(min_length=1, max_length=255, description="The platform's own id: `sub`.")]
LevelName = Annotated[str, Meta(description="`inferred`, `claimed`, `checked` or `verified`.", examples=["verified"])]


class AgeProof(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody found out about an age, in whole years."""

    id: UUID
    at_least: int
    under: int | None
    level: LevelName
    method: str
    source: Annotated[str, Meta(description="Who found it out.")]
    proved_at: datetime
    until: Annotated[datetime | None, Meta(description="From when it proves nothing more; null: until revoked.")]
    is_mine: Annotated[bool, Meta(description="My wallet proved it, and I can take it back.")]


class AgeOfMine(msgspec.Struct, frozen=True, kw_only=True):
    """How old somebody is taken to be. All null: nobody knows."""

    at_least: int | None
    under: Annotated[int | None, Meta(description="Younger than; null: not known.")]
    level: LevelName | None
    method: Annotated[str | None, Meta(description="How it was found, such as `platform` or `google_age_signal`.")]
    source: str | None
    source_name: Annotated[str | None, Meta(description="What people call who says so, where that is known.")]
    until: datetime | None
    store_guardian: Annotated[
        Literal["given", "withheld"] | None,
        Meta(description="What a guardian at an app store says of me; null: nobody answers for me there."),
    ]
    silent_source: Annotated[str | None, Meta(description="Who was asked how old I am and does not answer.")]
    proofs: Annotated[list[AgeProof], Meta(description="All that holds, the surest first.")]
    takes_proofs: Annotated[bool, Meta(description="Whether a wallet can be asked here.")]
    last_refused_with: Annotated[str | None, Meta(description="What was wrong with what my wallet presented last.")]


class AskedWallet(msgspec.Struct, frozen=True, kw_only=True):
    """A question to a wallet."""

    id: UUID
    link: Annotated[str, Meta(description="Opens the wallet with the question (OpenID4VP).")]
    ends_at: datetime


class PresentedProof(msgspec.Struct, frozen=True, kw_only=True):
    """What a wallet posts."""

    vp_token: Annotated[
        str, Meta(max_length=AGE_PROOF_LENGTH_MAX, description="JSON: `age`, a list with one document.")
    ]


class WalletTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a wallet is answered."""

    redirect_uri: Annotated[str, Meta(description="Where it leads whoever holds it.")]


async def read_age(connection: Connection, person_id: int, settings: AnySettings, clock: AnyClock) -> AgeOfMine:
    """What is known of somebody's age."""
    now = clock.now()
    facts = await facts_of_one(connection, person_id, now)
    age = facts.age
    request = await asking.newest_request(connection, person_id)
    return AgeOfMine(
        at_least=age.at_least if age else None,
        under=age.under if age else None,
        level=age.level.name.lower() if age else None,
        method=age.method if age else None,
        source=age.source if age else None,
        source_name=await asking.name_of(connection, age) if age else None,
        until=age.until if age else None,
        store_guardian=facts.store_consent.value if facts.store_consent else None,
        silent_source=facts.silent_source,
        proofs=[
            AgeProof(
                id=one.id,
                at_least=one.at_least,
                under=one.under,
                level=Level(one.level).name.lower(),
                method=one.method,
                source=one.source,
                proved_at=one.proved_at,
                until=one.until,
                is_mine=one.method == asking.METHOD,
            )
            for one in await asking.proofs_of(connection, person_id, now)
        ],
        takes_proofs=bool(asking.issuers(settings)),
        last_refused_with=request.refused_with if request else None,
    )


@get(
    "/v1/me/age",
    access=Access.VIEWER,
    personal=True,
    operation_id="GetMyAge",
    tags=_TAGS,
    summary="How old I am taken to be",
)
async def get_age(caller: Caller, database: Database, settings: Settings, clock: Clock) -> AgeOfMine:
    """In whole years, how sure that is, who says so, and until when. No birthday is kept of a proof."""
    async with database.read() as connection:
        return await read_age(connection, caller.person_id, settings, clock)


@post(
    "/v1/me/age-requests",
    access=Access.VIEWER,
    operation_id="AskMyWallet",
    tags=_TAGS,
    problems=(AgeProofsNotTaken, IdempotencyConflict, TooOften),
    summary="Ask my wallet for a proof of age",
)
async def ask_wallet(
    data: JSONBody[NewAgeRequest], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> AskedWallet:
    """Whether I am 18 or older, and nothing else. The link is opened where the wallet is, within ten minutes."""
    async with database.transaction() as connection:
        made = await asking.ask(connection, clock, settings, caller.person_id, data.id)
    return AskedWallet(id=made.id, link=asking.link(settings, made), ends_at=made.ends_at)


@post(
    "/v1/age-requests/{request_id:uuid}/answer",
    access=Access.PUBLIC,
    foreign_credentials=True,
    operation_id="AnswerAgeRequest",
    tags=_TAGS,
    status_code=200,
    problems=(NotFound, AgeRequestOver, AgeProofNotValid),
    summary="A wallet presents a proof of age",
)
async def answer_request(
    request_id: FromPath[UUID],
    data: Annotated[PresentedProof, Body(media_type=RequestEncodingType.URL_ENCODED)],
    database: Database,
    settings: Settings,
    clock: Clock,
) -> WalletTold:
    """By whoever was asked: it is signed for this question, and good once. Only the bounds are kept."""
    await asking.answer(database, clock, settings, request_id, data.vp_token)
    return WalletTold(redirect_uri=f"{settings.public_url}/age")


@delete(
    "/v1/me/age-proofs/{proof_id:uuid}",
    access=Access.VIEWER,
    operation_id="WithdrawAgeProof",
    tags=_TAGS,
    problems=(NotFound, OnlyOwnProofs, AssuranceIsOver),
    summary="Take back what my wallet proved",
)
async def withdraw_proof(proof_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> None:
    """It is believed no more, at once. Repeating it changes nothing."""
    async with database.transaction() as connection:
        await asking.withdraw(connection, clock, caller.person_id, proof_id)


@post(
    "/v1/people/{subject:str}/age-words",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellAgeWord",
    tags=["People"],
    status_code=200,
    problems=(PersonUnknown, AgeSourceUnknown, AgeWordNotValid, AgeSourceSilent, IdempotencyConflict),
    summary="Tell what an app store says of somebody's age",
)
async def tell_word(
    subject: _Subject,
    data: JSONBody[NewAgeWord],
    caller: Caller,
    database: Database,
    clock: Clock,
    age_sources: NamedDependency[AgeSources],
) -> HeardAge:
    """As Google Play Age Signals and Apple's Declared Age Range answered your app. What nothing proves is believed
    where it narrows what somebody may, and else only claimed. Idempotent by `id`."""
    async with database.read() as connection:
        person = await find_told(connection, caller.issuer_id, subject, "path.subject")
    return await hear(database, clock, age_sources, person, data)


@post(
    "/v1/store-guardians/{store:str}/withdrawals",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellStoreWithdrawals",
    tags=["People"],
    status_code=200,
    summary="Tell which guardians took back their consent in an app store",
)
async def tell_withdrawals(
    store: Annotated[str, Parameter(pattern=r"^[a-z][a-z0-9_]{0,29}$(?!\n)", description="Such as `google`.")],
    data: JSONBody[StoreWithdrawals],
    database: Database,
) -> StoppedByStore:
    """As the store lists them: Google Play on the page of age signals of its console. Whose account it is may do
    nothing from then on that rules speak of. Apple tells it here itself. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return await withdraw(connection, store, data)


router = Router("/", route_handlers=[get_age, ask_wallet, answer_request, withdraw_proof, tell_word, tell_withdrawals])
