"""A cursor leads back to its place, and to nothing else."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.accounting.answers import ROWS
from plaudit.accounting.model import DayPlace
from plaudit.creators.clawback import LARGEST_FIRST
from plaudit.limits import CURSOR_LENGTH_MAX, VIDEO_EXTERNAL_ID_LENGTH_MAX
from plaudit.live.api import ROOMS
from plaudit.live.thanks import GIFTS
from plaudit.moments import is_within
from plaudit.pages import BEGINNING, BY_ID, BY_NUMBER, BY_TIME, Page, Places
from plaudit.problems import InvalidField
from plaudit.selling.orders.operator_api import ORDERS
from plaudit.selling.prices.taxes import RATES
from plaudit.videos.model import EXTERNAL_ID
from plaudit.videos.reading import BY_EXTERNAL_ID, NEWEST_FIRST

moments = st.datetimes(timezones=st.just(UTC)).filter(is_within)
numbers = st.integers(0, 2**63 - 1)
OF: list[tuple[Places[Any], st.SearchStrategy[Any]]] = [
    (BY_TIME, st.tuples(moments, st.uuids())),
    (BY_ID, st.uuids()),
    (BY_NUMBER, st.integers(0, 2**31 - 1)),
    (ORDERS, st.tuples(st.uuids(), st.integers(0, 2**15 - 1))),
    (RATES, numbers),
    (ROOMS, st.tuples(st.integers(1, 3), numbers)),
    (BY_EXTERNAL_ID, st.from_regex(EXTERNAL_ID).filter(lambda text: len(text) <= VIDEO_EXTERNAL_ID_LENGTH_MAX)),
    (NEWEST_FIRST, numbers),
    (GIFTS, st.tuples(numbers, st.integers(0, 2**31 - 1))),
    (LARGEST_FIRST, st.tuples(numbers, st.uuids())),
    (
        ROWS,
        st.builds(
            DayPlace,
            st.dates(),
            st.sampled_from(["", "paid", "promotional"]),
            st.from_regex("^[A-Z0-9]{0,20}$", fullmatch=True),
            st.from_regex("^[A-Z]{0,3}$", fullmatch=True),
        ),
    ),
]


@given(st.data())
def test_a_cursor_leads_back_to_its_place(data: st.DataObject) -> None:
    places, drawn = data.draw(st.sampled_from(OF))
    place = data.draw(drawn)
    cursor = places.cursor(place)
    assert places.after(cursor) == place
    assert len(cursor) <= CURSOR_LENGTH_MAX
    assert cursor.replace("-", "").replace("_", "").isalnum(), "it stands in an address as it is"


@given(st.sampled_from(OF), st.text() | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
def test_whatever_else_comes_is_refused_or_a_place(of: tuple[Places[Any], Any], text: str) -> None:
    """Never another error; what is a place by chance goes back to itself."""
    places, _ = of
    try:
        place = places.after(text)
    except InvalidField:
        place = places.after(None)
    else:
        assert places.after(places.cursor(place)) == place
    assert places.after_or_start(text) == place


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "1.2",
        "null",
        "a" * CURSOR_LENGTH_MAX,
        BY_TIME.cursor((datetime(2026, 1, 2, tzinfo=UTC), UUID(int=7))) + "=",
        RATES.cursor(2**31),
        ROWS.cursor(DayPlace(date(2026, 1, 2), "paid", "A", "EUR")),
    ],
)
def test_a_cursor_of_another_list_is_none_of_this(cursor: str) -> None:
    with pytest.raises(InvalidField, match="cursor"):
        BY_NUMBER.after(cursor)
    assert BY_NUMBER.after_or_start(cursor) == 2**31 - 1


def test_a_place_the_database_cannot_hold_is_none() -> None:
    anything: Places[Any] = Places(Any, None)
    beyond: list[tuple[Places[Any], Any]] = [
        (RATES, 2**63),
        (RATES, -1),
        (ROOMS, (4, 1)),
        (ORDERS, (UUID(int=1).bytes, 2**15)),
        (ROWS, ["2026-01-02", "\0"]),
    ]
    for places, place in beyond:
        with pytest.raises(InvalidField):
            places.after(anything.cursor(place))


def test_one_more_than_was_wanted_makes_a_next_page() -> None:
    assert BY_NUMBER.page([9, 8, 7], 3, int, str) == Page(["9", "8", "7"], None)
    assert BY_NUMBER.page([9, 8, 7], 2, int, str) == Page(["9", "8"], BY_NUMBER.cursor(8))
    assert BY_NUMBER.page([], 2, int, str) == Page([], None)
    assert BY_TIME.after(None) == BEGINNING
