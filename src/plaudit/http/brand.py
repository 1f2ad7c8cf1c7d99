"""The files of the installation's brand: kept by browsers, and the icon at its old address."""

from litestar import Response, Router, get
from litestar.params import FromPath

from plaudit.injected import Settings
from plaudit.people.access import Access
from plaudit.problems import NotFound
from plaudit.web.brand import BRAND_ADDRESS, BrandFile, brand_of

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_DAY = "public, max-age=86400"
_NOTHING_ACTS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@get(BRAND_ADDRESS + "{name:str}", access=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_brand_file(name: FromPath[str], settings: Settings) -> Response[bytes]:
    """Logo, icon or the style sheet of the accent. The name is made from the content."""
    file = brand_of(settings).file(name)
    if file is None:
        raise NotFound
    return _answer(file, _FOR_EVER)


@get("/favicon.ico", access=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_icon(settings: Settings) -> Response[bytes]:
    """The icon for whoever asks without having read a page; browsers look at its media type, not at its name."""
    return _answer(brand_of(settings).icon, _FOR_A_DAY)


def _answer(file: BrandFile, cache: str) -> Response[bytes]:
    headers = {"Cache-Control": cache, "Content-Security-Policy": _NOTHING_ACTS}
    return Response(file.content, headers=headers, media_type=file.media_type)


router = Router("/", route_handlers=[get_brand_file, get_icon])
