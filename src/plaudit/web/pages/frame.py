"""What every page is made with: who looks at it, the templates, and the answer."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType

from plaudit.brakes.answers import Meter, read_meter
from plaudit.check_codes.codes import address_of, qr_svg
from plaudit.clock import Clock, SystemClock
from plaudit.connections import Connection
from plaudit.decisions.actions import waiting_for
from plaudit.decisions.model import Waiting
from plaudit.languages.speaking import speaking
from plaudit.people.actions import require_person
from plaudit.people.model import Caller, Person, Role
from plaudit.problems import NotFound
from plaudit.readiness.model import CheckResult
from plaudit.readiness.watch import Readiness
from plaudit.selling.prices.legal import LegalLink, links_of
from plaudit.selling.reversals import rules
from plaudit.selling.wallet.model import Wallet
from plaudit.selling.wallet.reading import read_wallet
from plaudit.settings import Settings
from plaudit.web.brand import wear
from plaudit.web.language import memory, note_wishes, voice_for
from plaudit.web.loading import note_origins
from plaudit.web.pages.filters import FILTERS, countries, obstacles
from plaudit.web.pages.openings import note_pages
from plaudit.web.pages.operator_places import operator_groups
from plaudit.web.templating import make_environment

ENGLISH_ONLY = frozenset(
    {
        "access.html",
        "accounting.html",
        "audit_run.html",
        "audits.html",
        "bounds.html",
        "catalogue.html",
        "catalogue_item.html",
        "data_requests.html",
        "debts.html",
        "decisions.html",
        "freezes.html",
        "grants.html",
        "holds.html",
        "keys.html",
        "links.html",
        "mails.html",
        "packs.html",
        "prepaid_report.html",
        "message.html",
        "minor_refunds.html",
        "moves.html",
        "money_in.html",
        "operator.html",
        "operator_order.html",
        "payout_desk.html",
        "payout_export.html",
        "platforms.html",
        "price_draft.html",
        "price_version.html",
        "prices.html",
        "queues.html",
        "retention.html",
        "rewards.html",
        "safety.html",
        "safety_case.html",
        "scam_reports.html",
        "setup.html",
        "statements.html",
        "store_links.html",
        "store_purchase.html",
        "stores.html",
        "stuck.html",
        "taxes.html",
        "trail.html",
        "webhook.html",
        "webhooks.html",
    }
)
"""Pages of operators, not translated yet: in English, with the numbers, money and times of the reader."""

_readiness: ContextVar[Readiness | None] = ContextVar("readiness", default=None)
_clock: ContextVar[Clock] = ContextVar("clock", default=SystemClock())  # noqa: B039  # has no state
_settings: ContextVar[Settings] = ContextVar("settings", default=Settings())  # noqa: B039  # frozen
_environment = make_environment()
_environment.filters.update(FILTERS)
_environment.globals.update(
    countries=countries,
    operator_groups=operator_groups,
    obstacles=obstacles,
    qr=qr_svg,
    check_address=lambda number, code: address_of(_settings.get().public_url, number, code),
)


class Viewer(msgspec.Struct, frozen=True):
    """Who looks at a page; a guest has no person."""

    person: Person | None = None
    roles: tuple[str, ...] = ()
    wallet: Wallet = Wallet(0, 0)
    may_withdraw: bool = False
    """Whether the time runs in which they may withdraw from a purchase."""
    waiting: Waiting = Waiting(0, 0)
    """What waits for an operator to be decided or seen."""

    @property
    def person_id(self) -> int | None:
        return self.person.id if self.person else None

    @property
    def wallet_coins(self) -> int | None:
        return self.wallet.coins if self.person else None


async def viewer_of(connection: Connection, caller: Caller | None) -> Viewer:
    """The person behind a caller with what the bars of a page show."""
    if caller is None or caller.person_id == 0:
        return Viewer()
    try:
        person = await require_person(connection, caller.person_id)
    except NotFound:
        return Viewer()
    withdraws = await rules.time_runs(connection, person.id, _settings.get(), _clock.get().now())
    waits = Waiting(0, 0)
    if Role.OPERATOR in caller.roles:
        waits = await waiting_for(connection, person.id, _clock.get().now())
    return Viewer(person, tuple(sorted(caller.roles)), await read_wallet(connection, person.id), withdraws, waits)


async def meter_for(connection: Connection, viewer: Viewer) -> Meter | None:
    """How far the viewer's own limits are, as pages show it where coins are bought or given; None: they have none."""
    return await read_meter(connection, viewer.person_id, _clock.get()) if viewer.wallet.has_brake else None


async def before_page(request: Request[Any, Any, Any]) -> None:
    """Runs before each handler of a page."""
    note_request(request)


def note_request(request: Request[Any, Any, Any]) -> None:
    """Keep what the page that answers a request will say beside what its handler gives it: the reader's language, whose
    server it is, what it may load, what blocks it, and what time it is."""
    note_wishes(request)
    note_origins(request)
    parts: Mapping[str, Any] = request.scope["plaudit"]  # type: ignore[typeddict-item]  # written by the front
    wear(parts["settings"])
    _settings.set(parts["settings"])
    _readiness.set(parts["readiness"])
    _clock.set(parts["clock"])
    note_pages(request.app)


def _blocking(viewer: Viewer) -> list[CheckResult]:
    """What keeps this server from selling. Only its operators are told."""
    readiness = _readiness.get()
    return readiness.blocking if readiness and Role.OPERATOR in viewer.roles else []


def _legal(person: Person | None) -> list[LegalLink]:
    """Where whoever looks reads who runs this, and by which terms."""
    settings = _settings.get()
    return links_of(settings, (person and person.country) or settings.default_region, settings.seller_code)


def page(template: str, viewer: Viewer | None = None, *, status: int = 200, **context: Any) -> Response[str]:
    """A rendered page. What it shows belongs to one person at one moment, so nothing may keep it."""
    looking = viewer or Viewer()
    voice = voice_for(looking.person, translated=template not in ENGLISH_ONLY)
    with speaking(voice):
        text = _environment.get_template(f"pages/{template}").render(
            person=looking.person,
            roles=looking.roles,
            wallet_coins=looking.wallet_coins,
            may_withdraw=looking.may_withdraw,
            legal=_legal(looking.person),
            blocking=_blocking(looking),
            to_decide=looking.waiting,
            served_at_ms=int(_clock.get().now().timestamp() * 1000),
            **context,
        )
    headers = {"Cache-Control": "no-store"}
    return Response(text, media_type=MediaType.HTML, status_code=status, headers=headers, cookies=memory())
