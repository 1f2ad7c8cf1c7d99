"""What the handlers say about themselves: parameters, bodies, answers, who may call, which problems can come."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import msgspec
from litestar import Litestar, Response
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg, KwargDefinition, ParameterKwarg
from litestar.response import ServerSentEvent, Stream
from litestar.routes import HTTPRoute
from litestar.types import Empty
from litestar.typing import FieldDefinition
from litestar.utils import make_non_optional_union

from plaudit.decisions.answers import DecisionAnswer
from plaudit.people.access import Access, required
from plaudit.people.model import ForeignOrigin, IssuerUnreachable, RoleMissing, ScopeMissing, TokenNotValid
from plaudit.people.step_up import StepUpRequired
from plaudit.problems import (
    BodyTooLarge,
    Conflict,
    Forbidden,
    IdempotencyConflict,
    InvalidBody,
    InvalidField,
    InvalidFields,
    NotFound,
    Overdrawn,
    Problem,
    TooBusy,
    Unauthenticated,
    Unavailable,
    WrongMediaType,
)

_RESERVED = frozenset({"request", "headers", "cookies", "query", "scope", "state", "body", "socket", "data"})
_PATH_PARAMETER = re.compile(r"{(\w+):\w+}")
_API = ("/v1/", "/health", "/ready")
EVENT_STREAM = "text/event-stream"
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class OperationParameter:
    """One value in path, query or header."""

    name: str
    place: str
    kind: Any
    description: str
    required: bool
    default: Any


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    path: str
    method: str
    id: str
    tags: list[str]
    summary: str
    description: str
    access: frozenset[Access]
    parameters: list[OperationParameter]
    body: Any
    """The type of the body; None: it takes none."""
    body_media_type: str
    statuses: list[int]
    """Of answers that are no problem: the usual one, and others with the same body."""
    answer: Any
    """The type of the answer; None: it has no body."""
    other_answers: Mapping[int, Any]
    """Further statuses of success with another body, and the type of each."""
    answer_media_type: str
    problems: tuple[type[Problem], ...]
    """What can go wrong: what the handler declares, then what the house answers for every operation of its kind."""
    problems_inside: tuple[type[Problem], ...]
    """Of single entries; they come inside an answer."""
    also_answers: tuple[int, ...]
    """Further statuses of success: 200 has the same answer, 304 none."""
    also_media_types: tuple[str, ...]
    """Further forms of the answer, as text."""


def operations(framework: Litestar) -> Iterator[Operation]:
    """All operations of the API, in the order of their addresses. Pages are not part of it."""
    for route in sorted(framework.routes, key=lambda route: route.path):
        if not isinstance(route, HTTPRoute) or not route.path.startswith(_API):
            continue
        for handler in route.route_handlers:
            if handler.include_in_schema is not False and "OPTIONS" not in handler.http_methods:
                for method in sorted(handler.http_methods - {"HEAD"}):
                    yield _operation(route, handler, method)


def _body_media_type(body: FieldDefinition | None) -> str:
    said = body.kwarg_definition if body is not None else None
    encoding = said.media_type if isinstance(said, BodyKwarg) else RequestEncodingType.JSON
    return encoding.value if isinstance(encoding, RequestEncodingType) else encoding


def _operation(route: HTTPRoute, handler: HTTPRouteHandler, method: str) -> Operation:
    lines = inspect.cleandoc(handler.fn.__doc__ or "").partition("\n")
    answer, media_type = _answer(handler.parsed_return_field.annotation)
    body = handler.parsed_data_field
    access = required(handler.opt.get("access"))
    parameters = [
        _parameter(field, path_names=set(route.path_parameters))
        for name, field in handler.parsed_fn_signature.parameters.items()
        if name not in _RESERVED and name not in handler.resolve_dependencies()
    ]
    return Operation(
        path=_PATH_PARAMETER.sub(r"{\1}", route.path),
        method=method.lower(),
        id=str(handler.operation_id or "".join(part.title() for part in handler.fn.__name__.split("_"))),
        tags=list(handler.tags or ()),
        summary=handler.summary or lines[0].rstrip("."),
        description=handler.description or "".join(lines).strip(),
        access=access,
        parameters=parameters,
        body=None if body is None else body.annotation,
        body_media_type=_body_media_type(body),
        statuses=[handler.status_code, *handler.opt.get("also_answers", ())],
        other_answers=handler.opt.get("other_answers", {}),
        answer=answer,
        answer_media_type=media_type,
        problems=_problems(handler, method, access, has_path=bool(route.path_parameters)),
        problems_inside=tuple(handler.opt.get("problems_inside", ())),
        also_answers=handler.opt.get("also_answers", ()),
        also_media_types=handler.opt.get("also_media_types", ()),
    )


def _parameter(field: FieldDefinition, path_names: set[str]) -> OperationParameter:
    declared = field.kwarg_definition
    name, place = field.name, "query"
    if field.name in path_names:
        place = "path"
    elif isinstance(declared, ParameterKwarg):
        place = "header" if declared.header else "cookie" if declared.cookie else declared.param_type.value
        name = declared.header or declared.cookie or declared.query or declared.name or name
    metas = [meta for meta in field.metadata if isinstance(meta, msgspec.Meta)]
    described = next((meta.description for meta in metas if meta.description), None)
    if isinstance(declared, KwargDefinition):
        metas.append(_meta(declared))
        described = declared.description or described
    kind = make_non_optional_union(field.annotation) if field.is_optional else field.annotation
    for meta in metas:
        kind = Annotated[kind, meta]
    has_default = field.default is not Empty
    return OperationParameter(
        name=name,
        place=place,
        kind=kind,
        description=described or "",
        required=place == "path" or not has_default,
        default=field.default if has_default else None,
    )


def _meta(declared: KwargDefinition) -> msgspec.Meta:
    names = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length")
    given = {name: value for name in names if (value := getattr(declared, name)) is not None}
    given |= {key: int(value) for key, value in given.items() if isinstance(value, float) and value.is_integer()}
    return msgspec.Meta(**given)


def _answer(annotation: Any) -> tuple[Any, str]:
    """Type and media type of what a handler returns."""
    if annotation in {None, NoneType}:
        return None, ""
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type) and issubclass(origin, ServerSentEvent | Stream):
        return str, EVENT_STREAM
    if isinstance(origin, type) and issubclass(origin, Response):
        inner = get_args(annotation)
        return _answer(inner[0]) if inner else (Any, "application/json")
    return annotation, "application/json"


def _problems(
    handler: HTTPRouteHandler, method: str, access: frozenset[Access], *, has_path: bool
) -> tuple[type[Problem], ...]:
    declared: tuple[type[Problem], ...] = tuple(handler.opt.get("problems", ()))
    general: list[type[Problem]] = [InvalidField, InvalidFields, TokenNotValid, TooBusy, IssuerUnreachable, Unavailable]
    if Access.PUBLIC not in access:
        general += [Unauthenticated, Forbidden, RoleMissing]
    if handler.opt.get("scope") or Access.PUBLIC not in access:
        general += [ScopeMissing]
    if handler.opt.get("step_up") or DecisionAnswer in handler.opt.get("other_answers", {}).values():
        general.append(StepUpRequired)
    if has_path:
        general.append(NotFound)
    if method in _UNSAFE:
        general += [Forbidden, ForeignOrigin, Conflict, IdempotencyConflict, Overdrawn]
    if handler.parsed_data_field is not None:
        # A body may name what is not there.
        general += [NotFound, InvalidBody, BodyTooLarge, WrongMediaType]
    general.sort(key=lambda problem: problem.code)
    return (*sorted({*declared} - {*general}, key=lambda problem: problem.code), *dict.fromkeys(general))
