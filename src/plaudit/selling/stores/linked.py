"""What app stores are told of links out of their apps: what was bought, what went back of it, or that it was nothing.

Reports of sales and reversals are written by the database, with the sale or reversal itself (`store_link_report`).
"""

from datetime import datetime, timedelta
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.inbox.model import NewsOutcome
from plaudit.limits import (
    LINK_REPORT_LEASE_S,
    LINK_REPORT_PAUSE_S_FIRST,
    LINK_REPORT_PAUSE_S_MAX,
    LINK_REPORTS_PER_RUN_MAX,
    LINK_UNUSED_AFTER_DAYS,
    LINKS_UNUSED_PER_RUN_MAX,
    PROVIDER_CALLS_AT_ONCE,
)
from plaudit.pages import Place
from plaudit.problems import NotFound
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.queues import Backoff, Queue, settle
from plaudit.selling.links import actions as links
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.linking import LinkedSale, LinkReport, LinkReportKind, LinkToken, as_linking
from plaudit.selling.providers.news import LinkNews
from plaudit.selling.providers.products import product_of
from plaudit.selling.stores.claiming import Resolution
from plaudit.selling.stores.model import DueLinkReport, LinkReportLine, LinkReportState, ReportNotOpen
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

LINK_REPORTS = Queue(
    name="selling.links",
    what="App stores are told what was bought by way of links out of their apps",
    item=DueLinkReport,
    claim=SQL["claim_link_reports"],
    postpone=SQL["postpone_link_report"],
    waiting=SQL["waiting_link_reports"],
    is_timed=True,
    key=lambda due: (due.report_id,),
    lease_s=LINK_REPORT_LEASE_S,
    backoff=Backoff(LINK_REPORT_PAUSE_S_FIRST, LINK_REPORT_PAUSE_S_MAX),
    at_once=PROVIDER_CALLS_AT_ONCE,
    claimed_max=PROVIDER_CALLS_AT_ONCE,
    per_run_max=LINK_REPORTS_PER_RUN_MAX,
)


async def report_due(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Tell stores what is due; how many reports were tried. Several workers may run this."""

    async def tell(due: DueLinkReport) -> None:
        store = as_linking(providers.get(due.provider))
        if store is None:
            raise ProviderUnavailable(due.provider)
        end, refusal = LinkReportState.REPORTED, None
        try:
            if due.kind is not LinkReportKind.REFUND_UNDONE or store.capabilities.hears_of_undone_refunds:
                async with database.read() as connection:
                    report = await _report(connection, due, settings)
                await store.report_link(report)
            else:
                end = LinkReportState.NOT_TOLD
        except ProviderRefused as error:
            end, refusal = LinkReportState.REFUSED, error.reason
        async with database.transaction() as connection:
            await settle(connection, SQL["end_link_report"], due, due.report_id, end, refusal, clock.now())

    return await LINK_REPORTS.run(database, clock, tell)


async def _report(connection: Connection, due: DueLinkReport, settings: Settings) -> LinkReport:
    found = await connection.fetchrow(SQL["linked_sale"], due.report_id)
    sale = None
    if found is not None:
        told = dict(found)
        sale = LinkedSale(product_id=product_of(told.pop("coins"), settings.store_product_prefix), **told)
    return LinkReport(
        id=due.report_id, kind=due.kind, link_id=due.link_id, token=due.token, at=due.happened_at, sale=sale
    )


async def note_unused(database: Database, providers: PaymentProviders, clock: Clock) -> int:
    """Queue that nothing was bought by way of old links, for stores that want to know; of how many."""
    asking = [
        name
        for name in providers.names
        if (store := as_linking(providers.get(name))) and store.capabilities.asks_of_unused_links
    ]
    now = clock.now()
    before = now - timedelta(days=LINK_UNUSED_AFTER_DAYS)
    async with database.transaction() as connection:
        return len(await connection.fetch(SQL["report_unused"], asking, before, now, LINKS_UNUSED_PER_RUN_MAX))


async def apply_asked(connection: Connection, provider: str, news: LinkNews, now: datetime) -> tuple[NewsOutcome, str]:
    """A store asks of a link: what it led to is told already or waits to be; otherwise that nothing was bought, or that
    nobody knows it here."""
    known = await connection.fetchval(SQL["is_link_known"], provider, news.link_id)
    link = LinkToken(id=news.link_id, begun_at=news.begun_at)
    await links.note(connection, provider, link, None, news.report_hours, now)
    kind = LinkReportKind.NO_SALE if known else LinkReportKind.UNKNOWN_LINK
    written = await connection.fetchval(SQL["answer_link"], provider, news.link_id, kind, now)
    said = f"the store asks of the link {news.link_id}"
    return (NewsOutcome.APPLIED, f"{said}: {kind}") if written else (NewsOutcome.REPEATED, f"{said}: told already")


async def close(connection: Connection, report_id: UUID, by: Resolution, now: datetime) -> LinkReportLine:
    """Have a store not told of something, for a reason. A second time with the same words changes nothing.

    Raises:
        NotFound: there is no such report.
        ReportNotOpen: it was taken, is being told now, or somebody closed it with other words.
    """
    closed = await connection.fetchval(SQL["close_link_report"], report_id, now, by.operator_id, by.words)
    found = await _find(connection, report_id)
    if not closed and (found.closed_by, found.resolution) != (by.operator_id, by.words):
        raise ReportNotOpen
    return found


async def list_reports(
    connection: Connection, state: LinkReportState | None, before: Place, limit: int
) -> list[LinkReportLine]:
    """Reports in a state, newest first, those before a place."""
    return await fetch_all(connection, SQL["list_link_reports"], LinkReportLine, state, *before, limit)


async def retry(connection: Connection, report_id: UUID, now: datetime) -> LinkReportLine:
    """Tell the store again, at once, what it would not take.

    Raises:
        NotFound: there is no such report.
        ReportNotOpen: it was taken or closed, or is being told now.
    """
    retried = await connection.fetchval(SQL["retry_link_report"], report_id, now)
    found = await _find(connection, report_id)
    if not retried:
        raise ReportNotOpen
    return found


async def _find(connection: Connection, report_id: UUID) -> LinkReportLine:
    found = await fetch_one(connection, SQL["find_link_report"], LinkReportLine, report_id)
    if found is None:
        raise NotFound("There is no such report.", id=report_id)
    return found
