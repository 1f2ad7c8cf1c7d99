"""Names over HTTP: a platform vouches for what a creator is called, and an operator sees both names of a payout."""

import unicodedata
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from plaudit.injected import Clock, Database
from plaudit.payouts import actions
from plaudit.payouts.names import BothNames, both_names, vouch
from plaudit.payouts.vault import AccountVault
from plaudit.people.access import Access
from plaudit.people.actions import require_people_by_subjects
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.people.told_api import SubjectInPath


class VouchedName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is called, as their papers say."""

    name: Annotated[str, Meta(min_length=2, max_length=140, pattern=r"\S")]


@put(
    "/v1/people/{subject:str}/vouched-name",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="VouchForName",
    tags=["People"],
    status_code=204,
    summary="Vouch for what somebody is called",
)
async def vouch_for_name(
    subject: SubjectInPath,
    data: JSONBody[VouchedName],
    caller: Caller,
    database: Database,
    clock: Clock,
    account_vault: NamedDependency[AccountVault],
) -> Response[None]:
    """When you have seen who they are. It is sealed, shown to who decides payouts, and held against the names on their
    bank accounts: what is not theirs waits for a person. Repeating it changes nothing."""
    name = " ".join(unicodedata.normalize("NFC", data.name).split())
    async with database.transaction() as connection:
        people = await require_people_by_subjects(connection, caller.issuer_id, [subject], clock)
        await vouch(connection, clock, account_vault.vault, people[subject].id, name)
    return Response(None, status_code=204)


@get(
    "/v1/operator/payouts/{payout_id:uuid}/names",
    access=Access.FINANCE,
    operation_id="GetPayoutNames",
    personal=True,
    tags=["Operator"],
    summary="The names of a payout",
)
async def get_names(
    payout_id: FromPath[UUID], database: Database, account_vault: NamedDependency[AccountVault]
) -> BothNames:
    """That of the bank account's holder, and the one that is vouched for. That it was read is kept."""
    async with database.transaction() as connection:
        payout = await actions.find(connection, payout_id, None)
        return await both_names(connection, account_vault.vault, payout.creator_id, payout.holder_name)


HANDLERS: list[Any] = [vouch_for_name, get_names]
