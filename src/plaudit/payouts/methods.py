"""Where creators are paid: bank accounts, checked; methods of all kinds, shown masked, archived and never deleted."""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError
from stdnum.us import rtn as routing_number

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.countries import is_country
from plaudit.creators.actions import lock_creator
from plaudit.events.log import record
from plaudit.events.model import PayoutMethodChanged
from plaudit.ids import require_uuid7
from plaudit.limits import PAYOUT_METHODS_MAX
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.model import PayoutMethod, TooManyPayoutMethods
from plaudit.payouts.names import compare_method
from plaudit.payouts.rates import rate_at
from plaudit.payouts.vault import AccountNumbers, AccountVault
from plaudit.people.references import reference
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class BankAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account as somebody typed it: an IBAN, or a bank code and an account number."""

    holder_name: str
    country: str
    currency: str
    iban: str | None = None
    bank_code: str | None = None
    account_number: str | None = None


class Destination(NamedTuple):
    """Where a method leads to, checked: what is shown of it, and what is sealed; None: nothing of it is secret here."""

    kind: MethodKind
    holder_name: str
    country: str
    currency: str
    numbers: AccountNumbers | None


def checked(account: BankAccount) -> BankAccount:
    """The account in its plain form: no spaces or dashes, capitals.

    Raises:
        InvalidField: what does not fit, with why.
    """
    name = checked_holder(account.holder_name, account.country)
    if account.iban is not None:
        if account.bank_code is not None or account.account_number is not None:
            raise InvalidField(field="iban", reason="must come alone, without bank_code and account_number")
        return msgspec.structs.replace(account, holder_name=name, iban=_iban(account.iban, account.country))
    if account.bank_code is None or account.account_number is None:
        raise InvalidField(field="iban", reason="is missing; without one, give bank_code and account_number")
    return msgspec.structs.replace(
        account,
        holder_name=name,
        bank_code=_bank_code(account.bank_code, account.country),
        account_number=_plain(account.account_number, "account_number", "[0-9A-Z]{4,34}"),
    )


def checked_holder(holder_name: str, country: str) -> str:
    """The name an account is held in, without needless blanks.

    Raises:
        InvalidField: it is no name, or the country is none.
    """
    name = " ".join(unicodedata.normalize("NFC", holder_name).split())
    if len(name) < 2 or not any(character.isalpha() for character in name):
        raise InvalidField(field="holder_name", reason="must be the name the account is held in")
    if not is_country(country):
        raise InvalidField(field="country", reason="must be the code of a country in ISO 3166, like DE")
    return name


def _iban(typed: str, country: str) -> str:
    plain = _plain(typed, "iban", "[0-9A-Z]{5,34}")
    try:
        iban_number.validate(plain)
    except ValidationError as error:
        raise InvalidField(field="iban", reason="is not valid; compare it with your bank statement") from error
    if not plain.startswith(country):
        raise InvalidField(field="iban", reason=f"belongs to {plain[:2]}, not to {country}")
    return plain


def _bank_code(typed: str, country: str) -> str:
    plain = _plain(typed, "bank_code", "[0-9A-Z]{3,20}")
    if country == "US":
        try:
            routing_number.validate(plain)
        except ValidationError as error:
            raise InvalidField(field="bank_code", reason="is not a valid routing number of nine digits") from error
    return plain


def _plain(typed: str, field: str, pattern: str) -> str:
    plain = re.sub(r"[\s.-]", "", typed).upper()
    if not re.fullmatch(pattern, plain):
        raise InvalidField(field=field, reason="must be letters and digits, as the bank gives it")
    return plain


async def add_method(
    connection: Connection,
    clock: Clock,
    vault: AccountVault,
    *,
    method_id: UUID,
    creator_id: int,
    provider: str,
    account: BankAccount,
    hold_hours: int = 0,
) -> PayoutMethod:
    """Keep a bank account to be paid at from `hold_hours` on, once per id; its numbers are sealed, its platform told.

    Raises:
        InvalidField: the account is not valid.
        NoPayoutRate: nothing is paid in its currency.
        IdempotencyConflict: the id was used for another account.
        TooManyPayoutMethods: there are PAYOUT_METHODS_MAX already.
    """
    to = bank_destination(account)
    return await keep_method(
        connection, clock, vault, method_id, to, creator_id=creator_id, provider=provider, hold_hours=hold_hours
    )


def bank_destination(account: BankAccount) -> Destination:
    """Where a bank account leads to.

    Raises:
        InvalidField: the account is not valid.
    """
    account = checked(account)
    numbers = _numbers(account)
    return Destination(MethodKind.BANK_ACCOUNT, account.holder_name, account.country, account.currency, numbers)


async def keep_method(
    connection: Connection,
    clock: Clock,
    vault: AccountVault,
    method_id: UUID,
    to: Destination,
    *,
    creator_id: int,
    provider: str,
    hold_hours: int = 0,
) -> PayoutMethod:
    """Keep a method whose destination was checked, once per id; what is secret of it is sealed, its platform told.

    Raises:
        InvalidField: the id is no UUIDv7.
        NoPayoutRate, IdempotencyConflict, TooManyPayoutMethods: as `add_method`.
    """
    require_uuid7(method_id, "id", clock)
    await lock_creator(connection, creator_id)
    if known := await fetch_one(connection, SQL["method"], PayoutMethod, creator_id, method_id):
        if known.creator_id != creator_id or not await _is_same(connection, vault, known, to):
            raise IdempotencyConflict
        return known
    await rate_at(connection, to.currency, clock.now())
    if await connection.fetchval(SQL["count_methods"], creator_id) >= PAYOUT_METHODS_MAX:
        raise TooManyPayoutMethods(methods_max=PAYOUT_METHODS_MAX)
    ending, sealed, fingerprint = "", b"", None
    if to.numbers is not None:
        ending = to.numbers.ending
        sealed = await vault.seal(connection, creator_id, method_id, to.numbers)
        fingerprint = await vault.fingerprint(connection, to.country, to.numbers)
    now = clock.now()
    method = await fetch_one(
        connection,
        SQL["add_method"],
        PayoutMethod,
        *(creator_id, method_id, provider, to.kind, to.holder_name, to.country, to.currency),
        *(ending, sealed, now, now + timedelta(hours=hold_hours), fingerprint),
    )
    if method is None:  # another creator was quicker with the same id
        raise IdempotencyConflict
    await compare_method(connection, clock, vault.vault, creator_id, method_id, to.holder_name)
    await _tell(connection, method, "added", now)
    return method


async def _tell(connection: Connection, method: PayoutMethod, change: str, at: datetime) -> None:
    if creator := await reference(connection, method.creator_id):
        changed = PayoutMethodChanged(
            method_id=method.id,
            creator=creator,
            change=change,
            account_ending=method.account_ending,
            currency=method.currency,
            payable_from=method.payable_from,
        )
        await record(connection, at, changed)


def _numbers(account: BankAccount) -> AccountNumbers:
    return AccountNumbers(iban=account.iban, bank_code=account.bank_code, account_number=account.account_number)


async def _is_same(connection: Connection, vault: AccountVault, known: PayoutMethod, to: Destination) -> bool:
    if (known.kind, known.holder_name, known.country, known.currency) != to[:4]:
        return False
    if to.numbers is None:
        return True
    numbers = await vault.open(connection, known.creator_id, known.id, known.account_key, known.sealed_account)
    return numbers == to.numbers


async def methods_of(connection: Connection, creator_id: int) -> list[PayoutMethod]:
    """The methods in use of a creator, newest first."""
    return await fetch_all(connection, SQL["methods"], PayoutMethod, creator_id, PAYOUT_METHODS_MAX)


async def method_of(connection: Connection, creator_id: int, method_id: UUID) -> PayoutMethod:
    """A method of this creator, archived or not.

    Raises:
        NotFound: this creator has none with the id.
    """
    method = await fetch_one(connection, SQL["method"], PayoutMethod, creator_id, method_id)
    if method is None or method.creator_id != creator_id:
        raise NotFound("You have no payout method with this id.")
    return method


async def archive_method(connection: Connection, clock: Clock, creator_id: int, method_id: UUID) -> PayoutMethod:
    """Use a method no more; payouts on their way still go there. Repeating it changes nothing.

    Raises:
        NotFound: this creator has none with the id.
    """
    await lock_creator(connection, creator_id)
    known = await method_of(connection, creator_id, method_id)
    if known.archived_at is not None:
        return known
    now = clock.now()
    method = await fetch_one(connection, SQL["archive_method"], PayoutMethod, creator_id, method_id, now)
    assert method is not None, "it was there a moment ago"
    await _tell(connection, method, "removed", now)
    return method
