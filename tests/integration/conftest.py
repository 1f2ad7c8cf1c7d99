"""What integration tests share."""

from collections.abc import AsyncIterator

import pytest

from plaudit.clock import ManualClock
from plaudit.db import APPLICATION_ROLE, OwnConnection, connect
from tests.support.databases import Copies, EmptyDatabase
from tests.support.databases import empty_database as make_empty_database
from tests.support.desk import Desk, open_desk


@pytest.fixture(scope="session")
def shared_database_url(copies: Copies) -> str:
    """One migrated database for tests that write nothing."""
    return copies.make()


@pytest.fixture
async def prepared_on(shared_database_url: str) -> AsyncIterator[OwnConnection]:
    """A connection to prepare statements on, as the application."""
    connection = await connect(shared_database_url, role=APPLICATION_ROLE)
    yield connection
    await connection.close()


@pytest.fixture
async def empty_database(server_url: str) -> AsyncIterator[EmptyDatabase]:
    """A database that was never migrated."""
    async with make_empty_database(server_url) as made:
        yield made


@pytest.fixture
async def desk(database_url: str, clock: ManualClock) -> AsyncIterator[Desk]:
    """The whole server on this test's database and clock."""
    async with open_desk(database_url, clock) as opened:
        yield opened
