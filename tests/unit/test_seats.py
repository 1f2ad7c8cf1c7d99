"""Seats to watch from: what one address, one person and one creator's rooms leave to others."""

from contextlib import ExitStack

import pytest

from plaudit.limits import OVERLAYS_PER_CREATOR_MAX, SOCKETS_PER_PERSON_MAX
from plaudit.live.seats import Seats, Watcher
from plaudit.policy.networks import guest_address
from plaudit.problems import TooBusy
from plaudit.settings import Settings

CREATOR, OTHER = 7, 8


def _fill(seats: Seats, stack: ExitStack, *watchers: Watcher) -> int:
    """How many of these find a seat."""
    found = 0
    for watcher in watchers:
        try:
            stack.enter_context(seats.taken(watcher))
        except TooBusy:
            continue
        found += 1
    return found


@pytest.mark.parametrize(
    ("watcher", "others", "most"),
    [
        (Watcher(1, CREATOR, 5), Watcher(1, CREATOR, 6), SOCKETS_PER_PERSON_MAX),
        (Watcher(1, CREATOR, is_overlay=True), Watcher(2, OTHER, is_overlay=True), OVERLAYS_PER_CREATOR_MAX),
        (Watcher(1, CREATOR, address="192.0.2.1"), Watcher(1, CREATOR, address="192.0.2.2"), 30),
        (Watcher(1, CREATOR), Watcher(1, CREATOR, 5), 90),
    ],
)
def test_each_kind_leaves_seats_to_others(watcher: Watcher, others: Watcher, most: int) -> None:
    seats = Seats(Settings(sockets=100, guest_sockets_per_address=30))
    with ExitStack() as stack:
        assert _fill(seats, stack, *[watcher] * 100) == most
        assert _fill(seats, stack, others) == 1
    assert _fill(seats, stack, *[watcher] * 100) == most
    stack.close()
    assert (seats._taken, seats._places) == ({}, {})


def test_rooms_of_one_creator_leave_seats_to_those_of_others() -> None:
    seats = Seats(Settings(rooms_watched_per_creator=10))
    with ExitStack() as stack:
        assert _fill(seats, stack, *(Watcher(room_id, CREATOR) for room_id in range(5_000))) == 10
        assert _fill(seats, stack, Watcher(3, CREATOR), Watcher(9_000, OTHER)) == 2
        assert _fill(seats, stack, Watcher(11, CREATOR)) == 0


def test_guests_are_told_apart_by_what_one_has() -> None:
    assert guest_address("8.8.8.8") == "8.8.8.8"
    assert guest_address("2001:4860:1:2::1") == guest_address("2001:4860:1:2:3::9") != guest_address("2001:4860:1:3::1")
    assert [guest_address(text) for text in ("127.0.0.1", "10.1.2.3", "fe80::1", "x", None)] == [None] * 5
