"""Moments that others say: each names its offset, and is of a year in which everything can be counted with it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from litestar.routes import HTTPRoute
from msgspec import Meta, inspect

from plaudit.http.assembly import framework
from plaudit.moments import Moment, require_moment
from plaudit.pages import BY_TIME, Places
from plaudit.problems import InvalidField
from plaudit.wire import decode_body

BEYOND = ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00+00:01", "3000-01-01T00:00:00Z")
LAST = ("9999-12-31T23:59:59-12:00", "2999-12-31T23:59:59-00:01")
WITHIN = ("1970-01-01T00:00:00Z", "2999-12-31T23:59:59.999999Z", "2026-11-22T20:43:00+02:00")


class Inner(msgspec.Struct):
    since: Annotated[Moment, Meta(description="Since when.")] | None = None
    others: dict[str, Moment] = {}


class Body(msgspec.Struct):
    inner: list[Inner] = []
    at: Moment = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("said", [*BEYOND, *LAST])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"at": "%s"}', "body.at"),
        ('{"inner": [{}, {"since": "%s"}]}', "body.inner[1].since"),
        ('{"inner": [{"others": {"a": "%s"}}]}', "body.inner[0].others.a"),
    ],
)
def test_a_moment_of_no_such_year_is_named(said: str, body: str, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        decode_body((body % said).encode(), Body)
    assert refused.value.fields["field"] == field


@pytest.mark.parametrize("said", WITHIN)
def test_a_moment_of_our_time_is_as_it_was_said(said: str) -> None:
    assert decode_body(b'{"at": "%s"}' % said.encode(), Body).at == datetime.fromisoformat(said.replace("Z", "+00:00"))


def test_a_moment_of_an_address_names_its_offset() -> None:
    with pytest.raises(InvalidField):
        require_moment(datetime(2026, 1, 1), "query.at")  # noqa: DTZ001  # what is tried
    with pytest.raises(InvalidField):
        require_moment(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "query.at")


@pytest.mark.parametrize("said", [*BEYOND, *LAST, "2026-01-01T00:00:00"])
def test_no_cursor_stands_for_such_a_moment(said: str) -> None:
    forged = Places[Any](Any, None).cursor((said, UUID(int=1)))
    with pytest.raises(InvalidField):
        BY_TIME.after(forged)


def test_a_cursor_stands_for_the_moment_it_was_made_of() -> None:
    place = datetime(2026, 1, 1, tzinfo=UTC), UUID(int=1)
    assert BY_TIME.after(BY_TIME.cursor(place)) == place


def moments_of(found: Any, seen: set[Any]) -> list[Any]:
    """The types of moments that a type is made of."""
    if isinstance(found, inspect.DateTimeType):
        return [found]
    if isinstance(found, inspect.StructType):
        if found.cls in seen:
            return []
        seen.add(found.cls)
        return [one for field in found.fields for one in moments_of(field.type, seen)]
    parts = [getattr(found, name, None) for name in ("type", "item_type", "key_type", "value_type")]
    parts += [*getattr(found, "types", ()), *getattr(found, "item_types", ())]
    return [one for part in parts if isinstance(part, inspect.Type) for one in moments_of(part, seen)]


def test_all_moments_in_bodies_name_their_offset() -> None:
    handlers = [
        handler for route in framework().routes if isinstance(route, HTTPRoute) for handler in route.route_handlers
    ]
    bodies = {handler.parsed_data_field.annotation for handler in handlers if handler.parsed_data_field}
    found = [moment for body in bodies for moment in moments_of(inspect.type_info(body), set())]
    assert len(found) > 10
    assert all(moment.tz is True for moment in found)
