"""Columns are added to every table while a real server is used: nobody notices."""

import threading
from pathlib import Path

import pytest

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from tests.faults.test_database_gone_over import World, world
from tests.integration.test_added_columns import add_columns
from tests.support.databases import run_aside
from tests.support.gift_load import until_delivered
from tests.support.price_shelf import put_on_shelf
from tests.support.waiting import until

_clock = SystemClock()
SELLER = {"PLAUDIT_SELLER_NAME": "Plaudit", "PLAUDIT_SELLER_ADDRESS": "1 Way"}


class Load:
    """Somebody who asks for prices, gives, looks at their wallet, and begins again."""

    def __init__(self, people: World) -> None:
        self._people = people
        self._thread = threading.Thread(target=self._run)
        self._is_over = threading.Event()
        self.rounds = 0
        self.refusals: list[str] = []

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def until_more(self, rounds: int) -> None:
        enough = self.rounds + rounds
        until(lambda: self.rounds >= enough or not self._thread.is_alive(), f"{rounds} more rounds")
        assert self._thread.is_alive()

    def _run(self) -> None:
        while not self._is_over.is_set():
            self._ask("ada", "/v1/quotes", id=str(new_id(_clock)), package_coins=70, region="DE")
            self._ask("ada", "/v1/gifts", id=str(new_id(_clock)), room_id=self._people.room_id, item_id=1, count=1)
            self.rounds += 1

    def _ask(self, who: str, path: str, **body: object) -> None:
        answer = self._people.ask(who, path, **body)
        if answer.status_code != 201:
            self.refusals.append(f"{path}: {answer.text}")


@pytest.mark.audit_off  # laws compare whole rows
def test_nobody_notices(database_url: str, tmp_path: Path) -> None:
    with world(database_url, tmp_path / "log", **SELLER) as people:
        run_aside(put_on_shelf(database_url, _clock))
        with Load(people) as load:
            load.until_more(10)  # each statement is prepared, and the plans of functions are made
            run_aside(add_columns(database_url))
            load.until_more(10)
        run_aside(until_delivered(database_url))
        assert load.refusals == [], "\n".join(load.refusals)
