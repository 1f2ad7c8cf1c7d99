"""Keys of servers, as operators see them: what each may do and when it was used; and they take one away."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import Parameter

from plaudit.injected import Clock, Database
from plaudit.people import actions
from plaudit.people.access import Access
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.model import ApiKey, Authority, Scope
from plaudit.people.ways_in import WayIn

TAGS = ["Operator"]
KeyNumber = Annotated[int, Parameter(ge=1, lt=2**31, description="The key.")]


class KeyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The key of a platform's server; never its secret."""

    id: int
    name: str
    issuer: Annotated[str, msgspec.Meta(description="The platform whose people it may speak for.")]
    scopes: Annotated[list[Scope], msgspec.Meta(description="What it may do.")]
    networks: Annotated[list[str], msgspec.Meta(description="Where it may be used from; empty: from anywhere.")]
    created_at: datetime
    expires_at: Annotated[datetime | None, msgspec.Meta(description="Null: it is good until it is revoked.")]
    last_used_at: Annotated[datetime | None, msgspec.Meta(description="To the minute; null: not yet.")]
    former_ends_at: Annotated[
        datetime | None, msgspec.Meta(description="Until when the secret before this one is good.")
    ]
    revoked_at: datetime | None
    authority: Annotated[Authority, msgspec.Meta(description="By whose word it may what it may.")]


class KeyList(msgspec.Struct, frozen=True):
    """All keys, those revoked included."""

    items: list[KeyAnswer]


def key_answer(key: ApiKey) -> KeyAnswer:
    """A key as operators see it."""
    given = {name: getattr(key, name) for name in KeyAnswer.__struct_fields__}
    return KeyAnswer(**given)


@get("/keys", access=Access.OWNER, operation_id="ListKeys", tags=TAGS, summary="Keys of servers")
async def list_keys(database: Database) -> KeyList:
    """They are made, widened and rotated by a decision, or on the command line (`plaudit key`); never their secrets."""
    async with database.read() as connection:
        return KeyList([key_answer(one) for one in await actions.list_api_keys(connection)])


@post(
    "/keys/{key_id:int}/revoke",
    access=Access.OWNER,
    operation_id="RevokeKey",
    tags=TAGS,
    status_code=200,
    summary="Take a key away",
)
async def revoke_key(
    key_id: KeyNumber,
    database: Database,
    clock: Clock,
    doorkeeper: NamedDependency[Doorkeeper],
) -> KeyAnswer:
    """It is refused from now on; what is open of it ends, and so do the sessions that its codes began."""
    async with database.transaction() as connection:
        revoked = await actions.revoke_api_key(connection, None, clock, key_id=key_id)
        keys = await actions.list_api_keys(connection)
    doorkeeper.over([WayIn("key", revoked.id)])
    return next(key_answer(one) for one in keys if one.id == revoked.id)


HANDLERS: tuple[Any, ...] = (list_keys, revoke_key)
"""For the router of `plaudit.admission`, which has what is proposed at the same addresses."""
