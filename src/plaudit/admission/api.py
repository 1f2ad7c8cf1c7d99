"""Who may come in, over HTTP: owners propose keys, platforms and roles, and others of them confirm."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from plaudit.admission import keys
from plaudit.admission.keys import WantedKey
from plaudit.admission.model import HeldIssuer, KeyOfAnother, MadeRole, NewRole, RoleHeld
from plaudit.admission.operators import ROLE, WantedRole
from plaudit.admission.platforms import ISSUER, WantedIssuer
from plaudit.decisions.answers import DecisionAnswer, answer
from plaudit.decisions.asking import House, Proposal, ask, content_of, told
from plaudit.decisions.model import REFUSED, Decision
from plaudit.injected import Clock, Database
from plaudit.people import issuer_api, key_api, roles_api
from plaudit.people.injected import Caller
from plaudit.people.key_api import KeyAnswer, key_answer
from plaudit.problems import NotFound

TAGS = ["Operator"]


class KeyAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: the key as it is now, or the decision that waits for another."""

    key: KeyAnswer | None
    decision: DecisionAnswer | None
    secret: Annotated[
        str | None,
        Meta(description="Shown this once. Null: the key keeps its own, or it was shown when this id was first used."),
    ]


@post(
    "/keys",
    access=keys.KEY.access,
    step_up=True,
    operation_id="ProposeKey",
    tags=TAGS,
    status_code=201,
    other_answers={202: KeyAsked},
    problems=(KeyOfAnother, *REFUSED),
    summary="Propose what the key of a name is to be",
)
async def propose_key(
    data: JSONBody[WantedKey], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[KeyAsked]:
    """Idempotent by `id`. A key in use that may less than before is narrowed at once: 201. Else another owner confirms:
    202 with the decision and, of a new secret, the secret: it is shown this once, and good when it is confirmed."""
    async with database.transaction() as connection:
        asked = await keys.narrow_or_ask(connection, clock, house, data, caller.person_id)
        if isinstance(asked.came_of, Decision):
            waits = await answer(connection, keys.KEY, asked.came_of)
            return Response(KeyAsked(key=None, decision=waits, secret=asked.secret), status_code=202)
    return Response(KeyAsked(key=key_answer(asked.came_of), decision=None, secret=asked.secret), status_code=201)


@post(
    "/issuers",
    access=ISSUER.access,
    step_up=True,
    operation_id="ProposeIssuer",
    tags=TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=REFUSED,
    summary="Propose whose word about people is taken",
)
async def propose_issuer(
    data: JSONBody[WantedIssuer], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[HeldIssuer]:
    """Idempotent by `id`. 202 with the decision that waits for another owner: nobody decides this alone, in no
    emergency either. Say all of it: what is left out is as for a platform that is new."""
    proposal = Proposal(data.id, data.content(), data.note, caller.person_id)
    async with database.transaction() as connection:
        return await told(connection, ISSUER, await ask(connection, clock, house, ISSUER, proposal))


@post(
    "/roles",
    access=ROLE.access,
    step_up=True,
    operation_id="ProposeRole",
    tags=TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(NotFound, RoleHeld, *REFUSED),
    summary="Propose to give somebody a role",
)
async def propose_role(
    data: JSONBody[WantedRole], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[MadeRole]:
    """Idempotent by `id`. 202 with the decision that waits for another owner. Nobody proposes or confirms one for
    themselves. Where one operator decides alone: creators and auditors only."""
    proposal = Proposal(data.id, content_of(data, NewRole), data.note, caller.person_id)
    async with database.transaction() as connection:
        return await told(connection, ROLE, await ask(connection, clock, house, ROLE, proposal))


_HANDLERS: list[Any] = [
    propose_key,
    propose_issuer,
    propose_role,
    *key_api.HANDLERS,
    *issuer_api.HANDLERS,
    *roles_api.HANDLERS,
]
router = Router("/v1/operator", route_handlers=_HANDLERS)
