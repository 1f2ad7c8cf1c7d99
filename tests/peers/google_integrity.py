"""Play Integrity as the pretended Google has it: tokens that a device gets for words of its app, and what they say."""

import json
import re
import secrets
import time
from typing import Any

from tests.peers.google_discovery import Refused
from tests.peers.google_store import PACKAGE

_PATH = re.compile(r"/v1/([\w.%]+):decodeIntegrityToken")


class Integrity:
    """Each token with the verdict it stands for."""

    def __init__(self) -> None:
        self._verdicts: dict[str, tuple[str, dict[str, Any]]] = {}

    def mint(
        self,
        request_hash: str,
        *,
        package: str = PACKAGE,
        said_by: str | None = None,
        age_s: float = 0,
        app: str = "PLAY_RECOGNIZED",
        device: str = "MEETS_DEVICE_INTEGRITY",
    ) -> str:
        """A token. `said_by`: the package that asked for it, which whoever asks can write as they like."""
        token = secrets.token_urlsafe(60)
        verdict = {
            "requestDetails": {
                "requestPackageName": said_by or package,
                "requestHash": request_hash,
                "timestampMillis": str(int((time.time() - age_s) * 1000)),
            },
            "appIntegrity": {"appRecognitionVerdict": app, "packageName": package, "versionCode": "42"},
            "deviceIntegrity": {"deviceRecognitionVerdict": [device] if device else []},
            "accountDetails": {"appLicensingVerdict": "LICENSED"},
        }
        self._verdicts[token] = (package, verdict)
        return token

    def decode(self, verb: str, path: str, body: bytes) -> dict[str, Any]:
        """What a token says, to whoever the app belongs to.

        Raises:
            Refused: it is no token of this app.
        """
        match, asked = _PATH.fullmatch(path), json.loads(body)
        if verb != "POST" or match is None or set(asked) != {"integrityToken"}:
            raise Refused(400, "Request contains an invalid argument.")
        package, verdict = self._verdicts.get(asked["integrityToken"], ("", {}))
        if not verdict or (match[1] != package and match[1] != PACKAGE):
            raise Refused(400, "Integrity token cannot be decrypted due to package name mismatch.")
        return {"tokenPayloadExternal": verdict}
