"""Files of the pages: kept in memory, compressed once, and cached by browsers for as long as they are the same."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from plaudit.limits import STATIC_FILES_IN_MEMORY_MAX
from plaudit.people.access import Access
from plaudit.problems import NotFound
from plaudit.web.templating import STATIC, static_version

_VERSION = re.compile(r"^/?(?P<version>[0-9a-f]{12})/(?P<path>.*)$(?!\n)")
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_COMPRESSED = ("text/", "application/json", "image/svg+xml", "text/javascript")
_COMPRESS_FROM_BYTES = 1_024

mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("application/vnd.apple.mpegurl", ".m3u8")
mimetypes.add_type("video/iso.segment", ".m4s")


@dataclass(frozen=True)
class _File:
    content: bytes
    compressed: bytes | None
    kind: str
    etag: str


@lru_cache(maxsize=STATIC_FILES_IN_MEMORY_MAX)
def _read(path: Path, _changed_ns: int) -> _File:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    smaller = None
    if kind.startswith(_COMPRESSED) and len(content) >= _COMPRESS_FROM_BYTES:
        smaller = gzip.compress(content, mtime=0)
    return _File(content, smaller, kind, f'"{hashlib.sha256(content).hexdigest()[:20]}"')


def _find(path: str) -> _File:
    wanted = (STATIC / path.lstrip("/")).resolve()
    if not wanted.is_relative_to(STATIC) or not wanted.is_file():
        raise NotFound
    return _read(wanted, wanted.stat().st_mtime_ns)


@get("/static/{path:path}", access=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_static(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """A file. Its address with the version of all files never changes its content."""
    if "\0" in path:
        raise NotFound
    versioned = _VERSION.match(path)
    file = _find(versioned["path"] if versioned else path)
    current = versioned is not None and versioned["version"] == static_version()
    headers = {"Cache-Control": _FOR_EVER if current else _ASK_AGAIN, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(b"", status_code=304, headers=headers, media_type=file.kind)
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.compressed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.kind)
    return Response(file.content, headers=headers, media_type=file.kind)


router = Router("/", route_handlers=[get_static])
