"""Signing in at a platform by OpenID Connect: authorization code with PKCE, and signing out there as well."""

import base64
import hmac
import logging
import secrets
from typing import ClassVar
from urllib.parse import quote, urlencode, urlsplit

import httpx2
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk

from plaudit import foreign
from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.limits import (
    ID_TOKEN_LENGTH_MAX,
    OPENID_BYTES_MAX,
    OPENID_PLATFORM_CACHE_S,
    OPENID_TIMEOUT_S,
    SIGN_IN_ATTEMPT_S,
)
from plaudit.outgoing import post_form, tls_context
from plaudit.people import actions, sessions
from plaudit.people.discovery import Platform, PlatformNotReadable, discover
from plaudit.people.id_tokens import SignedIn, read_id_token
from plaudit.people.issuers import list_issuers
from plaudit.people.keysets import KeySets
from plaudit.people.model import Issuer, IssuerUnreachable, TokenNotValid
from plaudit.people.sessions import NOBODY_SEEN, EndedSession, NewSession, Proved, Seen
from plaudit.people.step_up import suffices
from plaudit.people.tokens import peek
from plaudit.problems import Problem
from plaudit.settings import Settings

log = logging.getLogger(__name__)

CALLBACK = "/sign-in/callback"
_SECRET_BYTES = 32


class SignInDenied(Problem):
    """`reason` is the platform's word for it."""

    code: ClassVar[str] = "sign_in_denied"
    status: ClassVar[int] = 403
    title: ClassVar[str] = "Your platform did not sign you in."

    class Fields(msgspec.Struct, frozen=True):
        reason: str


class SignInLapsed(Problem):
    code: ClassVar[str] = "sign_in_lapsed"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "This sign-in took too long, or began in another window."


class PlatformAway(Problem):
    code: ClassVar[str] = "platform_away"
    status: ClassVar[int] = 503
    title: ClassVar[str] = "Your platform cannot be reached just now."


class SignInNotValid(Problem):
    """The platform's answer must not be believed; the log says why."""

    code: ClassVar[str] = "sign_in_not_valid"
    status: ClassVar[int] = 502
    title: ClassVar[str] = "Your platform's answer cannot be trusted."


class SomebodyElse(Problem):
    code: ClassVar[str] = "somebody_else"
    status: ClassVar[int] = 403
    title: ClassVar[str] = "Somebody else signed in than who was here."


class SignInTooWeak(Problem):
    """They signed in, and not as recently or not in the way that was asked for: the platform does as it likes."""

    code: ClassVar[str] = "sign_in_too_weak"
    status: ClassVar[int] = 403
    title: ClassVar[str] = "Your platform did not ask you who you are in the way that is needed here."


class Again(msgspec.Struct, frozen=True):
    """Who signs in again, and the session that the new one takes the place of."""

    person_id: int
    session_id: int | None


class Attempt(msgspec.Struct, frozen=True):
    """A sign-in that has begun. The browser keeps it, in a cookie no script and no other host can touch.

    It is neither sealed nor in a table: whoever could write this cookie could as well begin a sign-in of their own, and
    people who never come back leave nothing behind.
    """

    issuer_id: int
    state: str
    nonce: str
    verifier: str
    next: str
    until: float
    """Seconds since 1970, UTC."""
    again: Again | None = None
    """Who proves that it is still them; None: anybody signs in."""

    def text(self) -> str:
        """What the cookie has."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode()

    @classmethod
    def of(cls, text: str | None) -> "Attempt | None":
        """The attempt in a cookie; None: there is none that can be read."""
        try:
            return foreign.decode(base64.urlsafe_b64decode(text or ""), kind=cls)
        except (ValueError, msgspec.DecodeError):
            return None


class Returned(msgspec.Struct, frozen=True):
    """What a platform says when it sends somebody back."""

    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str = ""


class _Tokens(msgspec.Struct):
    id_token: str
    access_token: str | None = None


class _Refusal(msgspec.Struct):
    error: str = ""


class OpenId:
    """The OpenID providers of platforms people may sign in with. Never ask it inside a transaction: it speaks HTTP."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, keysets: KeySets) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._keysets = keysets
        self._client = httpx2.AsyncClient(verify=tls_context(), timeout=OPENID_TIMEOUT_S, follow_redirects=False)
        self._platforms: dict[str, tuple[float, Platform]] = {}

    async def close(self) -> None:
        await self._client.aclose()

    async def ways(self) -> list[Issuer]:
        """The platforms people may sign in with here."""
        async with self._database.read() as connection:
            return [issuer for issuer in await list_issuers(connection) if issuer.active and issuer.client_id]

    async def key(self, issuer: Issuer, key_id: str | None) -> jwk.Key:
        """The key a platform signs with under that id, as `KeySets.key` finds it."""
        return await self._keysets.key(issuer, key_id)

    async def begin(self, issuer: Issuer, next_address: str, *, again: Again | None = None) -> tuple[str, Attempt]:
        """Where to send somebody to sign in, and what to remember until they are back.

        Args:
            issuer: the platform.
            next_address: where they go then.
            again: who is to prove that it is still them, as the settings of a recent sign-in ask.

        Raises:
            PlatformAway: what it publishes of itself cannot be read.
        """
        platform = await self._platform(issuer)
        state, nonce, verifier = (secrets.token_urlsafe(_SECRET_BYTES) for _ in range(3))
        address: str = prepare_grant_uri(
            platform.authorization_endpoint,
            issuer.client_id,
            "code",
            redirect_uri=self._callback,
            scope=issuer.scopes,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **(self._proof_asked() if again is not None else {}),
        )
        until = self._clock.now().timestamp() + SIGN_IN_ATTEMPT_S
        return address, Attempt(issuer.id, state, nonce, verifier, next_address, until, again)

    def _proof_asked(self) -> dict[str, str]:
        """What asks the platform to be sure who somebody is now (OpenID Connect Core 1.0, section 3.1.2.1)."""
        asked = {"prompt": "login", "max_age": str(self._settings.step_up_max_age_s)}
        values = self._settings.step_up_acr_values
        return asked | ({"acr_values": values} if values else {})

    async def finish(self, attempt: Attempt | None, returned: Returned, seen: Seen = NOBODY_SEEN) -> NewSession:
        """The session of somebody who came back.

        Raises:
            SignInLapsed: they did not leave from this browser, or too long ago.
            SignInDenied: the platform or the person said no.
            PlatformAway: it does not answer.
            SignInNotValid: its answer is not to be believed.
            SignInTooWeak, SomebodyElse: it is not what the person who is here was asked for.
        """
        if attempt is None or attempt.until <= self._clock.now().timestamp():
            raise SignInLapsed
        if not hmac.compare_digest(attempt.state.encode(), returned.state.encode()):
            raise SignInLapsed
        issuer = next((one for one in await self.ways() if one.id == attempt.issuer_id), None)
        if issuer is None:
            raise SignInLapsed
        if returned.issuer not in {"", issuer.issuer}:  # RFC 9207: another provider's answer, mixed up on purpose
            raise self._not_valid(issuer, f"the answer is that of {returned.issuer}")
        if returned.error or not returned.code:
            log.info("%s did not sign somebody in: %s", issuer.issuer, returned.error[:100])
            raise SignInDenied(reason=returned.error[:100])
        tokens = await self._redeem(issuer, attempt, returned.code)
        found = await self._check(issuer, attempt, tokens)
        if attempt.again is not None and not suffices(self._settings, self._clock, found.auth_time, found.acr):
            said = f"auth_time {found.auth_time}, acr {found.acr}"
            log.warning("%s was asked to be sure who somebody is, and says %s", issuer.issuer, said)
            raise SignInTooWeak
        return await self._begin_session(issuer, tokens.id_token, found, seen, attempt.again)

    async def sign_out_address(self, ended: EndedSession) -> str | None:
        """Where to send somebody to sign out at their platform too (OpenID Connect RP-Initiated Logout 1.0); None: it
        offers no such thing, or they did not come in that way."""
        issuer = next((one for one in await self.ways() if one.id == ended.issuer_id), None)
        if issuer is None or ended.id_token is None:
            return None
        try:
            end = (await self._platform(issuer)).end_session_endpoint
        except PlatformAway:
            return None
        query = urlencode(
            {
                "id_token_hint": ended.id_token,
                "client_id": issuer.client_id,
                "post_logout_redirect_uri": f"{self._settings.public_url}/",
            }
        )
        return f"{end}{'&' if urlsplit(end).query else '?'}{query}" if end else None

    @property
    def _callback(self) -> str:
        return self._settings.public_url + CALLBACK

    async def _platform(self, issuer: Issuer) -> Platform:
        known = self._platforms.get(issuer.issuer)
        now = self._clock.now().timestamp()
        if known is None or known[0] <= now:
            try:
                known = (now + OPENID_PLATFORM_CACHE_S, await discover(self._client, issuer.issuer))
            except PlatformNotReadable as error:
                log.warning("nobody can sign in: %s", error)
                raise PlatformAway from error
            self._platforms[issuer.issuer] = known
        platform = known[1]
        if not platform.authorization_endpoint or not platform.token_endpoint:
            log.warning("nobody can sign in: %s offers no sign-in by code", issuer.issuer)
            raise PlatformAway
        return platform

    async def _redeem(self, issuer: Issuer, attempt: Attempt, code: str) -> _Tokens:
        platform = await self._platform(issuer)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": attempt.verifier,
        }
        headers, more = self._client_proof(issuer, platform)
        try:
            status, body = await post_form(
                self._client, platform.token_endpoint, form | more, headers,
                bytes_max=OPENID_BYTES_MAX, timeout_s=OPENID_TIMEOUT_S,
            )  # fmt: skip
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError) as error:
            log.warning("%s does not answer: %r", platform.token_endpoint, error)
            raise PlatformAway from error
        if status >= 500:
            log.warning("%s answers %d", platform.token_endpoint, status)
            raise PlatformAway
        if status != 200:
            raise self._not_valid(issuer, f"the code was refused: {status} {_refusal(body)}")
        try:
            return foreign.decode(body, kind=_Tokens)
        except msgspec.DecodeError as error:
            raise self._not_valid(issuer, f"what came for the code cannot be read: {error}") from error

    def _client_proof(self, issuer: Issuer, platform: Platform) -> tuple[dict[str, str], dict[str, str]]:
        """Headers and fields that say which client asks (RFC 6749, section 2.3.1); one without a secret is public."""
        client = issuer.client_id or ""
        secret = self._settings.client_secret(client)
        if secret is None:
            return {}, {"client_id": client}
        methods = platform.token_endpoint_auth_methods_supported
        if "client_secret_basic" in methods or "client_secret_post" not in methods:
            pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, {}
        return {}, {"client_id": client, "client_secret": secret}

    async def _check(self, issuer: Issuer, attempt: Attempt, tokens: _Tokens) -> SignedIn:
        try:
            name, key_id = peek(tokens.id_token)
            if name != issuer.issuer:
                raise TokenNotValid(f"is that of {name}")
            key = await self._keysets.key(issuer, key_id)
            return read_id_token(
                tokens.id_token, key, issuer, self._clock, nonce=attempt.nonce, access_token=tokens.access_token
            )
        except IssuerUnreachable as error:
            raise PlatformAway from error
        except TokenNotValid as error:
            raise self._not_valid(issuer, str(error)) from error

    async def _begin_session(
        self, issuer: Issuer, id_token: str, found: SignedIn, seen: Seen, again: Again | None
    ) -> NewSession:
        async with self._database.transaction() as connection:
            person = await actions.record_person(connection, issuer.id, found.profile, found.roles, self._clock)
            if again is not None and again.person_id != person.id:
                raise SomebodyElse
            if again is not None and again.session_id is not None:
                await sessions.end_sessions_of(connection, person.id, self._clock, only=again.session_id)
            return await sessions.begin_session(
                connection,
                person.id,
                found.roles,
                self._clock,
                platform_session=found.platform_session,
                id_token=id_token if len(id_token) <= ID_TOKEN_LENGTH_MAX else None,
                seen=seen,
                proved=Proved(found.auth_time, found.acr),
            )

    @staticmethod
    def _not_valid(issuer: Issuer, reason: str) -> SignInNotValid:
        log.warning("a sign-in at %s is not valid: %s", issuer.issuer, reason)
        return SignInNotValid()


def _refusal(body: bytes) -> str:
    """The provider's word for a refusal, for the log."""
    try:
        return foreign.decode(body, kind=_Refusal).error[:100]
    except msgspec.DecodeError:
        return ""
