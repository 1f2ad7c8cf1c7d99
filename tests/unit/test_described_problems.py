"""The description of the API names the problems, each with its code and the types of its fields."""

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

import plaudit
from plaudit.http.assembly import framework
from plaudit.http.openapi import describe
from plaudit.problems import NotFound, Problem
from plaudit.selling.orders.model import QuoteExpired
from tests.support.honest_problems import OPEN, declared, required

SOURCES = Path(plaudit.__file__).parent
DOCUMENT = describe(framework(), "http://plaudit.test")
SCHEMAS = DOCUMENT["components"]["schemas"]

NOT_ANSWERED = {
    "problem": "the base of all others",
    "caller_gone": "nobody: they hung up",
    "sign_in_denied": "the page of the sign-in",
    "sign_in_too_weak": "the page of the sign-in",
    "somebody_else": "the page of the sign-in",
    "sign_in_lapsed": "the page of the sign-in",
    "sign_in_not_valid": "the page of the sign-in",
    "platform_away": "the page of the sign-in",
    "sign_in_code_not_valid": "the page of the sign-in",
    "platform_not_readable": "printed by `plaudit issuer` and `plaudit check`",
    "day_not_closed": "printed by `plaudit accounting`",
    **dict.fromkeys(
        ("hold_unknown", "hold_not_covered", "too_many_holds", "hold_ended", "hold_of_another_price"),
        "rooms that hold coins; none does yet",
    ),
    "account_closed": "the sandbox, which is a stranger",
    "not_now": "the sandbox, which is a stranger",
}
"""Codes no operation of the API answers, and who does."""


def _modules() -> Iterator[tuple[ModuleType, ast.Module]]:
    """Modules where problems are made, and their text."""
    for file in sorted(set(SOURCES.rglob("*.py")) - set(SOURCES.glob("bench/**/*.py"))):
        text = file.read_text()
        if "raise " in text or "problem" in text.lower():
            name = ".".join(file.relative_to(SOURCES.parent).with_suffix("").parts)
            yield importlib.import_module(name.removesuffix(".__init__")), ast.parse(text)


MODULES = [(module, tree) for module, tree in _modules() if module.__name__ != "plaudit.__main__"]


def _classes(base: type[Problem] = Problem) -> Iterator[type[Problem]]:
    yield base
    for derived in base.__subclasses__():
        if derived.__module__.startswith("plaudit."):
            yield from _classes(derived)


CLASSES = list(dict.fromkeys(_classes()))
OWN_CODE = [problem for problem in CLASSES if "code" in vars(problem)]


def _resolved(expression: ast.expr, module: ModuleType) -> Any:
    if isinstance(expression, ast.Name):
        return getattr(module, expression.id, None)
    if isinstance(expression, ast.Attribute):
        return getattr(_resolved(expression.value, module), expression.attr, None)
    return None


def _making(node: ast.AST, module: ModuleType) -> tuple[Any, Any, ast.Call | None]:
    """The class that is made here, the one whose `__init__` is called for it, and the call."""
    made, call = None, None
    if isinstance(node, ast.Call):
        made, call = _resolved(node.func, module), node
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
        made = _resolved(node.exc, module)
    elif isinstance(node, ast.ClassDef):
        calls = (part for part in ast.walk(node) if isinstance(part, ast.Call))
        call = next((one for one in calls if ast.unparse(one.func) == "super().__init__"), None)
        made = getattr(module, node.name, None) if call else None
        return made, made.__mro__[1] if made else None, call
    return made, made, call


def _given() -> Iterator[tuple[type[Problem], set[str], bool, str]]:
    """A class, the fields it is given at one place in the sources, whether there may be more, and the place."""
    for module, tree in MODULES:
        for node in ast.walk(tree):
            made, called, call = _making(node, module)
            if isinstance(made, type) and issubclass(made, Problem) and called.__init__ is Problem.__init__:
                keywords = call.keywords if call else []
                names = {keyword.arg for keyword in keywords if keyword.arg}
                line = getattr(node, "lineno", 0)
                yield made, names, len(names) < len(keywords), f"{module.__name__}:{line} {made.__name__}"


def test_fields_are_declared_where_they_are_given() -> None:
    given = [one for one in _given() if one[0] not in OPEN]
    assert {"QuoteExpired", "InsufficientDiamonds", "RoomEnded"} <= {made.__name__ for made, *_ in given}
    wrong = {
        place: (sorted(names), sorted(declared(made)))
        for made, names, has_more, place in given
        if not names <= declared(made) or not (has_more or required(made) <= names)
    }
    assert wrong == {}


def test_no_field_is_declared_that_nobody_gives() -> None:
    given: dict[type[msgspec.Struct], set[str]] = defaultdict(set)
    for made, names, has_more, _ in _given():
        given[made.Fields] |= declared(made) if has_more else names
    assert given[QuoteExpired.Fields] == {"expired_at"}
    idle = {
        made.__name__: declared(made) - given[made.Fields] for made in CLASSES if declared(made) - given[made.Fields]
    }
    assert idle == {}


def test_every_code_is_described_or_is_no_answer_of_the_api() -> None:
    described = {
        schema["properties"]["code"]["const"]
        for schema in SCHEMAS.values()
        if "const" in schema.get("properties", {}).get("code", {})
    }
    codes = {problem.code for problem in OWN_CODE}
    assert "quote_expired" in described
    assert codes - described == NOT_ANSWERED.keys()
    assert described <= codes


def test_a_schema_has_the_name_of_a_class_with_its_code() -> None:
    names = defaultdict(set)
    for problem in OWN_CODE:
        names[problem.code].add(problem.__name__)
    codes = {name: schema.get("properties", {}).get("code", {}).get("const") for name, schema in SCHEMAS.items()}
    assert codes["BookNotReadable"] == "price_book_not_readable"
    assert [name for name, code in codes.items() if code and name.removesuffix("Problem") not in names[code]] == []


@pytest.mark.parametrize("problem", [one for one in OWN_CODE if one.code not in NOT_ANSWERED])
def test_a_schema_says_what_the_class_says(problem: type[Problem]) -> None:
    schema = next(one for one in SCHEMAS.values() if one.get("properties", {}).get("code") == {"const": problem.code})
    properties = schema["properties"]
    assert problem.status in properties["status"].get("enum", [properties["status"].get("const")])
    assert declared(problem) <= properties.keys()
    assert {"type", "title", "status", "code"} <= set(schema["required"]) <= properties.keys()
    assert set(schema["required"]) - {"type", "title", "status", "code"} <= required(problem)
    assert schema["additionalProperties"] is True
    assert problem.title in schema["description"]


def _answers(path: str, method: str, status: int) -> list[str]:
    """The names of the schemas that an operation may answer with a status."""
    response = DOCUMENT["paths"][path][method]["responses"][str(status)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return [
        one["$ref"].rpartition("/")[2] for one in response["content"]["application/problem+json"]["schema"]["anyOf"]
    ]


def test_who_orders_learns_that_the_quote_has_expired() -> None:
    assert "QuoteExpired" in _answers("/v1/orders", "post", 409)
    schema = SCHEMAS["QuoteExpired"]
    assert schema["properties"]["expired_at"] == {"type": "string", "format": "date-time"}
    assert "expired_at" in schema["required"]
    assert schema["properties"]["code"] == {"const": "quote_expired"}
    document = msgspec.to_builtins(QuoteExpired(datetime(2026, 5, 1, tzinfo=UTC)).as_dict())
    assert document.keys() == set(schema["required"])


def test_what_the_house_answers_for_all_is_named_with_what_the_handler_declares() -> None:
    assert _answers("/v1/gifts", "post", 402) == ["InsufficientCoins", "ProblemDocument"]
    own, of_all = ["PositionBeyondEnd", "TooDear"], ["InvalidBody", "InvalidField"]
    assert _answers("/v1/gifts", "post", 400) == [*own, *of_all, "ProblemDocument"]
    assert _answers("/v1/orders", "get", 401) == ["TokenNotValid", "Unauthenticated", "ProblemDocument"]
    refused = _answers("/v1/gifts", "post", 409)
    assert {"RoomNotLive", "PriceChanged", "GiftConflict", "IdempotencyConflict"} <= set(refused)
    assert refused[-1] == "ProblemDocument"


def test_a_gift_of_a_batch_that_was_not_sent_says_why() -> None:
    problem, _ = SCHEMAS["BatchedOutcome"]["properties"]["problem"]["anyOf"]
    names = [one["$ref"].rpartition("/")[2] for one in problem["anyOf"]]
    assert {"InsufficientCoins", "SenderUnknown", "RoomNotLive", "InvalidField"} <= set(names)
    assert names[-1] == "ProblemDocument"


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_whatever_the_description_refers_to_is_there() -> None:
    there = {f"#/components/{kind}/{name}" for kind, named in DOCUMENT["components"].items() for name in named}
    references = set(_references(DOCUMENT))
    assert "#/components/schemas/QuoteExpired" in references
    assert references <= there
    assert {f"#/components/responses/{name}" for name in DOCUMENT["components"]["responses"]} <= references


def test_a_problem_with_other_fields_than_declared_fails_a_test() -> None:
    assert NotFound(anything=1).fields == {"anything": 1}
    with pytest.raises(msgspec.ValidationError):
        QuoteExpired("yesterday")  # type: ignore[arg-type]
