"""What the pretended OpenID provider signs: with keys that are changed, and badly when a test asks for it."""

import base64
import json
import secrets
import time
from typing import Any

from authlib.oidc.core.util import create_half_hash
from joserfc import jwk, jwt

_ALGORITHM = "RS256"
_BITS = 2048
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def _new_key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(_BITS, {"use": "sig", "alg": _ALGORITHM, "kid": secrets.token_hex(6)}, private=True)


class Signer:
    """Keys of an issuer. `fault`: what is wrong with the next ID tokens."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.fault = ""
        self._keys = [_new_key()]
        self._stranger: jwk.RSAKey | None = None

    def rotate(self) -> None:
        """Sign with a new key; the one before stays published, earlier ones do not."""
        self._keys = [_new_key(), self._keys[0]]

    def key_set(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def id_token(self, claims: dict[str, Any], access_token: str) -> str:
        half = create_half_hash(access_token, _ALGORITHM)
        claims["at_hash"] = half.decode() if half else ""
        client, now = claims["aud"][0], int(time.time())
        changed: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "another"},
            "audience": {"aud": ["another-client"]},
            "authorized_party": {"aud": [client, "another-client"], "azp": "another-client"},
            "two_audiences": {"aud": [client, "another-client"]},
            "issuer": {"iss": "https://another.example"},
            "expired": {"iat": now - 7_200, "exp": now - 3_600},
            "future": {"iat": now + 3_600, "exp": now + 7_200},
            "access_token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
            "subject": {"sub": 7},
        }
        claims |= changed.get(self.fault, {})
        if self.fault == "no_nonce":
            del claims["nonce"]
        return self.sign(claims)

    def logout_token(self, client_id: str, **claims: Any) -> str:
        """A logout token; a claim that is null is left out."""
        now = int(time.time())
        full = {
            "iss": self.issuer, "aud": client_id, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
            "events": {_LOGOUT: {}}, **claims,
        }  # fmt: skip
        return self.sign({name: value for name, value in full.items() if value is not None}, typ="logout+jwt")

    def sign(self, claims: dict[str, Any], **header: str) -> str:
        key = self._keys[0]
        header |= {"alg": _ALGORITHM, "kid": str(key.kid)}
        if self.fault == "no_algorithm":
            parts = (json.dumps(part).encode() for part in ({"alg": "none", "kid": key.kid}, claims))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        if self.fault == "unknown_key":
            header["kid"] = "unheard-of"
        if self.fault == "forged":
            self._stranger = self._stranger or _new_key()
            key = self._stranger
        return jwt.encode(header, claims, key, algorithms=[_ALGORITHM])
