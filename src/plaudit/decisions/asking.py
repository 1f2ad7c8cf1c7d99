"""How an endpoint decides something: it proposes, and where there is one operator it confirms at once."""

from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

import msgspec
from litestar import Response

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions import actions
from plaudit.decisions.answers import answer
from plaudit.decisions.kinds import DecisionKind
from plaudit.decisions.model import Decision
from plaudit.ids import new_id
from plaudit.settings import Settings

Content = TypeVar("Content", bound=msgspec.Struct)


@runtime_checkable
class House(Protocol):
    """What is asked of the parts of a process here; kinds may ask for more, and none for a database: all is written in
    the transaction that they are given."""

    @property
    def settings(self) -> Settings: ...


class Proposal(msgspec.Struct, frozen=True):
    """What somebody wants decided, why, and by which id; None: one is made."""

    id: UUID | None
    content: msgspec.Struct
    note: str
    by: int


async def ask(
    connection: Connection, clock: Clock, house: House, kind: DecisionKind[Any, Any, Any], proposal: Proposal
) -> Any:
    """What was made, where one operator decides; else the `Decision` that waits for another.

    Raises:
        Problem: as `propose` and `confirm` say.
    """
    proposed = await actions.propose(
        connection,
        clock,
        kind,
        decision_id=proposal.id or new_id(clock),
        content=proposal.content,
        note=proposal.note,
        proposed_by=proposal.by,
    )
    if not house.settings.one_operator or await kind.must_be_two(connection, proposed):
        return proposed
    alone = actions.Confirming(proposal.by, proposed.content_sha256, may_be_alone=True)
    return await actions.confirm(connection, clock, kind, proposed.id, house, alone)


def content_of(asked: msgspec.Struct, content: type[Content]) -> Content:
    """What is proposed of a body that has more, such as its id."""
    return content(**{name: getattr(asked, name) for name in content.__struct_fields__})


async def told(
    connection: Connection, kind: DecisionKind[Any, Any, Any], asked: Any, status: int = 201
) -> Response[Any]:
    """What `ask` came to, as an answer: what was made with a status, or 202 with the decision that waits."""
    if isinstance(asked, Decision):
        return Response(await answer(connection, kind, asked), status_code=202)
    return Response(asked, status_code=status)
