"""Whether this process is alive, and whether it can do its work."""

import asyncio
from typing import Annotated, Literal

import asyncpg
import msgspec
from litestar import Router, get
from litestar.params import Parameter

from plaudit.injected import Database, Settings
from plaudit.limits import NONCE_LENGTH_MAX, READY_WAIT_S
from plaudit.people.access import Access
from plaudit.problems import Problem, Unavailable
from plaudit.readiness.proof import Alive, proof_of
from plaudit.statements import statements

SQL = statements(__file__)


class Health(msgspec.Struct, frozen=True):
    """The state of this process."""

    status: Annotated[Literal["alive", "ready"], msgspec.Meta(description="What was asked for is so.")]


@get("/health", access=Access.PUBLIC, operation_id="GetHealth", tags=["Operation"], summary="Is the process alive?")
async def get_health() -> Health:
    """Answers as long as the process does."""
    return Health("alive")


Nonce = Annotated[
    str | None,
    Parameter(
        pattern=rf"^[A-Za-z0-9_-]{{1,{NONCE_LENGTH_MAX}}}$(?!\n)",
        description="Something never asked before. The answer then proves which installation gave it.",
    ),
]


@get("/live", access=Access.PUBLIC, operation_id="GetLive", tags=["Operation"], summary="Does this address lead here?")
async def get_live(database: Database, settings: Settings, nonce: Nonce = None) -> Alive:
    """Answers as long as the process does; with a nonce, 503 while the database cannot be reached."""
    if nonce is None:
        return Alive("alive")
    async with database.read() as connection:
        return Alive("alive", await proof_of(connection, settings, nonce))


@get("/ready", access=Access.PUBLIC, operation_id="GetReady", tags=["Operation"], summary="Can it do its work?")
async def get_ready(database: Database) -> Health:
    """Answers 503 while the database cannot be reached, takes no writes, or has no room for any."""
    try:
        async with asyncio.timeout(READY_WAIT_S), database.transaction() as connection:
            takes_writes = await connection.fetchval(SQL["write_nothing"])
            await connection.fetchval(SQL["remember_little"])
            await connection.fetchval(SQL["spill_something"])
    except (TimeoutError, Problem, asyncpg.PostgresError) as error:
        raise Unavailable from error
    if not takes_writes:
        raise Unavailable
    return Health("ready")


router = Router("/", route_handlers=[get_health, get_live, get_ready])
