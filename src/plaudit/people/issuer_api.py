"""Platforms whose word is taken, as owners see them; and they stop one."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import Parameter

from plaudit.injected import Database
from plaudit.people import issuers
from plaudit.people.access import Access
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.injected import Caller
from plaudit.people.model import Authority, Issuer, Role
from plaudit.people.ways_in import WayIn
from plaudit.problems import Conflict

TAGS = ["Operator"]
IssuerNumber = Annotated[int, Parameter(ge=1, lt=2**31, description="The platform.")]


class OwnPlatform(Conflict):
    code: ClassVar[str] = "own_platform"
    title: ClassVar[str] = "You came by this platform: who owns the database stops it, or somebody of another."


class IssuerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A platform, and how its tokens are checked and read."""

    id: int
    issuer: Annotated[str, msgspec.Meta(description="As its tokens say in `iss`.")]
    audience: str
    jwks_uri: Annotated[str | None, msgspec.Meta(description="Null: it publishes no keys.")]
    mints_tokens: Annotated[bool, msgspec.Meta(description="Else its server hands its people over.")]
    allowed_roles: Annotated[list[Role], msgspec.Meta(description="What it may say of its people.")]
    claims: dict[str, str]
    role_names: dict[str, str]
    client_id: Annotated[str | None, msgspec.Meta(description="Null: nobody signs in there.")]
    scopes: str
    sign_in_label: str | None
    active: Annotated[bool, msgspec.Meta(description="Whether it is believed.")]
    created_at: datetime
    authority: Annotated[Authority, msgspec.Meta(description="By whose word it is believed so.")]


class IssuerList(msgspec.Struct, frozen=True):
    """All platforms, those no longer believed included."""

    items: list[IssuerAnswer]


def issuer_answer(one: Issuer) -> IssuerAnswer:
    """A platform as owners see it."""
    names = [name for name in IssuerAnswer.__struct_fields__ if name != "mints_tokens"]
    return IssuerAnswer(mints_tokens=one.jwks != issuers.NO_KEYS, **{name: getattr(one, name) for name in names})


@get("/issuers", access=Access.OWNER, operation_id="ListIssuers", tags=TAGS, summary="Platforms whose word is taken")
async def list_issuers(database: Database) -> IssuerList:
    """How their tokens are checked and read."""
    async with database.read() as connection:
        return IssuerList([issuer_answer(one) for one in await issuers.list_issuers(connection)])


@post(
    "/issuers/{issuer_id:int}/stop",
    access=Access.OWNER,
    operation_id="StopIssuer",
    tags=TAGS,
    status_code=200,
    problems=(OwnPlatform,),
    summary="Believe a platform no longer",
)
async def stop_issuer(
    issuer_id: IssuerNumber,
    caller: Caller,
    database: Database,
    doorkeeper: NamedDependency[Doorkeeper],
) -> IssuerAnswer:
    """At once, by one: its tokens and keys are refused, its people's sessions end. It takes two to believe it again."""
    if issuer_id == caller.issuer_id:
        raise OwnPlatform
    async with database.transaction() as connection:
        stopped = issuer_answer(await issuers.stop_issuer(connection, issuer_id))
    doorkeeper.over([WayIn("issuer", issuer_id)])
    return stopped


HANDLERS: tuple[Any, ...] = (list_issuers, stop_issuer)
"""For the router of `plaudit.admission`, which has what is proposed at the same addresses."""
