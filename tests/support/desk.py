"""The whole server on a database of the test: an open house, its ASGI application, and clients who are somebody."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from plaudit.clock import Clock
from plaudit.connections import connect
from plaudit.http.assembly import create_app
from plaudit.http.house import House, open_house
from plaudit.people import actions
from plaudit.people.development import ISSUER, DevelopmentIssuer
from plaudit.people.model import Role
from plaudit.settings import Settings
from tests.support.databases import owner_of

ORIGIN = "http://plaudit.test"


@dataclass
class Desk:
    """An open server without a port."""

    house: House
    app: Any
    issuer: DevelopmentIssuer
    _stack: AsyncExitStack = field(repr=False)
    _roles: dict[str, tuple[Role, ...]] = field(default_factory=dict)
    """What the platform said last of each."""

    def token(self, subject: str, *roles: Role, **claims: str) -> str:
        """A token of the person; what they were before unless roles are given, at first a viewer. Who writes as in a
        country is of that country too."""
        if "-" in claims.get("locale", ""):
            claims.setdefault("country", claims["locale"].rpartition("-")[2])
        self._roles[subject] = roles or self._roles.get(subject, (Role.VIEWER,))
        return self.issuer.mint(subject, self._roles[subject], self.house.clock, claims=claims)

    async def client(self, headers: dict[str, str] | None = None) -> httpx2.AsyncClient:
        """Somebody who speaks HTTP; a guest unless the headers say who."""
        transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
        return await self._stack.enter_async_context(
            httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        )

    async def person(self, subject: str, *roles: Role, **claims: str) -> httpx2.AsyncClient:
        """A client signed in as the person."""
        return await self.client({"Authorization": f"Bearer {self.token(subject, *roles, **claims)}"})

    async def person_id(self, subject: str) -> int:
        """The id of a person, who is made when unknown."""
        client = await self.person(subject)
        return int((await client.get("/v1/me")).json()["id"])

    async def server_key(self, name: str = "host", **limits: Any) -> str:
        """The secret of a new API key of the issuer."""
        connection = await connect(owner_of(self.house.database.url))
        try:
            return (await actions.create_api_key(connection, name, ISSUER, self.house.clock, **limits))[1]
        finally:
            await connection.close()


SELLER: dict[str, Any] = {
    "seller_name": "Plaudit Demo",
    "seller_address": "14 Sample Row\nLondon",
    "one_operator": True,
}
"""Who sells in tests: a small house, where one operator decides."""


@asynccontextmanager
async def open_desk(database_url: str, clock: Clock, settings: Settings | None = None) -> AsyncIterator[Desk]:
    """A server on a migrated database, with an issuer of its own."""
    issuer = DevelopmentIssuer.new()
    owner = await connect(owner_of(database_url))
    try:
        await issuer.register(owner, clock)
    finally:
        await owner.close()
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(
            open_house(settings or Settings(public_url=ORIGIN, **SELLER), database_url, clock=clock, with_jobs=False)
        )
        yield Desk(house, create_app(house), issuer, stack)
