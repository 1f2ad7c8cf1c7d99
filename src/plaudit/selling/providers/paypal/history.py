"""What PayPal knows of the past: all that came of one capture, and everything that moved between two moments."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from plaudit.limits import PROVIDER_CALLS_AT_ONCE
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers.news import News, PaymentNews, ReversalNews, ReversalState
from plaudit.selling.providers.paypal.client import PayPalClient, PayPalRefused
from plaudit.selling.providers.paypal.disputes import Dispute
from plaudit.selling.providers.paypal.limits import (
    PAYPAL_DISPUTES_PER_PAGE,
    PAYPAL_PAGES_MAX,
    PAYPAL_SEARCH_DAYS_MAX,
    PAYPAL_TRANSACTIONS_PER_PAGE,
)
from plaudit.selling.providers.paypal.model import Capture, Link, PayPalOrder, Refund
from plaudit.selling.providers.paypal.money import NAME
from plaudit.selling.providers.references import read_reference

T = TypeVar("T")
Listed = PaymentNews | ReversalNews

_PAYMENT_CODES = "T00"
_REFUND_CODES = frozenset({"T1106", "T1107"})  # reversals and refunds; chargebacks are found among the disputes


class _TransactionInfo(msgspec.Struct, frozen=True):
    transaction_id: str
    transaction_event_code: str
    paypal_reference_id: str | None = None
    invoice_id: str | None = None
    custom_field: str | None = None


class _Transaction(msgspec.Struct, frozen=True):
    transaction_info: _TransactionInfo


class _Transactions(msgspec.Struct, frozen=True):
    transaction_details: list[_Transaction] = []
    total_pages: int = 1
    last_refreshed_datetime: str | None = None

    def reaches(self, end: datetime) -> bool:
        """Whether PayPal has brought its list up to a moment: it may be hours behind."""
        refreshed = self.last_refreshed_datetime
        return refreshed is None or datetime.fromisoformat(refreshed) >= end - timedelta(seconds=1)


class _DisputeItem(msgspec.Struct, frozen=True):
    dispute_id: str
    create_time: datetime | None = None


class _Disputes(msgspec.Struct, frozen=True):
    items: list[_DisputeItem] = []
    links: list[Link] = []


class History:
    """Reads PayPal's records; changes nothing."""

    def __init__(self, client: PayPalClient) -> None:
        self._client = client

    async def of_capture(self, capture_id: str) -> list[News]:
        """The payment of a capture and all its reversals as they are now; empty when it is of no order of ours: what
        others sold through the account need not make sense to us.

        A refund that somebody else made during a dispute which took or holds the money is that dispute's way of
        paying, and is not told a second time.
        """
        capture = await self._capture(capture_id)
        if capture.order_id is None:
            return []
        order = await self._client.get(f"/v2/checkout/orders/{quote(capture.order_id, safe='')}", PayPalOrder)
        if read_reference(order.reference) is None:
            return []
        disputes = await self._disputes_of(capture_id)
        refunds = [refund for refund in order.unit.payments.refunds if refund.capture_id in {capture_id, None}]

        def told() -> list[News]:
            reversals = [news for dispute in disputes for news in dispute.news(order.id, capture)]
            reversals += [refund.news(order.id) for refund in refunds if not _covered(refund, disputes)]
            reversals.sort(key=lambda news: news.state is not ReversalState.UNDONE)  # what is free again comes first
            return [PaymentNews(payment=order.payment()), *reversals]

        return _read(told)

    async def between(self, since: datetime, until: datetime) -> AsyncIterator[Listed]:
        """Payments and reversals that moved between two moments, each as it is now."""
        since, until = since.replace(microsecond=0), _next_second(until)
        payments: set[str] = set()
        reversed_captures: set[str] = set()
        async for row in self._transactions(since, until):
            if row.transaction_event_code in _REFUND_CODES and row.paypal_reference_id:
                reversed_captures.add(row.paypal_reference_id)
            elif row.transaction_event_code.startswith(_PAYMENT_CODES) and _is_ours(row):
                payments.add(row.transaction_id)
        async for dispute_id in self._disputes({"update_time_after": _time(since), "update_time_before": _time(until)}):
            dispute = await self._dispute(dispute_id)
            ids = (transaction.seller_transaction_id for transaction in dispute.disputed_transactions)
            reversed_captures.update(id_ for id_ in ids if id_)
        async for listed in self._each(sorted(payments - reversed_captures), self._payment_of):
            yield listed
        async for listed in self._each(sorted(reversed_captures), self._listed_of):
            yield listed

    async def _each(
        self, capture_ids: list[str], ask: Callable[[str], Coroutine[Any, Any, list[Listed]]]
    ) -> AsyncIterator[Listed]:
        for start in range(0, len(capture_ids), PROVIDER_CALLS_AT_ONCE):
            some = capture_ids[start : start + PROVIDER_CALLS_AT_ONCE]
            for listed in await _all_of([ask(capture_id) for capture_id in some]):
                for news in listed:
                    yield news

    async def _payment_of(self, capture_id: str) -> list[Listed]:
        capture = await self._capture(capture_id)
        order_id = capture.order_id
        return [] if order_id is None else [PaymentNews(payment=_read(lambda: capture.payment(order_id)))]

    async def _listed_of(self, capture_id: str) -> list[Listed]:
        try:
            found = await self.of_capture(capture_id)
        except PayPalRefused as refused:
            if refused.http_status == HTTPStatus.NOT_FOUND:  # money that came another way than through orders
                return []
            raise
        return [news for news in found if isinstance(news, PaymentNews | ReversalNews)]

    async def _capture(self, capture_id: str) -> Capture:
        return await self._client.get(f"/v2/payments/captures/{quote(capture_id, safe='')}", Capture)

    async def _dispute(self, dispute_id: str) -> Dispute:
        return await self._client.get(f"/v1/customer/disputes/{quote(dispute_id, safe='')}", Dispute)

    async def _disputes_of(self, capture_id: str) -> list[Dispute]:
        return [await self._dispute(id_) async for id_ in self._disputes({"disputed_transaction_id": capture_id})]

    async def _disputes(self, query: dict[str, str]) -> AsyncIterator[str]:
        """Ids of disputes, page after page."""
        query = query | {"page_size": str(PAYPAL_DISPUTES_PER_PAGE)}
        for _ in range(PAYPAL_PAGES_MAX):
            page = await self._client.get("/v1/customer/disputes", _Disputes, query)
            for item in page.items:
                yield item.dispute_id
            following = next((link.href for link in page.links if link.rel == "next"), "")
            token = parse_qs(urlsplit(following).query).get("next_page_token")
            if not token:
                return
            query["next_page_token"] = token[0]
        raise ProviderRefused(NAME, f"it has more than {PAYPAL_PAGES_MAX} pages of disputes")

    async def _transactions(self, since: datetime, until: datetime) -> AsyncIterator[_TransactionInfo]:
        """Rows of the transaction search, asked for in spans PayPal is willing to search."""
        spans = deque(_spans(since, until))
        while spans:
            start, end = spans.popleft()
            try:
                async for row in self._search(start, end):
                    yield row
            except PayPalRefused as refused:
                middle = (start + (end - start) / 2).replace(microsecond=0)
                if refused.issue != "RESULTSET_TOO_LARGE" or middle <= start:
                    raise
                spans.extendleft(((middle, end), (start, middle)))

    async def _search(self, start: datetime, end: datetime) -> AsyncIterator[_TransactionInfo]:
        query = {"start_date": _time(start), "end_date": _time(end), "fields": "transaction_info"}
        query["page_size"] = str(PAYPAL_TRANSACTIONS_PER_PAGE)
        for number in range(1, PAYPAL_PAGES_MAX + 1):
            page = await self._client.get("/v1/reporting/transactions", _Transactions, query | {"page": str(number)})
            _require_reach(page, end)
            for detail in page.transaction_details:
                yield detail.transaction_info
            if number >= page.total_pages:
                return
        raise ProviderRefused(NAME, f"it has more than {PAYPAL_PAGES_MAX} pages of transactions")


def _require_reach(page: _Transactions, end: datetime) -> None:
    """A list that is behind would make payments look lost.

    Raises:
        ProviderUnavailable: it does not reach to the end yet.
    """
    if not _read(lambda: page.reaches(end)):
        raise ProviderUnavailable(NAME)


def _covered(refund: Refund, disputes: list[Dispute]) -> bool:
    """Whether a refund is how a dispute's money went back."""
    return refund.reversal_id is None and any(
        dispute.state is not ReversalState.UNDONE
        and dispute.create_time is not None
        and refund.create_time is not None
        and dispute.create_time <= refund.create_time
        for dispute in disputes
    )


async def _all_of(questions: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The answers to questions asked at once, in their order. When one fails, the others are ended."""
    try:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(question) for question in questions]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in asked]


def _is_ours(row: _TransactionInfo) -> bool:
    """Whether a row is of an order here: the account may sell other things too."""
    return read_reference(row.invoice_id or row.custom_field or "") is not None


def _spans(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The time between, in parts that one search may cover."""
    longest = timedelta(days=PAYPAL_SEARCH_DAYS_MAX)
    spans = []
    while since < until:
        spans.append((since, min(since + longest, until)))
        since += longest
    return spans


def _next_second(moment: datetime) -> datetime:
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + timedelta(seconds=1)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _read(told: Callable[[], T]) -> T:
    """What PayPal's records say, in our words; a record that makes no sense counts as no answer."""
    try:
        return told()
    except ValueError as error:
        raise ProviderUnavailable(NAME) from error
