"""What an OpenID provider signs for us: ID tokens of who signed in, logout tokens of who signed out."""

from collections.abc import Mapping
from typing import Any

import msgspec
from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from plaudit.clock import Clock
from plaudit.limits import LOGOUT_TOKEN_AGE_S_MAX, TOKEN_LEEWAY_S
from plaudit.people.claims import profile_of, roles_of
from plaudit.people.model import Issuer, Profile, Role, TokenNotValid
from plaudit.people.tokens import ALGORITHMS, acr_of, auth_time_of, require_moments

LOGOUT_TOKENS = frozenset({"jwt", "logout+jwt"})
"""What a logout token may call itself."""
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class SignedIn(msgspec.Struct, frozen=True):
    """Who signed in at their platform, and in which session there."""

    profile: Profile
    roles: frozenset[Role]
    platform_session: str | None
    auth_time: float | None = None
    """When they proved who they are, in seconds since 1970, UTC; None: the platform does not say."""
    acr: str | None = None
    """In which way they did."""


class SignedOut(msgspec.Struct, frozen=True):
    """Whose sessions at a platform are over: those of a person, or one of them."""

    token_id: str
    issued_at: int
    subject: str | None
    platform_session: str | None


def read_id_token(
    token: str, key: jwk.Key, issuer: Issuer, clock: Clock, *, nonce: str, access_token: str | None
) -> SignedIn:
    """Check an ID token as OpenID Connect Core 1.0, section 3.1.3.7, says.

    Args:
        token: as the token endpoint gave it.
        key: of the issuer, by which it must be signed.
        issuer: the platform.
        clock: tells whether it still holds.
        nonce: what this sign-in asked to have in it.
        access_token: what came with it; its hash may be in the token.

    Raises:
        TokenNotValid: with the reason.
    """
    decoded = _decode(token, key)
    client = issuer.client_id
    wanted = {"iss": {"essential": True, "value": issuer.issuer}, "aud": {"essential": True, "value": client}}
    params = {"client_id": client, "nonce": nonce, "access_token": access_token}
    claims = CodeIDToken(decoded.claims, decoded.header, wanted, params)
    try:
        claims.validate(now=int(clock.now().timestamp()), leeway=TOKEN_LEEWAY_S)
    except JoseError as error:
        raise _wrong(error) from error
    return SignedIn(
        profile_of(claims, issuer), roles_of(claims, issuer), _text(claims, "sid"), auth_time_of(claims), acr_of(claims)
    )


def read_logout_token(token: str, key: jwk.Key, issuer: Issuer, clock: Clock) -> SignedOut:
    """Check a logout token as OpenID Connect Back-Channel Logout 1.0, section 2.6, says; not whether it came before.

    Raises:
        TokenNotValid: with the reason.
    """
    claims = _decode(token, key).claims
    now = int(clock.now().timestamp())
    registry = jwt.JWTClaimsRegistry(
        now=now,
        leeway=TOKEN_LEEWAY_S,
        iss={"essential": True, "value": issuer.issuer},
        aud={"essential": True, "value": issuer.client_id or ""},
        iat={"essential": True},
        jti={"essential": True},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise _wrong(error) from error
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_LOGOUT), dict):
        raise TokenNotValid("is no logout token")
    if "nonce" in claims:
        raise TokenNotValid("has a nonce, as only an ID token may")
    if claims["iat"] < now - LOGOUT_TOKEN_AGE_S_MAX:
        raise TokenNotValid("is too old")
    out = SignedOut(_text(claims, "jti") or "", int(claims["iat"]), _text(claims, "sub"), _text(claims, "sid"))
    if not out.token_id or not (out.subject or out.platform_session):
        raise TokenNotValid("says neither who signed out nor where")
    return out


def _decode(token: str, key: jwk.Key) -> jwt.Token:
    try:
        decoded = jwt.decode(token, key, algorithms=ALGORITHMS)
    except (JoseError, ValueError, RecursionError) as error:
        raise TokenNotValid("is not signed by its issuer") from error
    require_moments(decoded.claims)
    return decoded


def _wrong(error: JoseError) -> TokenNotValid:
    claim = getattr(error, "claim", None)
    return TokenNotValid(f"has a claim that does not fit: {claim}" if claim else "has expired")


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    """A claim that must be a text of a length that can be kept."""
    value = claims.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable() else None
