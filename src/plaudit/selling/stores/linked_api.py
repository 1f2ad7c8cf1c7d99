"""What app stores were told of links out of their apps, for operators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import NotFound
from plaudit.selling.providers.linking import LinkReportKind
from plaudit.selling.stores import linked
from plaudit.selling.stores.answers import CloseRequest
from plaudit.selling.stores.claiming import Resolution
from plaudit.selling.stores.model import LinkReportLine, LinkReportState, ReportNotOpen

TAGS = ["Operator"]


class StoreReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a store is told of one link out of its app."""

    id: UUID
    store: str
    link_id: Annotated[str, Meta(description="The store's own, of its token.")]
    kind: LinkReportKind
    order_id: UUID | None
    reversal_id: UUID | None
    region: str | None
    currency: str | None
    net_minor: int | None
    tax_minor: int | None
    happened_at: datetime
    report_by: Annotated[datetime, Meta(description="Until when the store wants to know.")]
    state: LinkReportState
    ended_at: datetime | None
    tries: int
    reason: Annotated[str | None, Meta(description="Why the store did not take it, or why the last try failed.")]
    resolution: Annotated[str | None, Meta(description="Why an operator has its store not told.")]


def _answer(line: LinkReportLine) -> StoreReport:
    return StoreReport(
        id=line.report_id,
        store=line.provider,
        link_id=line.link_id,
        kind=line.kind,
        order_id=line.order_id,
        reversal_id=line.reversal_id,
        region=line.region,
        currency=line.currency,
        net_minor=line.net_minor,
        tax_minor=line.tax_minor,
        happened_at=line.happened_at,
        report_by=line.report_by,
        state=line.state,
        ended_at=line.ended_at,
        tries=line.tries,
        reason=line.error,
        resolution=line.resolution,
    )


@get(
    "/operator/store-reports",
    access=Access.SUPPORT,
    operation_id="ListStoreReports",
    tags=TAGS,
    summary="What app stores are told of sales by way of links",
)
async def list_store_reports(
    database: Database,
    report_state: Annotated[
        LinkReportState | None, QueryParameter(name="state", description="Refused ones wait for somebody to look.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[StoreReport]:
    """Newest first."""
    async with database.read() as connection:
        found = await linked.list_reports(connection, report_state, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda one: (one.happened_at, one.report_id), _answer)


@post(
    "/operator/store-reports/{report_id:uuid}/retry",
    access=Access.SUPPORT,
    operation_id="RetryStoreReport",
    tags=TAGS,
    problems=(NotFound, ReportNotOpen),
    status_code=200,
    summary="Tell an app store again",
)
async def retry_store_report(report_id: FromPath[UUID], database: Database, clock: Clock) -> StoreReport:
    """With the same id, so that the store counts nothing twice."""
    async with database.transaction() as connection:
        return _answer(await linked.retry(connection, report_id, clock.now()))


@post(
    "/operator/store-reports/{report_id:uuid}/close",
    access=Access.SUPPORT,
    operation_id="CloseStoreReport",
    tags=TAGS,
    problems=(NotFound, ReportNotOpen),
    status_code=200,
    summary="Have an app store not told of something",
)
async def close_store_report(
    report_id: FromPath[UUID], data: JSONBody[CloseRequest], caller: Caller, database: Database, clock: Clock
) -> StoreReport:
    """For what it refuses for good, or was told in another way. It is in no queue after that."""
    async with database.transaction() as connection:
        by = Resolution(caller.person_id, data.resolution)
        return _answer(await linked.close(connection, report_id, by, clock.now()))


HANDLERS = (list_store_reports, retry_store_report, close_store_report)
