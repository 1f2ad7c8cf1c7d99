"""Rules over HTTP: what works for me; packs, for operators; ages that platforms have proved, for their servers."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import Meta

from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, Proposal, ask, told
from plaudit.decisions.model import REFUSED
from plaudit.ids import IdMeta
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import speaking
from plaudit.limits import NOTE_LENGTH_MAX, PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_NUMBER, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.actions import require_person
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.people.telling import PersonUnknown, find_told
from plaudit.problems import IdempotencyConflict, InvalidField
from plaudit.rules import ages, published, subdivisions
from plaudit.rules.ages import AgeAssurance, AssuranceIsOver, NewAssurance, Revocation
from plaudit.rules.decisions import POLICY_PACK
from plaudit.rules.help import Evidence, RulesForMe, rules_for
from plaudit.rules.limits import TALLY_DAYS_MAX
from plaudit.rules.linter import PackFinding, read
from plaudit.rules.packs import SHIPPED, shipped_texts
from plaudit.rules.published import PackNotValid, PackText, PublishedPack
from plaudit.rules.sentences import voice_of
from plaudit.rules.subdivisions import ToldSubdivision
from plaudit.rules.tally import RuleTally, tallies
from plaudit.rules.trying import DryRun, try_pack

_TAGS = ["Rules"]
_OPERATOR = ["Operator"]
_Country = Annotated[
    str | None,
    Parameter(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$(?!\n)", description="Only of this country, or part of one."),
]
_Day = Annotated[date | None, Parameter(description="In UTC.")]
_Subject = Annotated[str, Parameter(min_length=1, max_length=255, description="The platform's own id: `sub`.")]


class PackProposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A pack to be decided."""

    id: Annotated[UUID, IdMeta]
    toml: PackText
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S", description="Why.")]


class PackToLint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pack to be looked at."""

    toml: PackText


class LintAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps a pack from being published, and what it would loosen."""

    findings: list[PackFinding]
    loosened: list[str]


class HeldPack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that holds now."""

    country: str
    version: Annotated[int, Meta(description="0: it came with Plaudit.")]
    since: Annotated[datetime | None, Meta(description="From when; null: from the beginning.")]
    checked_on: Annotated[date, Meta(description="When its sources were last read.")]
    text: str


@get(
    "/v1/me/rules",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    personal=True,
    operation_id="GetMyRules",
    tags=_TAGS,
    summary="What works for me here, and why",
)
async def get_my_rules(
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    whereabouts: NamedDependency[Evidence],
    network_address: NamedDependency[str | None],
) -> RulesForMe:
    """Each action with what the rules of where you are say of it at your age, and what can be done about it. Evidence
    of where you are is your platform's word, your network's and your card's."""
    seen = await whereabouts.countries(caller.person_id, network_address)
    async with database.read() as connection:
        person = await require_person(connection, caller.person_id)
        with speaking(voice_of(person.language)):
            return await rules_for(connection, clock, person.id, seen, settings)


@get(
    "/v1/operator/policy-packs",
    access=Access.SAFETY,
    operation_id="ListPolicyPacks",
    tags=_OPERATOR,
    summary="The rules of countries that hold now",
)
async def list_held_packs(database: Database, clock: Clock) -> Page[HeldPack]:
    """By country."""
    async with database.read() as connection:
        packs = (await published.current_book(connection)).packs(clock.now())
        found = {one.version: one for one in await published.list_packs(connection, None, 2**31 - 1, 2_000)}
    held = [
        HeldPack(
            country=pack.country,
            version=pack.version,
            since=pack.starts_at if pack.version != SHIPPED else None,
            checked_on=pack.checked_on,
            text=found[pack.version].text if pack.version != SHIPPED else shipped_texts()[pack.country],
        )
        for pack in packs
    ]
    return Page(held, None)


@get(
    "/v1/operator/policy-packs/versions",
    access=Access.SAFETY,
    operation_id="ListPolicyPackVersions",
    tags=_OPERATOR,
    summary="Rules of countries that were published",
)
async def list_versions(
    database: Database, country: _Country = None, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[PublishedPack]:
    """Newest first, those that do not hold yet included."""
    async with database.read() as connection:
        found = await published.list_packs(connection, country, BY_NUMBER.after(cursor), limit + 1)
    return Page(found[:limit], BY_NUMBER.next(found, limit, lambda one: one.version))


@post(
    "/v1/operator/policy-packs:lint",
    access=Access.SAFETY,
    operation_id="LintPolicyPack",
    tags=_OPERATOR,
    status_code=200,
    summary="What keeps rules of a country from being published",
)
async def lint_pack(data: JSONBody[PackToLint], database: Database, clock: Clock) -> LintAnswer:
    """Nothing is kept."""
    async with database.read() as connection:
        found = await published.look_at(connection, clock, data.toml)
    return LintAnswer(findings=list(found.findings), loosened=list(found.loosened))


@post(
    "/v1/operator/policy-packs",
    access=Access.SAFETY,
    operation_id="ProposePolicyPack",
    tags=_OPERATOR,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(PackNotValid, *REFUSED),
    summary="Propose rules of a country",
)
async def propose_pack(
    data: JSONBody[PackProposal], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[PublishedPack]:
    """202 with the decision that waits for another operator; 201 with the pack where one decides alone. It holds from
    its own day, and never what it loosens before a week is over."""
    async with database.transaction() as connection:
        content = await published.draft(connection, clock, data.toml, data.note)
        proposal = Proposal(data.id, content, data.note, caller.person_id)
        return await told(connection, POLICY_PACK, await ask(connection, clock, house, POLICY_PACK, proposal))


@post(
    "/v1/operator/policy-packs:try",
    access=Access.SAFETY,
    operation_id="TryPolicyPack",
    tags=_OPERATOR,
    status_code=200,
    problems=(PackNotValid,),
    summary="What rules of a country would have changed in the last month",
)
async def try_policy_pack(data: JSONBody[PackToLint], database: Database, clock: Clock) -> DryRun:
    """Of gifts, orders, conversions and payouts that there were. Nothing is kept. The pack may be of any day."""
    found = read(data.toml)
    if found.pack is None:
        raise PackNotValid(found.findings)
    async with database.read() as connection:
        return await try_pack(connection, clock, found.pack)


@get(
    "/v1/operator/rule-tallies",
    access=Access.SAFETY,
    operation_id="ListRuleTallies",
    tags=_OPERATOR,
    summary="How often rules refused and asked",
)
async def list_tallies(database: Database, clock: Clock, first: _Day = None, last: _Day = None) -> Page[RuleTally]:
    """From one day to another, the last 30 if none is named; the most frequent first."""
    until = last or clock.now().date()
    since = first or until - timedelta(days=30)
    if not since <= until <= since + timedelta(days=TALLY_DAYS_MAX):
        raise InvalidField(field="query.first", reason=f"must be at most {TALLY_DAYS_MAX} days before last")
    async with database.read() as connection:
        return Page(await tallies(connection, since, until), None)


@post(
    "/v1/people/{subject:str}/age-assurances",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellAge",
    tags=["People"],
    status_code=201,
    problems=(PersonUnknown, IdempotencyConflict),
    summary="Tell what was found out about somebody's age",
)
async def tell_age(
    subject: _Subject, data: JSONBody[NewAssurance], caller: Caller, database: Database, clock: Clock
) -> AgeAssurance:
    """Bounds in whole years, never a birthday. Idempotent by `id`. Of several that hold, the surest is believed."""
    async with database.transaction() as connection:
        person = await find_told(connection, caller.issuer_id, subject, "path.subject")
        return await ages.keep(connection, clock, person.id, data)


@post(
    "/v1/people/{subject:str}/age-assurances/{assurance_id:uuid}/revoke",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="RevokeAge",
    tags=["People"],
    status_code=200,
    problems=(PersonUnknown, AssuranceIsOver),
    summary="Take back what was found out about somebody's age",
)
async def revoke_age(
    subject: _Subject,
    assurance_id: FromPath[UUID],
    data: JSONBody[Revocation],
    caller: Caller,
    database: Database,
    clock: Clock,
) -> AgeAssurance:
    """It is believed no more, at once. Repeating it with the same words changes nothing."""
    async with database.transaction() as connection:
        person = await find_told(connection, caller.issuer_id, subject, "path.subject")
        return await ages.revoke(connection, clock, person.id, assurance_id, data.reason)


@put(
    "/v1/people/{subject:str}/subdivision",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellSubdivision",
    tags=["People"],
    problems=(PersonUnknown,),
    summary="Tell in which part of their country somebody is",
)
async def tell_subdivision(
    subject: _Subject, data: JSONBody[ToldSubdivision], caller: Caller, database: Database, clock: Clock
) -> ToldSubdivision:
    """A state or province, whose pack of rules narrows its country's. It counts while they are in that country."""
    async with database.transaction() as connection:
        person = await find_told(connection, caller.issuer_id, subject, "path.subject")
        await subdivisions.tell(connection, clock, person.id, data)
    return data


router = Router(
    "/",
    route_handlers=[
        get_my_rules,
        list_held_packs,
        list_versions,
        lint_pack,
        propose_pack,
        try_policy_pack,
        list_tallies,
        tell_age,
        revoke_age,
        tell_subdivision,
    ],
)
