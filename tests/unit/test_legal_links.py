"""Where buyers read terms and the like: the nearest word holds, of a seller before a region."""

import pytest

from plaudit.selling.prices.legal import links_of, missing
from plaudit.setting_kinds import legal_addresses
from plaudit.settings import Settings

SAID = legal_addresses(
    "terms=https://a.example/1 terms@DE=https://a.example/2 terms:ACME=https://a.example/3 "
    "terms@DE:ACME=https://a.example/4 imprint@DE=https://a.example/5"
)
SETTINGS = Settings(legal_links=SAID)


@pytest.mark.parametrize(
    ("region", "seller", "terms", "imprint"),
    [("FR", "SHOP", 1, None), ("DE", "SHOP", 2, 5), ("FR", "ACME", 3, None), ("DE", "ACME", 4, 5)],
)
def test_the_nearest_word_holds(region: str, seller: str, terms: int, imprint: int | None) -> None:
    found = {link.kind: link.address[-1] for link in links_of(SETTINGS, region, seller)}
    assert found == {"terms": str(terms)} | ({"imprint": str(imprint)} if imprint else {})
    assert missing(SETTINGS, region, seller) == (["privacy"] if imprint else ["privacy", "imprint"])


@pytest.mark.parametrize(
    "text", ["terms", "terms=ftp://a.example", "terms@de=https://a.example", "words=https://a.example",
             "terms=javascript:alert(1)", "terms@DE:acme=https://a.example", "=https://a.example"],
)  # fmt: skip
def test_what_leads_nowhere_is_no_setting(text: str) -> None:
    with pytest.raises(ValueError, match="must be pairs"):
        legal_addresses(text)
