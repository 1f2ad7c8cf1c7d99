"""How old whoever reads it is taken to be, how sure, by whom and until when; proving more, and taking it back."""

from litestar import Response, Router, get

from plaudit.ages.api import read_age
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import later
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of

LEVELS = {
    "inferred": later("Nobody said so: it follows from how you paid"),
    "claimed": later("Somebody says so, nobody looked"),
    "checked": later("Somebody looked, such as an app store"),
    "verified": later("A document proves it"),
}
SOURCES = {
    "credit_card": later("A credit card paid"),
    "eu_proof_of_age": later("The European proof of age in your wallet"),
}
"""Who says so, by the method, where it is nobody with a name."""
STORES = {"google": "Google Play", "apple": "App Store"}
REFUSED = {
    "expired": later("Your wallet’s proof is over, or not good yet. Renew it in your wallet."),
    "issuer": later("Your wallet’s proof was issued by somebody who is not known here."),
    "age": later("Your wallet’s proof does not show that you are of age."),
    "other": later("What your wallet presented could not be believed. Ask it again."),
}


@get("/age", access=Access.VIEWER, include_in_schema=False)
async def age(caller: Caller, database: Database, settings: Settings, clock: Clock) -> Response[str]:
    """What is known, the surest first."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await read_age(connection, caller.person_id, settings, clock)
    refused = found.last_refused_with
    return page(
        "age.html",
        viewer,
        nav="wallet",
        found=found,
        levels=LEVELS,
        sources=SOURCES,
        silent=STORES.get(found.silent_source, found.silent_source) if found.silent_source else None,
        refused=REFUSED.get(refused, REFUSED["other"]) if refused else None,
    )


router = Router("/", route_handlers=[age])
