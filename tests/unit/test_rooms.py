"""The list of rooms is whole: what it names is there, and what is there is named."""

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
from litestar import Router
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

import plaudit
from plaudit.http.assembly import framework
from plaudit.live.kinds import FrameKind
from plaudit.room import Room
from plaudit.rooms import ROOMS, rooms
from plaudit.web.templating import STATIC, TEMPLATES

PACKAGE = Path(plaudit.__file__).parent


def all_of(kind: type, brought: Any) -> bool:
    return isinstance(brought, kind) or (isinstance(brought, tuple) and all(isinstance(one, kind) for one in brought))


def faults(room: Room) -> Iterable[str]:
    """What a room names and does not have, or has as something else."""
    wanted: list[tuple[str, Callable[[Any], bool]]] = [
        *((place, lambda brought: all_of(Router, brought)) for place in room.routers),
        *((command.place, lambda brought: isinstance(brought, click.Command)) for command in room.commands),
        *([(room.jobs, callable)] if room.jobs else []),
        *([(room.frames, lambda brought: all_of(FrameKind, brought))] if room.frames else []),
    ]
    for place, fits in wanted:
        try:
            brought = room.bring(place)
        except (ImportError, AttributeError) as error:
            yield f"{room.name}: {error}"
        else:
            if not fits(brought):
                yield f"{room.name}: {place} is {brought!r}"
    files = [PACKAGE / "web" / "pages" / f"{page}.py" for page in room.pages]
    for part in room.parts:
        files += [TEMPLATES / "parts" / f"{part}.html", STATIC / "js" / "parts" / f"{part}.js"]
    yield from (f"{room.name}: there is no {file}" for file in files if not file.exists())


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_has_what_it_names(room: Room) -> None:
    assert room.package in ROOMS
    assert list(faults(room)) == []


def test_what_is_not_there_is_told() -> None:
    wrong = Room(
        package="plaudit.events", routers=("log:record", "nowhere:router"), pages=("nothing",), parts=("none",)
    )
    assert [fault.partition(": ")[2].split()[0] for fault in faults(wrong)] == [
        "log:record", "No", "there", "there", "there",
    ]  # fmt: skip


def owned(folder: str) -> set[Path]:
    return {path for room in rooms() for path in [room.folder / folder] if path.is_dir()}


@pytest.mark.parametrize("folder", ["audit", "functions"])
def test_no_sql_lies_outside_a_room(folder: str) -> None:
    found = {path for path in PACKAGE.rglob(folder) if path.is_dir()}
    assert found
    assert found == owned(folder)


def test_every_room_is_listed() -> None:
    found = {".".join(("plaudit", *path.parent.relative_to(PACKAGE).parts)) for path in PACKAGE.rglob("room.py")}
    assert found - {"plaudit"} == set(ROOMS)


def test_no_page_is_forgotten() -> None:
    shown = [page for room in rooms() for page in room.pages]
    found = [path.stem for path in (PACKAGE / "web" / "pages").glob("[!_]*.py") if "\nrouter = " in path.read_text()]
    assert sorted(shown) == sorted(found)


def test_no_handler_is_forgotten() -> None:
    """Each that is written down is served, by its room or by the one it lies in."""
    served = {
        handler.fn for route in framework().routes if isinstance(route, HTTPRoute) for handler in route.route_handlers
    }
    written: dict[object, str] = {}
    for file in PACKAGE.rglob("*api.py"):
        name = ".".join(("plaudit", *file.relative_to(PACKAGE).with_suffix("").parts))
        module = vars(import_module(name))
        written |= {one.fn: name for one in module.values() if isinstance(one, HTTPRouteHandler)}
    assert len(written) > 100
    assert {name for fn, name in written.items() if fn not in served} == set()


def test_no_jobs_are_forgotten() -> None:
    """The wing has its rooms' jobs together."""
    named = {f"{room.package}.{room.jobs.partition(':')[0]}" for room in rooms() if room.jobs}
    found = {
        ".".join(("plaudit", *file.relative_to(PACKAGE).with_suffix("").parts)) for file in PACKAGE.rglob("*/jobs.py")
    }
    assert {name for name in found if not name.startswith("plaudit.selling.")} | {"plaudit.selling.jobs"} == named


def test_each_decision_is_listed() -> None:
    docs = Path(__file__).parents[2] / "docs"
    listed = (docs / "README.md").read_text("utf-8")
    missing = [one.name for one in (docs / "decisions").glob("*.md") if f"(decisions/{one.name})" not in listed]
    assert missing == []
