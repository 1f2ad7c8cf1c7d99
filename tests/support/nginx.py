"""Debian's nginx, by any configuration, and before a server of tests with a certificate of its own."""

import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import LOOPBACK
from tests.support.waiting import WAIT_S

HOST = "live.example"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def make_certificate(folder: Path, host: str = HOST) -> Path:
    """A certificate for a name or address, signed by itself, with its key beside it; made once."""
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    if certificate.exists():
        return certificate
    kind = "IP" if host[0].isdigit() else "DNS"
    subject = ["-subj", f"/CN={host}", "-addext", f"subjectAltName={kind}:{host}"]
    make = [
        shutil.which("openssl") or "/usr/bin/openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        *subject,
    ]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate


def places(folder: Path) -> str:
    """Directives for where nginx puts what is on its way: Debian's places are root's."""
    return "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )


@contextmanager
def running_nginx(folder: Path, configuration: str) -> Iterator[None]:
    """nginx until the block ends, with what it writes in a folder."""
    file = folder / "nginx.conf"
    file.write_text(configuration)
    command = [NGINX, "-c", str(file), "-e", f"{folder}/main.log", "-g", f"daemon off; pid {folder}/nginx.pid;"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(WAIT_S)


@contextmanager
def nginx(folder: Path, site: str, server_port: int, plain: int, encrypted: int) -> Iterator[ssl.SSLContext]:
    """nginx with a site like that of the example before a server; only names of files and ports are others."""
    certificate = make_certificate(folder)
    for known, here in {
        "127.0.0.1:8000": f"{LOOPBACK}:{server_port}", "/etc/letsencrypt/live/live.example/": f"{folder}/",
        "/var/log/nginx/": f"{folder}/", "listen 80;": f"listen {LOOPBACK}:{plain};",
        "listen 443 ssl": f"listen {LOOPBACK}:{encrypted} ssl",
    }.items():  # fmt: skip
        assert known in site
        site = site.replace(known, here)
    site = re.sub(r"listen \[::\].*\n", "", site)
    with running_nginx(folder, f"worker_processes 1; events {{}} http {{ {places(folder)}\n{site} }}"):
        yield ssl.create_default_context(cafile=str(certificate))
