"""What can go wrong, as one class per error: a stable code, an HTTP status and typed fields (RFC 9457)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from plaudit.limits import BODY_BYTES_MAX


class NoFields(msgspec.Struct, frozen=True):
    """A problem without fields of its own."""


class FieldError(msgspec.Struct, frozen=True):
    """One field that is not valid."""

    field: Annotated[str, Meta(description="Where: `body.count`, `query.limit`, `path.room_id`.")]
    reason: Annotated[str, Meta(description="What is wrong with it.")]
    least: Annotated[int, Meta(description="The smallest that may be.")] | UnsetType = UNSET
    most: Annotated[int, Meta(description="The largest that may be.")] | UnsetType = UNSET


Moment = Annotated[datetime, Meta(tz=True)]
"""A time in a field of a problem."""


class Problem(Exception):
    """A domain error that is answered to the caller; keyword arguments become fields of the problem document.

    A class says in `Fields` which these are, and the description of the API tells it to others. The general ones
    (Forbidden, NotFound, Conflict) leave it open: they carry what helps where they are raised.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request could not be carried out."
    Fields: ClassVar[type[msgspec.Struct]] = NoFields
    """Fields beside those every problem has. What is not always there may be UNSET."""

    def __init__(self, detail: str | None = None, **fields: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.fields = fields

    def as_dict(self) -> dict[str, Any]:
        """The problem document."""
        document: dict[str, Any] = {
            "type": f"urn:plaudit:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            document["detail"] = self.detail
        return document | self.fields

    def headers(self) -> dict[str, str]:
        """Headers the answer needs beside the document."""
        return {}


class InvalidField(Problem):
    code = "invalid_field"
    title = "A field of the request is not valid."

    class Fields(FieldError, frozen=True):
        errors: Annotated[list[FieldError], Meta(description="All, when several are not valid.")] | UnsetType = UNSET

    def __init__(self, *, field: str, reason: str, least: int | None = None, most: int | None = None) -> None:
        """`least` and `most`: what `reason` says in words, for those who say it in their own."""
        bounds = {"least": least, "most": most}
        given = {name: bound for name, bound in bounds.items() if bound is not None}
        super().__init__(f"{field} {reason}", field=field, reason=reason, **given)


class InvalidFields(Problem):
    """Several fields are not valid; `field` and `reason` are the first, `errors` has all."""

    code = InvalidField.code
    title = "Fields of the request are not valid."
    Fields = InvalidField.Fields

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        named = [{"field": field, "reason": reason} for field, reason in errors]
        detail = "; ".join(f"{field} {reason}" for field, reason in errors)
        super().__init__(detail, **named[0], errors=named)


class InvalidBody(Problem):
    code = "invalid_body"
    title = "The body of the request cannot be read."


class BodyTooLarge(Problem):
    code = "body_too_large"
    status = 413
    title = "The body of the request is too large."

    class Fields(msgspec.Struct, frozen=True):
        bytes_max: int

    def __init__(self) -> None:
        super().__init__(bytes_max=BODY_BYTES_MAX)


class CallerGone(Problem):
    """Whoever asked hung up before all was said: nobody hears this answer."""

    code = "caller_gone"
    status = 499
    title = "The request ended before it was complete."


class WrongMediaType(Problem):
    code = "wrong_media_type"
    status = 415
    title = "The body of the request must be sent as application/json."


class Unauthenticated(Problem):
    code = "unauthenticated"
    status = 401
    title = "Sign in to do this."

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    code = "forbidden"
    status = 403
    title = "You may not do this."


class StandsStill(Forbidden):
    """Somebody looks into it. Fields are there only where the person is told: `what` stands still, `until` when (null:
    until it is lifted), and the id to name to support."""

    code = "stands_still"
    title = "This is not possible just now. Support can tell you more."

    class Fields(msgspec.Struct, frozen=True):
        freeze_id: UUID | UnsetType = UNSET
        what: str | UnsetType = UNSET
        until: Moment | UnsetType | None = UNSET


class NotFound(Problem):
    code = "not_found"
    status = 404
    title = "There is nothing here."


class MethodNotAllowed(Problem):
    code = "method_not_allowed"
    status = 405
    title = "This address knows other methods."

    class Fields(msgspec.Struct, frozen=True):
        allowed: list[str]

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(allowed=sorted(allowed))
        self.allowed = sorted(allowed)

    def headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.allowed)}


class Conflict(Problem):
    code = "conflict"
    status = 409
    title = "This contradicts what is already there."


class IdempotencyConflict(Conflict):
    code = "idempotency_conflict"
    title = "This id was already used for another request."

    class Fields(msgspec.Struct, frozen=True):
        id: UUID | UnsetType = UNSET


class Overdrawn(Conflict):
    code = "overdrawn"
    title = "There is not that much in the account."


class TooBusy(Problem):
    code = "too_busy"
    status = 429
    title = "Too much is waiting; try again shortly."

    class Fields(msgspec.Struct, frozen=True):
        retry_after_s: int

    def __init__(self, *, retry_after_s: int = 1) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}


class Unexpected(Problem):
    """Nothing foresaw this; the incident's id leads to it in the log."""

    code = "unexpected"
    status = 500
    title = "Something went wrong here. It is safe to try again with the same id."

    class Fields(msgspec.Struct, frozen=True):
        incident: str

    def __init__(self, incident: str) -> None:
        super().__init__(incident=incident)


class Unavailable(Problem):
    code = "unavailable"
    status = 503
    title = "The database cannot be reached just now; try again shortly."

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "2"}
