"""A pretended OpenID provider: `python -m tests.peers.identity --redirect-uri …`. Imports nothing of Plaudit.

Its people are those of a file of JSON, `{"ada": {"name": "Ada", "roles": ["creator"], …}}`: by subject, what tokens
claim of them. Whoever signs in chooses one; no password is asked.
"""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

import httpx2
from authlib.oauth2.rfc6749.errors import OAuth2Error

from tests.peers.identity_provider import Client, Provider, Request
from tests.peers.identity_tokens import Signer
from tests.peers.serving import serve

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it serves on this machine only

_BYTES_MAX = 100_000
_PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"name": "Ada Lovelace", "preferred_username": "ada", "locale": "en-GB", "birthdate": "1990-12-10"},
    "cleo": {"name": "Cleo", "preferred_username": "cleo", "roles": ["viewer", "creator"]},
    "otto": {"name": "Otto", "preferred_username": "otto", "roles": ["viewer", "operator"]},
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in at the platform</title>
<h1>{title}</h1>{content}</html>"""

Answer = tuple[int, Any, dict[str, str]]


class Identity:
    """The ASGI application: what OpenID Connect asks for, and the test's own ways in under `/_control/`."""

    def __init__(self, url: str, client: Client, people: dict[str, dict[str, Any]], *, back_channel: str) -> None:
        self.url = url
        self.people = people
        self.back_channel = back_channel
        self.signer = Signer(url)
        self._begin(client)

    def _begin(self, client: Client) -> None:
        """As if nobody had been here, with the keys there are."""
        self.signer.fault = ""
        self.provider = Provider(client, dict(self.people), self.signer)
        self.failing: set[str] = set()
        self.seen: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body") or len(body) > _BYTES_MAX:
                break
        status, document, headers = await self._answer(scope, body.decode())
        if isinstance(document, str):
            headers = {"content-type": "text/html; charset=utf-8"} | headers
            content = document.encode()
        else:
            headers = {"content-type": "application/json", "cache-control": "no-store"} | headers
            content = json.dumps(document).encode()
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, scope: dict[str, Any], body: str) -> Answer:
        path, query = scope["path"], scope["query_string"].decode()
        headers = {name.decode().title(): value.decode() for name, value in scope["headers"]}
        args = dict(parse_qsl(query))
        if path.startswith("/_control/"):
            return await self._control(path.removeprefix("/_control/"), json.loads(body or "{}"))
        self.seen.append(path)
        if path in self.failing:
            return 500, {"error": "server_error"}, {}
        form = dict(parse_qsl(body)) if headers.get("Content-Type", "").startswith("application/x-www-form") else {}
        request = Request(scope["method"], f"{self.url}{path}?{query}", headers, args, form)
        answers: dict[tuple[str, str], Callable[[], Answer]] = {
            ("GET", "/.well-known/openid-configuration"): lambda: (200, self._description(), {}),
            ("GET", "/jwks"): lambda: (200, self.signer.key_set(), {}),
            ("GET", "/authorize"): lambda: self._ask(request, query),
            ("POST", "/authorize"): lambda: self._decide(request, form),
            ("POST", "/token"): lambda: cast("Answer", self.provider.create_token_response(request)),
            ("GET", "/end-session"): lambda: self._end_session(args),
        }
        answer = answers.get((scope["method"], path))
        return answer() if answer else (404, {"error": "not_found"}, {})

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/end-session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256"],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def _ask(self, request: Request, query: str) -> Answer:
        """The form that asks who it is; nobody is asked for a request that could not be granted."""
        try:
            self.provider.get_consent_grant(request)
        except OAuth2Error as error:
            return cast("Answer", self.provider.handle_error_response(request, error))
        choices = "".join(
            f'<button name="subject" value="{escape(subject)}">{escape(str(claims.get("name", subject)))}</button>'
            for subject, claims in self.provider.people.items()
        )
        no = '<button name="deny" value="1">No</button>'
        form = f'<form method="post" action="/authorize?{escape(query)}">{choices}{no}</form>'
        return 200, _PAGE.format(title="Who are you?", content=form), {}

    def _decide(self, request: Request, form: dict[str, str]) -> Answer:
        subject = None if "deny" in form else form["subject"]
        request.payload = type(request.payload)(request.args)
        grant = self.provider.get_authorization_grant(request)
        status, document, headers = self.provider.create_authorization_response(request, subject, grant)
        if status == 302 and "location" in {name.lower() for name in headers}:
            place = next(name for name in headers if name.lower() == "location")
            # RFC 9207
            headers[place] += ("&" if "?" in headers[place] else "?") + urlencode({"iss": self.url})
        return status, document or "", headers

    def _end_session(self, args: dict[str, str]) -> Answer:
        """OpenID Connect RP-Initiated Logout: only with a token of ours, and only back to where the client may send."""
        if "id_token_hint" not in args or args.get("client_id") != self.provider.client.client_id:
            return 400, _PAGE.format(title="Who signs out?", content=""), {}
        after = escape(args.get("post_logout_redirect_uri", ""))
        content = f'<p>You are signed out here too. <a href="{after}">Back</a></p>'
        return 200, _PAGE.format(title="Signed out at the platform", content=content), {}

    async def _control(self, name: str, asked: dict[str, Any]) -> Answer:
        match name:
            case "reset":  # all but the keys; the client has this secret
                self._begin(replace(self.provider.client, secret=asked["secret"]))
            case "fault":  # of the next ID tokens; empty: none
                self.signer.fault = asked["fault"]
            case "fail":  # these paths answer 500
                self.failing = set(asked["paths"])
            case "rotate":
                self.signer.rotate()
            case "people":
                self.provider.people.update(asked)
            case "seen":
                return 200, self.seen, {}
            case "sessions":
                return 200, {subject: sorted(ids) for subject, ids in self.provider.sessions.items()}, {}
            case "logout":  # a logout token with these claims: to the client, or only shown
                token = self.signer.logout_token(self.provider.client.client_id, **asked.get("claims", {}))
                if not asked.get("send", True):
                    return 200, {"logout_token": token}, {}
                async with httpx2.AsyncClient(verify=False) as client:
                    answer = await client.post(self.back_channel, data={"logout_token": token})
                return 200, {"status": answer.status_code, "body": answer.text, "logout_token": token}, {}
        return 200, {}, {}


def main() -> None:
    options = argparse.ArgumentParser(description="A pretended OpenID provider.")
    options.add_argument("--port", type=int, default=0, help="0: any that is free")
    options.add_argument("--client-id", default="plaudit")
    options.add_argument("--client-secret", default="", help="empty: a public client")
    options.add_argument("--redirect-uri", required=True, help="the only one it sends people back to")
    options.add_argument("--back-channel", default="", help="where it posts logout tokens")
    options.add_argument("--people", type=Path, help="a file of people and their claims")
    given = options.parse_args()
    people = json.loads(given.people.read_text()) if given.people else _PEOPLE
    client = Client(given.client_id, given.client_secret, given.redirect_uri)
    serve(lambda url: Identity(url, client, people, back_channel=given.back_channel), port=given.port)


if __name__ == "__main__":
    main()
