"""The description of the API for machines, and for people to read and try."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, Router, get

from plaudit.http.asyncapi import describe_socket
from plaudit.http.openapi import describe
from plaudit.injected import Settings
from plaudit.people.access import Access
from plaudit.web.templating import static

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Plaudit API</title>
<link rel="icon" href="{icon}" type="image/svg+xml">
<link rel="stylesheet" href="{css}">
<script src="{bundle}" defer></script>
<script src="{start}" defer></script>
</head>
<body><main id="api"></main><noscript><a href="/v1/openapi.json">openapi.json</a></noscript></body>
</html>
"""


@get("/v1/openapi.json", access=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description of the API (OpenAPI 3.1)."""
    description: bytes | None = request.app.state.get("openapi")
    if description is None:
        description = msgspec.json.encode(describe(request.app, "/"))
        request.app.state["openapi"] = description
    return Response(description, media_type="application/json", headers={"Cache-Control": "no-cache"})


@get("/v1/asyncapi.json", access=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_asyncapi(settings: Settings) -> Response[bytes]:
    """The description of the room socket (AsyncAPI 3)."""
    description = msgspec.json.encode(describe_socket(urlsplit(settings.public_url).netloc))
    return Response(description, media_type="application/json", headers={"Cache-Control": "no-cache"})


@get("/docs", access=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_docs() -> Response[str]:
    """The description, to read and to try."""
    page = _PAGE.format(
        icon=static("art/mark.svg"),
        css=static("vendor/swagger-ui/swagger-ui.css"),
        bundle=static("vendor/swagger-ui/swagger-ui.js"),
        start=static("js/docs.js"),
    )
    return Response(page, media_type="text/html")


router = Router("/", route_handlers=[get_openapi, get_asyncapi, get_docs])
