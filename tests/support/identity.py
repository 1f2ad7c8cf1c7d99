"""A browser that signs in at the pretended OpenID provider: it follows where it is sent, one page at a time."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.outgoing import tls_context
from plaudit.people import issuers
from plaudit.people.issuers import IssuerTerms
from plaudit.people.model import Issuer, Role
from plaudit.settings import Secret, Settings
from tests.support.databases import owner_of
from tests.support.desk import ORIGIN, Desk, open_desk
from tests.support.peers import peer
from tests.support.waiting import WAIT_S

CLIENT_ID = "plaudit"
CLIENT_SECRET = "a secret/of:the client=7".replace(" ", "%")
CALLBACK = f"{ORIGIN}/sign-in/callback"


@dataclass
class House:
    """A server with one platform people sign in with."""

    desk: Desk
    clock: ManualClock
    issuer: Issuer
    provider: httpx2.AsyncClient

    async def control(self, name: str, **asked: Any) -> Any:
        """Have the provider behave in some way."""
        answer = await self.provider.post(f"/_control/{name}", json=asked)
        assert answer.status_code == 200, answer.text
        self._keep_up()
        return answer.json()

    def _keep_up(self) -> None:
        """What the provider signs is of the machine's time, which went on however long all this took."""
        self.clock.advance(max(datetime.now(UTC) - self.clock.now(), timedelta()))

    async def browser(self) -> httpx2.AsyncClient:
        return await self.desk.client({"Origin": ORIGIN, "Accept": "text/html"})

    async def leave(self, browser: httpx2.AsyncClient, next_page: str = "/wallet") -> str:
        """Where the browser is sent to sign in."""
        sent = await browser.get("/sign-in", params={"next": next_page})
        assert sent.status_code == 303, sent.text
        return str(sent.headers["location"])

    async def decide(self, address: str, **choice: str) -> str:
        """Where the provider sends somebody back to, after they chose."""
        asked = await self.provider.get(address)
        assert asked.status_code == 200, asked.text
        decided = await self.provider.post(address, data=choice)
        assert decided.status_code == 302, decided.text
        self._keep_up()
        return str(decided.headers["location"])

    async def sign_in(self, subject: str = "ada", next_page: str = "/wallet") -> tuple[httpx2.AsyncClient, Any]:
        """A browser, and the answer it has after it came back."""
        browser = await self.browser()
        back = await self.decide(await self.leave(browser, next_page), subject=subject)
        assert back.startswith(f"{CALLBACK}?"), back
        return browser, await browser.get(back)


@contextmanager
def provider_of_identities() -> Iterator[str]:
    """The address of a provider."""
    with peer("identity", "--client-id", CLIENT_ID, "--redirect-uri", CALLBACK) as url:
        yield url


@asynccontextmanager
async def open_identity_house(
    database_url: str,
    url: str,
    *,
    secret: str = CLIENT_SECRET,
    known_secret: str | None = None,
    acr_values: str = "",
    **terms: Any,
) -> AsyncIterator[House]:
    """A server that knows the provider as `secret` says, and a provider that begins anew and knows it by the same or
    another secret."""
    clock = ManualClock(datetime.now(UTC))  # the provider's is the machine's
    settings = Settings(
        public_url=ORIGIN,
        client_secrets=Secret(f"another=x {CLIENT_ID}={secret}" if secret else "another=x"),
        step_up_acr_values=acr_values,
    )
    async with AsyncExitStack() as stack:
        owner = await connect(owner_of(database_url))
        stack.push_async_callback(owner.close)
        added = IssuerTerms(
            audience="plaudit-api", jwks_uri=f"{url}/jwks", allowed_roles=set(Role) - {Role.SERVER},
            client_id=CLIENT_ID, **terms,
        )  # fmt: skip
        issuer = await issuers.add_issuer(owner, url, added, clock)
        desk = await stack.enter_async_context(open_desk(database_url, clock, settings))
        provider = await stack.enter_async_context(
            httpx2.AsyncClient(verify=tls_context(), base_url=url, timeout=WAIT_S)
        )
        house = House(desk, clock, issuer, provider)
        await house.control("reset", secret=secret if known_secret is None else known_secret)
        yield house
