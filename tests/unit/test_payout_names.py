"""When the name of an account is that of its creator."""

import pytest

from plaudit.payouts.names import compare


@pytest.mark.parametrize(
    ("holder", "vouched", "found"),
    [
        ("Ada Lovelace", None, "unknown"),
        ("Ada Lovelace", "ADA  LOVELACE", "match"),
        ("Lovelace, Ada", "Ada Lovelace", "match"),
        ("Zoë Ångström", "Zoe Angstrom", "match"),
        ("Jürgen Müller", "Juergen Mueller", "match"),
        ("Jürgen Müller", "Jurgen Muller", "match"),
        ("Łukasz Bąk", "Lukasz Bak", "match"),
        ("Seán O’Neill", "Sean ONeill", "match"),
        ("Иван Петров", "иван петров", "match"),
        ("Ada King Lovelace", "Ada Lovelace", "close"),
        ("A. Lovelace", "Ada Lovelace", "close"),
        ("Ada Lovelcae", "Ada Lovelace", "close"),
        ("Michal Bauer", "Michael Bauer", "close"),
        ("Bob Lovelace", "Ada Lovelace", "mismatch"),
        ("Ada Byron", "Ada Lovelace", "mismatch"),
        ("Ada", "Ada Lovelace", "mismatch"),
        ("A. L.", "Ada Lovelace", "mismatch"),
        ("Adi Lovelacs", "Ada Lovelace", "mismatch"),
        ("Ada Lovelace", "Ада Лавлейс", "mismatch"),
        ("Ng Al", "Ng Bo", "mismatch"),
    ],
)
def test_names(holder: str, vouched: str | None, found: str) -> None:
    assert compare(holder, vouched) == found
    if vouched is not None:
        assert compare(vouched, holder) == found, "whichever is first"
