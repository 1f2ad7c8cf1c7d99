"""A dump restored into a cluster that has no role plaudit_app: one line until `plaudit migrate`, then as before."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from plaudit.connections import OwnConnection, connect
from plaudit.embedded import EmbeddedPostgres
from plaudit.postgresql import wheel
from plaudit.schema.privileges import privilege_repairs, repair_privileges
from tests.support.commands import plaudit
from tests.support.databases import owner_of


def refusal(url: str, *arguments: str) -> str:
    outcome = plaudit(url, *arguments)
    assert outcome.status == 1
    return outcome.stderr


def refusal_to_serve(url: str) -> str:
    command = [sys.executable, "-m", "plaudit", "serve", "--port", "0"]
    environment = os.environ | {"DATABASE_URL": url}
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert outcome.returncode == 1
    return outcome.stderr


@pytest.fixture
def restored_url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The migrated database in another cluster, as `pg_restore` leaves it."""
    dump, address = tmp_path / "plaudit.dump", owner_of(database_url).replace("postgresql:/p", "postgresql:///p")
    subprocess.run([str(wheel() / "bin/pg_dump"), "--format=custom", f"--file={dump}", address], check=True)
    with EmbeddedPostgres(tmp_path / "elsewhere", options={"fsync": "off"}) as server:
        command = [str(wheel() / "bin/pg_restore"), "--no-owner", f"--dbname={server.url}", str(dump)]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        assert 'role "plaudit_app" does not exist' in outcome.stderr
        yield server.application_url


async def test_migrate_repairs_a_restored_database(restored_url: str) -> None:
    for said in (
        refusal_to_serve(restored_url),
        *(refusal(restored_url, *one) for one in (["audit"], ["prices", "list"])),
    ):
        assert said.count("\n") == 1, said
        assert "run `plaudit migrate`" in said
    repaired = plaudit(restored_url, "migrate")
    assert "privileges of plaudit_app" in repaired.stdout
    assert repaired.status == 0, repaired.stderr
    assert plaudit(restored_url, "audit").status == 0
    assert plaudit(restored_url, "migrate").stdout == "The database is up to date.\n"
    application = await connect(restored_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await application.execute("delete from transfer")
    await application.close()


async def test_a_database_where_the_role_lost_its_grants_says_so_in_one_line(
    database_url: str, owner_connection: OwnConnection
) -> None:
    await owner_connection.execute("revoke all on all tables in schema public from plaudit_app")
    for said in (refusal_to_serve(database_url), refusal(database_url, "audit")):
        assert said.count("\n") == 1, said
        assert "run `plaudit migrate`" in said
    await repair_privileges(owner_connection)


@pytest.mark.sql
@pytest.mark.parametrize(
    ("planted", "repair"),
    [
        ("grant insert on wallet to plaudit_app", "REVOKE INSERT ON TABLE public.wallet FROM plaudit_app"),
        (
            "grant update (coins) on wallet to plaudit_app",
            "REVOKE UPDATE(coins) ON TABLE public.wallet FROM plaudit_app",
        ),
        ("revoke select on lot_state from plaudit_app", "GRANT SELECT ON TABLE public.lot_state TO plaudit_app"),
        ("grant execute on function fund to public", "REVOKE EXECUTE ON FUNCTION public.fund FROM PUBLIC"),
        ("revoke execute on function fund from plaudit_app", "GRANT EXECUTE ON FUNCTION public.fund TO plaudit_app"),
        (
            "revoke update (payment_id) on recharge_order from plaudit_app",
            "GRANT UPDATE(payment_id) ON TABLE public.recharge_order TO plaudit_app",
        ),
        (
            "revoke usage on sequence room_id_seq from plaudit_app",
            "GRANT USAGE ON SEQUENCE public.room_id_seq TO plaudit_app",
        ),
    ],
)
async def test_each_privilege_too_few_or_too_many_is_repaired(
    owner_connection: OwnConnection, planted: str, repair: str
) -> None:
    assert await privilege_repairs(owner_connection) == []
    await owner_connection.execute(planted)
    assert await repair_privileges(owner_connection) == [repair]
    assert await privilege_repairs(owner_connection) == []
