"""The description of the API (OpenAPI 3.1), made of what the handlers and their types say; nothing is written twice."""

import inspect
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, TypeAlias

import msgspec
from litestar import Litestar

from plaudit import __version__
from plaudit.events.model import CATALOGUE, Envelope
from plaudit.http.described_problems import DescribedProblems, ProblemDocument
from plaudit.http.operations import EVENT_STREAM, Operation, OperationParameter, operations
from plaudit.people.access import Access
from plaudit.people.credentials import SESSION_COOKIE, SUBJECT_HEADER

Document: TypeAlias = dict[str, Any]

_UUID7 = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$(?!\n)"
_EVENT: Document = {
    "type": "object",
    "description": "One event of the stream; `data` is JSON.",
    "properties": {"id": {"type": "string"}, "event": {"type": "string"}, "data": {"type": "string"}},
}
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})

_DESCRIPTION = """\
Coins, gifts, diamonds and payouts of a live platform.

Everything that moves value is idempotent by an id of the caller's (a UUID of version 7): the same id with the same
body gets the first answer again, with another body a conflict. Errors are problem documents (RFC 9457) with a stable
`code`: each code has a schema of its own with its fields, and each operation names those that can come, beside any
other `ProblemDocument`. Ids of people and rooms are decimal strings; amounts are integers; times are RFC 3339 in UTC.
"""


def describe(framework: Litestar, public_url: str) -> Document:
    """The description of all operations of the API."""
    found = list(operations(framework))
    event_schemas, event_components = msgspec.json.schema_components(
        [Envelope, *CATALOGUE.values()], ref_template="#/components/schemas/{name}"
    )
    problems = DescribedProblems(found, taken=event_components)
    schemas, components = _schemas(found, problems)
    paths: dict[str, Document] = {}
    for operation in found:
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation, schemas, problems)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Plaudit", "version": __version__, "description": _DESCRIPTION, "license": _LICENSE},
        "servers": [{"url": public_url}],
        "tags": [{"name": name} for name in sorted({tag for operation in found for tag in operation.tags})],
        "paths": paths,
        "webhooks": _webhooks(event_schemas),
        "components": {
            "schemas": components | event_components,
            "responses": problems.responses(),
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


_PAGE = re.compile(r"\bPage[_[](\w+?)(?:Answer|View)?[_\]]$")
_LICENSE = {"name": "MIT", "identifier": "MIT"}

_SECURITY_SCHEMES: Document = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A person's token."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "The session of a person who signed in to the pages; unsafe requests from our own pages only.",
    },
    "key": {"type": "http", "scheme": "bearer", "description": "An API key of a platform's server (`plk_…`)."},
    "subject": {
        "type": "apiKey",
        "in": "header",
        "name": SUBJECT_HEADER,
        "description": "The subject of the person a server speaks for.",
    },
}


def _schemas(found: Sequence[Operation], problems: DescribedProblems) -> tuple[dict[int, Document], Document]:
    """The schema of each type the operations use, by the identity of the type, and the named ones."""
    kinds: list[Any] = [ProblemDocument, *problems.kinds]
    for operation in found:
        kinds += [parameter.kind for parameter in operation.parameters]
        kinds += [kind for kind in (operation.body, operation.answer) if kind is not None]
        kinds += operation.other_answers.values()
    each, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    problems.complete(components)
    for body in {operation.body for operation in found if operation.body is not None}:
        made_by_caller = components.get(getattr(body, "__name__", ""), {}).get("properties", {}).get("id", {})
        if made_by_caller.get("format") == "uuid":
            made_by_caller["pattern"] = _UUID7
    each, components = _with_plain_names((each, components))
    return {id(kind): schema for kind, schema in zip(kinds, each, strict=True)}, components


def _with_plain_names(schema: Any) -> Any:
    """A page of things is called after them: `OrderPage`, where it would be `Page_OrderAnswer_`."""
    if isinstance(schema, str):
        return _PAGE.sub(r"\1Page", schema)
    if isinstance(schema, list | tuple):
        return [_with_plain_names(part) for part in schema]
    if isinstance(schema, dict):
        return {_with_plain_names(key): _with_plain_names(value) for key, value in schema.items()}
    return schema


def _describe(operation: Operation, schemas: dict[int, Document], problems: DescribedProblems) -> Document:
    document: Document = {
        "operationId": operation.id,
        "tags": operation.tags,
        "summary": operation.summary,
        "description": operation.description,
        "security": _security(operation.access),
        "parameters": [_parameter(parameter, schemas) for parameter in operation.parameters],
        "responses": _responses(operation, schemas) | problems.responses_of(operation),
    }
    if operation.body is not None:
        document["requestBody"] = {
            "required": True,
            "content": {operation.body_media_type: {"schema": schemas[id(operation.body)]}},
        }
    return {key: value for key, value in document.items() if value not in ("", [])} | {"security": document["security"]}


def _webhooks(schemas: Sequence[Document]) -> Document:
    """What is posted to a host's endpoints: the envelope, and by its type what `data` is."""
    envelope, *each = schemas
    return {
        kind: {
            "post": {
                "operationId": event.__name__,
                "tags": ["Events"],
                "summary": inspect.cleandoc(event.__doc__ or "").partition("\n")[0].rstrip("."),
                "description": "Signed after the Standard Webhooks convention: `webhook-id`, `webhook-timestamp`, "
                "`webhook-signature`.",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "allOf": [
                                    envelope,
                                    {"properties": {"type": {"const": kind}, "data": schema}},
                                ]
                            }
                        }
                    },
                },
                "responses": {"2XX": {"description": "Taken. Anything else is tried again; 410 pauses the endpoint."}},
            }
        }
        for (kind, event), schema in zip(CATALOGUE.items(), each, strict=True)
    }


def _parameter(parameter: OperationParameter, schemas: dict[int, Document]) -> Document:
    schema = dict(schemas[id(parameter.kind)])
    if not parameter.required and parameter.default is not None:
        schema["default"] = msgspec.to_builtins(parameter.default)
    document = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "schema": schema,
    }
    return document | ({"description": parameter.description} if parameter.description else {})


def _responses(operation: Operation, schemas: dict[int, Document]) -> Document:
    answers: dict[str, Document] = {}
    for status in operation.statuses:
        answer: Document = {"description": HTTPStatus(status).phrase}
        answers[str(status)] = answer
        if operation.answer is not None and status not in _WITHOUT_BODY:
            streams = operation.answer_media_type == EVENT_STREAM
            schema = _EVENT if streams else schemas[id(operation.answer)]
            answer["content"] = {operation.answer_media_type: {"schema": schema}} | {
                media_type: {"schema": {"type": "string"}} for media_type in operation.also_media_types
            }
    for status, other in operation.other_answers.items():
        content = {operation.answer_media_type: {"schema": schemas[id(other)]}}
        answers[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    return answers


def _security(access: frozenset[Access]) -> list[Document]:
    """Any one of these lets a caller in; an empty one means nobody needs to sign in."""
    allowed: list[Document] = []
    if Access.PUBLIC in access:
        allowed.append({})
    if access - {Access.SERVER}:
        allowed += [{"token": []}, {"session": []}]
    if access & {Access.VIEWER, Access.CREATOR, Access.PUBLIC}:
        allowed.append({"key": [], "subject": []})
    if Access.SERVER in access:
        allowed.append({"key": []})
    return allowed
