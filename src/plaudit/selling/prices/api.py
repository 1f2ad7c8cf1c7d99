"""Price books over HTTP, for operators: drafts, linting, comparing, publishing, going back, tax rates."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter

from plaudit.connections import Connection
from plaudit.countries import Country
from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, told
from plaudit.decisions.model import REFUSED, Decision
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_NUMBER, BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import NotFound
from plaudit.selling.prices import actions, decisions, taxes
from plaudit.selling.prices.answers import (
    DraftAnswer,
    DraftLineAnswer,
    LintAnswer,
    PreviewAnswer,
    TaxRateAnswer,
    VersionAnswer,
    VersionDetail,
    draft_answer,
    draft_line_answer,
    is_publishable,
    preview_answer,
    tax_answer,
    unreadable,
    version_answer,
)
from plaudit.selling.prices.book_file import read_text
from plaudit.selling.prices.book_text import write_text
from plaudit.selling.prices.compare import Comparison, compare
from plaudit.selling.prices.model import (
    Because,
    BookNotReadable,
    BookRefused,
    Draft,
    DraftChange,
    DraftChanged,
    DraftPublished,
    NewDraft,
    NewTaxRate,
    PublishRequest,
    TomlText,
    Version,
    VersionNotPast,
    VersionNotScheduled,
)
from plaudit.selling.prices.pricing import NoPrices, PriceBook
from plaudit.selling.prices.shelf import read_book

_TAGS = ["Price books"]
_OPERATOR = Access.PRICING
_UNREADABLE = (BookNotReadable,)
VersionPath = Annotated[int, Parameter(ge=1, le=2**31 - 1, description="The number of a version.")]
Region = Annotated[Country, Parameter(description="ISO 3166 alpha-2, or XK.")]


# Versions


@get("/price-books", access=_OPERATOR, operation_id="ListPriceBooks", tags=_TAGS, summary="All versions")
async def list_price_books(
    database: Database, clock: Clock, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[VersionAnswer]:
    """Newest first, scheduled and withdrawn ones included."""
    async with database.read() as connection:
        found = await actions.list_versions(connection, BY_NUMBER.after(cursor), limit + 1, clock.now())
    return BY_NUMBER.page(found, limit, lambda one: one.version, version_answer)


@get("/price-books/{version:int}", access=_OPERATOR, operation_id="GetPriceBook", tags=_TAGS, summary="One version")
async def get_price_book(version: VersionPath, database: Database, clock: Clock) -> VersionDetail:
    """With all it says, as a TOML file that can be imported again."""
    async with database.snapshot() as connection:
        found = await actions.find_version(connection, version, clock.now())
        book = await read_book(connection, version)
    return VersionDetail(version=version_answer(found), toml=write_text(book))


@get(
    "/price-books/{version:int}/comparison",
    access=_OPERATOR,
    operation_id="ComparePriceBook",
    tags=_TAGS,
    problems=(NoPrices,),
    summary="Compare a version with the one that holds",
)
async def compare_price_book(version: VersionPath, database: Database, clock: Clock) -> Comparison:
    """What would change, or has changed since."""
    async with database.snapshot() as connection:
        return compare(await _current(connection, clock), await read_book(connection, version))


@post(
    "/price-books/{version:int}/rollback",
    access=_OPERATOR,
    operation_id="RollBackPriceBook",
    tags=_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(BookRefused, VersionNotPast, *REFUSED),
    summary="Go back to an earlier version",
)
async def roll_back(
    version: VersionPath,
    data: JSONBody[Because],
    caller: Caller,
    database: Database,
    clock: Clock,
    house: NamedDependency[House],
) -> Response[VersionAnswer]:
    """Publishes what it says again, as a new version. Nothing that was published is changed. 202 with the decision that
    waits for another operator; 201 where one decides alone: then it holds at once."""
    async with database.transaction() as connection:
        asked = await decisions.roll_back_or_ask(connection, clock, house, version, data.reason, caller.person_id)
        return await _told(connection, asked)


@post(
    "/price-books/{version:int}/withdraw",
    access=_OPERATOR,
    operation_id="WithdrawPriceBook",
    tags=_TAGS,
    status_code=200,
    summary="Withdraw a scheduled version",
    problems=(VersionNotScheduled,),
)
async def withdraw(
    version: VersionPath, data: JSONBody[Because], caller: Caller, database: Database, clock: Clock
) -> VersionAnswer:
    """It never holds then. A version that holds already cannot be withdrawn, only followed by another."""
    async with database.transaction() as connection:
        return version_answer(await actions.withdraw(connection, version, caller.person_id, data.reason, clock.now()))


@post(
    "/price-books:lint",
    access=_OPERATOR,
    operation_id="LintPriceBook",
    tags=_TAGS,
    status_code=200,
    summary="Lint a price book",
)
async def lint(data: JSONBody[TomlText], database: Database, settings: Settings, clock: Clock) -> LintAnswer:
    """What keeps it from being published, and what somebody should look at. Nothing is kept."""
    now = clock.now()
    try:
        book = read_text(data.toml, 0, data.effective_at or now)
    except BookNotReadable as error:
        return LintAnswer(findings=unreadable(error), publishable=False)
    async with database.snapshot() as connection:
        found = await actions.look_at(connection, book, settings, now)
    return LintAnswer(findings=found, publishable=is_publishable(found))


# Drafts


@post("/price-book-drafts", access=_OPERATOR, operation_id="MakePriceDraft", tags=_TAGS, summary="Begin a draft")
async def make_draft(
    data: JSONBody[NewDraft], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> DraftAnswer:
    """With a text of yours, with what a version says, or with what holds now."""
    async with database.transaction() as connection:
        draft = await actions.make_draft(connection, data, caller.person_id, clock)
        return await _answer(connection, draft, settings, clock)


@get("/price-book-drafts", access=_OPERATOR, operation_id="ListPriceDrafts", tags=_TAGS, summary="All drafts")
async def list_drafts(
    database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[DraftLineAnswer]:
    """Those that are not published, the last changed first."""
    async with database.read() as connection:
        found = await actions.list_drafts(connection, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda draft: (draft.changed_at, draft.draft_id), draft_line_answer)


@get(
    "/price-book-drafts/{draft_id:uuid}",
    access=_OPERATOR,
    operation_id="GetPriceDraft",
    tags=_TAGS,
    summary="One draft",
)
async def get_draft(draft_id: FromPath[UUID], database: Database, settings: Settings, clock: Clock) -> DraftAnswer:
    """With what the linter says of it."""
    async with database.snapshot() as connection:
        return await _answer(connection, await actions.find_draft(connection, draft_id), settings, clock)


@put(
    "/price-book-drafts/{draft_id:uuid}",
    access=_OPERATOR,
    operation_id="ChangePriceDraft",
    tags=_TAGS,
    summary="Change a draft",
    problems=(DraftChanged, DraftPublished),
)
async def change_draft(
    draft_id: FromPath[UUID],
    data: JSONBody[DraftChange],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
) -> DraftAnswer:
    """Kept whatever it says; the answer tells what is wrong with it."""
    async with database.transaction() as connection:
        draft = await actions.change_draft(connection, draft_id, data, caller.person_id, clock.now())
        return await _answer(connection, draft, settings, clock)


@delete(
    "/price-book-drafts/{draft_id:uuid}",
    access=_OPERATOR,
    operation_id="DeletePriceDraft",
    tags=_TAGS,
    summary="Throw a draft away",
    problems=(DraftPublished,),
)
async def delete_draft(draft_id: FromPath[UUID], database: Database) -> None:
    """Nothing happens when it is gone already. One that was published stays."""
    async with database.transaction() as connection:
        await actions.delete_draft(connection, draft_id)


@get(
    "/price-book-drafts/{draft_id:uuid}/comparison",
    access=_OPERATOR,
    operation_id="ComparePriceDraft",
    tags=_TAGS,
    problems=(BookNotReadable, NoPrices),
    summary="Compare a draft with the version that holds",
)
async def compare_draft(draft_id: FromPath[UUID], database: Database, clock: Clock) -> Comparison:
    """By region and channel, by the coin and by the package, after tax and after fees."""
    async with database.snapshot() as connection:
        draft = await actions.find_draft(connection, draft_id)
        return compare(await _current(connection, clock), actions.read_draft(draft, clock.now()))


@get(
    "/price-book-drafts/{draft_id:uuid}/preview",
    access=_OPERATOR,
    operation_id="PreviewPriceDraft",
    tags=_TAGS,
    problems=_UNREADABLE,
    summary="See a draft as buyers would",
)
async def preview_draft(draft_id: FromPath[UUID], region: Region, database: Database, clock: Clock) -> PreviewAnswer:
    """All channels of one region, if it were published now."""
    now = clock.now()
    async with database.read() as connection:
        draft = await actions.find_draft(connection, draft_id)
    answer = preview_answer(actions.read_draft(draft, now), region, now)
    if answer is None:
        raise NotFound("The draft has no web prices of this region.", region=region)
    return answer


@post(
    "/price-book-drafts/{draft_id:uuid}/publish",
    access=_OPERATOR,
    operation_id="PublishPriceDraft",
    tags=_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(BookNotReadable, BookRefused, DraftChanged, DraftPublished, *REFUSED),
    summary="Publish or schedule a draft",
)
async def publish_draft(
    draft_id: FromPath[UUID],
    data: JSONBody[PublishRequest],
    caller: Caller,
    database: Database,
    clock: Clock,
    house: NamedDependency[House],
) -> Response[VersionAnswer]:
    """It becomes the next version and can never be changed. What the linter refuses is not published. 202 with the
    decision that waits for another operator; 201 where one decides alone."""
    async with database.transaction() as connection:
        asked = await decisions.publish_or_ask(connection, clock, house, draft_id, data, caller.person_id)
        return await _told(connection, asked)


async def _told(connection: Connection, asked: Version | Decision) -> Response[VersionAnswer]:
    return await told(connection, decisions.PRICE_BOOK, version_answer(asked) if isinstance(asked, Version) else asked)


async def _answer(connection: Connection, draft: Draft, settings: Settings, clock: Clock) -> DraftAnswer:
    now = clock.now()
    try:
        book = actions.read_draft(draft, now)
    except BookNotReadable as error:
        return draft_answer(draft, unreadable(error))
    return draft_answer(draft, await actions.look_at(connection, book, settings, now))


async def _current(connection: Connection, clock: Clock) -> PriceBook:
    book = await actions.book_in_force(connection, clock.now())
    if book is None:
        raise NoPrices
    return book


# Taxes


@get("/tax-rates", access=_OPERATOR, operation_id="ListTaxRates", tags=_TAGS, summary="All tax rates")
async def list_tax_rates(
    database: Database,
    country: Annotated[Country | None, Parameter(description="Those of one country only.")] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[TaxRateAnswer]:
    """The newest decision first. On a day the newest decision of an operator that covers it holds, else the newest
    published rate; a country without either has the rate of the price book."""
    async with database.read() as connection:
        found = await taxes.tax_rates(connection, country, taxes.RATES.after(cursor), limit + 1)
    return taxes.RATES.page(found, limit, lambda rate: rate.tax_rate_id, tax_answer)


@get(
    "/tax-rates/published",
    access=_OPERATOR,
    operation_id="ListPublishedTaxRates",
    tags=_TAGS,
    summary="Tax rates of releases that wait for a decision",
)
async def list_published_tax_rates(database: Database, clock: Clock) -> Page[taxes.WaitingTax]:
    """What came with a release and differs from what holds: propose it, or a rate of your own for the country."""
    async with database.read() as connection:
        return Page(await taxes.waiting_taxes(connection, clock.now()), None)


@post(
    "/tax-rates",
    access=_OPERATOR,
    operation_id="DecideTaxRate",
    tags=_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=REFUSED,
    summary="Decide a tax rate",
)
async def decide_tax_rate(
    data: JSONBody[NewTaxRate], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[TaxRateAnswer]:
    """It holds from its first day on, in the middle of a price book too: a price that includes the tax stays and is
    split otherwise, one without it comes to another total. 202 with the decision that waits for another operator; 201
    where one decides alone."""
    async with database.transaction() as connection:
        asked = await decisions.tax_or_ask(connection, clock, house, data, caller.person_id)
        made = asked if isinstance(asked, Decision) else tax_answer(asked)
        return await told(connection, decisions.TAX_RATE, made)


HANDLERS: list[Any] = [
    list_price_books,
    get_price_book,
    compare_price_book,
    roll_back,
    withdraw,
    lint,
    make_draft,
    list_drafts,
    get_draft,
    change_draft,
    delete_draft,
    compare_draft,
    preview_draft,
    publish_draft,
    list_tax_rates,
    list_published_tax_rates,
    decide_tax_rate,
]
