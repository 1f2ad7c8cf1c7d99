"""Who is who at the pretended Google: a service account that asks, certificates, and tokens of pushes."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tests.peers.google_discovery import Refused

ACCOUNT = "buyer-desk@example-app.iam.gserviceaccount.com"
PUSHER = "pusher@example-app.iam.gserviceaccount.com"
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
INTEGRITY = "https://www.googleapis.com/auth/playintegrity"
TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_LIFETIME_S = 3600


class Identity:
    """Keys and access tokens."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._account_key = _new_key()
        self._push_key = _new_key()
        self._forger_key = _new_key()
        self._push_key_id = secrets.token_hex(20)
        self._tokens: dict[str, tuple[float, str]] = {}
        self.tokens_given = 0
        self.certificates_given = 0

    def account_file(self) -> dict[str, str]:
        """The key file of the service account, as the console gives it."""
        return {
            "type": "service_account",
            "project_id": "example-app",
            "private_key_id": "1",
            "private_key": _pem(self._account_key),
            "client_email": ACCOUNT,
            "client_id": "1",
            "token_uri": f"{self._url}/token",
        }

    def grant(self, form: bytes) -> dict[str, Any]:
        """An access token for an assertion.

        Raises:
            Refused: the assertion is not good.
        """
        fields = {name: values[0] for name, values in parse_qs(form.decode()).items()}
        if fields.get("grant_type") != _GRANT:
            raise Refused(400, "unsupported_grant_type")
        try:
            key = RSAKey.import_key(_pem(self._account_key))
            claims = jwt.decode(fields["assertion"], key, algorithms=["RS256"]).claims
        except (JoseError, KeyError, ValueError):
            raise Refused(400, "invalid_grant") from None
        now = time.time()
        good = (
            claims.get("iss") == ACCOUNT
            and claims.get("aud") == TOKEN_AUDIENCE
            and claims.get("scope") in {SCOPE, INTEGRITY}
            and now - 300 <= claims.get("iat", 0) <= now + 300
            and claims.get("iat", 0) < claims.get("exp", 0) <= claims.get("iat", 0) + _TOKEN_LIFETIME_S
        )
        if not good:
            raise Refused(400, "invalid_grant")
        token = f"ya29.{secrets.token_urlsafe(30)}"
        self._tokens[token] = (now + _TOKEN_LIFETIME_S, claims["scope"])
        self.tokens_given += 1
        return {"access_token": token, "expires_in": _TOKEN_LIFETIME_S, "token_type": "Bearer"}

    def admit(self, authorization: str, scope: str = SCOPE) -> None:
        """Lets in whoever shows a token that is still good, for this API.

        Raises:
            Refused: anybody else.
        """
        until, given = self._tokens.get(authorization.removeprefix("Bearer "), (0, ""))
        if until < time.time() or given != scope:
            raise Refused(401, "Request had invalid authentication credentials.", "authError")

    def forget_tokens(self) -> None:
        self._tokens.clear()

    def change_push_key(self) -> None:
        """Pushes are signed with another key from now on."""
        self._push_key, self._push_key_id = _new_key(), secrets.token_hex(20)

    def certificates(self) -> dict[str, str]:
        """The certificates pushes are signed with, by key id."""
        self.certificates_given += 1
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._push_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=14))
            .sign(self._push_key, hashes.SHA256())
        )
        return {self._push_key_id: certificate.public_bytes(serialization.Encoding.PEM).decode()}

    def push_token(self, audience: str, forged: str = "") -> str:
        """What a push shows. `forged`: what is wrong with it."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": "https://accounts.google.com",
            "aud": audience,
            "azp": "112233445566778899000",
            "sub": "112233445566778899000",
            "email": PUSHER,
            "email_verified": True,
            "iat": now,
            "exp": now + _TOKEN_LIFETIME_S,
        }
        changes: dict[str, dict[str, Any]] = {
            "issuer": {"iss": "https://accounts.example.com"},
            "audience": {"aud": "https://elsewhere.example/push"},
            "email": {"email": "somebody@example.iam.gserviceaccount.com"},
            "unverified": {"email_verified": False},
            "expired": {"iat": now - 2 * _TOKEN_LIFETIME_S, "exp": now - _TOKEN_LIFETIME_S},
            "early": {"iat": now + _TOKEN_LIFETIME_S, "exp": now + 2 * _TOKEN_LIFETIME_S},
            "old": {"iat": now - 30 * 86_400},
        }
        claims |= changes.get(forged, {})
        key = self._forger_key if forged == "signature" else self._push_key
        key_id = "unknown" if forged == "key" else self._push_key_id
        header = {"alg": "RS256", "kid": key_id, "typ": "JWT"}
        return jwt.encode(header, claims, RSAKey.import_key(_pem(key)), algorithms=["RS256"])


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
