"""Taking back what a provider has and nobody took yet: an operator asks, the provider's word decides."""

from uuid import UUID

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.decisions.actions import are_linked
from plaudit.decisions.model import OwnBenefit
from plaudit.payouts import actions
from plaudit.payouts.model import Payout, PayoutProviderMissing, PayoutState, PayoutStateConflict
from plaudit.payouts.outcomes import apply
from plaudit.payouts.providers import PayoutProviders


async def recall(
    database: Database, clock: Clock, providers: PayoutProviders, operator_id: int, payout_id: UUID
) -> Payout:
    """Have a provider give back a payout that was not claimed, or has not left. The diamonds are available again, once.

    Raises:
        NotFound: there is no such payout.
        OwnBenefit: it is the operator's own, or that of an account linked to theirs.
        PayoutStateConflict: it is not with its provider.
        PayoutProviderMissing: its provider is not here any more.
        NothingToRecall: the provider does not give it back any more.
        ProviderUnavailable: whether it did is not known; it is asked about by itself.
    """
    async with database.read() as connection:
        payout = await actions.find(connection, payout_id, None)
        is_own = await are_linked(connection, operator_id, payout.creator_id)
    if is_own:
        raise OwnBenefit(role="confirmer")
    if payout.state is not PayoutState.SENT:
        raise PayoutStateConflict(state=payout.state)
    provider = providers.get(payout.provider)
    if provider is None:
        raise PayoutProviderMissing(provider=payout.provider, currency=payout.currency)
    told = await provider.recall(payout_id, payout.provider_reference)
    async with database.transaction() as connection:
        await apply(connection, clock, told)
        return await actions.find(connection, payout_id, None)
