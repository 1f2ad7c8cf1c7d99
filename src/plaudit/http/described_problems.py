"""Problems in the description of the API: a schema for each code, and what can come with each status."""

import inspect
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

import msgspec

from plaudit.http.operations import Operation
from plaudit.problems import FieldError, MethodNotAllowed, Problem, Unexpected
from plaudit.wire import PROBLEM_MEDIA_TYPE

Document: TypeAlias = dict[str, Any]
Answer: TypeAlias = tuple[int, tuple[str, ...]]
"""A status, and the names of the schemas that can come with it."""

ANYWHERE = (MethodNotAllowed, Unexpected)
"""What every address may answer, and no operation says of itself."""

_TITLES = {
    400: "The request is not valid; the problem names the field.",
    401: "Nobody is signed in, or the token is not valid.",
    402: "There are not enough coins; `coins_short` says how many are missing.",
    403: "The caller may not do this.",
    404: "There is no such thing.",
    409: "It contradicts what is already there, or an id was used before for something else.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too much at once; `Retry-After` says when to come back.",
    503: "It cannot be done just now; `Retry-After`, where there is one, says when to come back.",
}
_RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}


class ProblemDocument(msgspec.Struct, omit_defaults=True):
    """What went wrong (RFC 9457). Problems carry further fields of their own."""

    type: Annotated[str, msgspec.Meta(description="A URN of the kind of problem.")]
    title: Annotated[str, msgspec.Meta(description="A sentence for people, the same for each problem of a kind.")]
    status: Annotated[int, msgspec.Meta(description="The HTTP status.", ge=400, le=599)]
    code: Annotated[str, msgspec.Meta(description="The stable name of the kind.", examples=["insufficient_coins"])]
    detail: Annotated[str, msgspec.Meta(description="What is particular to this one.")] = ""
    instance: Annotated[
        str,
        msgspec.Meta(description="`urn:plaudit:request:` and the answer's `X-Request-Id`, which leads to it in logs."),
    ] = ""
    field: Annotated[str, msgspec.Meta(description="The first field that is not valid.")] = ""
    reason: Annotated[str, msgspec.Meta(description="What is wrong with it.")] = ""
    errors: Annotated[list[FieldError], msgspec.Meta(description="All fields, when several are not valid.")] = []


class DescribedProblems:
    """The problems of operations. Classes that share a code share a schema, which is named after one of them.

    Args:
        found: the operations.
        taken: names that schemas of something else have.
    """

    def __init__(self, found: Sequence[Operation], taken: Container[str]) -> None:
        classes: set[type[Problem]] = set(ANYWHERE)
        for operation in found:
            classes.update(operation.problems, operation.problems_inside)
        self._of_code: dict[str, list[type[Problem]]] = defaultdict(list)
        for problem in sorted(classes, key=_order):
            self._of_code[problem.code].append(problem)
        names = {code: classes[0].__name__ for code, classes in self._of_code.items()}
        self._names = {code: f"{name}Problem" if name in taken else name for code, name in names.items()}
        self.kinds = [_kind(self._names[code], classes) for code, classes in self._of_code.items()]
        """The fields of each code, for the schemas of types."""
        self._shared = _shared([(operation.id, answer) for operation in found for answer in self._answers(operation)])

    def complete(self, components: Mapping[str, Document]) -> None:
        """Make the schemas of the fields those of whole documents."""
        components["ProblemDocument"]["additionalProperties"] = True
        for code, classes in self._of_code.items():
            _complete(components[self._names[code]], code, classes)

    def responses(self) -> Document:
        """What several operations answer alike."""
        return {name: _response(*answer) for answer, name in sorted(self._shared.items())}

    def responses_of(self, operation: Operation) -> Document:
        """What an operation answers when something goes wrong, by status."""
        return {
            str(answer[0]): {"$ref": f"#/components/responses/{self._shared[answer]}"}
            if answer in self._shared
            else _response(*answer)
            for answer in self._answers(operation)
        }

    def _answers(self, operation: Operation) -> Iterator[Answer]:
        """In the order of their statuses; what the handler declares comes first in each."""
        names: dict[int, dict[str, None]] = defaultdict(dict)
        for problem in operation.problems:
            names[int(problem.status)][self._names[problem.code]] = None
        for status in sorted(names):
            yield status, tuple(names[status])


def _shared(given: Sequence[tuple[str, Answer]]) -> dict[Answer, str]:
    """Names of the answers that several operations give: the most frequent is called after its status, the others after
    the first operation that gives them, too."""
    first: dict[Answer, str] = {}
    for operation_id, answer in given:
        first.setdefault(answer, operation_id)
    named: dict[Answer, str] = {}
    for answer, count in Counter(answer for _, answer in given).most_common():
        if count > 1:
            phrase = HTTPStatus(answer[0]).name.title().replace("_", "")
            named[answer] = f"{phrase}Of{first[answer]}" if phrase in named.values() else phrase
    return named


def _order(problem: type[Problem]) -> tuple[bool, str, str]:
    """The class that is called like the code comes first."""
    return problem.__name__.lower() != problem.code.replace("_", ""), problem.__name__, problem.__module__


def _kind(name: str, classes: Sequence[type[Problem]]) -> type[msgspec.Struct]:
    """The fields of all classes of a code; what only some of them have is not always there."""
    each = [{field.name: field for field in msgspec.structs.fields(one.Fields)} for one in classes]
    fields: list[tuple[str, Any, Any]] = []
    for field in {name: field for one in reversed(each) for name, field in one.items()}.values():
        if all(field.name in one and one[field.name].required for one in each):
            fields.append((field.name, field.type, msgspec.NODEFAULT))
        else:
            fields.append((field.name, field.type | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct(name, fields, kw_only=True)


def _complete(schema: Document, code: str, classes: Sequence[type[Problem]]) -> None:
    """Add what all problem documents have."""
    statuses = sorted({int(one.status) for one in classes})
    schema["description"] = " ".join(_words(classes))
    schema["properties"] = {
        "type": {"const": f"urn:plaudit:problem:{code}"},
        "title": {"type": "string"},
        "status": {"const": statuses[0]} if len(statuses) == 1 else {"enum": statuses},
        "code": {"const": code},
        "detail": {"type": "string"},
        **schema["properties"],
    }
    schema["required"] = ["type", "title", "status", "code", *schema["required"]]
    schema["additionalProperties"] = True


def _words(classes: Sequence[type[Problem]]) -> Iterator[str]:
    """The titles, then what the classes say of themselves."""
    yield from dict.fromkeys(one.title for one in classes)
    for one in classes:
        if said := vars(one).get("__doc__"):
            yield " ".join(inspect.cleandoc(said).split())


def _response(status: int, names: Iterable[str]) -> Document:
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in (*names, "ProblemDocument")]
    answer: Document = {
        "description": _TITLES.get(status, HTTPStatus(status).phrase),
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"anyOf": schemas}}},
    }
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        answer["headers"] = {"Retry-After": _RETRY_AFTER}
    return answer
