"""What this server says of itself, signed: its domains, apps, sellers, and where its people answer.

The format, byte by byte, is docs/official-format.md.
"""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from plaudit.connections import Connection
from plaudit.limits import OFFICIAL_VALID_DAYS
from plaudit.official.model import App, Description, NameCheck, NameKind, OfficialSeller, SignedDescription
from plaudit.settings import Settings
from plaudit.statements import fetch_all, statements
from plaudit.trail.signing import SigningKey

SQL = statements(__file__)

FORMAT = "plaudit-official-1"

_READ_OTHERWISE = frozenset("\\ßẞς\u200c\u200d")
"""What browsers make another host of than `urlsplit` and the codec `idna` do."""


async def describe(connection: Connection, settings: Settings, now: datetime) -> Description:
    """What is true today; the same all day long, in UTC."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    named = await fetch_all(connection, SQL["sellers_now"], OfficialSeller, now)
    ours = OfficialSeller(settings.seller_code, settings.seller_name, settings.seller_address, settings.seller_tax_id)
    sellers = {one.code: one for one in (ours, *named) if one.name.strip()}
    return Description(
        format=FORMAT,
        installation=settings.public_url,
        name=settings.brand_name,
        domains=list(dict.fromkeys([settings.public_host, *settings.official_domains.split()])),
        apps=[App(*pair.split("=", 1)) for pair in settings.official_apps.split()],
        sellers=list(sellers.values()),
        support=settings.support_address,
        valid_from=today,
        valid_until=today + timedelta(days=OFFICIAL_VALID_DAYS),
    )


def sign(description: Description, key: SigningKey) -> SignedDescription:
    """What is published."""
    text = msgspec.json.encode(description)
    public, signature = (base64.b64encode(one).decode() for one in (key.public, key.sign(text)))
    return SignedDescription(text.decode(), signature, key.key_id, public)


def check_name(description: Description, name: str) -> NameCheck:
    """Whether a domain, an address, an app's id or a mail address is among those of a description."""
    asked = name.strip()
    known = {one.id: NameKind.APP for one in description.apps} | dict.fromkeys(description.domains, NameKind.DOMAIN)
    support = description.support.removeprefix("mailto:")
    if support:
        known[support] = NameKind.SUPPORT
    for one in (asked, host_of(asked)):
        if one in known:
            return NameCheck(is_ours=True, kind=known[one])
    return NameCheck(is_ours=False)


def host_of(text: str) -> str:
    """The host of what may be an address of the web, in the letters of the net: what only looks like one of ours is
    another. Empty: it is none, names somebody before the host, or may lead a browser elsewhere."""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        if (
            parts.scheme not in {"", "http", "https"}
            or "@" in parts.netloc
            or not _READ_OTHERWISE.isdisjoint(parts.netloc)
        ):
            return ""
        host = parts.hostname or ""
        return host.rstrip(".").encode("idna").decode("ascii").lower()
    except (UnicodeError, ValueError):
        return ""
