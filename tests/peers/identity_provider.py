"""How the pretended OpenID provider hands out codes and tokens: by Authlib's server, which is strict."""

import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, ClassVar

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from authlib.oidc.core.models import AuthorizationCodeMixin

from tests.peers.identity_tokens import Signer

_CODE_LIFETIME_S = 60


@dataclass
class Client(ClientMixin):  # type: ignore[misc]  # Authlib publishes no types
    """Who may send people here."""

    client_id: str
    secret: str
    redirect_uri: str

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(word for word in scope.split() if word in {"openid", "profile", "roles"})

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, self.secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ({"client_secret_basic", "client_secret_post"} if self.secret else {"none"})

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib publishes no types
    """A code on its way, with all that was asked for."""

    code: str
    asked: dict[str, str]
    subject: str
    session: str
    made_at: float = field(default_factory=time.time)

    @property
    def code_challenge(self) -> str | None:
        return self.asked.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.asked.get("code_challenge_method")

    def get_redirect_uri(self) -> str | None:
        return self.asked.get("redirect_uri")

    def get_scope(self) -> str:
        return self.asked.get("scope", "")

    def get_nonce(self) -> str | None:
        return self.asked.get("nonce")

    def get_auth_time(self) -> int:
        return int(self.made_at)


class Request(OAuth2Request):  # type: ignore[misc]  # Authlib publishes no types
    """A request as Authlib reads it."""

    def __init__(self, method: str, uri: str, headers: dict[str, str], args: dict[str, str], form: dict[str, str]):
        super().__init__(method, uri, headers=headers)
        self._args, self._form = args, form
        self.payload = BasicOAuth2Payload(args | form)

    @property
    def args(self) -> dict[str, str]:
        return self._args

    @property
    def form(self) -> dict[str, str]:
        return self._form


class _Challenge(CodeChallenge):  # type: ignore[misc]  # Authlib publishes no types
    """S256 and nothing else, from secret clients too."""

    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with S256 is needed", redirect_uri=redirect_uri)


class Provider(AuthorizationServer):  # type: ignore[misc]  # Authlib publishes no types
    """Codes and tokens of people who signed in."""

    def __init__(self, client: Client, people: dict[str, dict[str, Any]], signer: Signer) -> None:
        super().__init__(scopes_supported=["openid", "profile", "roles"])
        self.client = client
        self.people = people
        self.signer = signer
        self.codes: dict[str, Code] = {}
        self.used: set[str] = set()
        self.sessions: dict[str, set[str]] = defaultdict(set)
        """The `sid` of each sign-in, by subject."""
        self.register_grant(_grant_of(self), [_tokens_of(self), _Challenge(required=True)])
        self.register_token_generator("default", _access_token)

    def query_client(self, client_id: str) -> Client | None:
        return self.client if client_id == self.client.client_id else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Nobody asks for anything with it."""

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def create_json_request(self, request: Any) -> Any:
        raise NotImplementedError

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, dict[str, str]]:
        return status, body, dict(headers)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


def _access_token(*, scope: str, **_: Any) -> dict[str, Any]:
    return {"token_type": "Bearer", "access_token": secrets.token_urlsafe(24), "expires_in": 300, "scope": scope}


def _grant_of(provider: Provider) -> type:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib publishes no types
        TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic", "client_secret_post", "none"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            subject = request.user
            session = secrets.token_hex(8)
            provider.sessions[subject].add(session)
            provider.codes[code] = Code(code, dict(request.payload.data), subject, session)

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            found = provider.codes.get(code)
            fresh = found is not None and time.time() - found.made_at < _CODE_LIFETIME_S
            return found if fresh and code not in provider.used else None

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.used.add(authorization_code.code)

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.subject

    return Grant


def _tokens_of(provider: Provider) -> OpenIDCode:
    class IdTokens(OpenIDCode):  # type: ignore[misc]  # Authlib publishes no types
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.get_nonce() == nonce for code in provider.codes.values())

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            """Authlib's claims, signed by a signer that can also sign badly."""
            claims = self.get_compatible_claims(request) | self.get_authorization_code_claims(
                request.authorization_code
            )
            claims |= {"iss": provider.signer.issuer, "sub": request.user, "sid": request.authorization_code.session}
            return provider.signer.id_token(claims | provider.people[request.user], token["access_token"])

    return IdTokens(require_nonce=True)
