"""What the text of a setting may be: each kind reads it, or says in words what it must be."""

import base64
import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from plaudit.colours import accent_of
from plaudit.countries import is_country
from plaudit.money import exponent
from plaudit.problems import InvalidField
from plaudit.retention import days_kept
from plaudit.texts import is_email_address

Kind = Callable[[str], Any]
"""Reads a text that is not empty. Raises ValueError with the words that follow the variable's name."""


class Secret:
    """A text that must not be shown: it is read with `reveal()` and prints as stars."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret('***')"


NOT_SET = Secret("")
"""The default of a secret."""


def yes_or_no(text: str) -> bool:
    if text.lower() not in {"yes", "no", "true", "false", "1", "0"}:
        raise ValueError("must be yes or no")
    return text.lower() in {"yes", "true", "1"}


def whole(least: int) -> Kind:
    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,12}", text) or int(text) < least:
            raise ValueError(
                "must be a whole number above zero" if least == 1 else f"must be a whole number from {least}"
            )
        return int(text)

    return read


def hour(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < 24):
        raise ValueError("must be an hour from 0 to 23")
    return int(text)


def port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65_535:
        raise ValueError("must be a port from 1 to 65535")
    return int(text)


def some_of(*words: str) -> Kind:
    def read(text: str) -> str:
        if not set(text.split()) <= set(words):
            raise ValueError(f"must be some of {', '.join(words)}, with blanks between")
        return text

    return read


def one_of(*words: str) -> Kind:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return read


def matching(pattern: str, words: str) -> Kind:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"must be {words}")
        return text

    return read


def _split(text: str, schemes: tuple[str, ...]) -> SplitResult | None:
    """The parts of an address with a host and nothing behind its path; None: it is no such address."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    proper = parts.scheme in schemes and parts.hostname and port != 0 and not (parts.query or parts.fragment)
    return parts if proper and not re.search(r"\s", text) else None


def address(text: str) -> str:
    """An http address, without the slash at its end."""
    if (parts := _split(text, ("http", "https"))) is None or parts.username is not None:
        raise ValueError("must be an address with a scheme, such as https://coins.example")
    return text.rstrip("/")


def safe_address(text: str) -> str:
    """An address on whose way nobody can change what comes: by https, or of this machine."""
    parts = urlsplit(address(text))
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("must be an address by https")
    return address(text)


def public_address(text: str) -> str:
    """The address of a server: a scheme and a host, nothing behind."""
    if urlsplit(address(text)).path:
        raise ValueError("must be an address without a path, such as https://coins.example")
    return address(text)


def acr_values(text: str) -> str:
    """Kinds of sign-in (`acr` of OpenID Connect), one blank between."""
    for word in text.split():
        if not re.fullmatch(r"[!#-\[\]-~]{1,200}", word):
            raise ValueError(f"must be words of plain letters, digits and signs, and {word} is none")
    return " ".join(text.split())


def origins(text: str) -> str:
    """Origins, one blank between."""
    for word in text.split():
        parts = _split(word, ("http", "https"))
        if parts is None or parts.path not in {"", "/"} or parts.username is not None:
            raise ValueError(f"must be origins such as https://media.example, and {word} is none")
    return " ".join(word.rstrip("/").lower() for word in text.split())


def legal_addresses(text: str) -> str:
    """Pairs such as terms=https://shop.example/terms, for all, a region (`terms@DE`) or a seller (`terms:ACME`)."""
    for word in text.split():
        place, _, target = word.partition("=")
        known = re.fullmatch("(terms|privacy|imprint|withdrawal)(@[A-Z]{2})?(:[A-Z0-9]{1,20})?", place)
        if known is None or _split(target, ("http", "https")) is None:
            raise ValueError(f"must be pairs such as terms@DE=https://shop.example/agb, and {word} is none")
    return " ".join(text.split())


def host_names(text: str) -> str:
    """Domains, in the letters of the net."""
    if wrong := [
        one for one in text.split() if not re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}", one)
    ]:
        raise ValueError(f"must be domains in small letters, such as shop.example: {', '.join(wrong)}")
    return " ".join(text.split())


def app_ids(text: str) -> str:
    """Pairs of a store and the id of an app there."""
    if wrong := [one for one in text.split() if not re.fullmatch(r"[a-z][a-z0-9_]*=[A-Za-z0-9._-]+", one)]:
        raise ValueError(f"must be pairs such as google=tv.example.app: {', '.join(wrong)}")
    return " ".join(text.split())


def mail_or_address(text: str) -> str:
    """A mail address, or one by https."""
    if text and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        return safe_address(text)
    return text


def rtmp_address(text: str) -> str:
    """An application of an RTMP server, without the slash at its end."""
    if (parts := _split(text, ("rtmp", "rtmps"))) is None or not parts.path.strip("/") or parts.username is not None:
        raise ValueError("must be an address such as rtmp://media.example/live")
    return text.rstrip("/")


def database(text: str) -> Secret:
    if urlsplit(text).scheme not in {"postgresql", "postgres"}:
        raise ValueError("must be an address such as postgresql://plaudit@db.example/plaudit")
    return Secret(text)


def country(text: str) -> str:
    if not is_country(text):
        raise ValueError("must be the code of a country in ISO 3166, like DE")
    return text


def countries(text: str) -> str:
    if wrong := sorted(code for code in text.split() if not is_country(code)):
        raise ValueError(f"must be codes of countries in ISO 3166: {', '.join(wrong)}")
    return text


def accent_colour(text: str) -> str:
    """A colour that can be seen in both themes."""
    return accent_of(text).fill


def periods(text: str) -> str:
    """How many days some things are kept, as `retention.days_kept` reads it."""
    days_kept(text)
    return " ".join(text.split())


def currencies(text: str) -> str:
    if wrong := sorted(code for code in text.split() if not re.fullmatch("[A-Z]{3}", code)):
        raise ValueError(f"must be currencies of three letters, such as EUR: {', '.join(wrong)}")
    return text


def country_amounts(text: str) -> str:
    """An amount of whole units of a currency for each country, one blank between."""
    words = text.split()
    for word in words:
        place, _, amount = word.partition("=")
        if not (is_country(place) and re.fullmatch("[1-9][0-9]{0,9}[A-Z]{3}", amount) and _is_currency(amount[-3:])):
            raise ValueError(f"must be amounts of countries such as US=2000USD, and {word} is none")
    if len({word[:2] for word in words}) < len(words):
        raise ValueError("must name each country once")
    return " ".join(words)


def _is_currency(code: str) -> bool:
    try:
        exponent(code)
    except InvalidField:
        return False
    return True


def networks(text: str) -> str:
    for word in text.split():
        try:
            ip_network(word)
        except ValueError as error:
            raise ValueError(f"must be networks such as 10.0.0.0/8: {error}") from None
    return text


def hosts(text: str) -> str:
    for word in text.split():
        if "/" in word or _split(f"https://{word}", ("https",)) is None:
            raise ValueError(f"must be hosts such as shop.example, and {word} is none")
    return text.lower()


def email_address(text: str) -> str:
    """An address mails come from."""
    if not is_email_address(text):
        raise ValueError("must be an address such as coins@shop.example")
    return text


def file(text: str) -> str:
    """A file this process may read."""
    try:
        with Path(text).open("rb"):
            return text
    except OSError as error:
        raise ValueError(f"names {text}, which cannot be read: {error.strerror}") from None


def key(least: int) -> Kind:
    """A secret of so many characters at least."""

    def read(text: str) -> Secret:
        if len(text) < least:
            raise ValueError(f"must have at least {least} characters")
        return Secret(text)

    return read


def secret_keys(least: int) -> Kind:
    """Secrets of so many characters at least, one blank between."""

    def read(text: str) -> Secret:
        if any(len(word) < least for word in text.split()):
            raise ValueError(f"must be keys of at least {least} characters each")
        return Secret(text)

    return read


def bytes_in_base64(length: int) -> Kind:
    """A secret of so many bytes."""

    def read(text: str) -> Secret:
        try:
            known = base64.b64decode(text, validate=True)
        except ValueError:
            known = b""
        if len(known) != length:
            raise ValueError(f"must be base64 of {length} bytes")
        return Secret(text)

    return read


def webhook_secret(text: str) -> Secret:
    """A secret of Standard Webhooks: `whsec_` and base64."""
    try:
        known = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:  # not base64, or not ASCII
        known = b""
    if not text.startswith("whsec_") or len(known) < 16:
        raise ValueError("must be whsec_ and base64 of at least 16 bytes")
    return Secret(text)


def currency_and_pairs(text: str) -> str:
    """A currency for all sellers, and pairs of a seller's code and another for it."""
    if not all(re.fullmatch("([A-Z0-9]{1,20}=)?[A-Z]{3}", one) for one in text.split()):
        raise ValueError("must be a currency, and sellers with another, such as EUR ACMEUK=GBP")
    return text


def secret_pairs(text: str) -> Secret:
    """Pairs of an OpenID client and its secret."""
    if not all(re.fullmatch("[^=]+=.+", pair) for pair in text.split()):
        raise ValueError("must be pairs such as plaudit=secret, one blank between")
    return Secret(text)


def sign_in_address(text: str) -> str:
    """An address people are sent to, with the place for the address to come back to."""
    parts = urlsplit(text)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or re.search(r"\s", text)
        or "{return_to}" not in parts.query
    ):
        raise ValueError("must be an address such as https://live.example/login?back={return_to}")
    return text


def secrets_starting(*starts: str) -> Kind:
    """Secrets that all begin in one of some ways, one blank between."""

    def read(text: str) -> Secret:
        if not all(word.startswith(starts) for word in text.split()):
            raise ValueError(f"must begin with {' or '.join(starts)}")
        return Secret(text)

    return read


def plain(kind: type) -> Kind:
    """The kind of a setting that says no more than its type."""
    return {bool: yes_or_no, int: whole(1)}.get(kind, kind)
