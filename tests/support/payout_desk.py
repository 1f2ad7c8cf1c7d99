"""A creator with diamonds at a pretend bank, and what creators and operators do about payouts, without HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from plaudit.clock import ManualClock
from plaudit.creators import actions as creators
from plaudit.creators.jobs import mature_due
from plaudit.creators.model import NewRewardRule
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import NewsOutcome
from plaudit.payouts import actions, methods
from plaudit.payouts.jobs import send_due
from plaudit.payouts.methods import BankAccount
from plaudit.payouts.model import Payout
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.told import KIND, PayoutReader
from plaudit.payouts.vault import AccountVault
from plaudit.problems import Problem
from plaudit.settings import Secret, Settings
from plaudit.vault.rotation import open_vault
from tests.support.deciding import of_house
from tests.support.earnings import PretendBank, give

ACCOUNT_KEY = Secret("a-key-that-is-as-long-as-it-has-to-be")
OPERATORS = (901, 902, 903)
ACCOUNT = BankAccount(holder_name="Ada", country="US", currency="USD", bank_code="021000021", account_number="123456")


async def open_pretend_vault(database: Database) -> AccountVault:
    """A vault whose key no file keeps."""
    await open_vault(database, Settings(vault_keys=ACCOUNT_KEY), [])
    return AccountVault([ACCOUNT_KEY.reveal()])


@dataclass
class PayoutDesk:
    """A creator with diamonds, and what acts on them."""

    database: Database
    clock: ManualClock
    bank: PretendBank
    vault: AccountVault
    creator_id: int
    method_id: UUID

    @property
    def providers(self) -> PayoutProviders:
        return PayoutProviders([self.bank])

    async def send_due(self) -> int:
        return await send_due(self.database, self.clock, self.providers, self.vault)

    async def approve(self, operator_id: int, payout_id: UUID) -> Any:
        return await self.act(actions.approve, self.providers, operator_id, payout_id)

    async def act(self, action: Any, *arguments: Any, **named: Any) -> Any:
        """An action in a transaction of its own; a problem is the answer."""
        try:
            async with self.database.transaction() as connection:
                return await action(connection, self.clock, *arguments, **named)
        except Problem as problem:
            return problem

    async def quote(self, diamonds: int) -> UUID:
        quote_id = new_id(self.clock)
        named = {"creator_id": self.creator_id, "diamonds": diamonds, "method_id": self.method_id}
        return (await self.act(actions.quote, quote_id=quote_id, **named)).id  # type: ignore[no-any-return]

    async def request(self, quote_id: UUID, payout_id: UUID | None = None) -> Any:
        named = {"creator_id": self.creator_id, "quote_id": quote_id}
        return await self.act(actions.request, payout_id=payout_id or new_id(self.clock), **named)

    async def hear(self, event_id: str) -> NewsOutcome:
        """A message of the bank arrives."""
        reader = PayoutReader(self.database, self.providers, self.vault.vault, self.clock)
        body = self.bank.events[event_id]
        return await inbox.receive(self.database, self.clock, reader, self.bank.name, event_id, KIND, body)

    async def available(self) -> int:
        async with self.database.read() as connection:
            return (await creators.balance_of(connection, self.creator_id)).available

    async def find(self, payout_id: UUID) -> Payout:
        async with self.database.read() as connection:
            return await actions.find(connection, payout_id, None)


async def open_payout_desk(database: Database, clock: ManualClock, bank: PretendBank | None = None) -> PayoutDesk:
    """10,000 diamonds available, 1,000 coins not converted."""
    made = PayoutDesk(database, clock, bank or PretendBank(), await open_pretend_vault(database), 41, new_id(clock))
    rule = NewRewardRule(numerator=1, denominator=1, maturity_s=0, note="of the test")
    await of_house(database, clock, creators.record_rule, rule)
    named = {"creator_id": made.creator_id, "provider": "sandbox", "account": ACCOUNT}
    await made.act(methods.add_method, made.vault, method_id=made.method_id, **named)
    await give(database, made.creator_id, 11_000)
    await made.act(creators.convert, conversion_id=new_id(clock), creator_id=made.creator_id, coins=10_000)
    assert await mature_due(database, clock) == 1
    return made
