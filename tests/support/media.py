"""A media server of tests: Debian's nginx with the RTMP module, by the example's configuration; and tools that send."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import LOOPBACK, held_port
from tests.support.waiting import WAIT_S, until

EXAMPLE = Path(__file__).parents[2] / "examples/streams/nginx.conf"


@dataclass(frozen=True)
class MediaPorts:
    """Where a media server will listen."""

    rtmp: int
    http: int

    @property
    def rtmp_url(self) -> str:
        return f"rtmp://{LOOPBACK}:{self.rtmp}/live"

    @property
    def hls_url(self) -> str:
        return f"http://{LOOPBACK}:{self.http}/hls"


@contextmanager
def media_ports() -> Iterator[MediaPorts]:
    """Ports that are this test's."""
    with held_port() as rtmp, held_port() as http:
        yield MediaPorts(rtmp, http)


def configuration(folder: Path, ports: MediaPorts, plaudit: str, secret: str) -> str:
    """The example with other ports, folders and secret; each of them must be in it."""
    text = EXAMPLE.read_text()
    for there, here in {
        "listen 1935;": f"listen {LOOPBACK}:{ports.rtmp};",
        "rtmp://127.0.0.1:1935/show": f"rtmp://{LOOPBACK}:{ports.rtmp}/show",
        "listen 8080;": f"listen {LOOPBACK}:{ports.http};",
        "http://127.0.0.1:8000": plaudit,
        "CHANGE_ME_TO_PLAUDIT_STREAM_SECRET": secret,
        "/var/lib/plaudit-streams": str(folder),
        "hls_fragment 2s;": "hls_fragment 1s;",
        "notify_update_timeout 10s;": "notify_update_timeout 1s;",
    }.items():
        assert there in text, there
        text = text.replace(there, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return text.replace("access_log off;", f"access_log off;\n{temporary}")


@contextmanager
def media_server(folder: Path, ports: MediaPorts, plaudit: str, secret: str) -> Iterator[None]:
    """nginx, until the block ends."""
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    (folder / "hls").mkdir()
    written = folder / "nginx.conf"
    written.write_text(configuration(folder, ports, plaudit, secret))
    said = folder / "nginx.log"
    command = [nginx, "-c", str(written), "-e", str(said), "-g", f"daemon off; user root; pid {folder}/nginx.pid;"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _until_listening(process, ports.rtmp)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT_S)


def _until_listening(process: "subprocess.Popen[str]", port: int) -> None:
    def listens() -> bool:
        assert process.poll() is None, f"nginx ended: {process.communicate()[1]}"
        with socket.socket() as trying:
            return trying.connect_ex((LOOPBACK, port)) == 0

    until(listens, "nginx listens")


def sender(address: str, key: str) -> "subprocess.Popen[bytes]":
    """A tool that sends a moving test picture with a tone, as OBS would, until it is ended."""
    picture = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10", "-f", "lavfi", "-i", "sine=frequency=330"]
    coded = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-tune",
        "zerolatency",
        "-pix_fmt",
        "yuv420p",
        "-g",
        "10",
        "-c:a",
        "aac",
    ]
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", *picture, *coded, "-f", "flv", f"{address}/{key}"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


@contextmanager
def sending(address: str, key: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A sender that is gone when the block ends."""
    process = sender(address, key)
    try:
        yield process
    finally:
        process.kill()
        process.wait(WAIT_S)
