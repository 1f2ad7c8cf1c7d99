"""The database: there, of a version that is supported, migrated, and with the right privileges."""

import msgspec

from plaudit.boundary import excess_of_login
from plaudit.connections import APPLICATION_ROLE, Connection
from plaudit.readiness.model import CheckOutcome, Grounds, attention, blocking, ok
from plaudit.schema.migrate import may_wait, pending_migrations
from plaudit.schema.privileges import privilege_repairs
from plaudit.statements import fetch_one, statements

SQL = statements("plaudit.readiness")
MIGRATE = "plaudit migrate"
_VERSION_MIN = 150_000
_NAMED = 3  # migrations that are named; the others are counted


class DatabaseFacts(msgspec.Struct, frozen=True):
    """What a server says of itself."""

    version: str
    version_number: int
    name: str
    is_standby: bool
    is_durable: bool
    is_private: bool
    """Nobody in between can read along: it is on this machine, or spoken to by TLS."""

    @property
    def words(self) -> str:
        return f"PostgreSQL {self.version.split()[0]}, database {self.name}"


async def read_facts(connection: Connection) -> DatabaseFacts:
    """What the server on the other side says of itself."""
    facts = await fetch_one(connection, SQL["database_facts"], DatabaseFacts)
    assert facts is not None
    return facts


async def reachable(grounds: Grounds) -> CheckOutcome:
    if grounds.database is None:
        needs_migration = MIGRATE in grounds.database_problem
        return blocking(grounds.database_problem, command=MIGRATE if needs_migration else "plaudit config")
    async with grounds.database.read() as connection:
        facts = await read_facts(connection)
    if facts.version_number < _VERSION_MIN:
        return blocking(f"{facts.words}: 15 is the oldest that is supported")
    if facts.is_standby:
        return blocking(f"{facts.words} is a standby, which nothing can be written to: name the primary")
    if not facts.is_durable:
        return attention(f"{facts.words} runs with fsync off: a crash of the machine loses what was acknowledged")
    if not facts.is_private:
        return attention(f"{facts.words} is another machine and spoken to in the clear: add ?sslmode=verify-full")
    return ok(facts.words + ("" if grounds.settings.database_url else f", embedded in {grounds.settings.data}"))


async def schema(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        missing = await pending_migrations(connection)
    later = [name for name in missing if may_wait(name)]
    if needed := [name for name in missing if not may_wait(name)]:
        return blocking(f"not of this version: {_named(needed)} missing", command=MIGRATE)
    if later:
        return attention(f"{_named(later)} can follow when no server of the version before runs", command=MIGRATE)
    return ok("of this version")


async def login(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        excess = await excess_of_login(connection)
    return blocking(excess) if excess else ok("it may do nothing but what the application does")


async def privileges(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        repairs = await privilege_repairs(connection)
    if lacking := [one for one in repairs if one.startswith("GRANT")]:
        return blocking(f"{APPLICATION_ROLE} lacks {len(lacking)}, such as {_object(lacking[0])}", command=MIGRATE)
    if repairs:
        return attention(f"{len(repairs)} too many, such as {_object(repairs[0])}", command=MIGRATE)
    return ok(f"{APPLICATION_ROLE} may do what it should and no more")


def _named(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _object(statement: str) -> str:
    """`SELECT on frame` of `GRANT SELECT ON TABLE public.frame TO plaudit_app`."""
    words = statement.split()
    return f"{words[1]} on {words[4].removeprefix('public.')}"
