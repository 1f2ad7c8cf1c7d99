"""Which tables each law of the audit speaks of, so that after a test only those are asked that could be broken."""

import re
from dataclasses import dataclass

from plaudit.connections import Connection
from plaudit.schema import audit

_MADE_OF = """
select c.relname::text as name, pg_get_viewdef(c.oid) as text from pg_class c
where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace
union all
select p.proname::text, p.prosrc from pg_proc p where p.pronamespace = 'public'::regnamespace
"""
_TABLES = (
    "select relname::text as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
)
# A partition is of its table.
_FILLED = """
select distinct coalesce(i.inhparent::regclass::text, c.relname::text) as name
from pg_class c left join pg_inherits i on i.inhrelid = c.oid
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and pg_relation_size(c.oid) > 0
"""
_WORD = re.compile(r"[a-z_][a-z0-9_]*")


async def filled(connection: Connection) -> frozenset[str]:
    """Tables that have rows, or had some."""
    return frozenset(row["name"] for row in await connection.fetch(_FILLED))


@dataclass(frozen=True)
class LawTables:
    """What laws speak of in databases that are copies of one template."""

    spoken_of: dict[audit.Law, frozenset[str]]
    """The tables of each law, through views and functions too."""
    given: frozenset[str]
    """Tables that are filled from the beginning."""

    @classmethod
    async def read(cls, connection: Connection) -> "LawTables":
        """In a database that nobody has written to."""
        texts: dict[str, str] = {}
        for row in await connection.fetch(_MADE_OF):
            texts[row["name"]] = f"{texts.get(row['name'], '')} {row['text']}"
        tables = {row["name"] for row in await connection.fetch(_TABLES)}
        return cls({law: frozenset(_words(law.sql, texts) & tables) for law in audit.laws()}, await filled(connection))

    def that_could_be_broken(self, filled: frozenset[str]) -> list[audit.Law]:
        """Laws that speak of a table that has rows since; and those that speak of nothing else than what is given."""
        return [law for law, tables in self.spoken_of.items() if tables & filled - self.given or tables <= self.given]


def _words(text: str, texts: dict[str, str]) -> set[str]:
    """Those of a text, and of what is made of the words in it."""
    found: set[str] = set()
    waiting = set(_WORD.findall(text.lower()))
    while waiting:
        found |= waiting
        waiting = {word for name in waiting & texts.keys() for word in _WORD.findall(texts[name].lower())} - found
    return found
