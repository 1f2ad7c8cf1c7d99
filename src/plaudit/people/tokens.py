"""Reading and checking JSON Web Tokens: pinned algorithms, claims against the injected clock."""

import base64
import binascii
import re
import warnings
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from joserfc import jwk, jwt
from joserfc.errors import ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError

from plaudit import foreign
from plaudit.clock import Clock
from plaudit.limits import TOKEN_LEEWAY_S
from plaudit.people.claims import profile_of, roles_of
from plaudit.people.model import Issuer, Profile, Role, TokenNotValid

ALGORITHMS = ("ES256", "RS256", "EdDSA", "Ed25519")
OF_PEOPLE = frozenset({"jwt", "at+jwt"})
"""What a token of a person may call itself (RFC 8725, 3.11; RFC 9068)."""

# Ed25519 has two names (RFC 8037, RFC 9864); platforms use both.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", module="joserfc")


class Verified(msgspec.Struct, frozen=True):
    """What a good token says."""

    profile: Profile
    roles: frozenset[Role]
    expires_at: float
    """Seconds since 1970, UTC."""
    issued_at: float | None
    """When the platform said it; None: the token does not tell."""
    auth_time: float | None = None
    """When its person last proved who they are; None: the token does not tell."""
    acr: str | None = None
    """In which way they did."""


class _Header(msgspec.Struct):
    alg: str
    kid: str | None = None
    typ: str | None = None


class _Issued(msgspec.Struct):
    iss: str


def peek(token: str, kinds: Collection[str] = OF_PEOPLE) -> tuple[str, str | None]:
    """The issuer and key id a token claims, unchecked: they only choose what to check it with.

    Raises:
        TokenNotValid: it is no JSON Web Token, of another algorithm, or says (`typ`) that it is for something else.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenNotValid("is neither a JSON Web Token nor an API key")
    try:
        header = foreign.decode(_decode_base64(parts[0]), kind=_Header)
        issued = foreign.decode(_decode_base64(parts[1]), kind=_Issued)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise TokenNotValid("cannot be read") from error
    if header.alg not in ALGORITHMS:
        raise TokenNotValid(f"must be signed with one of {', '.join(ALGORITHMS)}")
    if header.typ is not None and header.typ.lower().removeprefix("application/") not in kinds:
        raise TokenNotValid("is of a kind (`typ`) that is for something else")
    return issued.iss, header.kid


def _decode_base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def choose_key(keys: jwk.KeySet, key_id: str | None) -> jwk.Key | None:
    """The key a token names; without a name, the only one there is."""
    if key_id is None:
        return keys.keys[0] if len(keys.keys) == 1 else None
    return next((key for key in keys.keys if key.kid == key_id), None)


def verify(token: str, key: jwk.Key, issuer: Issuer, clock: Clock, *, life_max_s: int) -> Verified:
    """Check signature and claims of a token that says who somebody is.

    Args:
        token: as it was presented.
        key: it names.
        issuer: it names.
        clock: tells whether it has expired.
        life_max_s: for how long a token may be good, from when it was made; without `iat`, from now.

    Raises:
        TokenNotValid: with the reason.
    """
    claims = _checked(token, key, issuer, issuer.audience, ("sub", "exp"), clock)
    if "events" in claims:  # a logout token has all a person's token has, and says that they are gone
        raise TokenNotValid("says what happened, not who is asking")
    expires_at, issued_at = float(claims["exp"]), float(claims["iat"]) if "iat" in claims else None
    if expires_at - (clock.now().timestamp() if issued_at is None else issued_at) > life_max_s + TOKEN_LEEWAY_S:
        raise TokenNotValid(f"is good for longer than {life_max_s} seconds (PLAUDIT_TOKEN_LIFE_MAX_S)")
    return Verified(
        profile_of(claims, issuer),
        roles_of(claims, issuer),
        expires_at,
        issued_at,
        auth_time_of(claims),
        acr_of(claims),
    )


def auth_time_of(claims: Mapping[str, Any]) -> float | None:
    """When a person last proved who they are (OpenID Connect Core 1.0, section 2); None: that is not said."""
    said = claims.get("auth_time")
    return float(said) if isinstance(said, int | float) and foreign.is_moment(said) else None


def acr_of(claims: Mapping[str, Any]) -> str | None:
    """In which way they did, as the platform calls it; None: that is not said, or not in a word that can be kept."""
    said = claims.get("acr")
    return said if isinstance(said, str) and re.fullmatch("[!-~]{1,200}", said) else None


def verify_statement(token: str, key: jwk.Key, issuer: Issuer, about: str, clock: Clock) -> dict[str, Any]:
    """The claims of a token in which a platform says something of a thing of its own, such as a video.

    It lies in pages that anybody may read, so it must let nobody in: its audience is `plaudit:video` where that of
    people's tokens is `plaudit`, and it has no `sub`, which those must have.

    Raises:
        TokenNotValid: with the reason.
    """
    claims = _checked(token, key, issuer, f"{issuer.audience}:{about}", ("iat", "exp"), clock)
    if "sub" in claims:
        raise TokenNotValid("has a subject, as only tokens of people may")
    return claims


def _checked(
    token: str, key: jwk.Key, issuer: Issuer, audience: str, essential: Sequence[str], clock: Clock
) -> dict[str, Any]:
    wanted: dict[str, jwt.ClaimsOption] = {claim: {"essential": True} for claim in essential}
    wanted["iss"] = {"essential": True, "value": issuer.issuer}
    wanted["aud"] = {"essential": True, "value": audience}
    try:
        claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
        registry = jwt.JWTClaimsRegistry(now=int(clock.now().timestamp()), leeway=TOKEN_LEEWAY_S, **wanted)
        registry.validate(claims)
    except ExpiredTokenError as error:
        raise TokenNotValid("has expired") from error
    except ClaimError as error:
        raise TokenNotValid(f"has a claim that does not fit: {error.claim}") from error
    except InvalidKeyIdError as error:
        raise TokenNotValid("is signed with a key its issuer does not publish") from error
    except (JoseError, ValueError, RecursionError) as error:
        raise TokenNotValid("is not signed by its issuer") from error
    require_moments(claims)
    return claims


def require_moments(claims: Mapping[str, Any]) -> None:
    """That times which claims name are times.

    Raises:
        TokenNotValid: one is not; says which.
    """
    for claim in ("exp", "iat", "nbf"):
        if claim in claims and not foreign.is_moment(claims[claim]):
            raise TokenNotValid(f"has a claim that does not fit: {claim}")
