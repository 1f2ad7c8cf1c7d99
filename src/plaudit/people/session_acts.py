"""What the trail keeps of sessions of operators: that they began, and who ended them. Others' are theirs alone."""

from collections.abc import Sequence
from typing import Literal

from plaudit.acts import Actor, ActRecord, write_record
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import new_id
from plaudit.people.model import OPERATOR_ROLES
from plaudit.statements import statements
from plaudit.tracing import request_id

SQL = statements(__file__)


async def keep(
    connection: Connection,
    clock: Clock,
    operation: Literal["BeginSession", "EndSession"],
    session_ids: Sequence[int],
    *,
    by: Actor,
) -> None:
    """An act for each of these sessions that is an operator's, in the transaction of what became of it.

    Args:
        connection: in a transaction.
        clock: tells when.
        operation: what became of them.
        session_ids: of anybody.
        by: OPERATOR: they themselves; HOUSE: at their platform's word.
    """
    for row in await connection.fetch(SQL["sessions_of_operators"], list(session_ids), sorted(OPERATOR_ROLES)):
        record = ActRecord(
            id=new_id(clock),
            at=clock.now(),
            kind="act",
            actor=by,
            operation=operation,
            outcome="done",
            person_id=str(row["person_id"]),
            session_id=str(row["id"]),
            about=str(row["id"]),
            address=row["network"],
            request_id=request_id() or None,
        )
        await write_record(connection, record)
