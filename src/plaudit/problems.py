"""What can go wrong, as one class per error: a stable code, an HTTP status and typed fields (RFC 9457)."""

from typing import Any, ClassVar


class Problem(Exception):
    """A domain error that is answered to the caller; keyword arguments become fields of the problem document."""

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request could not be carried out."

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

    def __init__(self, *, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}", field=field, reason=reason)


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


class NotFound(Problem):
    code = "not_found"
    status = 404
    title = "There is nothing here."


class Conflict(Problem):
    code = "conflict"
    status = 409
    title = "This contradicts what is already there."


class IdempotencyConflict(Conflict):
    code = "idempotency_conflict"
    title = "This id was already used for another request."


class TooBusy(Problem):
    code = "too_busy"
    status = 429
    title = "Too much is waiting; try again shortly."

    def __init__(self, *, retry_after_s: int = 1) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}
