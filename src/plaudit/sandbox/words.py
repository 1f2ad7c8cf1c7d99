"""What the hosted pages say, in the language of the buyer."""

import tomllib
from copy import copy
from decimal import Decimal
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError

from plaudit.money import exponent

FALLBACK = "en"
_REGIONAL = {"en": "en_US"}


class Words:
    """The sentences of one language, and how it writes amounts."""

    def __init__(self, language: str, locale: str, sentences: dict[str, str]) -> None:
        self.language = language
        self._locale = locale
        self._sentences = sentences

    def say(self, name: str, *values: str) -> str:
        """A sentence with its places filled in."""
        return self._sentences[name].format(*values)

    def amount(self, amount_minor: int, currency: str) -> str:
        """An amount as the language writes it, with the decimals of its currency."""
        places = exponent(currency)
        pattern = copy(Locale.parse(self._locale).currency_formats["standard"])
        pattern.frac_prec = (places, places)
        written: str = pattern.apply(
            Decimal(amount_minor).scaleb(-places), self._locale, currency=currency, currency_digits=False
        )
        return written


def words_of(tag: str) -> Words:
    """The words for a language tag such as `pt-BR`; English for one that is not spoken here."""
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(FALLBACK)
    language = locale.language if locale.language in _all() else FALLBACK
    written = str(locale) if language == locale.language else FALLBACK
    return Words(language, _REGIONAL.get(written, written), _all()[language])


@cache
def _all() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(files("plaudit.sandbox").joinpath("words.toml").read_text("utf-8"))
    return found
