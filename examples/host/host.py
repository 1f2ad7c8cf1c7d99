"""A small live platform that uses Plaudit: people, rooms and pages of its own; coins and gifts by Plaudit's API."""

import json
import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import uvicorn
from jinja2 import Environment, FileSystemLoader
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from standardwebhooks import Webhook, WebhookVerificationError

PORT = int(os.environ.get("HOST_PORT", "8500"))
COINS_URL = os.environ.get("COINS_URL", "http://127.0.0.1:8000")
COINS_KEY = os.environ["COINS_KEY"]  # of `plaudit key create`
WEBHOOK_SECRET = os.environ["COINS_WEBHOOK_SECRET"]  # of `plaudit webhook add`
PEOPLE = {"ada": ("Ada Lovelace", ["viewer"]), "cleo": ("Cleo Marsh", ["viewer", "creator"])}
COOKIE = "host_session"
PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)

plaudit = httpx2.AsyncClient(base_url=COINS_URL, headers={"Authorization": f"Bearer {COINS_KEY}"}, timeout=15)
database = sqlite3.connect(os.environ.get("HOST_DATABASE", "host.sqlite"), isolation_level=None)  # autocommit
database.executescript("""
create table if not exists session (secret text primary key, subject text not null);
create table if not exists room (external_id text primary key, subject text not null);
create table if not exists told (id text primary key, sequence integer, type text, data text);
""")


async def ask(method: str, path: str, body: Any = None, subject: str | None = None) -> Any:
    """A call of Plaudit as this server, for one of its people if named."""
    headers = {"Plaudit-Subject": subject} if subject else {}
    answer = await plaudit.request(method, path, json=body, headers=headers)
    if answer.is_error:
        problem = answer.json()
        raise HTTPException(status_code=502, detail=f"Plaudit: {problem.get('detail') or problem['title']}")
    return answer.json() if answer.content else None


def page(request: Request[Any, Any, Any], view: str, status: int = 200, **shown: Any) -> Response[str]:
    known = {"view": view, "subject": who(request), "people": PEOPLE}
    html = PAGES.get_template("pages.html").render(known | shown)
    return Response(html, media_type="text/html", status_code=status)


# People. This stands for your own sign-in: here nobody is asked for a password.
def who(request: Request[Any, Any, Any]) -> str | None:
    found = database.execute("select subject from session where secret = ?", (request.cookies.get(COOKIE),)).fetchone()
    return found[0] if found else None


def signed_in(request: Request[Any, Any, Any], role: str = "viewer") -> str:
    subject = who(request)
    if subject is None or role not in PEOPLE[subject][1]:
        raise HTTPException(status_code=403, detail=f"Sign in as a {role} first.")
    return subject


@post("/sign-in")
async def sign_in(request: Request[Any, Any, Any]) -> Redirect:
    form = await request.form()
    subject, secret, onward = str(form.get("subject")), secrets.token_urlsafe(), str(form.get("next"))
    if subject not in PEOPLE:
        raise HTTPException(status_code=400, detail="Nobody here is called so.")
    name, roles = PEOPLE[subject]
    await ask("PUT", f"/v1/people/{quote(subject, safe='')}", {"name": name, "roles": roles})
    database.execute("insert into session values (?, ?)", (secret, subject))
    cookie = Cookie(COOKIE, value=secret, httponly=True, samesite="lax")  # and secure=True behind https
    return Redirect(onward if onward.startswith("/plaudit?") else "/", status_code=303, cookies=[cookie])


@post("/sign-out")
async def sign_out(request: Request[Any, Any, Any]) -> Redirect:
    await ask("DELETE", f"/v1/people/{quote(signed_in(request), safe='')}/sessions")
    database.execute("delete from session where secret = ?", (request.cookies.get(COOKIE),))
    return Redirect("/", status_code=303)


@get("/plaudit")
async def hand_over(request: Request[Any, Any, Any], return_to: str = "/") -> Response[Any]:
    """The way into Plaudit as somebody of ours: in a frame, by a link, and as its PLAUDIT_SIGN_IN_URL."""
    if (subject := who(request)) is None:
        return page(request, "sign-in", next=f"/plaudit?return_to={quote(return_to, safe='')}")
    path = urlsplit(return_to)._replace(scheme="", netloc="").geturl()
    code = await ask("POST", "/v1/sign-in-codes", {"subject": subject, "next": path})
    return Redirect(code["url"], status_code=303, headers={"Cache-Control": "no-store"})


# Rooms: Plaudit knows them by our ids.
@get("/")
async def home(request: Request[Any, Any, Any]) -> Response[str]:
    if (subject := who(request)) is None:
        return page(request, "sign-in")
    wallet = await ask("GET", "/v1/wallet", subject=subject)
    creator = "creator" in PEOPLE[subject][1]
    earned = await ask("GET", "/v1/creators/me/balance", subject=subject) if creator else None
    rooms = (await ask("GET", "/v1/rooms?state=live"))["items"]
    return page(request, "home", rooms=rooms, wallet=wallet, earned=earned)


@post("/rooms")
async def go_live(request: Request[Any, Any, Any]) -> Redirect:
    subject, external_id = signed_in(request, "creator"), secrets.token_hex(8)
    title = str((await request.form()).get("title"))
    database.execute("insert into room values (?, ?)", (external_id, subject))
    room = await ask("POST", "/v1/rooms", {"external_id": external_id, "creator_subject": subject, "title": title})
    await ask("POST", f"/v1/rooms/{room['id']}/start")
    return Redirect(f"/rooms/{external_id}", status_code=303)


async def find_room(external_id: str) -> tuple[dict[str, Any], str]:
    """A room of ours as Plaudit has it, and whose it is."""
    ours = database.execute("select subject from room where external_id = ?", (external_id,)).fetchone()
    found = (await ask("GET", f"/v1/rooms?external_id={external_id}"))["items"] if ours else []
    if not found:
        raise HTTPException(status_code=404, detail="There is no such room.")
    return found[0], ours[0]


@get("/rooms/{external_id:str}")
async def watch(request: Request[Any, Any, Any], external_id: str) -> Response[str]:
    room, creator = await find_room(external_id)
    return page(request, "room", room=room, creator=creator)


@post("/rooms/{external_id:str}/end")
async def end(request: Request[Any, Any, Any], external_id: str) -> Redirect:
    room, creator = await find_room(external_id)
    if creator != signed_in(request):
        raise HTTPException(status_code=403, detail="This is somebody else's room.")
    await ask("POST", f"/v1/rooms/{room['id']}/end")
    return Redirect("/", status_code=303)


# What Plaudit tells us.
@post("/webhooks", status_code=204)
async def receive(request: Request[Any, Any, Any]) -> None:
    """Verified as the bytes came, and kept once by its id however often it is sent."""
    try:
        event = Webhook(WEBHOOK_SECRET).verify(await request.body(), dict(request.headers))
    except WebhookVerificationError as error:
        raise HTTPException(status_code=401, detail="This is not signed by Plaudit.") from error
    kept = (request.headers["webhook-id"], event["sequence"], event["type"], json.dumps(event["data"], indent=2))
    database.execute("insert into told values (?, ?, ?, ?) on conflict do nothing", kept)


@get("/told")
async def told(request: Request[Any, Any, Any]) -> Response[str]:
    signed_in(request, "creator")
    events = database.execute("select sequence, type, data from told order by sequence desc limit 100").fetchall()
    return page(request, "told", events=events)


def explain(request: Request[Any, Any, Any], problem: HTTPException) -> Response[str]:
    return page(request, "problem", problem.status_code, problem=problem.detail)


app = Litestar(
    [sign_in, sign_out, hand_over, home, go_live, watch, end, receive, told],
    exception_handlers={HTTPException: explain},
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT)
