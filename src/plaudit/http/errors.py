"""Every error as a problem document (RFC 9457): ours, the framework's, the database's, and those nobody foresaw."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    SerializationException,
    ValidationException,
)

from plaudit.problems import (
    BodyTooLarge,
    InvalidBody,
    InvalidField,
    MethodNotAllowed,
    NotFound,
    Problem,
    Unavailable,
    Unexpected,
)
from plaudit.tracing import new_id, request_id
from plaudit.web.pages import problems
from plaudit.wire import PROBLEM_MEDIA_TYPE, document_of, problem_of

log = logging.getLogger(__name__)

_PLACES = frozenset({"body", "query", "path", "header", "cookie", "request"})
_UNREACHABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


def problem_from(error: BaseException, where: str) -> Problem:
    """The problem to answer an error with; what nobody foresaw is logged under an incident id.

    Args:
        error: what was raised.
        where: method and path, for the log.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _from_framework(error)
    if isinstance(error, SerializationException | msgspec.DecodeError):
        return InvalidBody(str(error))
    if isinstance(error, asyncpg.DataError):
        # Constraints of the request should have said which field.
        log.warning("a value reached the database unchecked: %s", where, exc_info=error)
        return InvalidField(field="request", reason="contains a value that cannot be kept")
    if isinstance(error, _UNREACHABLE):
        log.error("the database cannot be reached: %r", error)
        return Unavailable()
    incident = request_id() or new_id()
    log.error("incident %s: %s", incident, where, exc_info=error)
    return Unexpected(incident)


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Litestar's exception handler for everything: a page for a person's browser, a problem document for a program."""
    problem = problem_from(error, f"{request.method} {request.url.path}")
    has_body = getattr(request.scope.get("route_handler"), "parsed_data_field", None) is not None
    problem = placed(problem, "body" if has_body else "query")
    request.scope["plaudit_problem"] = problem  # type: ignore[typeddict-unknown-key]  # read by the trail
    if problems.wants_page(request):
        return problems.answer(request, problem)
    return Response(
        msgspec.json.encode(document_of(problem)),
        media_type=PROBLEM_MEDIA_TYPE,
        status_code=problem.status,
        headers=problem.headers(),
    )


def placed(problem: Problem, place: str) -> Problem:
    """The same problem, its field said to be in body or query: what acts knows no more than the field's name."""
    if isinstance(problem, InvalidField) and problem.fields["field"].partition(".")[0] not in _PLACES:
        return InvalidField(**problem.fields | {"field": f"{place}.{problem.fields['field']}"})
    return problem


def _entries(error: ValidationException) -> Iterable[Mapping[str, Any]]:
    if isinstance(error.extra, list) and error.extra:
        return error.extra
    return [{"message": error.detail}]


def _field_of(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Field and reason of one entry of the framework: parameters of path, query, header or cookie."""
    key, source = (
        str(entry.get("key", "")),
        str(getattr(entry.get("source"), "value", entry.get("source")) or "request"),
    )
    if key == "data":
        return "body", "is missing"
    message = str(entry.get("message", "does not fit"))
    return f"{source}.{key}" if key else source, f"is not valid: {message[:1].lower()}{message[1:]}"


def _from_framework(error: HTTPException) -> Problem:
    if isinstance(error, ValidationException):
        return problem_of([_field_of(entry) for entry in _entries(error)])
    if isinstance(error, MethodNotAllowedException):
        return MethodNotAllowed((error.headers or {}).get("allow", "").replace(" ", "").split(","))
    if isinstance(error, NotFoundException):
        return NotFound()
    return BodyTooLarge() if error.status_code == BodyTooLarge.status else InvalidBody(error.detail)
