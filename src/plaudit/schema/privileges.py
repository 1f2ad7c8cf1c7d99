"""What the application's role may do in a database, held against the recorded schema, and how that is put right.

Migrations grant as they go, so nothing here matters on the way up. A dump that is restored where the role is missing
loses every grant, and PUBLIC may call the functions of the books again.
"""

import re
from functools import cache
from pathlib import Path

from plaudit.connections import Connection
from plaudit.statements import statements

SCHEMA_FILE = Path(__file__).with_name("schema.sql")

SQL = statements(__file__)
_GRANT = re.compile(
    r"^GRANT (?P<what>.+) ON (?P<kind>TABLE|SEQUENCE|FUNCTION|SCHEMA) (?P<name>[\w.]+).* TO plaudit_app;$", re.M
)
_CLOSED = re.compile(r"^REVOKE ALL ON FUNCTION (?P<name>[\w.]+)\(.*\) FROM PUBLIC;$", re.M)


@cache
def _recorded() -> tuple[list[str], list[str]]:
    """What the role is granted, a privilege of an object each; and the functions that are closed to PUBLIC."""
    text = SCHEMA_FILE.read_text(encoding="utf-8")
    granted = [
        f"{'EXECUTE' if grant['kind'] == 'FUNCTION' else privilege} ON {grant['kind']} {grant['name']}"
        for grant in _GRANT.finditer(text)
        for privilege in grant["what"].split(",")
    ]
    return granted, [closed["name"] for closed in _CLOSED.finditer(text)]


async def privilege_repairs(connection: Connection) -> list[str]:
    """The statements that make privileges what the recorded schema says; empty when they are. For a database whose
    migrations have all been applied, and where the role exists."""
    return [row["statement"] for row in await connection.fetch(SQL["privilege_repairs"], *_recorded())]


async def repair_privileges(connection: Connection) -> list[str]:
    """Put right what `privilege_repairs` finds, as the owner of the tables; what was run."""
    repairs = await privilege_repairs(connection)
    async with connection.transaction():
        for statement in repairs:
            await connection.execute(statement)
    return repairs
