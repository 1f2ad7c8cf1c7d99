"""Requests as Plaudit reads them: bodies are strict JSON, of the type the handler declares."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from litestar.types import Empty

from plaudit.acts import Act
from plaudit.limits import BODY_BYTES_MAX
from plaudit.problems import BodyTooLarge, CallerGone, InvalidField, WrongMediaType
from plaudit.wire import decode_body


class StrictRequest(Request[Any, Any, State]):
    """A request whose JSON body is decoded straight into the handler's type, without guessing at values."""

    async def json(self) -> Any:
        if self._json is Empty:
            declared = self.route_handler.parsed_data_field
            if self.content_type[0] != "application/json":
                raise WrongMediaType
            body = await self.body()
            self._json = decode_body(body, declared.annotation if declared else Any)
        return self._json

    async def stream(self) -> AsyncGenerator[bytes, None]:
        try:
            async for part in super().stream():
                yield part
        except InternalServerException as error:  # of the framework, when the caller hangs up
            raise CallerGone from error

    async def body(self) -> bytes:
        length = self.headers.get("content-length", "0")
        if not length.isdecimal():
            raise InvalidField(field="header.Content-Length", reason="must be a number")
        if int(length) > BODY_BYTES_MAX:
            raise BodyTooLarge
        body = await super().body()
        act: Act | None = self.scope.get("plaudit_act")  # type: ignore[assignment]  # written by the trail
        if act is not None:
            act.hear(body)
        return body
