"""The pretended Google Play of tests, and what a test does with it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from plaudit.settings import Settings
from tests.support.peers import peer
from tests.support.waiting import WAIT_S

AUDIENCE = "https://shop.example/v1/webhooks/google"


@dataclass
class GooglePeer:
    """The peer's ways in."""

    url: str
    key_file: Path
    package: str
    push_email: str

    def control(self, name: str, **asked: Any) -> Any:
        answer = httpx2.post(f"{self.url}/_control/{name}", json=asked, timeout=WAIT_S)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def buy(self, product_id: str = "coins.70", **asked: Any) -> str:
        """The token of a new purchase."""
        token: str = self.control("buy", product_id=product_id, **asked)["token"]
        return token

    def purchase(self, token: str) -> dict[str, Any]:
        """A purchase as the peer knows it."""
        found: dict[str, Any] = self.control("purchase", token=token)
        return found

    def calls(self) -> dict[str, int]:
        """How often each method was called."""
        found: dict[str, int] = self.control("calls")
        return found

    def fail(self, method: str, times: int = 1, status: int = 503, *, done: bool = False, reason: str = "x") -> None:
        """Let calls of a method fail; `done`: the work is done and only the answer lost."""
        self.control("fail", method=method, times=times, status=status, done=done, reason=reason)

    def messages(self, forged: str = "", audience: str = AUDIENCE) -> list[tuple[dict[str, str], bytes]]:
        """Headers and bodies of the pushes that wait; they wait no more."""
        found = self.control("messages", audience=audience, forged=forged)
        return [(message["headers"], message["body"].encode()) for message in found]

    def settings(self) -> dict[str, Any]:
        """The settings of a server that sells through this peer."""
        return {
            "google_package": self.package,
            "google_service_account_file": str(self.key_file),
            "google_push_email": self.push_email,
            "google_push_audience": AUDIENCE,
            "google_url": self.url,
            "google_integrity_url": self.url,
            "google_certificates_url": f"{self.url}/oauth2/v1/certs",
        }

    def server(self, **changed: Any) -> Settings:
        """A server that sells through Google alone."""
        return Settings.of_values(**(self.settings() | changed))


@contextmanager
def google_peer(folder: Path) -> Iterator[GooglePeer]:
    """A peer of its own, with the key of its service account in a file."""
    with peer("google") as url:
        account = httpx2.post(f"{url}/_control/account", json={}, timeout=WAIT_S).json()
        key_file = folder / "service-account.json"
        key_file.write_text(json.dumps(account["key"]), encoding="utf-8")
        yield GooglePeer(url, key_file, account["package"], account["push_email"])
