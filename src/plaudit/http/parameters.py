"""Query parameters, read as strictly as bodies: each once, and left out rather than null."""

import re
from collections import Counter
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg
from litestar.typing import FieldDefinition

from plaudit.limits import QUERY_PARAMETERS_MAX
from plaudit.problems import InvalidField

_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(e[-+]?[0-9]+)?")  # of seconds since 1970, as the framework would take it


def check_query(scope: Any, handler: BaseRouteHandler) -> None:
    """Refuse what the framework would guess at.

    Raises:
        InvalidField: a parameter that is given twice where one is meant, says null, holds a NUL, a number for a moment,
            or one too many.
    """
    text = scope["query_string"]
    if not text:
        return
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, max_num_fields=QUERY_PARAMETERS_MAX)
    except (UnicodeDecodeError, ValueError) as error:
        raise InvalidField(field="query", reason="cannot be read") from error
    seen = Counter(name for name, _ in pairs)
    for field in handler.parsed_fn_signature.parameters.values():
        declared = field.kwarg_definition
        name = field.name
        if isinstance(declared, ParameterKwarg):
            name = declared.query or declared.name or name
        if seen[name] > 1 and not field.is_non_string_collection:
            raise InvalidField(field=f"query.{name}", reason="is given more than once")
        if _is_moment(field) and any(_NUMBER.fullmatch(value) for value in _values(pairs, name)):
            raise InvalidField(field=f"query.{name}", reason="must be a moment, such as 2026-12-01T12:00:00Z")
        if field.is_optional and str not in field.inner_types and ("null" in _values(pairs, name)):
            raise InvalidField(field=f"query.{name}", reason="is left out rather than null")
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise InvalidField(field=f"query.{name}", reason="must not contain the character U+0000")


def _is_moment(field: FieldDefinition) -> bool:
    return field.is_subclass_of(datetime) or field.has_inner_subclass_of(datetime)


def _values(pairs: list[tuple[str, str]], name: str) -> set[str]:
    return {value.lower() for key, value in pairs if key == name}
