"""Secrets at rest: sealed for one row, under data keys that are wrapped outside the database, rotated, and lost without
their key."""

import asyncio
import base64
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plaudit.clock import ManualClock
from plaudit.connections import Connection, OwnConnection
from plaudit.db import Database
from plaudit.feeds.webhooks import actions
from plaudit.feeds.webhooks.model import NewEndpoint
from plaudit.feeds.webhooks.signing import SECRETS, secrets_of
from plaudit.http.house import open_house
from plaudit.ids import new_id
from plaudit.inbox import actions as inbox
from plaudit.payouts import methods
from plaudit.payouts.model import PayoutMethod
from plaudit.payouts.vault import ACCOUNTS, AccountNotReadable, AccountNumbers, AccountVault, _derived
from plaudit.postgresql import wheel
from plaudit.problems import IdempotencyConflict
from plaudit.selling.orders.signing import quote_key
from plaudit.settings import Secret, Settings
from plaudit.vault.masters import KeyNotHere, texts_of_keys
from plaudit.vault.rotation import open_vault, renew, wrap_again
from plaudit.vault.sealing import NotReadable, Vault, vault_of
from tests.support.commands import plaudit
from tests.support.databases import owner_of
from tests.support.payout_desk import ACCOUNT

pytestmark = pytest.mark.unsold

FIRST, SECOND = "1" * 32, "2" * 32
NUMBERS = AccountNumbers(bank_code="021000021", account_number="123456")
CREATOR = 41


async def opened(database: Database, keys: str = "", data: Path = Path("none")) -> AccountVault:
    settings = Settings(vault_keys=Secret(keys), data=data)
    await open_vault(database, settings, [ACCOUNTS.purpose])
    return AccountVault(texts_of_keys(settings))


async def add(database: Database, clock: ManualClock, vault: AccountVault) -> PayoutMethod:
    named = {"method_id": new_id(clock), "creator_id": CREATOR, "provider": "sandbox", "account": ACCOUNT}
    async with database.transaction() as connection:
        return await methods.add_method(connection, clock, vault, **named)  # type: ignore[arg-type]


async def find(database: Database, method_id: UUID) -> PayoutMethod:
    async with database.read() as connection:
        return await methods.method_of(connection, CREATOR, method_id)


async def read(database: Database, vault: AccountVault, method: PayoutMethod) -> AccountNumbers:
    async with database.read() as connection:
        return await vault.open(connection, CREATOR, method.id, method.account_key, method.sealed_account)


@pytest.fixture
async def owning(database_url: str) -> AsyncIterator[Database]:
    """As who rotates."""
    async with Database(owner_of(database_url), connections=2) as opened_as_owner:
        yield opened_as_owner


async def key_ids(connection: Connection) -> list[int]:
    return [row["key_id"] for row in await connection.fetch("select key_id from vault_key order by 1")]


async def test_an_account_opens_for_its_own_method_alone(database: Database, clock: ManualClock) -> None:
    vault = await opened(database, FIRST)
    method, other = await add(database, clock, vault), await add(database, clock, vault)
    assert await read(database, vault, method) == NUMBERS
    assert method.sealed_account
    assert method.sealed_account != other.sealed_account
    async with database.read() as connection:
        for creator, place, sealed in (
            (CREATOR, other.id, method.sealed_account),
            (CREATOR + 1, method.id, method.sealed_account),
            (CREATOR, method.id, method.sealed_account[:-1] + b"?"),
            (CREATOR, method.id, b"\x01" + bytes(40)),
            (CREATOR, method.id, b""),
            (CREATOR, method.id, None),
        ):
            with pytest.raises(AccountNotReadable):
                await vault.open(connection, creator, place, None, sealed)
    assert "123456" not in repr(method)


async def test_what_one_column_holds_opens_in_no_other(database: Database) -> None:
    vault = Vault(AccountVault([FIRST]).vault.masters)
    async with database.transaction() as connection:
        sealed = await vault.seal(connection, SECRETS, (CREATOR, 1), b"whsec")
        assert await vault.open(connection, SECRETS, (CREATOR, 1), sealed) == b"whsec"
        with pytest.raises(NotReadable):
            await vault.open(connection, ACCOUNTS, (CREATOR, 1), sealed)


async def test_the_same_account_again_is_known_and_another_is_a_conflict(
    database: Database, clock: ManualClock
) -> None:
    vault = await opened(database, FIRST)
    method = await add(database, clock, vault)
    again = {"method_id": method.id, "creator_id": CREATOR, "provider": "sandbox"}
    async with database.transaction() as connection:
        assert await methods.add_method(connection, clock, vault, account=ACCOUNT, **again) == method  # type: ignore[arg-type]
    other = methods.BankAccount(
        holder_name="Ada", country="US", currency="USD", bank_code="021000021", account_number="1234567"
    )
    with pytest.raises(IdempotencyConflict):
        async with database.transaction() as connection:
            await methods.add_method(connection, clock, vault, account=other, **again)  # type: ignore[arg-type]


async def test_who_serves_destroys_no_data_key(database: Database) -> None:
    await opened(database, FIRST)
    for destroyed in (
        "delete from vault_key",
        "update vault_key set wrapped = decode(repeat('00', 60), 'hex')",
        "update vault_key set retired_at = now()",
        "truncate vault_key",
    ):
        async with database.read() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(destroyed)


async def test_a_new_key_takes_over_and_the_old_one_can_go(
    database: Database, owning: Database, clock: ManualClock
) -> None:
    method = await add(database, clock, await opened(database, FIRST))
    with pytest.raises(KeyNotHere, match="PLAUDIT_VAULT_KEYS"):
        await opened(database, SECOND)
    both = await opened(database, f"{SECOND} {FIRST}")
    async with owning.transaction() as connection:
        assert await wrap_again(connection, both.vault) == 2, "of accounts, and of their fingerprints"
        assert await wrap_again(connection, both.vault) == 0
    assert await read(database, await opened(database, SECOND), await find(database, method.id)) == NUMBERS
    with pytest.raises(KeyNotHere, match="PLAUDIT_VAULT_KEYS"):
        await opened(database, FIRST)


async def test_rotation_goes_on_under_a_server_and_where_it_was_interrupted(
    database: Database,
    owning: Database,
    clock: ManualClock,
    owner_connection: OwnConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plaudit.vault.rotation.VAULT_ROWS_AT_ONCE", 2)
    server = await opened(database, FIRST)
    made = [await add(database, clock, server) for _ in range(5)]
    old = await key_ids(owner_connection)

    class Interrupted(Exception): ...

    def interrupt(_: int) -> None:
        raise Interrupted

    async with database.read() as held:  # has the keys of before at hand
        await server.open(held, CREATOR, made[0].id, None, made[0].sealed_account)
        with pytest.raises(Interrupted):
            await renew(owning, server.vault, ACCOUNTS, interrupt)
        rows = [await find(database, one.id) for one in made]
        assert sum(row.sealed_account != one.sealed_account for row, one in zip(rows, made, strict=True)) == 2
        for row in rows:
            assert await server.open(held, CREATOR, row.id, None, row.sealed_account) == NUMBERS
        assert await renew(owning, server.vault, ACCOUNTS, lambda _: None) == 3
        assert len(await key_ids(owner_connection)) == 3, (
            "it went on with the key it had made; fingerprints keep theirs"
        )
        await owner_connection.execute("update vault_key set retired_at = retired_at - interval '2 days'")
        assert await renew(owning, server.vault, ACCOUNTS, lambda _: None) == 5
        assert old[0] not in await key_ids(owner_connection)
        for one in made:
            assert (
                await server.open(held, CREATOR, one.id, None, (await find(database, one.id)).sealed_account) == NUMBERS
            )


async def test_a_key_is_made_once_for_its_owner_and_never_again(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    method = await add(database, clock, await opened(database, data=data))
    (file,) = data.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert await read(database, await opened(database, data=data), await find(database, method.id)) == NUMBERS
    for elsewhere in (tmp_path / "elsewhere", tmp_path / "wrong"):
        if elsewhere.name == "wrong":
            elsewhere.mkdir()
            (elsewhere / file.name).write_text(SECOND)
        with pytest.raises(KeyNotHere, match="PLAUDIT_VAULT_KEYS"):
            await opened(database, data=elsewhere)
    assert not (tmp_path / "elsewhere").exists()
    key = file.read_text()
    file.unlink()
    assert await read(database, await opened(database, key, data), await find(database, method.id)) == NUMBERS


async def test_no_command_makes_a_master_key(database: Database, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    with pytest.raises(KeyNotHere, match="start `plaudit serve`, which makes one"):
        async with database.transaction() as connection:
            await quote_key(connection, settings)
    assert not settings.data.exists()


async def plant_old(connection: OwnConnection, clock: ManualClock) -> tuple[UUID, UUID, UUID]:
    """What earlier versions kept: an account in clear, one sealed with the master key itself, a secret in clear."""
    clear, sealed, endpoint = new_id(clock), new_id(clock), new_id(clock)
    await connection.execute(
        """insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency, bank_code,
            account_number, created_at)
        values (shard_of($1), $2, $1, 'sandbox', 'bank_account', 'Ada', 'US', 'USD', $3, $4, $5)""",
        *(CREATOR, clear, NUMBERS.bank_code, NUMBERS.account_number, clock.now()),
    )
    name, nonce = _derived(FIRST, "name", 8).hex(), bytes(12)
    text = b'{"iban":null,"bank_code":"021000021","account_number":"123456"}'
    kept = nonce + AESGCM(_derived(FIRST, "key", 32)).encrypt(nonce, text, f"{CREATOR} {sealed}".encode())
    await connection.execute("insert into payout_account_key (key_id, added_at) values ($1, $2)", name, clock.now())
    await connection.execute(
        """insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency,
            account_ending, account_key, sealed_account, created_at)
        values (shard_of($1), $2, $1, 'sandbox', 'bank_account', 'Ada', 'US', 'USD', '3456', $3, $4, $5)""",
        *(CREATOR, sealed, name, kept, clock.now()),
    )
    await connection.execute(
        "insert into webhook_endpoint (id, url, description, kinds, created_at, told_through)"
        " values ($1, 'https://host.example/', '', '{}', now(), 0)",
        endpoint,
    )
    await connection.execute(
        "insert into webhook_secret (endpoint_id, number, secret, created_at) values ($1, 1, $2, now())",
        *(endpoint, "whsec_" + "A" * 43 + "="),
    )
    return clear, sealed, endpoint


async def test_a_server_that_starts_seals_what_earlier_versions_kept(
    database_url: str, database: Database, clock: ManualClock, owner_connection: OwnConnection, tmp_path: Path
) -> None:
    *accounts, endpoint = await plant_old(owner_connection, clock)
    await owner_connection.execute(
        "insert into webhook_event (side, provider, event_id, kind, received_at, due_at, body)"
        " values ('payments', 'sandbox', 'evt_1', 'paid', now(), now(), 'Ada Lovelace')"
    )
    with pytest.raises(KeyNotHere, match=r"bank accounts are sealed with key .*: add it to PLAUDIT_VAULT_KEYS"):
        async with open_house(Settings(vault_keys=Secret(SECOND), data=tmp_path), database_url, with_jobs=False):
            pass
    settings = Settings(vault_keys=Secret(SECOND), payout_account_keys=Secret(FIRST), data=tmp_path)
    async with open_house(settings, database_url, with_jobs=False) as house:
        for method_id in accounts:
            method = await find(database, method_id)
            assert (method.account_key, method.account_ending) == (None, "3456")
            assert await read(database, house.account_vault, method) == NUMBERS
    async with database.read() as connection:
        assert await secrets_of(connection, vault_of(settings), endpoint, clock.now()) == ["whsec_" + "A" * 43 + "="]
        message_id = await connection.fetchval("select message_id from webhook_event where body is null")
        assert (await inbox.find(connection, vault_of(settings), message_id)).body == b"Ada Lovelace"
    clear = "select count(*) from payout_method where num_nonnulls(iban, bank_code, account_number, account_key) > 0"
    assert await owner_connection.fetchval(clear) == 0
    assert await owner_connection.fetchval("select count(secret) from webhook_secret") == 0


async def test_a_dump_holds_none_of_the_secrets(
    database_url: str, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    settings = Settings(vault_keys=Secret(FIRST), data=tmp_path)
    async with open_house(settings, database_url, with_jobs=False) as house:
        account = methods.BankAccount(
            holder_name="Ada", country="US", currency="USD", bank_code="021000021", account_number="98765432101"
        )
        async with database.transaction() as connection:
            await methods.add_method(
                connection, clock, house.account_vault,
                method_id=new_id(clock), creator_id=CREATOR, provider="sandbox", account=account,
            )  # fmt: skip
            new = NewEndpoint(new_id(clock), "https://host.example/", "", [], None)
            _, secret = await actions.create(connection, clock, settings, new, None)
            signing = await quote_key(connection, settings)
    assert secret
    address = owner_of(database_url).replace("postgresql:/p", "postgresql:///p")
    command = [str(wheel() / "bin/pg_dump"), address]
    dump = (await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)).stdout.lower()
    assert b"host.example" in dump
    planted = [b"98765432101", secret.encode(), base64.b64decode(secret[6:]), signing, FIRST.encode()]
    for form in (bytes, lambda text: text.hex().encode(), base64.b64encode):
        assert not [text for text in planted if form(text).lower() in dump]


async def test_the_command_rotates_and_says_what_it_did(
    database_url: str, database: Database, clock: ManualClock
) -> None:
    method = await add(database, clock, await opened(database, FIRST))
    said = plaudit(database_url, "vault", "rotate", PLAUDIT_VAULT_KEYS=f"{SECOND} {FIRST}")
    assert said.status == 0, said.stderr
    assert "payout_method.sealed_account: 1 sealed anew" in said.stdout
    assert await read(database, await opened(database, SECOND), await find(database, method.id)) == NUMBERS
    lost = plaudit(database_url, "vault", "rotate", PLAUDIT_VAULT_KEYS="3" * 32)
    assert (lost.status, lost.stderr.count("\n")) == (1, 1)
    assert "which is not here: set PLAUDIT_VAULT_KEYS to it" in lost.stderr
    assert "payout_method.sealed_account  wrapped by" in plaudit(database_url, "vault", "show").stdout
