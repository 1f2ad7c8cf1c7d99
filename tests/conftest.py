"""What all tests may ask for: a server, a migrated database of their own, the application's way to it, a clock."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from plaudit.clock import ManualClock
from plaudit.db import Database, OwnConnection, connect
from plaudit.embedded import EmbeddedPostgres
from tests.support.databases import START, Template, broken_laws, run_aside

# The gate says the same of the same commit, on slow machines too; `make explore` looks further.
settings.register_profile("gate", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gate")

# The books of tests need not survive a crash of the machine.
_QUICK = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server where databases may be made: DATABASE_URL, or an embedded one of this test process."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with EmbeddedPostgres(tmp_path_factory.mktemp("server"), options=_QUICK) as server:
        yield server.url


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[Template]:
    """A migrated database to copy."""
    made = Template(server_url)
    yield made
    made.close()


@pytest.fixture
def database_url(template: Template, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database of this test alone. When the test is over the books must balance."""
    url = template.copy()
    try:
        yield url
        if request.node.get_closest_marker("audit_off") is None:
            broken = run_aside(broken_laws(url))
            assert not broken, "the books do not balance:\n" + "\n".join(broken)
    finally:
        template.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The pool, as the application has it."""
    async with Database(database_url) as opened:
        yield opened


@pytest.fixture
async def owner_connection(database_url: str) -> AsyncIterator[OwnConnection]:
    """A connection of the user who owns the tables, for what the application may not do."""
    connection = await connect(database_url, role=None)
    yield connection
    await connection.close()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at the beginning of the test."""
    return ManualClock(START)
