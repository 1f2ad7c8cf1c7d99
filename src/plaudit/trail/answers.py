"""What the trail answers to operators, and as a table."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.acts import Actor, Kind, Outcome
from plaudit.spreadsheets import csv_lines, text
from plaudit.trail.model import KeptAct

CSV_HEADER = (
    "position", "at", "kind", "actor", "person_id", "key_id", "command_user", "command_host", "address", "operation",
    "about", "outcome", "problem", "times", "id", "hash",
)  # fmt: skip


class ActAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did, tried or read."""

    id: UUID
    position: Annotated[int | None, Meta(description="Its place in the chain; null: it gets one within seconds.")]
    hash: Annotated[str | None, Meta(description="Of the chain up to it, as `plaudit verify` proves it.")]
    at: datetime
    kind: Kind
    actor: Actor
    person_id: str | None
    key_id: str | None
    session_id: str | None
    command: Annotated[
        dict[str, Any] | None, Meta(description="Of a command: its user, host and arguments, without what is secret.")
    ]
    address: Annotated[str | None, Meta(description="The network: /24 of IPv4, /48 of IPv6.")]
    operation: Annotated[str, Meta(description="Of this API, of a page, or a command.", examples=["ApprovePayout"])]
    about: Annotated[list[str], Meta(description="Ids, in the order of the address, then of the body.")]
    said: Annotated[Any, Meta(description="The body, without what is secret or personal.")]
    said_sha256: Annotated[str | None, Meta(description="Of the whole body.")]
    changes: Annotated[dict[str, Any] | None, Meta(description="Such as what was there before.")]
    outcome: Annotated[
        Outcome,
        Meta(
            description="`done`: in the transaction of what it did. `answered`: nothing was written, or elsewhere. "
            "`refused`, `failed`: by `problem`."
        ),
    ]
    problem: str | None
    times: Annotated[int, Meta(description="How often in a minute, of tries that were refused alike.")]
    request_id: str | None
    of: Annotated[UUID | None, Meta(description="The act that the same request had written before it failed.")]


def act_answer(kept: KeptAct) -> ActAnswer:
    act = kept.act
    return ActAnswer(
        id=act.id,
        position=kept.position,
        hash=kept.hash,
        at=act.at,
        kind=act.kind,
        actor=act.actor,
        person_id=act.person_id,
        key_id=act.key_id,
        session_id=act.session_id,
        command=msgspec.to_builtins(act.command),
        address=act.address,
        operation=act.operation,
        about=act.about.split(" ") if act.about else [],
        said=act.said,
        said_sha256=act.said_sha256,
        changes=dict(act.changes) if act.changes else None,
        outcome=act.outcome,
        problem=act.problem,
        times=act.times,
        request_id=act.request_id,
        of=act.of,
    )


async def acts_csv(pages: AsyncIterator[list[KeptAct]]) -> AsyncIterator[bytes]:
    """A table, a piece for each page."""
    yield csv_lines([CSV_HEADER])
    async for page in pages:
        yield csv_lines(map(_row, page))


def _row(kept: KeptAct) -> Sequence[object]:
    act = kept.act
    command = act.command
    return (
        *(kept.position or "", act.at.isoformat(), act.kind, act.actor.value, act.person_id or "", act.key_id or ""),
        *(text(command.user) if command else "", text(command.host) if command else "", act.address or ""),
        *(
            text(act.operation),
            text(act.about or ""),
            act.outcome,
            act.problem or "",
            act.times,
            act.id,
            kept.hash or "",
        ),
    )
