"""Where a seller says what buyers must be able to read before they pay: terms, privacy, imprint and withdrawal."""

from functools import lru_cache
from types import MappingProxyType

import msgspec

from plaudit.languages.speaking import later
from plaudit.settings import Settings

TITLES = MappingProxyType(
    {
        "terms": later("Terms"),
        "privacy": later("Privacy"),
        "imprint": later("Imprint"),
        "withdrawal": later("Right of withdrawal"),
    }
)
"""What each is called, in the order in which they are shown."""
WANTED = ("terms", "privacy", "imprint")
"""What buyers with a right of withdrawal must be able to read; the form of the law is a page of ours."""


class LegalLink(msgspec.Struct, frozen=True):
    """One of them."""

    kind: str
    address: str

    @property
    def title(self) -> str:
        """In English."""
        return TITLES[self.kind]


def links_of(settings: Settings, region: str, seller_code: str) -> list[LegalLink]:
    """Those of a seller in a region: what is said of both, else of the seller, else of the region, else of all."""
    known = _known(settings.legal_links)
    found = []
    for kind in TITLES:
        places = (f"@{region}:{seller_code}", f":{seller_code}", f"@{region}", "")
        address = next((known[kind + place] for place in places if kind + place in known), None)
        if address is not None:
            found.append(LegalLink(kind, address))
    return found


def missing(settings: Settings, region: str, seller_code: str) -> list[str]:
    """What buyers there must be able to read, and nobody said where."""
    said = {link.kind for link in links_of(settings, region, seller_code)}
    return [kind for kind in WANTED if kind not in said]


@lru_cache(maxsize=8)
def _known(text: str) -> dict[str, str]:
    return {place: address for place, _, address in (word.partition("=") for word in text.split())}
