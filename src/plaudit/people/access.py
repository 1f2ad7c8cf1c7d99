"""Who may call an endpoint: what each handler declares, and who is asking."""

import enum
from collections.abc import Collection, Mapping
from typing import Any, cast

import msgspec

from plaudit.people.cookies import cookie_name
from plaudit.people.credentials import SESSION_COOKIE, credentials_of
from plaudit.people.doorkeeper import NOWHERE, Where
from plaudit.people.model import (
    HANDED_SCOPES,
    OPERATOR_ROLES,
    STAFF_ROLES,
    Caller,
    Role,
    RoleMissing,
    Scope,
    ScopeMissing,
)
from plaudit.problems import Forbidden, Unauthenticated


class Access(enum.StrEnum):
    """What `access=` of a handler says; a frozenset of these means any one of them."""

    PUBLIC = "public"
    """Everybody; a caller who signs in is known all the same."""
    VIEWER = "viewer"
    """Any person who is signed in, or a server that speaks for one."""
    CREATOR = "creator"
    OPERATOR = "operator"
    """Any operator, whatever their role."""
    OWNER = "owner"
    SUPPORT = "support"
    FINANCE = "finance"
    PRICING = "pricing"
    CATALOGUE = "catalogue"
    SAFETY = "safety"
    SERVER = "server"
    """A server of a platform, by its API key."""


STAFF = frozenset(
    {Access.OPERATOR, Access.OWNER, Access.SUPPORT, Access.FINANCE, Access.PRICING, Access.CATALOGUE, Access.SAFETY}
)
"""Operators. An owner is let in by each of them, an auditor too, but only to read."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def required(access: object) -> frozenset[Access]:
    """The declaration of a handler as a set; empty when there is none, which lets nobody in."""
    if isinstance(access, Access):
        return frozenset({access})
    if isinstance(access, frozenset) and all(isinstance(one, Access) for one in access):
        return cast("frozenset[Access]", access)
    return frozenset()


def is_reading(method: str, *, acts: bool) -> bool:
    """Whether a request changes nothing. `acts`: the handler leaves a trace that somebody must answer for."""
    return method in _READING and not acts


def check_access(access: object, caller: Caller | None, *, reading: bool = False) -> None:
    """Let the caller pass.

    Args:
        access: what the handler declares.
        caller: who asks.
        reading: whether the request changes nothing.

    Raises:
        Unauthenticated: nobody is signed in, and the endpoint is not public.
        RoleMissing: somebody is, without any of the roles it takes.
        Forbidden: the endpoint declares nothing.
    """
    allowed = required(access)
    if not allowed:
        raise Forbidden
    if Access.PUBLIC in allowed:
        return
    if caller is None:
        raise Unauthenticated
    if any(_fits(one, caller, reading=reading) for one in allowed):
        return
    raise RoleMissing(sorted(allowed))


def as_let_in(access: object, caller: Caller, *, reading: bool) -> Caller:
    """The caller as the handler is to know them: an operator only where one like them is let in, so that somebody who
    sets prices sees of orders what any viewer does, their own."""
    staff = required(access) & STAFF
    if not staff or Role.OPERATOR not in caller.roles or any(_fits(one, caller, reading=reading) for one in staff):
        return caller
    return msgspec.structs.replace(caller, roles=caller.roles - OPERATOR_ROLES)


def check_scope(access: object, scope: Scope | None, caller: Caller | None) -> None:
    """Let a key pass, and who came by the code of one. People who came by themselves need no scope.

    Args:
        access: what the handler declares.
        scope: what a key needs for it; None: what everybody may is a key's too, and nothing else.
        caller: who asks.

    Raises:
        ScopeMissing: the key was not given it.
    """
    if caller is None or caller.scopes is None or scope in caller.scopes:
        return
    if caller.key_id is None and scope not in HANDED_SCOPES:
        return
    if scope is None and Access.PUBLIC in required(access):
        return
    raise ScopeMissing(scope)


def require_scope(caller: Caller, scope: Scope) -> None:
    """The same of something that only some requests of an endpoint ask for.

    Raises:
        ScopeMissing: the key was not given it.
    """
    check_scope(None, scope, caller)


_OWN = frozenset({Access.PUBLIC, Access.VIEWER, Access.CREATOR})
"""What lets people do what concerns themselves."""


def is_own(allowed: frozenset[Access]) -> bool:
    """Whether an endpoint is for people who act for themselves too."""
    return not _OWN.isdisjoint(allowed)


def uses_power(access: object, caller: Caller) -> bool:
    """Whether a caller who passes does so as more than a person for themselves: by a key, or by a role over others."""
    return caller.key_id is not None or any(_fits(one, caller, reading=True) for one in required(access) - _OWN)


def _fits(access: Access, caller: Caller, *, reading: bool) -> bool:
    if access is Access.SERVER:
        return Role.SERVER in caller.roles
    if caller.person_id == 0:
        return False
    if access is Access.VIEWER:
        return True
    return (
        Role.CREATOR in caller.roles if access is Access.CREATOR else fits_staff(access, caller.roles, reading=reading)
    )


def fits_staff(access: Access, roles: Collection[str], *, reading: bool) -> bool:
    """Whether somebody of these roles is an operator whom `access` lets in."""
    if access not in STAFF:
        return False
    able = STAFF_ROLES & {*roles} - ({Role.AUDITOR} if not reading else set())
    return bool(able) if access is Access.OPERATOR else bool(able & {access.value, Role.OWNER, Role.AUDITOR})


async def authenticate_scope(
    scope: Mapping[str, Any], where: Where = NOWHERE, *, at_hand: bool = False
) -> Caller | None:
    """Who is asking, from an ASGI scope that came through the assembled server; None: a guest. `where`
    tells the address they ask from.

    Raises:
        NotAtHand: with `at_hand`, that they are not known here; else they are looked up.
        TokenNotValid: what was presented is not good (a bad cookie on a safe request makes a guest instead).
        ForeignOrigin: a page of another site used the cookie.
        TooBusy: too many came from there that were not good.
        IssuerUnreachable: the keys to check with cannot be fetched.
    """
    credentials = credentials_of(scope, cookie=cookie_name(SESSION_COOKIE, scope["plaudit"]["settings"]))
    if credentials is None:
        return None
    return cast("Caller | None", await scope["plaudit"]["doorkeeper"].caller_of(credentials, where, at_hand=at_hand))
