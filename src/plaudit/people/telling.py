"""What a platform's server tells of its people, before they come or while they are away; kept as what tokens say is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.countries import Country
from plaudit.limits import (
    EMAIL_ADDRESS_LENGTH_MAX,
    PEOPLE_TOLD_PER_CALL_MAX,
    PERSON_NAME_LENGTH_MAX,
    PICTURE_ADDRESS_LENGTH_MAX,
    SUBJECT_LENGTH_MAX,
)
from plaudit.media import require_loadable
from plaudit.people.actions import require_people_by_subjects
from plaudit.people.mailboxes import email_of, forget_addresses, note_addresses
from plaudit.people.model import Person, Role
from plaudit.people.moves import refuse_moved
from plaudit.people.roles import roles_granted
from plaudit.problems import InvalidField, NotFound, Problem
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements
from plaudit.texts import require_readable

SQL = statements(__file__)

OLDEST_BIRTH_YEAR = 1900
Name = Annotated[str, Meta(min_length=1, max_length=PERSON_NAME_LENGTH_MAX, pattern=r"^\S(.*\S)?$(?!\n)")]
Subject = Annotated[
    str, Meta(min_length=1, max_length=SUBJECT_LENGTH_MAX, description="The platform's own id of the person: `sub`.")
]


class PersonFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to know of a person. What is left out stays as it is; null takes it back."""

    name: Annotated[Name, Meta(description="The name to show; of somebody new, the subject.")] | UnsetType = UNSET
    handle: Annotated[Name, Meta(description="What the platform calls them for short.")] | UnsetType = UNSET
    picture: (
        Annotated[
            str,
            Meta(
                max_length=PICTURE_ADDRESS_LENGTH_MAX,
                pattern=r"^(https?:/)?/[^\s\\]+$(?!\n)",
                description="Address of a picture, at an origin that PLAUDIT_MEDIA_ORIGINS names.",
                examples=["https://media.example/people/7.webp"],
            ),
        ]
        | UnsetType
        | None
    ) = UNSET
    country: Country | UnsetType | None = UNSET
    language: (
        Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$(?!\n)", description="BCP 47.")]
        | UnsetType
        | None
    ) = UNSET
    born_on: Annotated[date, Meta(description="The day of birth.", examples=["1999-12-31"])] | UnsetType | None = UNSET
    email: (
        Annotated[
            str,
            Meta(
                max_length=EMAIL_ADDRESS_LENGTH_MAX,
                description="Where receipts and the like are mailed to; only one that you have proved to be theirs.",
                examples=["ada@example.org"],
            ),
        ]
        | UnsetType
        | None
    ) = UNSET
    roles: (
        Annotated[
            list[Literal["viewer", "creator"]],
            Meta(max_length=2, description="What they may be; `creator` needs an issuer that may say so."),
        ]
        | UnsetType
    ) = UNSET


class PersonToTell(PersonFacts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person, and what to know of them."""

    subject: Subject


class PeopleToTell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People to tell of: all of them or, when one is not valid, none."""

    people: Annotated[list[PersonToTell], Meta(min_length=1, max_length=PEOPLE_TOLD_PER_CALL_MAX)]


class PersonUnknown(NotFound):
    """`PUT /v1/people/{subject}` makes the person; `field` is where the subject stood."""

    code: ClassVar[str] = "person_unknown"
    title: ClassVar[str] = "Your platform has not told of this person; PUT /v1/people/{subject} does."

    class Fields(msgspec.Struct, frozen=True):
        field: str
        subject: str


class NotACreator(Problem):
    """`PUT /v1/people/{subject}` with the role, a token that says so, or an operator makes a creator."""

    code: ClassVar[str] = "not_a_creator"
    status: ClassVar[int] = 422
    title: ClassVar[str] = (
        'Only creators have rooms and videos; PUT /v1/people/{subject} with "roles": ["creator"] makes one.'
    )

    class Fields(msgspec.Struct, frozen=True):
        field: str
        subject: str


async def find_told(connection: Connection, issuer_id: int, subject: str, field: str) -> Person:
    """Somebody of a platform that was told of, or has been here.

    Raises:
        PersonUnknown: nobody is known by that subject, which stood in `field`.
        SubjectMoved: it leads elsewhere.
    """
    known = await fetch_one(connection, SQL["person_by_subject"], Person, issuer_id, subject)
    if known is None:
        await refuse_moved(connection, issuer_id, [subject])
        raise PersonUnknown(field=field, subject=subject)
    return known


class KnownSubject(msgspec.Struct, frozen=True):
    """Somebody of a platform, as far as it has to be known of whom its server names."""

    id: int
    subject: str
    is_creator: bool
    """By their platform's word or by one given here."""


async def known_subjects(connection: Connection, issuer_id: int, subjects: Collection[str]) -> dict[str, KnownSubject]:
    """Those of a platform that were told of, or have been here; the others are missing from the answer."""
    found = await fetch_all(connection, SQL["known_subjects"], KnownSubject, issuer_id, sorted(set(subjects)))
    known = {one.subject: one for one in found}
    if missing := set(subjects) - known.keys():
        await refuse_moved(connection, issuer_id, missing)
    return known


async def is_creator(connection: Connection, person: Person) -> bool:
    """Whether somebody is a creator, by their platform's word or by one given here."""
    return Role.CREATOR in person.platform_roles or Role.CREATOR in await roles_granted(connection, person.id)


async def require_creator(connection: Connection, person: Person, field: str) -> None:
    """
    Raises:
        NotACreator: the person, whom `field` named, is none.
    """
    if not await is_creator(connection, person):
        raise NotACreator(field=field, subject=person.subject)


async def tell(
    connection: Connection,
    issuer_id: int,
    people: Mapping[str, tuple[str, PersonFacts]],
    settings: Settings,
    clock: Clock,
) -> dict[str, Person]:
    """Keep what a platform says of its people, each with the place of its facts in the request. Who is new is made.

    Raises:
        InvalidField: a fact that cannot be, or a role that the platform may not give.
        MediaOriginNotAllowed, MediaNotEncrypted: pages could not load a picture.
    """
    may_be: list[str] = await connection.fetchval(SQL["roles_an_issuer_may_give"], issuer_id)
    for place, facts in people.values():
        _check(place, facts, may_be, settings, clock)
    await require_people_by_subjects(connection, issuer_id, list(people), clock)
    subjects = sorted(people)
    locked = await fetch_all(connection, SQL["people_to_tell"], Person, issuer_id, subjects)
    merged = [_merged(person, people[person.subject][1]) for person in locked]
    await connection.execute(SQL["tell_people"], *_columns(merged), clock.now())
    emails = {person.id: people[person.subject][1].email for person in locked}
    await forget_addresses(connection, [one for one, email in emails.items() if email is None])
    await note_addresses(connection, {one: email for one, email in emails.items() if isinstance(email, str)}, clock)
    return {person.subject: person for person in merged}


def _check(place: str, facts: PersonFacts, may_be: Sequence[str], settings: Settings, clock: Clock) -> None:
    for field in ("name", "handle"):
        said = getattr(facts, field)
        if said is not UNSET:
            require_readable(said, f"{place}.{field}")
    if isinstance(facts.picture, str):
        require_loadable(facts.picture, f"{place}.picture", settings)
    if isinstance(facts.born_on, date) and not OLDEST_BIRTH_YEAR <= facts.born_on.year <= clock.now().year:
        raise InvalidField(field=f"{place}.born_on", reason="must be the birthday of somebody alive")
    if isinstance(facts.email, str) and email_of(facts.email) is None:
        raise InvalidField(field=f"{place}.email", reason="must be an address such as ada@example.org, in ASCII")
    if facts.roles is not UNSET and (refused := sorted(set(facts.roles) - set(may_be))):
        mend = f"`plaudit issuer set` with `--role {refused[0]}` lets your platform say it"
        raise InvalidField(field=f"{place}.roles", reason=f"may not hold {refused[0]}: {mend}")


def _merged(person: Person, facts: PersonFacts) -> Person:
    """The person with what was said."""
    fields = {"name": "display_name", "picture": "avatar", "roles": "platform_roles"}
    said: dict[str, Any] = {
        fields.get(field, field): value
        for field in PersonFacts.__struct_fields__
        if field != "email" and (value := getattr(facts, field)) is not UNSET
    }
    if said.get("avatar", "") is None:
        said["avatar"] = ""
    said["platform_roles"] = [Role(role) for role in sorted(said.get("platform_roles", person.platform_roles))]
    return msgspec.structs.replace(person, **said)


def _columns(people: Sequence[Person]) -> tuple[list[Any], ...]:
    return (
        [person.id for person in people],
        [person.handle for person in people],
        [person.display_name for person in people],
        [person.avatar for person in people],
        [person.country for person in people],
        [person.language for person in people],
        [person.born_on for person in people],
        [",".join(person.platform_roles) for person in people],
    )
