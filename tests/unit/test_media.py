"""Which addresses a page may load."""

import pytest

from plaudit.media import MediaNotEncrypted, MediaOriginNotAllowed, may_load, media_origins, origin_of, require_loadable
from plaudit.settings import Settings

OPEN = Settings(media_origins="http://media.example https://cdn.example:8443", stream_hls_url="http://live.example/hls")
SAFE = Settings(public_url="https://coins.example", media_origins="http://media.example https://cdn.example:8443")


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("/hls/a.m3u8", ""),
        ("https://Media.Example/a", "https://media.example"),
        ("https://media.example:443/a", "https://media.example"),
        ("http://media.example:80", "http://media.example"),
        ("http://media.example:8080/a?b#c", "http://media.example:8080"),
        ("https://user:word@media.example/a", "https://media.example"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example"),
        ("http://[::1]:8080/a", "http://[::1]:8080"),
        ("//media.example/a", "null"),
        ("/\\media.example/a", "null"),
        ("javascript:alert(1)", "null"),
        ("data:image/png;base64,AA", "null"),
        ("https://media.example:port/a", "null"),
        ("https:///a", "null"),
        ("", "null"),
    ],
)
def test_the_origin_of_an_address(address: str, origin: str) -> None:
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    ("address", "openly", "safely"),
    [
        ("/own/a.png", True, True),
        ("http://127.0.0.1:8000/a.png", True, False),
        ("https://coins.example/a.png", False, True),
        ("http://media.example/a.png", True, False),
        ("https://media.example/a.png", False, False),
        ("https://cdn.example:8443/a.png", True, True),
        ("https://cdn.example/a.png", False, False),
        ("http://live.example/hls/a.m3u8", True, False),
        ("https://media.example.evil/a.png", False, False),
        ("null", False, False),
    ],
)
def test_what_may_be_loaded(address: str, openly: bool, safely: bool) -> None:
    assert (may_load(address, OPEN), may_load(address, SAFE)) == (openly, safely)


def test_a_refusal_names_what_to_change() -> None:
    with pytest.raises(MediaOriginNotAllowed) as refused:
        require_loadable("https://other.example/a", "body.cover_url", SAFE)
    assert refused.value.fields == {
        "field": "body.cover_url",
        "origin": "https://other.example",
        "setting": "PLAUDIT_MEDIA_ORIGINS",
    }
    with pytest.raises(MediaNotEncrypted):
        require_loadable("http://media.example/a", "body.cover_url", SAFE)


def test_where_streams_are_kept_is_allowed_by_itself() -> None:
    assert media_origins(OPEN) == ["http://media.example", "https://cdn.example:8443", "http://live.example"]
    assert media_origins(SAFE) == ["http://media.example", "https://cdn.example:8443"]
