"""A database on another machine: spoken to by TLS, its certificate checked, and told when it is not."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from plaudit.connections import DatabaseUnreachable, connect
from plaudit.embedded import EmbeddedPostgres
from plaudit.readiness.checks.database import read_facts
from tests.support.clusters import Edition
from tests.support.nginx import make_certificate
from tests.support.ports import LOOPBACK, held_port

DEBIAN = Path("/usr/lib/postgresql/15")


@pytest.fixture
def encrypted() -> Iterator[tuple[str, Path]]:
    """Where a server answers by TLS alone, and the certificate it shows."""
    with TemporaryDirectory(prefix="encrypted-") as folder, held_port() as port:
        place = Path(folder)
        place.chmod(0o755)
        kept = Edition.of(DEBIAN).kept_cluster() / "postgres"
        subprocess.run(["/bin/cp", "-a", kept, place], check=True)  # with its owners
        cluster, owner = place / "postgres", kept.stat()
        (cluster / "pg_hba.conf").write_text("local all all trust\nhostssl all all 127.0.0.0/8 trust\n")
        certificate = make_certificate(place, "database.example")
        for file in (certificate, place / "privkey.pem"):
            os.chown(file, owner.st_uid, owner.st_gid)
            file.chmod(0o600)
        options = {
            "listen_addresses": LOOPBACK, "port": str(port), "ssl": "on", "fsync": "off",
            "ssl_cert_file": str(certificate), "ssl_key_file": str(place / "privkey.pem"),
        }  # fmt: skip
        with EmbeddedPostgres(place, installation=DEBIAN, options=options):
            yield f"postgresql://plaudit@{LOOPBACK}:{port}/plaudit", certificate


async def test_its_certificate_is_checked_name_and_all(encrypted: tuple[str, Path]) -> None:
    url, certificate = encrypted
    connection = await connect(f"{url}?sslmode=verify-ca&sslrootcert={certificate}")
    assert await connection.fetchval("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
    assert (await read_facts(connection)).is_private
    await connection.close()
    for mode in (f"verify-full&sslrootcert={certificate}", "verify-ca", "disable"):
        with pytest.raises(DatabaseUnreachable):
            await connect(f"{url}?sslmode={mode}")
