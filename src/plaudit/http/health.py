"""Whether this process is alive, and whether it can do its work."""

import asyncio
from typing import Annotated, Literal

import msgspec
from litestar import Router, get

from plaudit.db import Database
from plaudit.limits import READY_WAIT_S
from plaudit.people.access import Access
from plaudit.problems import Problem, Unavailable


class Health(msgspec.Struct, frozen=True):
    """The state of this process."""

    status: Annotated[Literal["alive", "ready"], msgspec.Meta(description="What was asked for is so.")]


@get("/health", access=Access.PUBLIC, operation_id="GetHealth", tags=["Operation"], summary="Is the process alive?")
async def get_health() -> Health:
    """Answers as long as the process does."""
    return Health("alive")


@get("/ready", access=Access.PUBLIC, operation_id="GetReady", tags=["Operation"], summary="Can it do its work?")
async def get_ready(database: Database) -> Health:
    """Answers 503 while the database cannot be reached."""
    try:
        async with asyncio.timeout(READY_WAIT_S), database.read() as connection:
            await connection.fetchval("select 1")
    except (TimeoutError, Problem) as error:
        raise Unavailable from error
    return Health("ready")


router = Router("/", route_handlers=[get_health, get_ready])
