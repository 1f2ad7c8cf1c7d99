"""Devices and addresses, as a platform's server tells of them."""

from typing import Annotated

from litestar import Router, post
from litestar.params import JSONBody, Parameter

from plaudit.injected import Clock, Database, Settings
from plaudit.instruments import actions
from plaudit.instruments.model import InstrumentKind, KeptInstrument, SeenInstrument, Source
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.people.telling import PersonUnknown, find_told


@post(
    "/v1/people/{subject:str}/instruments",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellInstrument",
    tags=["People"],
    leaves_no_act=True,  # the hash of a body that can be guessed says what was in it
    status_code=200,
    problems=(PersonUnknown,),
    summary="Tell of a device or an address that somebody was seen with",
)
async def tell_instrument(
    subject: Annotated[str, Parameter(min_length=1, max_length=255, description="The platform's own id: `sub`.")],
    data: JSONBody[SeenInstrument],
    caller: Caller,
    database: Database,
    clock: Clock,
    settings: Settings,
) -> KeptInstrument:
    """To find accounts of one person: hashed at once, by a key that the database does not have. Nobody is linked by it.
    Tell of one only where your law and your words to people allow it; what is not of a kind that is kept here is
    dropped. Repeating it says that they were seen with it again."""
    async with database.transaction() as connection:
        person = await find_told(connection, caller.issuer_id, subject, "path.subject")
        kept = await actions.see(
            connection,
            settings,
            clock,
            person.id,
            InstrumentKind(data.kind.value),
            Source.HOST,
            of=str(caller.issuer_id),
            value=data.instrument,
        )
    return KeptInstrument(kept)


router = Router("/", route_handlers=[tell_instrument])
