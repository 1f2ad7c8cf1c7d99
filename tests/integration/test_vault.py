"""Bank accounts at rest: sealed for one method, sealed anew under another key, and lost without theirs."""

from pathlib import Path

import pytest

from plaudit.clock import ManualClock
from plaudit.db import Database, OwnConnection
from plaudit.ids import new_id
from plaudit.payouts import methods
from plaudit.payouts.model import PayoutMethod
from plaudit.payouts.vault import AccountNotReadable, AccountNumbers, AccountVault, open_vault
from plaudit.problems import IdempotencyConflict
from plaudit.settings import Secret, Settings, SetupError
from tests.support.payout_desk import ACCOUNT

pytestmark = pytest.mark.unsold

FIRST, SECOND = "1" * 32, "2" * 32
NUMBERS = AccountNumbers(bank_code="021000021", account_number="123456")
CREATOR = 41


async def opened(database: Database, clock: ManualClock, keys: str = "", data: Path = Path("none")) -> AccountVault:
    settings = Settings(payout_account_keys=Secret(keys), data=data)
    return await open_vault(database, clock, settings, pays_out=True)


async def add(database: Database, clock: ManualClock, vault: AccountVault) -> PayoutMethod:
    named = {"method_id": new_id(clock), "creator_id": CREATOR, "provider": "sandbox", "account": ACCOUNT}
    async with database.transaction() as connection:
        return await methods.add_method(connection, clock, vault, **named)  # type: ignore[arg-type]


async def find(database: Database, method: PayoutMethod) -> PayoutMethod:
    async with database.read() as connection:
        return await methods.method_of(connection, CREATOR, method.id)


def read(vault: AccountVault, method: PayoutMethod) -> AccountNumbers:
    return vault.open(CREATOR, method.id, method.account_key, method.sealed_account)


async def test_an_account_opens_for_its_own_method_alone(database: Database, clock: ManualClock) -> None:
    vault = await opened(database, clock, FIRST)
    method, other = await add(database, clock, vault), await add(database, clock, vault)
    assert read(vault, method) == NUMBERS
    assert method.sealed_account != other.sealed_account
    for creator, place, sealed in (
        (CREATOR, other.id, method.sealed_account),
        (CREATOR + 1, method.id, method.sealed_account),
        (CREATOR, method.id, (method.sealed_account or b"")[:-1] + b"?"),
        (CREATOR, method.id, None),
    ):
        with pytest.raises(AccountNotReadable):
            vault.open(creator, place, method.account_key, sealed)
    assert "123456" not in repr(method)


async def test_the_same_account_again_is_known_and_another_is_a_conflict(
    database: Database, clock: ManualClock
) -> None:
    vault = await opened(database, clock, FIRST)
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


async def test_a_new_key_takes_over_and_the_old_one_can_go(database: Database, clock: ManualClock) -> None:
    method = await add(database, clock, await opened(database, clock, FIRST))
    with pytest.raises(SetupError, match="PLAUDIT_PAYOUT_ACCOUNT_KEYS"):
        await opened(database, clock, SECOND)
    await opened(database, clock, f"{SECOND} {FIRST}")
    assert read(await opened(database, clock, SECOND), await find(database, method)) == NUMBERS


async def test_a_key_is_made_once_for_its_owner_and_never_again(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    method = await add(database, clock, await opened(database, clock, data=data))
    (file,) = data.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert read(await opened(database, clock, data=data), await find(database, method)) == NUMBERS
    for elsewhere in (tmp_path / "elsewhere", tmp_path / "wrong"):
        if elsewhere.name == "wrong":
            elsewhere.mkdir()
            (elsewhere / file.name).write_text(SECOND)
        with pytest.raises(SetupError, match="PLAUDIT_PAYOUT_ACCOUNT_KEYS"):
            await opened(database, clock, data=elsewhere)
    assert not (tmp_path / "elsewhere").exists()
    key = file.read_text()
    file.unlink()
    assert read(await opened(database, clock, key, data), await find(database, method)) == NUMBERS


async def test_what_an_earlier_version_kept_in_clear_is_sealed_at_the_start(
    database: Database, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    method_id = new_id(clock)
    await owner_connection.execute(
        """insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency, bank_code,
            account_number, created_at)
        values (shard_of($1), $2, $1, 'sandbox', 'bank_account', 'Ada', 'US', 'USD', $3, $4, $5)""",
        *(CREATOR, method_id, NUMBERS.bank_code, NUMBERS.account_number, clock.now()),
    )
    vault = await opened(database, clock, FIRST)
    async with database.read() as connection:
        method = await methods.method_of(connection, CREATOR, method_id)
        row = await connection.fetchrow("select iban, bank_code, account_number from payout_method")
    assert row is not None
    assert tuple(row) == (None, None, None)
    assert (read(vault, method), method.account_ending) == (NUMBERS, "3456")
