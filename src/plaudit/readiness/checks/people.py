"""Who may come in, who runs the economy, and whether a platform's backend has a key."""

from plaudit.people.actions import list_api_keys
from plaudit.people.development import ISSUER as DEVELOPMENT
from plaudit.people.development import in_demo
from plaudit.people.discovery import PlatformNotReadable, published_keys
from plaudit.people.doorkeeper import operator_role
from plaudit.people.issuers import list_issuers
from plaudit.people.model import Issuer, Role, roles_here
from plaudit.readiness.checks.database import SQL
from plaudit.readiness.checks.reach import is_loopback
from plaudit.readiness.model import CheckOutcome, Grounds, attention, blocking, not_asked, ok


async def _accepted(grounds: Grounds) -> list[Issuer]:
    async with grounds.opened.read() as connection:
        return [one for one in await list_issuers(connection) if one.active]


async def issuers(grounds: Grounds) -> CheckOutcome:
    accepted = await _accepted(grounds)
    if not accepted:
        return blocking("nobody's tokens are accepted, so nobody can sign in", command="plaudit issuer add ISSUER")
    if DEVELOPMENT in {one.issuer for one in accepted} and not is_loopback(grounds.settings.public_url):
        return attention(
            "tokens minted on a developer's machine are accepted here", command=f"plaudit issuer stop {DEVELOPMENT}"
        )
    return ok(", ".join(one.issuer for one in accepted))


async def issuer_keys(grounds: Grounds) -> CheckOutcome:
    published = [one for one in await _accepted(grounds) if one.jwks_uri]
    if not published:
        return not_asked("no issuer publishes its keys at an address")
    found = []
    for one in published:
        try:
            found.append((one, await published_keys(grounds.client, one.jwks_uri or "")))
        except PlatformNotReadable as error:
            return blocking(str(error), command=f"plaudit issuer check {one.issuer}")
    return ok(", ".join(f"{len(keys)} of {one.issuer}" for one, keys in found))


async def sign_in(grounds: Grounds) -> CheckOutcome:
    """Whether the pages' own "Sign in" leads anywhere, and whether each secret belongs to a client."""
    settings = grounds.settings
    async with grounds.opened.read() as connection:
        clients = [one for one in await list_issuers(connection) if one.client_id]
    if strange := sorted(settings.clients_with_secret - {one.client_id for one in clients}):
        return attention(
            f"PLAUDIT_CLIENT_SECRETS names {', '.join(strange)}, and no issuer knows us by that",
            command=f"plaudit issuer set ISSUER --client-id {strange[0]}",
        )
    known = [(one.issuer, one.client_id or "") for one in clients if one.active]
    ways = [
        f"{issuer} as {'client' if settings.client_secret(client) else 'public client'} {client}"
        for issuer, client in known
    ]
    ways += [settings.sign_in_url] if settings.sign_in_url else []
    if not ways and not in_demo(settings):
        return attention(
            "the button on the pages leads nowhere: no issuer knows us as a client, and PLAUDIT_SIGN_IN_URL is not set",
            command="plaudit issuer set ISSUER --client-id CLIENT",
        )
    return ok(", ".join(ways) or "people of the demo")


async def operator(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        named = await connection.fetchval(SQL["owners_named"])
    if named:
        return ok(f"{named} named here")
    role = operator_role(grounds.settings)
    said = {one.issuer: roles_here(one.allowed_roles, (), role) for one in await _accepted(grounds)}
    if saying := [issuer for issuer, roles in said.items() if Role.OWNER in roles]:
        return ok(f"whoever the tokens of {', '.join(saying)} call one")
    return blocking("nobody may run the economy as its owner", command="plaudit operator add ISSUER SUBJECT")


async def decisions(grounds: Grounds) -> CheckOutcome:
    """Whether what moves money takes two people."""
    if grounds.settings.one_operator:
        return attention(
            "one operator alone decides prices, payout rates, rules, large payouts and grants (PLAUDIT_ONE_OPERATOR)",
            page="/operator/decisions",
        )
    return ok("what one operator proposes another confirms")


async def rules(grounds: Grounds) -> CheckOutcome:
    """Whether somebody of whom rules know too little is stopped."""
    if not grounds.settings.rules_ask_stops:
        return attention("people of whom no age or country is known go on, and are counted (PLAUDIT_RULES_ASK_STOPS)")
    return ok("who shows no age or country that rules ask for is stopped")


async def server_key(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        keys = [one for one in await list_api_keys(connection) if one.revoked_at is None]
    if not keys:
        return attention(
            "your backend cannot make rooms or speak for its people", command="plaudit key create NAME --issuer ISSUER"
        )
    return ok(", ".join(one.name for one in keys))
