"""Whether a document is genuine, over HTTP, for anybody."""

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import Parameter

from plaudit.injected import Clock, Database, Settings
from plaudit.limits import CHECK_NAME_LENGTH_MAX, CHECK_NUMBER_LENGTH_MAX, MONEY_MINOR_MAX
from plaudit.official.checking import check_document
from plaudit.official.description import check_name, describe
from plaudit.official.model import DocumentCheck, NameCheck
from plaudit.official.strangers import Strangers
from plaudit.people.access import Access
from plaudit.problems import TooBusy

_TAGS = ["Official"]
Number = Annotated[
    str,
    Parameter(
        min_length=1,
        max_length=CHECK_NUMBER_LENGTH_MAX,
        description="Of a receipt, a confirmation or a credit note; of a payout note the id.",
        examples=[],
    ),
]
Code = Annotated[
    str,
    Parameter(
        min_length=1, max_length=CHECK_NUMBER_LENGTH_MAX, description="As it stands on the document.", examples=[]
    ),
]
Amount = Annotated[
    int | None, Parameter(ge=0, le=MONEY_MINOR_MAX, description="Its sum in minor units, to be told whether it fits.")
]


@get(
    "/v1/document-checks",
    access=Access.PUBLIC,
    operation_id="CheckDocument",
    tags=_TAGS,
    problems=(TooBusy,),
    summary="Whether a document is genuine",
)
async def get_document_check(
    number: Number,
    code: Code,
    database: Database,
    clock: Clock,
    strangers: NamedDependency[Strangers],
    network_address: NamedDependency[str | None],
    amount_minor: Amount = None,
) -> DocumentCheck:
    """For anybody who has its number and check code; nothing is told of whom it is about. A wrong code and a number
    that is not ours are both unknown."""
    strangers.take("check", network_address, clock.now().timestamp())
    async with database.read() as connection:
        return await check_document(connection, number, code, amount_minor)


@get(
    "/v1/name-checks",
    access=Access.PUBLIC,
    operation_id="CheckName",
    tags=_TAGS,
    problems=(TooBusy,),
    summary="Whether a domain, an app or an address is ours",
)
async def get_name_check(
    name: Annotated[
        str,
        Parameter(
            min_length=1,
            max_length=CHECK_NAME_LENGTH_MAX,
            description="A domain, an address of a page, the id of an app in its store, or a mail address.",
            examples=[],
        ),
    ],
    database: Database,
    settings: Settings,
    clock: Clock,
    strangers: NamedDependency[Strangers],
    network_address: NamedDependency[str | None],
) -> NameCheck:
    """By what `/.well-known/plaudit.json` says, signed, as well."""
    strangers.take("check", network_address, clock.now().timestamp())
    async with database.read() as connection:
        return check_name(await describe(connection, settings, clock.now()), name)


router = Router("/", route_handlers=[get_document_check, get_name_check])
