"""A platform's own word that somebody signed out there: OpenID Connect Back-Channel Logout 1.0."""

from datetime import timedelta

from plaudit.acts import Actor
from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.limits import LOGOUT_TOKEN_AGE_S_MAX, TOKEN_LEEWAY_S
from plaudit.people import sessions
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.id_tokens import LOGOUT_TOKENS, read_logout_token
from plaudit.people.model import TokenNotValid
from plaudit.people.openid import OpenId
from plaudit.people.tokens import peek
from plaudit.people.ways_in import WayIn
from plaudit.statements import statements

SQL = statements(__file__)


async def heed_logout(token: str, *, database: Database, openid: OpenId, doorkeeper: Doorkeeper, clock: Clock) -> None:
    """End the sessions a logout token names, and what is open of them.

    Raises:
        TokenNotValid: it is not good, or was heeded before.
        IssuerUnreachable: the keys to check it with cannot be fetched.
    """
    name, key_id = peek(token, LOGOUT_TOKENS)
    issuer = next((one for one in await openid.ways() if one.issuer == name), None)
    if issuer is None:
        raise TokenNotValid("comes from an issuer nobody signs in with here")
    out = read_logout_token(token, await openid.key(issuer, key_id), issuer, clock)
    kept_until = clock.now() + timedelta(seconds=LOGOUT_TOKEN_AGE_S_MAX + 2 * TOKEN_LEEWAY_S)
    async with database.transaction() as connection:
        if await connection.fetchval(SQL["keep_logout_token"], issuer.id, out.token_id, kept_until) is None:
            raise TokenNotValid("was heeded before")
        ended = await sessions.end_platform_sessions(
            connection, issuer.id, clock, subject=out.subject, platform_session=out.platform_session, by=Actor.HOUSE
        )
    doorkeeper.over(WayIn("session", session_id) for session_id in ended)
