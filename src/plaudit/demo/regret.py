"""Second thoughts of the crowd: now and then somebody takes unspent coins back, or disputes a payment with the bank."""

import asyncio
import logging
from typing import Any

from plaudit.demo.client import Client, Refused
from plaudit.demo.purchase import Purchase
from plaudit.demo.world import World
from plaudit.ids import new_id
from plaudit.settings import Settings

log = logging.getLogger(__name__)


class Regret:
    """Looks at the last recharges every minute or so. What a bank does, it does at the provider."""

    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._habit = world.behaviour.regret
        self._random = world.random_of("regret")
        self._provider = f"{settings.sandbox_url}/v1"
        self._headers = {"Authorization": f"Bearer {settings.sandbox_api_key.reveal()}"}

    async def think_again(self) -> None:
        """Let one recharge go back, if there is one."""
        await asyncio.sleep(self._random.expovariate(1 / self._habit.every_s))
        purchases = self._world.purchases
        if not purchases:
            return
        client, purchase = purchase_of = self._random.choice(purchases)
        purchases.remove(purchase_of)
        if self._random.random() < self._habit.withdraw_share:
            await self._withdraw(client, purchase)
        else:
            await self._dispute(purchase)

    async def _withdraw(self, client: Client, purchase: Purchase) -> None:
        try:
            body = {"id": str(new_id(self._world.clock)), "order_id": purchase.order_id}
            await client.post("/v1/withdrawals", body)
        except Refused as refused:  # all spent, or a region without that right
            log.info("%s could not take back coins: %s", client.who.name, refused.code)

    async def _dispute(self, purchase: Purchase) -> None:
        about = f"/checkouts/{purchase.checkout_id}"
        if self._random.random() < self._habit.warn_share:
            await self._tell(f"{about}/fraud-warnings", reason="card reported stolen")
        opened = await self._tell(f"{about}/disputes", reason="fraudulent")
        await asyncio.sleep(self._habit.decide_after_s)
        won = self._random.random() < self._habit.won_share
        await self._tell(f"/disputes/{opened['id']}/end", outcome="won" if won else "lost")

    async def _tell(self, path: str, **body: str) -> Any:
        answer = await self._world.browser.post(f"{self._provider}{path}", json=body, headers=self._headers)
        answer.raise_for_status()
        return answer.json()
