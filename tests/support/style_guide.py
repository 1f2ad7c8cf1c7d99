"""A server of the style guide and the static files alone, under the strictest content security policy."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from plaudit.web.brand import BRAND_ADDRESS, brand
from plaudit.web.style_guide import context
from plaudit.web.templating import STATIC, make_environment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self' ws://127.0.0.1:*; base-uri 'none'; form-action 'self'"
)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # the name the base class gives it
        """Quiet."""

    def do_GET(self) -> None:  # the name the base class gives it
        path = self.path.partition("?")[0]
        if path == "/":
            self._answer(make_environment().get_template("style_guide.html").render(context()).encode(), "text/html")
        elif signed := brand().file(path.removeprefix(BRAND_ADDRESS)):
            self._answer(signed.content, signed.media_type)
        elif (file := STATIC / path.removeprefix("/static/").partition("/")[2]).is_file():
            self._answer(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        else:
            self.send_error(404)

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header(
            "Content-Type", f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
        )
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def style_guide_server() -> Iterator[str]:
    """The address of the style guide."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


if __name__ == "__main__":
    with style_guide_server() as where:
        input(f"{where} (Enter ends it) ")
