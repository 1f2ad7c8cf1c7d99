"""Which language somebody reads: asked for, remembered, what their platform says, what their browser says."""

from collections.abc import Iterable

from plaudit.languages.model import ENGLISH, Language, language_of
from plaudit.limits import ACCEPTED_LANGUAGES_MAX


def choose(wishes: Iterable[str | None], accepted: str = "") -> Language:
    """The first wish there is a catalogue for, then the best of an Accept-Language header, then English."""
    for wish in (*wishes, *by_preference(accepted)):
        if found := language_of(wish):
            return found
    return ENGLISH


def by_preference(accepted: str) -> list[str]:
    """The tags of an Accept-Language header, the dearest first; what makes no sense is left out."""
    weighed = []
    for place, entry in enumerate(accepted.split(",")[:ACCEPTED_LANGUAGES_MAX]):
        tag, _, parameters = entry.partition(";")
        weight = _weight(parameters)
        if weight:
            weighed.append((-weight, place, tag.strip()))
    return [tag for *_, tag in sorted(weighed)]


def _weight(parameters: str) -> int:
    """Thousandths of `q=0.8`; 1000 without, 0 for what is no number."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1000
    whole, _, places = value.strip().partition(".")
    digits = whole + places[:3].ljust(3, "0")
    return min(int(digits), 1000) if name.strip() == "q" and digits.isascii() and digits.isdecimal() else 0
