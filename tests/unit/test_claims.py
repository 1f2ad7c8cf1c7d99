"""What claims say of a person, and what they do not say."""

from datetime import UTC, datetime

import pytest

from plaudit.people.claims import profile_of
from plaudit.people.model import Issuer


def _issuer() -> Issuer:
    return Issuer(
        id=1,
        issuer="https://platform.example",
        audience="plaudit",
        jwks_uri=None,
        jwks="{}",
        allowed_roles=[],
        active=True,
        created_at=datetime(2031, 5, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("claims", "country", "language"),
    [
        ({"locale": "en-US"}, None, "en-US"),  # it decides prices, seller and tax
        ({"locale": "pt_BR", "country": "PT"}, "PT", "pt-BR"),
        ({"country": "de"}, "DE", None),
        ({"country": "GBR"}, None, None),
    ],
)
def test_only_a_country_is_a_country(claims: dict[str, str], country: str | None, language: str | None) -> None:
    found = profile_of({"sub": "ada"} | claims, _issuer())
    assert (found.country, found.language) == (country, language)
