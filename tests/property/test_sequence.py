"""However frames arrive, each is taken once and in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.live.sequence import Sequence

pytestmark = pytest.mark.sql

# What may happen: an entry arrives (again, early, late), its number alone is heard of, somebody takes or reads.
_events = st.lists(st.tuples(st.sampled_from(["entry", "rumour", "take", "read"]), st.integers(1, 30)), max_size=200)


@given(length=st.integers(0, 30), events=_events)
def test_each_entry_is_taken_once_and_in_order(  # noqa: C901 - a list of what may happen
    length: int, events: list[tuple[str, int]]
) -> None:
    source = list(range(1, length + 1))
    sequence: Sequence[int] = Sequence()
    taken: list[int] = []

    def read(pages_of: int) -> None:
        page = source[sequence.last : sequence.last + pages_of]
        for number in page:
            sequence.offer(number, number)
        if len(page) < pages_of:
            sequence.settle(page[-1] if page else 0)

    for what, number in events:
        if what == "entry" and number <= length:
            sequence.offer(number, number)
        elif what == "rumour":
            sequence.offer(number, None)
        elif what == "take":
            taken += [entry for _, entry in sequence.take()]
        elif sequence.has_gap:
            read(number)
    sequence.offer(length, None)
    while sequence.has_gap or sequence.last < sequence.known:
        taken += [entry for _, entry in sequence.take()]
        if sequence.has_gap:
            read(7)
    assert taken == source
    assert not sequence.has_gap


@given(st.permutations(list(range(1, 40))))
def test_any_order_of_arrival_comes_out_in_order(arrivals: list[int]) -> None:
    sequence: Sequence[int] = Sequence()
    taken = []
    for number in arrivals:
        sequence.offer(number, number)
        taken += [entry for _, entry in sequence.take()]
        assert sequence.has_gap == (sequence.last < sequence.known)
    assert taken == sorted(arrivals)


def test_a_rumour_of_more_than_there_is_is_forgotten_but_not_what_waits() -> None:
    sequence: Sequence[str] = Sequence(5)
    sequence.offer(9, None)
    sequence.offer(7, "seven")
    sequence.settle(5)
    assert sequence.known == 7
    assert sequence.has_gap
    sequence.offer(6, "six")
    assert [entry for _, entry in sequence.take()] == ["six", "seven"]
    assert not sequence.has_gap
