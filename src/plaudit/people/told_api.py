"""People over HTTP for the servers of their platform: told of, and looked up."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Router, get, post, put
from litestar.params import JSONBody, Parameter

from plaudit.acts import changed
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import SUBJECT_LENGTH_MAX
from plaudit.media import MediaNotEncrypted, MediaOriginNotAllowed
from plaudit.people.access import Access
from plaudit.people.actions import require_subject
from plaudit.people.injected import Caller
from plaudit.people.model import Person, Role, Scope
from plaudit.people.telling import PeopleToTell, PersonFacts, PersonUnknown, find_told, tell
from plaudit.problems import InvalidField

TAGS = ["People"]

SubjectInPath = Annotated[
    str,
    Parameter(min_length=1, max_length=SUBJECT_LENGTH_MAX, description="The platform's own id of the person: `sub`."),
]


class PersonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as their platform describes them."""

    id: Annotated[str, msgspec.Meta(description="The person here.", examples=["12"])]
    subject: str
    name: str
    handle: str
    picture: str | None
    country: str | None
    language: str | None
    born_on: date | None
    roles: Annotated[list[Role], msgspec.Meta(description="What their platform says they may be.")]


class PeopleAnswer(msgspec.Struct, frozen=True):
    """People, in the order in which they were told of."""

    items: list[PersonAnswer]
    next: Annotated[str | None, msgspec.Meta(description="Always null: there is one page.")] = None


def person_answer(person: Person) -> PersonAnswer:
    return PersonAnswer(
        id=str(person.id),
        subject=person.subject,
        name=person.display_name,
        handle=person.handle,
        picture=person.avatar or None,
        country=person.country,
        language=person.language,
        born_on=person.born_on,
        roles=person.platform_roles,
    )


@put(
    "/v1/people/{subject:str}",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellOfPerson",
    tags=TAGS,
    summary="Tell of a person",
    problems=(MediaNotEncrypted, MediaOriginNotAllowed),
)
async def tell_of_person(
    subject: SubjectInPath,
    data: JSONBody[PersonFacts],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
) -> PersonAnswer:
    """Makes somebody new, or changes what is known. A later token of the person says it anew."""
    require_path_subject(subject)
    async with database.transaction() as connection:
        told = await tell(connection, caller.issuer_id, {subject: ("body", data)}, settings, clock)
        changed(connection, people=[str(told[subject].id)])
    return person_answer(told[subject])


@post(
    "/v1/people:batch",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellOfPeople",
    tags=TAGS,
    summary="Tell of many people",
    status_code=200,
    problems=(MediaNotEncrypted, MediaOriginNotAllowed),
)
async def tell_of_people(
    data: JSONBody[PeopleToTell], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> PeopleAnswer:
    """All of them or none; each subject once."""
    people = {one.subject: (f"body.people[{place}]", one) for place, one in enumerate(data.people)}
    if len(people) < len(data.people):
        raise InvalidField(field="body.people", reason="names somebody twice")
    for place, one in enumerate(data.people):
        if not one.subject.isprintable():
            raise InvalidField(field=f"body.people[{place}].subject", reason="must be printable")
    async with database.transaction() as connection:
        told = await tell(connection, caller.issuer_id, people, settings, clock)
        changed(connection, people=[str(one.id) for one in told.values()])
    return PeopleAnswer([person_answer(told[one.subject]) for one in data.people])


@get(
    "/v1/people/{subject:str}",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="GetPerson",
    personal=True,
    tags=TAGS,
    summary="One person of the platform",
    problems=(PersonUnknown,),
)
async def get_person(subject: SubjectInPath, caller: Caller, database: Database) -> PersonAnswer:
    """By the platform's own id."""
    require_path_subject(subject)
    async with database.read() as connection:
        return person_answer(await find_told(connection, caller.issuer_id, subject, "path.subject"))


def require_path_subject(subject: str) -> None:
    """
    Raises:
        InvalidField: nobody can have it.
    """
    try:
        require_subject(subject)
    except InvalidField as error:
        raise InvalidField(field="path.subject", reason=error.fields["reason"]) from None


router = Router("/", route_handlers=[tell_of_person, tell_of_people, get_person])
