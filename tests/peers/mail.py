"""A pretended mail server, by aiosmtpd: it keeps what it is given, and refuses what it is told to. Imports nothing of
Plaudit."""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOOPBACK = "127.0.0.1"


@dataclass
class MailServer:
    """What arrived, and what is answered instead of taking it."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    login: tuple[str, str] | None = None
    to_recipients: dict[str, str] = field(default_factory=dict)
    """What an address is answered."""
    to_messages: list[str] = field(default_factory=list)
    """What the next messages are answered."""
    on_message: Callable[[EmailMessage], Awaitable[None]] | None = None
    """Before a message is answered."""
    on_goodbye: Callable[[], None] | None = None
    """When a client has read all answers."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.to_recipients:
            return self.to_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        content = envelope.content
        message = email.message_from_bytes(content if isinstance(content, bytes) else b"", policy=policy.default)
        self.received.append(message)
        self.envelopes.append((envelope.mail_from or "", envelope.rcpt_tos))
        if self.on_message:
            await self.on_message(message)
        return self.to_messages.pop(0) if self.to_messages else "250 2.0.0 Taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        if self.on_goodbye:
            self.on_goodbye()
        return "221 2.0.0 Bye"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self.login, handled=False)


@asynccontextmanager
async def mail_server(
    *, login: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None, from_the_start: bool = False
) -> AsyncIterator[MailServer]:
    """One on a port of its own. `tls`: offered by STARTTLS and required then, or `from_the_start`."""
    peer = MailServer(login=login)

    def serve() -> SMTP:
        return SMTP(
            peer,
            hostname="mail.test",
            tls_context=None if from_the_start else tls,
            require_starttls=bool(tls) and not from_the_start,
            authenticator=peer.authenticate if login else None,
            auth_required=login is not None,
            auth_require_tls=False,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(serve, LOOPBACK, 0, ssl=tls if from_the_start else None)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
