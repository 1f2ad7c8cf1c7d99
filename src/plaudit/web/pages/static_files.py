"""Style sheets, scripts, fonts and drawings, out of memory and compressed. Their addresses change with their contents."""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request, Response, Router, get

from plaudit.limits import STATIC_FILE_BYTES_MAX
from plaudit.people.access import Access
from plaudit.problems import NotFound
from plaudit.web.templating import STATIC, static_version

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=60"
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_COMPRESSED = ("text/", "image/svg+xml", "application/json")
_FILES_KEPT_MAX = 1_000


class _File(msgspec.Struct, frozen=True):
    body: bytes
    compressed: bytes | None
    media_type: str
    etag: str


@lru_cache(_FILES_KEPT_MAX)
def _read(path: str) -> _File:
    """A file below the static files.

    Raises:
        NotFound: there is none at that path.
    """
    file = (STATIC / path).resolve()
    if not file.is_relative_to(STATIC) or not file.is_file() or file.stat().st_size > STATIC_FILE_BYTES_MAX:
        raise NotFound
    body = file.read_bytes()
    media_type = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    compressed = gzip.compress(body, mtime=0) if media_type.startswith(_COMPRESSED) else None
    return _File(body, compressed, media_type, f'"{hashlib.sha256(body).hexdigest()[:16]}"')


@get("/static/{path:path}", access=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_static(request: Request[Any, Any, Any], path: str) -> Response[bytes]:
    """A file, with or without a version before its path; an address with the present version may be kept for ever."""
    version, _, rest = path.lstrip("/").partition("/")
    versioned = len(version) == len(static_version()) and all(digit in "0123456789abcdef" for digit in version)
    file = _read(rest if versioned else path.lstrip("/"))
    headers = {
        "Cache-Control": _FOR_EVER if version == static_version() else _FOR_NOW,
        "ETag": file.etag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == file.etag:
        return Response(b"", status_code=304, headers=headers)
    body = file.body
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = file.compressed, "gzip"
    return Response(body, media_type=file.media_type, headers=headers)


router = Router("/", route_handlers=[get_static])
