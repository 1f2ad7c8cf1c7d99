"""What changes people and API keys, and what others ask about people."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.events.log import record
from plaudit.events.model import PersonFirstSignedIn, PersonReference
from plaudit.limits import KEY_OVERLAP_DAYS_MAX, PEOPLE_PER_CALL_MAX, PERSON_NAME_LENGTH_MAX, SUBJECT_LENGTH_MAX
from plaudit.people.issuers import require_issuer
from plaudit.people.mailboxes import note_addresses
from plaudit.people.model import (
    USUAL_SCOPES,
    ApiKey,
    Person,
    PersonCard,
    Profile,
    RevokedApiKey,
    Role,
    Scope,
)
from plaudit.people.moves import refuse_moved
from plaudit.problems import Conflict, InvalidField, NotFound
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

API_KEY_PREFIX = "plk_"
_API_KEY_BYTES = 32


async def record_person(
    connection: Connection,
    issuer_id: int,
    profile: Profile,
    roles: Collection[Role],
    clock: Clock,
    *,
    said_at: float | None = None,
) -> Person:
    """The person of a token: made at first sight, brought up to date when the token says something new. One that was
    made (`said_at`, seconds since 1970) before the platform said what is known says nothing.

    Raises:
        SubjectMoved: the platform calls them otherwise by now.
    """
    known = await fetch_one(connection, SQL["person_by_subject"], Person, issuer_id, profile.subject)
    if known and said_at is not None and known.said_at and said_at < known.said_at.timestamp():
        return known
    if known and known.told_at:
        profile, roles = _completed(profile, known), roles or known.platform_roles
    person = known
    if person is None:
        await refuse_moved(connection, issuer_id, [profile.subject])
    if person is None or not _agrees(person, profile, roles):
        person = await _write(connection, issuer_id, profile, roles, clock)
        if said_at is not None:
            await connection.execute(SQL["note_said"], person.id, datetime.fromtimestamp(said_at, UTC))
    if profile.email is not None:
        await note_addresses(connection, {person.id: profile.email}, clock)
    await _tell_first_sign_in(connection, person, clock)
    return person


async def _write(
    connection: Connection, issuer_id: int, profile: Profile, roles: Collection[Role], clock: Clock
) -> Person:
    written = await fetch_one(
        connection,
        SQL["write_person"],
        Person,
        issuer_id,
        profile.subject,
        profile.handle,
        profile.display_name,
        profile.avatar,
        profile.country,
        clock.now(),
        profile.language,
        profile.born_on,
        sorted(roles),
    )
    assert written is not None
    return written


def _completed(profile: Profile, known: Person) -> Profile:
    """What a token says, and what it leaves out as the platform's server told it."""
    handle = known.handle if profile.handle == profile.subject[:PERSON_NAME_LENGTH_MAX] else profile.handle
    name = known.display_name if profile.display_name == profile.handle else profile.display_name
    return msgspec.structs.replace(profile, handle=handle, display_name=name, avatar=profile.avatar or known.avatar)


async def _tell_first_sign_in(connection: Connection, person: Person, clock: Clock) -> None:
    if await connection.fetchval(SQL["note_first_sign_in"], person.id, clock.now()) is not None:
        who = PersonReference(str(person.id), person.issuer, person.subject)
        await record(connection, clock.now(), PersonFirstSignedIn(who=who))


def _agrees(person: Person, profile: Profile, roles: Collection[Role]) -> bool:
    return (
        set(person.platform_roles) == set(roles)
        and profile.born_on in {None, person.born_on}
        and person.handle == profile.handle
        and person.display_name == profile.display_name
        and person.avatar == profile.avatar
        and profile.country in {None, person.country}
        and profile.language in {None, person.language}
    )


async def require_people_by_subjects(
    connection: Connection, issuer_id: int, subjects: Sequence[str], clock: Clock
) -> dict[str, Person]:
    """People of one platform by their subjects; who is new is made.

    Raises:
        InvalidField: too many at once, or a subject that is empty or too long.
        SubjectMoved: one of them leads elsewhere.
    """
    wanted = sorted(set(subjects))
    if len(wanted) > PEOPLE_PER_CALL_MAX:
        raise InvalidField(field="subject", reason=f"may name {PEOPLE_PER_CALL_MAX} people at once")
    for subject in wanted:
        require_subject(subject)
    found = await fetch_all(connection, SQL["people_by_subjects"], Person, issuer_id, wanted)
    if len(found) < len(wanted):
        await refuse_moved(connection, issuer_id, set(wanted) - {person.subject for person in found})
        await connection.execute(SQL["add_people_by_subjects"], issuer_id, wanted, clock.now())
        found = await fetch_all(connection, SQL["people_by_subjects"], Person, issuer_id, wanted)
    return {person.subject: person for person in found}


def require_subject(subject: str) -> str:
    """The subject itself.

    Raises:
        InvalidField: it is empty, too long, or holds control characters.
    """
    if not 0 < len(subject) <= SUBJECT_LENGTH_MAX or not subject.isprintable():
        raise InvalidField(field="subject", reason=f"must be 1 to {SUBJECT_LENGTH_MAX} printable characters")
    return subject


async def require_person(connection: Connection, person_id: int) -> Person:
    """The person of that id.

    Raises:
        NotFound: there is none.
    """
    person = await fetch_one(connection, SQL["person_by_id"], Person, person_id)
    if person is None:
        raise NotFound("There is no such person.", person_id=str(person_id))
    return person


async def people_by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Person]:
    """People by their ids; who is not there is missing from the answer."""
    if not ids:
        return {}
    found = await fetch_all(connection, SQL["people_by_ids"], Person, sorted(set(ids)))
    return {person.id: person for person in found}


async def people_called(connection: Connection, name: str, limit: int) -> list[Person]:
    """People by their number, or by the beginning of their handle or name; who is called exactly so comes first."""
    return await fetch_all(connection, SQL["people_called"], Person, name, limit)


def card_of(person: Person) -> PersonCard:
    """What everybody may know about a person."""
    return PersonCard(str(person.id), person.display_name, person.avatar)


async def cards_of(connection: Connection, ids: Collection[int]) -> dict[int, PersonCard]:
    """What everybody may know about people, by their ids; who is not there is a number without a name."""
    people = await people_by_ids(connection, ids)
    return {id: card_of(people[id]) if id in people else PersonCard(str(id), "", "") for id in ids}


def secret_sha256(secret: str) -> bytes:
    """What is kept of the secret of an API key; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


async def create_api_key(
    connection: Connection,
    name: str,
    issuer: str,
    clock: Clock,
    *,
    scopes: Collection[Scope] = USUAL_SCOPES,
    networks: Collection[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A key for a server of a platform, and its secret, which cannot be shown again.

    Args:
        connection: of the owner of the tables.
        name: what it is called, as long as it is in use.
        issuer: whose people it may speak for.
        clock: tells when it is made.
        scopes: what it may do.
        networks: addresses it may be used from, in CIDR notation; none: from anywhere.
        expires_at: None: it is good until it is revoked.

    Raises:
        NotFound: no such issuer.
        Conflict: a key of that name is in use.
        InvalidField: it is over already.
    """
    owner = await require_issuer(connection, issuer)
    if any(key.name == name and key.revoked_at is None for key in await list_api_keys(connection)):
        raise Conflict("A key of this name is in use.", name=name)
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise InvalidField(field="expires_at", reason="must be in the future")
    secret = new_secret()
    key = await fetch_one(
        connection, SQL["insert_api_key"], ApiKey, name, owner.id, secret_sha256(secret), now, sorted(scopes),
        sorted(networks), expires_at,
    )  # fmt: skip
    assert key is not None
    return key, secret


def new_secret() -> str:
    """A secret of a key: nobody guesses it."""
    return API_KEY_PREFIX + secrets.token_urlsafe(_API_KEY_BYTES)


async def rotate_api_key(
    connection: Connection, name: str, former_ends_at: datetime, clock: Clock
) -> tuple[ApiKey, str]:
    """A new secret of a key; the one before it is good until `former_ends_at`, and one before that no longer.

    Raises:
        NotFound: no key of that name is in use.
        InvalidField: the former secret would be good for too long.
    """
    if not clock.now() <= former_ends_at <= clock.now() + timedelta(days=KEY_OVERLAP_DAYS_MAX):
        raise InvalidField(field="former_ends_at", reason=f"must be within {KEY_OVERLAP_DAYS_MAX} days")
    secret = new_secret()
    key = await fetch_one(connection, SQL["rotate_api_key"], ApiKey, name, secret_sha256(secret), former_ends_at)
    if key is None:
        raise NotFound("No key of this name is in use.", name=name)
    return key, secret


async def limit_api_key(
    connection: Connection,
    name: str,
    *,
    scopes: Collection[Scope] | None = None,
    networks: Collection[str] | None = None,
    expires_at: datetime | None = None,
) -> ApiKey:
    """Say anew what a key may do, from where, and until when; None: as it is.

    Raises:
        NotFound: no key of that name is in use.
    """
    key = await fetch_one(
        connection, SQL["limit_api_key"], ApiKey,
        name, None if scopes is None else sorted(scopes), None if networks is None else sorted(networks), expires_at,
    )  # fmt: skip
    if key is None:
        raise NotFound("No key of this name is in use.", name=name)
    return key


async def note_keys_used(connection: Connection, used: Mapping[int, float]) -> None:
    """Keep when keys were last used, in seconds since 1970."""
    moments = [datetime.fromtimestamp(at, UTC) for at in used.values()]
    await connection.execute(SQL["note_keys_used"], list(used), moments)


async def list_api_keys(connection: Connection) -> list[ApiKey]:
    """All keys, those revoked included."""
    return await fetch_all(connection, SQL["list_api_keys"], ApiKey)


async def revoke_api_key(
    connection: Connection, name: str | None, clock: Clock, *, key_id: int | None = None
) -> RevokedApiKey:
    """Refuse a key from now on, by its name or its number.

    Raises:
        NotFound: no such key is in use.
    """
    assert (name is None) != (key_id is None), "never all of them"
    revoked = await fetch_one(connection, SQL["revoke_api_key"], RevokedApiKey, name, key_id, clock.now())
    if revoked is None:
        raise NotFound("No such key is in use.")
    return revoked
