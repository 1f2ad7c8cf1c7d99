"""What a server says when it starts: what it is, what it stands on, and what keeps it from selling."""

import logging
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from plaudit import __version__
from plaudit.clock import SystemClock
from plaudit.readiness.checks.reach import is_loopback
from plaudit.readiness.model import State
from plaudit.readiness.running import look
from plaudit.readiness.standing import grounds_of_command
from plaudit.settings import Settings

log = logging.getLogger("plaudit.start")

_TOLD = ("schema", "issuers", "catalogue", "prices")


async def say_what_starts(settings: Settings, data: Path | None, url: str, *, host: str) -> None:
    """Log a few lines. `host`: the address that is listened on; nothing is asked of other servers."""
    async with grounds_of_command(data, url, SystemClock()) as grounds:
        report = await look(grounds, slow_too=False)
        payments = grounds.payments.names if grounds.payments else []
        payouts = grounds.payouts.names if grounds.payouts else []
    found = {one.id: one for one in report.results}
    log.info("Plaudit %s for %s", __version__, settings.public_url)
    log.info("database: %s%s", found["database"].why, where(settings, url))
    for check_id in _TOLD:
        if found[check_id].state is not State.BLOCKING:
            log.info("%s: %s", found[check_id].title.lower(), found[check_id].why)
    log.info("payments by %s, payouts by %s", ", ".join(payments) or "nobody", ", ".join(payouts) or "nobody")
    if is_loopback(settings.public_url) and not is_loopback(f"http://{_in_address(host)}"):
        log.warning("listens on %s, and PLAUDIT_PUBLIC_URL is still %s: set it", host, settings.public_url)
    if found["clock"].state is State.ATTENTION:
        log.warning("%s", found["clock"].why)
    for one in report.of(State.BLOCKING):
        log.warning("cannot sell: %s: %s%s", one.title.lower(), one.why, f" (`{one.command}`)" if one.command else "")


def where(settings: Settings, url: str) -> str:
    """Where a database is that is not embedded, without who logs in there."""
    if not settings.database_url:
        return ""
    parts = urlsplit(url)
    host = parts.hostname or parse_qs(parts.query).get("host", ["the local socket"])[0]
    return f" at {host}:{parts.port}" if parts.port else f" at {host}"


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
