"""Addresses people are sent to after they have come in: pages of ours, never of others."""

from urllib.parse import urlsplit

from plaudit.limits import PAGE_ADDRESS_LENGTH_MAX


def local_address(address: str | None, fallback: str) -> str:
    """An address of this site to go back to, or the fallback: nobody may be led elsewhere by a link to us."""
    if not address or len(address) > PAGE_ADDRESS_LENGTH_MAX or not address.isascii() or not address.isprintable():
        return fallback
    if not address.startswith("/") or address.startswith("//") or "\\" in address or " " in address:
        return fallback
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else fallback
