"""The mail server of the sandbox: it takes every mail, keeps the latest in memory, and shows them on a page."""

import asyncio
import email
import socket
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from plaudit.clock import Clock
from plaudit.limits import SANDBOX_MAIL_BYTES_MAX, SANDBOX_MAILS_MAX
from plaudit.problems import NotFound
from plaudit.sandbox.shared import page
from plaudit.sandbox.words import FALLBACK, words_of

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

_CLOSED = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
"""A mail may not act here."""


@dataclass(frozen=True)
class ReceivedMail:
    """One mail to anybody."""

    number: int
    received_at: datetime
    message: EmailMessage

    @property
    def paper(self) -> EmailMessage | None:
        """What is attached; None: nothing."""
        return next(self.message.iter_attachments(), None)


class Mailbox:
    """All mails to anybody, numbered from one, the latest of them kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[ReceivedMail] = deque(maxlen=SANDBOX_MAILS_MAX)
        self._last = 0

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: "SMTP", session: "Session", envelope: "Envelope"
    ) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self._last += 1
        message = email.message_from_bytes(content, policy=policy.default)
        self._kept.append(ReceivedMail(self._last, self._clock.now(), message))
        return "250 2.0.0 Taken"

    @property
    def latest(self) -> list[ReceivedMail]:
        """The latest first."""
        return list(reversed(self._kept))

    def find(self, number: int) -> ReceivedMail:
        """
        Raises:
            NotFound: no mail has this number, or it is not kept any more.
        """
        found = next((mail for mail in self._kept if mail.number == number), None)
        if found is None:
            raise NotFound("There is no such mail.")
        return found

    @asynccontextmanager
    async def receiving(self, listening: socket.socket | None) -> AsyncIterator[None]:
        """Take mails on a socket; without one, none."""
        if listening is None:
            yield
            return
        from aiosmtpd.smtp import SMTP  # the demo's first page does not wait for it

        def serve() -> SMTP:
            return SMTP(self, hostname="sandbox", data_size_limit=SANDBOX_MAIL_BYTES_MAX)

        server = await asyncio.get_running_loop().create_server(serve, sock=listening)
        try:
            yield
        finally:
            server.close()


@get("/mailbox", sync_to_thread=False)
def mailbox_page(mailbox: NamedDependency[Mailbox]) -> Response[str]:
    return page("mailbox.html", words_of(FALLBACK), mails=mailbox.latest)


@get("/mailbox/{number:int}", sync_to_thread=False)
def mail(number: FromPath[int], mailbox: NamedDependency[Mailbox]) -> Response[str]:
    part = mailbox.find(number).message.get_body(("html", "plain"))
    return Response(part.get_content() if part else "", media_type=MediaType.HTML, headers=_CLOSED)


@get("/mailbox/{number:int}/paper", sync_to_thread=False)
def paper(number: FromPath[int], mailbox: NamedDependency[Mailbox]) -> Response[bytes]:
    file = mailbox.find(number).paper
    if file is None:
        raise NotFound("No paper came with it.")
    return Response(file.get_content(), media_type="application/pdf")


HANDLERS = (mailbox_page, mail, paper)
