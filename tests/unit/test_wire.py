"""Bodies and problems on the wire: what is refused, which field is named, and why."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest

from plaudit.limits import BODY_BYTES_MAX, FIELD_ERRORS_MAX
from plaudit.problems import BodyTooLarge, InvalidBody, InvalidField, InvalidFields, Problem
from plaudit.wire import decode_body, read_body


class Line(msgspec.Struct, forbid_unknown_fields=True):
    count: Annotated[int, msgspec.Meta(ge=1, le=9)]
    text: str = ""


class Basket(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    gift_id: UUID
    lines: list[Line]
    note: str | None = None


ID = '"019312d0-7f3e-7000-8000-000000000000"'


def refusal(body: str | bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        decode_body(body if isinstance(body, bytes) else body.encode(), Basket)
    return caught.value


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ("", "body", "is missing"),
        ("[]", "body", "is not valid: expected `object`, got `array`"),
        (f'{{"giftId":{ID}}}', "body.lines", "is missing"),
        (f'{{"giftId":{ID},"lines":[{{"count":0}}]}}', "body.lines[0].count", "is not valid: expected `int` >= 1"),
        (
            f'{{"giftId":{ID},"lines":[{{"count":"1"}}]}}',
            "body.lines[0].count",
            "is not valid: expected `int`, got `str`",
        ),
        (
            f'{{"giftId":{ID},"lines":[{{"count":1.5}}]}}',
            "body.lines[0].count",
            "is not valid: expected `int`, got `float`",
        ),
        (
            f'{{"giftId":{ID},"lines":[{{"count":true}}]}}',
            "body.lines[0].count",
            "is not valid: expected `int`, got `bool`",
        ),
        (
            f'{{"giftId":{ID},"lines":[{{"count":{10**30}}}]}}',
            "body.lines[0].count",
            "is not valid: expected `int` <= 9",
        ),
        (f'{{"giftId":{ID},"lines":[{{"count":1,"more":1}}]}}', "body.lines[0].more", "is not known here"),
        (f'{{"giftId":{ID},"lines":[],"gift":1}}', "body.gift", "is not known here"),
        ('{"giftId":"7","lines":[]}', "body.giftId", "is not valid: invalid UUID"),
        (
            f'{{"giftId":{ID},"lines":[],"note":"a\\u0000b"}}',
            "body.note",
            "must not contain the character U+0000",
        ),
        (
            f'{{"giftId":{ID},"lines":[{{"count":1,"text":"\\u0000"}}]}}',
            "body.lines[0].text",
            "must not contain the character U+0000",
        ),
    ],
)
def test_the_field_and_the_reason_are_named(body: str, field: str, reason: str) -> None:
    problem = refusal(body)
    assert isinstance(problem, InvalidField), problem.fields
    assert (problem.fields["field"], problem.fields["reason"]) == (field, reason)


def test_several_fields_are_named_at_once() -> None:
    problem = refusal('{"giftId":"7","note":5,"stray":1}')
    assert isinstance(problem, InvalidFields)
    assert {error["field"] for error in problem.fields["errors"]} == {
        "body.giftId",
        "body.lines",
        "body.note",
        "body.stray",
    }


def test_a_flood_of_wrong_fields_is_cut() -> None:
    problem = refusal(msgspec.json.encode({f"stray{number}": 1 for number in range(1_000)}))
    assert len(problem.fields["errors"]) == FIELD_ERRORS_MAX


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"note": "\xff"}', b'{"a":1}}', b"[" * 100_000, b'"\\ud800"', b"NaN"]
)
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    assert isinstance(refusal(body), InvalidBody | InvalidField | InvalidFields)


def test_a_text_that_only_speaks_of_a_null_character_is_kept() -> None:
    body = f'{{"giftId":{ID},"lines":[],"note":"\\\\u0000"}}'.encode()
    assert decode_body(body, Basket).note == "\\u0000"


async def test_a_body_is_read_to_its_limit_and_no_further() -> None:
    async def endless() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    with pytest.raises(BodyTooLarge) as caught:
        await read_body(endless)
    assert caught.value.fields == {"bytes_max": BODY_BYTES_MAX}


class Anything(msgspec.Struct):
    value: Any = None


@pytest.mark.parametrize("depth", [500, 1_000, 100_000])
@pytest.mark.parametrize("start", ['{"zzz":', '{"giftId":1,"zzz":', f'{{"giftId":{ID},"lines":', '{"note":', ""])
def test_what_nests_too_deep_is_refused_wherever_it_stands(start: str, depth: int) -> None:
    assert isinstance(
        refusal(start + "[" * depth + "]" * depth + ("}" if start else "")), InvalidBody | InvalidField | InvalidFields
    )


@pytest.mark.parametrize("depth", [100, 400, 600, 900, 100_000])
def test_a_hidden_character_is_looked_for_as_deep_as_a_body_is_read(depth: int) -> None:
    body = '{"value":' + "[" * depth + r'"\u0000"' + "]" * depth + "}"
    with pytest.raises((InvalidBody, InvalidField)):
        decode_body(body.encode(), Anything)
