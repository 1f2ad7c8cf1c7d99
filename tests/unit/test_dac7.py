"""Reports of DAC7: whatever sellers had, they are valid by a schema that is not ours, and say what they should."""

from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from plaudit.earnings.dac7 import Entity, Individual, NotADeclaration, Operator, Seller, add, correct, declare
from plaudit.earnings.reporting import Quarter, Quarters

DPI = "{urn:oecd:ties:dpi}"
NOW = datetime(2027, 1, 20, 9, tzinfo=UTC)
OPERATOR = Operator(
    country="FR", address="1 rue Haute, Paris", tin="123456789", name="Plaudit SAS", business_name="Plaudit"
)
ADA = Individual(
    creator_id=7, country="DE", address="Berlin <1> & Söhne", tin="12345678903", first_name="Ada", last_name="Ö",
    born_on=date(1990, 2, 3), account="DE89370400440532013000", account_holder="Ada Ö",
)  # fmt: skip
BOB = Individual(
    creator_id=8, country="ES", address="Madrid", first_name="Bob", last_name="B", born_on=date(1990, 2, 3)
)
FIRM = Entity(creator_id=9, country="FR", address="Lyon", tin="987654321", vat="FR12987654321", name="A firm")
NOTHING = Quarter()
BUSY = (Quarter(100, 3, 20), NOTHING, NOTHING, Quarter(5, 0, 1))

counts = st.integers(0, 10**9)
quarters = st.builds(Quarter, counts, counts, counts)
years: st.SearchStrategy[dict[int, Quarters]] = st.dictionaries(
    st.sampled_from([7, 8, 9]), st.tuples(quarters, quarters, quarters, quarters)
)


@cache
def schema() -> Any:
    """That of the French tax office, as the package `dac7` has it."""
    return xmlschema.XMLSchema10(str(files("dac7") / "schemas" / "DPIXML_v1.1-fr1.xsd"))


def sellers_in(xml: bytes) -> dict[str, tuple[str, str, str | None]]:
    """By the end of their reference: the kind, the first quarter, what is corrected."""
    schema().validate(xml.decode())
    found = {}
    for seller in Xml.fromstring(xml).iter(f"{DPI}ReportableSeller"):  # noqa: S314 - ours
        spec = {one.tag.rpartition("}")[2]: one.text or "" for one in seller.find(f"{DPI}DocSpec") or []}
        first = seller.find(f".//{DPI}ConsQ1")
        assert first is not None
        corrected = spec.get("CorrDocRefId")
        found[spec["DocRefId"].rpartition("-")[2]] = (spec["DocTypeIndic"], first.text or "", corrected)
    return found


@given(years)
def test_what_is_declared_is_valid_and_whole(figures: dict[int, Quarters]) -> None:
    """Who had nothing is not reported."""
    made = declare(OPERATOR, [ADA, BOB, FIRM], figures, 2026, "EUR", NOW)
    said = sellers_in(made.xml)
    busy = {str(one) for one, of_year in figures.items() if any(not quarter.is_empty for quarter in of_year)}
    assert said.keys() == busy
    assert made.sellers == len(busy)
    for name, (kind, first, corrected) in said.items():
        assert (kind, first, corrected) == ("OECD1", str(figures[int(name)][0].consideration), None)


@given(years, years)
def test_a_correction_says_what_changed_and_nothing_else(
    before: dict[int, Quarters], after: dict[int, Quarters]
) -> None:
    people: list[Seller] = [ADA, BOB, FIRM]
    first = declare(OPERATOR, people, before, 2026, "EUR", NOW)
    known, wanted = sellers_in(first.xml), sellers_in(declare(OPERATOR, people, after, 2026, "EUR", NOW).xml)
    later = NOW.replace(month=3)
    made = correct(OPERATOR, people, after, 2026, "EUR", later, [first.xml])
    said = sellers_in(made.xml)
    assert {name for name, (kind, *_) in said.items() if kind == "OECD3"} == known.keys() - wanted.keys()
    changed = {name for name in known.keys() & wanted.keys() if before[int(name)] != after[int(name)]}
    assert {name for name, (kind, *_) in said.items() if kind == "OECD2"} == changed
    assert made.is_empty == (not said)
    assert {one[2] for one in said.values()} <= {f"OP_2026_123456789_20270120T090000-{name}" for name in known}

    # What is new is another declaration; after all three nothing is left to say.
    more = add(OPERATOR, people, after, 2026, "EUR", later, [first.xml, made.xml])
    assert sellers_in(more.xml).keys() == wanted.keys() - known.keys()
    history = [first.xml, made.xml, more.xml]
    assert correct(OPERATOR, people, after, 2026, "EUR", NOW.replace(month=5), history).is_empty


def test_who_moved_is_corrected() -> None:
    """A seller is what the file says, not only what they were paid."""
    first = declare(OPERATOR, [ADA], {7: BUSY}, 2026, "EUR", NOW)
    moved = Individual(
        creator_id=7, country="DE", address="Köln", first_name="Ada", last_name="Ö", born_on=date(1990, 2, 3)
    )
    made = correct(OPERATOR, [moved], {7: BUSY}, 2026, "EUR", NOW.replace(day=21), [first.xml])
    assert sellers_in(made.xml) == {"7": ("OECD2", "100", "OP_2026_123456789_20270120T090000-7")}
    assert b"NOTIN" in made.xml


@pytest.mark.parametrize("text", [b"", b"<a/>", b"<dpi:DPI_OECD xmlns:dpi='urn:oecd:ties:dpi'/>", b"{"])
def test_what_is_no_declaration_is_said(text: bytes) -> None:
    with pytest.raises(NotADeclaration):
        correct(OPERATOR, [], {}, 2026, "EUR", NOW, [text])
