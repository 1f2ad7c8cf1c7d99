"""What operators do about decisions, without HTTP: each act in a transaction of its own, a problem is the answer."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec

from plaudit.clock import Clock, ManualClock
from plaudit.connections import connect
from plaudit.db import Database
from plaudit.decisions import actions
from plaudit.decisions.kinds import DecisionKind
from plaudit.decisions.model import Decision
from plaudit.ids import new_id
from plaudit.problems import Problem
from tests.support.databases import owner_of

OLGA, OSKAR, OTTO = 801, 802, 803


def confirmed(kind: str, content: dict[str, Any]) -> str:
    """A statement that keeps a confirmed decision of which nothing was made."""
    return _CONFIRMED.format(kind, msgspec.json.encode(content).decode())


_CONFIRMED = """insert into decision (id, kind, content, content_sha256, note, proposed_by, proposed_at, expires_at,
    outcome, decided_by, decided_at, effective_at)
select gen_random_uuid(), '{}', c, sha256(convert_to(c, 'UTF8')), 'x', 1, now(), now() + interval '1 day', 'confirmed',
    2, now(), now()
from (values ('{}')) v (c)"""


async def of_house(database: Database, clock: Clock, record: Any, new: msgspec.Struct) -> Any:
    """What comes with the house, without a decision and in no bounds: written by who owns the tables."""
    connection = await connect(owner_of(database.url))
    try:
        async with connection.transaction():
            return await record(connection, clock, new, None)
    finally:
        await connection.close()


@dataclass
class Table:
    """Operators at one table."""

    database: Database
    clock: ManualClock

    async def act(self, action: Any, *arguments: Any, **named: Any) -> Any:
        try:
            async with self.database.transaction() as connection:
                return await action(connection, self.clock, *arguments, **named)
        except Problem as problem:
            return problem

    async def propose(
        self, kind: DecisionKind[Any, Any, Any], content: msgspec.Struct, by: int = OLGA, id: UUID | None = None
    ) -> Any:
        named = {"decision_id": id or new_id(self.clock), "content": content, "note": "of the test", "proposed_by": by}
        return await self.act(actions.propose, kind, **named)

    async def confirm(
        self, kind: DecisionKind[Any, Any, Any], decision: Decision, by: int = OSKAR, house: Any = None, **more: Any
    ) -> Any:
        seen = more.pop("content_sha256", decision.content_sha256)
        confirming = actions.Confirming(by, seen, **more)
        return await self.act(actions.confirm, kind, decision.id, house or SimpleNamespace(), confirming)

    async def decide(self, kind: DecisionKind[Any, Any, Any], content: msgspec.Struct) -> Any:
        """One proposes, another confirms; what was made."""
        return await self.confirm(kind, await self.propose(kind, content))

    async def find(self, decision_id: UUID) -> Decision:
        async with self.database.read() as connection:
            return await actions.find(connection, decision_id)
