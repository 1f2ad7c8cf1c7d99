"""A media server of tests, which is Debian's nginx with the RTMP module by our example, and tools that send to it."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.nginx import places, running_nginx
from tests.support.ports import LOOPBACK, held_port
from tests.support.waiting import until

EXAMPLE = Path(__file__).parents[2] / "examples" / "streams" / "nginx.conf"
WIDTH = 320
"""Of the picture that is sent, in pixels."""

_PICTURE = ["-f", "lavfi", "-i", f"testsrc2=size={WIDTH}x180:rate=10"]
_TONE = ["-f", "lavfi", "-i", "sine=frequency=330"]
_CODED = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10", "-c:a", "aac", "-f", "flv"]


@dataclass(frozen=True)
class Media:
    """Where a media server takes streams, and where it shows them."""

    rtmp_url: str
    hls_url: str


@contextmanager
def media_server(folder: Path, plaudit: str, secret: str) -> Iterator[Media]:
    """One that asks and tells Plaudit at an address; only names of ports and folders are others than in the example."""
    with held_port() as rtmp, held_port() as http:
        configuration = EXAMPLE.read_text()
        for known, here in {
            "listen 1935;": f"listen {LOOPBACK}:{rtmp};", "rtmp://127.0.0.1:1935/": f"rtmp://{LOOPBACK}:{rtmp}/",
            "listen 8080;": f"listen {LOOPBACK}:{http};", "http://127.0.0.1:8000/": f"{plaudit}/",
            "CHANGE_ME_TO_PLAUDIT_STREAM_SECRET": secret, "/var/lib/plaudit-streams": str(folder),
            "http {": f"http {{ {places(folder)}",
        }.items():  # fmt: skip
            assert known in configuration, known
            configuration = configuration.replace(known, here)
        # Folders of tests are closed to the user that nginx, begun by root, would become.
        with running_nginx(folder, f"user root;\n{configuration}"):
            until(lambda: _listens(rtmp), "the media server listens")
            yield Media(f"rtmp://{LOOPBACK}:{rtmp}/live", f"http://{LOOPBACK}:{http}/hls")


def _listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def sending(media: Media, key: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A tool that sends a moving picture with a tone, as OBS would, until it is cut off or the block ends."""
    source = ["ffmpeg", "-nostdin", "-loglevel", "quiet", "-re", *_PICTURE, *_TONE]
    with subprocess.Popen([*source, *_CODED, f"{media.rtmp_url}/{key}"]) as process:
        try:
            yield process
        finally:
            process.kill()
