"""What a platform's claims say about a person, wherever the platform puts it. What makes no sense is left out."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args

from plaudit.countries import country_code
from plaudit.limits import PERSON_NAME_LENGTH_MAX, PICTURE_ADDRESS_LENGTH_MAX, SUBJECT_LENGTH_MAX
from plaudit.people.mailboxes import email_of
from plaudit.people.model import Issuer, Profile, Role, TokenNotValid
from plaudit.texts import readable

Fact = Literal["roles", "name", "handle", "picture", "country", "language", "birthdate", "email"]
"""What may be looked for in a claim."""
FACTS: tuple[str, ...] = get_args(Fact)
USUAL: Mapping[str, str] = {
    "roles": "roles",
    "name": "name",
    "handle": "preferred_username",
    "picture": "picture",
    "country": "country",
    "language": "locale",
    "birthdate": "birthdate",
}
"""The claims of OpenID Connect, section 5.1, and two of our own. Nobody's address is kept unless its claim is named."""


def at_path(claims: Mapping[str, Any], path: str) -> Any:
    """What a claim says: of that very name, else at a path such as `realm_access.roles`; None: nothing."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def profile_of(claims: Mapping[str, Any], issuer: Issuer) -> Profile:
    """The person that claims speak of.

    Raises:
        TokenNotValid: a subject that cannot be kept.
    """
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH_MAX or not subject.isprintable():
        raise TokenNotValid(f"has a subject that is not 1 to {SUBJECT_LENGTH_MAX} printable characters")
    said = {fact: at_path(claims, issuer.claims.get(fact, usual)) for fact, usual in USUAL.items()}
    handle = _text(said["handle"]) or subject[:PERSON_NAME_LENGTH_MAX]
    return Profile(
        subject=subject,
        handle=handle,
        display_name=_text(said["name"]) or handle,
        avatar=_picture(said["picture"]),
        country=_country(said["country"]),
        language=_language(said["language"]),
        born_on=_date(said["birthdate"]),
        email=_email(claims, issuer),
    )


def roles_of(claims: Mapping[str, Any], issuer: Issuer) -> frozenset[Role]:
    """What the platform says somebody may be, as far as it may say so: a list, or a text with blanks or commas."""
    said = at_path(claims, issuer.claims.get("roles", USUAL["roles"]))
    words = re.split(r"[\s,]+", said) if isinstance(said, str) else said if isinstance(said, list) else []
    named = {issuer.role_names.get(word, word) for word in words if isinstance(word, str)}
    return frozenset(role for role in map(Role, issuer.allowed_roles) if role.value in named)


def _text(value: object) -> str:
    return readable(value)[:PERSON_NAME_LENGTH_MAX] if isinstance(value, str) else ""


def _email(claims: Mapping[str, Any], issuer: Issuer) -> str | None:
    """An address the platform has proved to be theirs: `email_verified`, or what stands so beside another claim."""
    path = issuer.claims.get("email")
    if path is None or at_path(claims, f"{path}_verified") not in (True, "true"):
        return None
    return email_of(at_path(claims, path))


def _picture(value: object) -> str:
    if not isinstance(value, str) or len(value) > PICTURE_ADDRESS_LENGTH_MAX or not value.isprintable():
        return ""
    return value if value.startswith(("https://", "http://")) or _is_own_path(value) else ""


def _is_own_path(value: str) -> bool:
    return value.startswith("/") and not value.startswith(("//", "/\\"))


def _language(value: object) -> str | None:
    """A tag of BCP 47; platforms write `pt_BR` too."""
    tag = value.replace("_", "-") if isinstance(value, str) else ""
    return tag if re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", tag) else None


def _country(value: object) -> str | None:
    """ISO 3166 alpha-2. How somebody writes numbers (`en-US`) says nothing of where they pay taxes."""
    return country_code(value) if isinstance(value, str) else None


def _date(value: object) -> date | None:
    """A birthdate of OpenID Connect; one whose year is withheld (0000) says nothing."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
