"""People as a host platform knows them, for what it is told."""

from collections.abc import Collection

from plaudit.connections import Connection
from plaudit.events.model import PersonReference
from plaudit.people.actions import people_by_ids


async def references(connection: Connection, ids: Collection[int]) -> dict[int, PersonReference]:
    """People by their ids; who is of no platform is missing."""
    people = await people_by_ids(connection, ids)
    return {one.id: PersonReference(str(one.id), one.issuer, one.subject) for one in people.values()}


async def reference(connection: Connection, person_id: int) -> PersonReference | None:
    """Somebody as their platform knows them; None: they are of none, so there is nobody to tell."""
    return (await references(connection, {person_id})).get(person_id)
