"""Handing people over: a platform's server asks for a code that signs one person in to the pages, once and soon."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from plaudit.clock import Clock
from plaudit.countries import Country
from plaudit.db import Database
from plaudit.people import actions, sessions
from plaudit.people.claims import profile_of
from plaudit.people.issuers import require_issuer
from plaudit.people.model import Caller, Issuer, Person, Profile, Role
from plaudit.problems import InvalidField

HANDED_ROLES = frozenset({Role.VIEWER, Role.CREATOR})
"""What a server may say that somebody is. Whoever steals its key must not become an operator."""


class NewSignInCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody who is to be signed in. What is not said of them stays as it is known."""

    subject: Annotated[str, msgspec.Meta(description="The person, as the platform knows them.", examples=["ada-7"])]
    next: Annotated[
        str, msgspec.Meta(max_length=500, description="The page they come to: a path of ours.", examples=["/rooms/12"])
    ] = "/"
    roles: Annotated[
        Annotated[list[Role], msgspec.Meta(max_length=len(HANDED_ROLES))] | None,
        msgspec.Meta(description="What they may be: `viewer`, `creator`."),
    ] = None
    name: Annotated[str | None, msgspec.Meta(description="The name to show.")] = None
    handle: Annotated[str | None, msgspec.Meta(description="What the platform calls them for short.")] = None
    picture: Annotated[str | None, msgspec.Meta(description="Address of a picture.")] = None
    country: Country | None = None
    language: Annotated[
        Annotated[str, msgspec.Meta(max_length=35)] | None, msgspec.Meta(description="A tag of BCP 47.")
    ] = None
    birthdate: Annotated[date | None, msgspec.Meta(description="ISO 8601.")] = None


class SignInCode(msgspec.Struct, frozen=True):
    """A way in for one person: open the link in their browser, in a window or a frame."""

    code: Annotated[str, msgspec.Meta(description="Good once.", examples=["plc_…"])]
    url: Annotated[str, msgspec.Meta(description="What to open.")]
    expires_at: Annotated[datetime, msgspec.Meta(description="When it is too late.")]


async def make_sign_in_code(
    database: Database, caller: Caller, wanted: NewSignInCode, next_address: str, clock: Clock
) -> tuple[str, datetime]:
    """A code that signs somebody of the caller's platform in, and when it is too late for that.

    Raises:
        InvalidField: a subject or role that cannot be.
    """
    assert caller.key_id is not None, "only servers hand people over"
    actions.require_subject(wanted.subject)
    async with database.transaction() as connection:
        people = await actions.require_people_by_subjects(connection, caller.issuer_id, [wanted.subject], clock)
        known = people[wanted.subject]
        issuer = await require_issuer(connection, known.issuer)
        roles = _roles(wanted, known, issuer)
        # What a token said of somebody is not a server's to lower: an operator stays one for their next sign-in.
        kept = roles | (set(known.platform_roles) - HANDED_ROLES)
        await actions.record_person(connection, issuer.id, _profile(wanted, known, issuer), kept, clock)
        return await sessions.make_code(connection, known.id, roles, next_address, caller.key_id, clock)


def _roles(wanted: NewSignInCode, known: Person, issuer: Issuer) -> frozenset[Role]:
    may = HANDED_ROLES & set(issuer.allowed_roles)
    if wanted.roles is None:
        return may & set(known.platform_roles) or may & {Role.VIEWER}
    if not set(wanted.roles) <= may:
        raise InvalidField(field="roles", reason=f"may hold {' and '.join(sorted(may)) or 'nothing'}")
    return frozenset(wanted.roles)


def _profile(wanted: NewSignInCode, known: Person, issuer: Issuer) -> Profile:
    """What is known of somebody with what is said now, held to the same rules as a token's claims."""
    said = {
        "sub": wanted.subject,
        "name": known.display_name if wanted.name is None else wanted.name,
        "preferred_username": known.handle if wanted.handle is None else wanted.handle,
        "picture": known.avatar if wanted.picture is None else wanted.picture,
        "country": wanted.country or known.country,
        "locale": wanted.language,
        "birthdate": wanted.birthdate.isoformat() if wanted.birthdate else None,
    }
    return profile_of(said, msgspec.structs.replace(issuer, claims={}))
