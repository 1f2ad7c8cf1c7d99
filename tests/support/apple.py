"""The App Store of a test: the peer's address, its account at Apple as settings, and its hand."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from plaudit.settings import Secret


@dataclass
class AppStore:
    """The peer, spoken to over its control addresses."""

    url: str
    hand: httpx2.AsyncClient

    async def __call__(self, what: str, **told: Any) -> Any:
        """One thing somebody does at the store; its answer."""
        answer = await self.hand.post(f"{self.url}/_control/{what}", json=told)
        assert answer.is_success, answer.text
        with suppress(ValueError):
            return answer.json()
        return None

    async def seen(self) -> dict[str, Any]:
        """What the store was told."""
        found: dict[str, Any] = (await self.hand.get(f"{self.url}/_control/seen")).json()
        return found

    async def settings(self, folder: Path, **changed: Any) -> dict[str, Any]:
        """The settings of a server that sells in this store."""
        account = (await self.hand.get(f"{self.url}/_control/account")).json()
        root = folder / "root.der"
        root.write_bytes(bytes.fromhex(account["root"]))
        return {
            "apple_bundle_id": account["bundle_id"],
            "apple_app_id": account["app_id"],
            "apple_key_id": account["key_id"],
            "apple_issuer_id": account["issuer_id"],
            "apple_private_key": Secret(account["private_key"]),
            "apple_root_certificates": str(root),
            "apple_url": self.url,
        } | changed
