"""Paying by hand: operators export what is to be paid, pay at their bank, and mark what became of it."""

from collections.abc import Mapping
from uuid import UUID

from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.providers.base import Accounts, NothingToRecall, PayoutOrder, ProviderPayout
from plaudit.payouts.providers.manual.settings import ManualSettings
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.settings import Settings

NAME = "manual"


def from_settings(settings: Settings) -> "ManualPayoutProvider":
    """Paying by hand, in the currencies of the settings."""
    own = settings.of(ManualSettings)
    return ManualPayoutProvider(frozenset(own.payout_currencies.split()))


class ManualPayoutProvider:
    """Has nobody to call: `exports` and `bank` take the place of sending and of webhooks."""

    name = NAME
    by_hand = True
    kinds = frozenset({MethodKind.BANK_ACCOUNT})
    accounts: Accounts | None = None

    def __init__(self, currencies: frozenset[str] = frozenset()) -> None:
        """Without currencies it takes any."""
        self._currencies = currencies

    def takes(self, currency: str) -> bool:
        return not self._currencies or currency in self._currencies

    async def send(self, order: PayoutOrder) -> ProviderPayout:
        raise ProviderUnavailable(self.name, detail=f"payout {order.payout_id} is paid by hand, after an export")

    async def fetch(self, payout_id: UUID, reference: str | None = None) -> ProviderPayout | None:
        raise ProviderUnavailable(self.name, detail=f"what became of payout {payout_id} is known to who pays by hand")

    async def recall(self, payout_id: UUID, reference: str | None) -> ProviderPayout:
        raise NothingToRecall

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        raise SignatureNotValid

    def read_event(self, body: bytes) -> ProviderPayout | None:
        return None

    async def close(self) -> None: ...
