"""What operators do with endpoints: make, change, pause, resume, remove, rotate secrets, have events told again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.events.log import log_state, want_gifts
from plaudit.events.model import CATALOGUE, ON_REQUEST
from plaudit.feeds.webhooks.model import (
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointChange,
    EndpointUnknown,
    NewEndpoint,
    PauseReason,
    TooManyEndpoints,
    Try,
)
from plaudit.feeds.webhooks.network import is_allowed, networks
from plaudit.feeds.webhooks.signing import add_secret
from plaudit.ids import require_uuid7
from plaudit.limits import WEBHOOK_ENDPOINTS_MAX
from plaudit.pages import BEGINNING, Place
from plaudit.people.issuers import require_issuer
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.settings import Settings
from plaudit.statements import fetch_all, statements
from plaudit.vault.sealing import vault_of

SQL = statements(__file__)


async def create(
    connection: Connection, clock: Clock, settings: Settings, new: NewEndpoint, by: int | None
) -> tuple[Endpoint, str | None]:
    """An endpoint that is told what happens from now on, and its secret, which cannot be shown again: None when the id
    came before.

    Raises:
        InvalidField: the id is no UUIDv7, or the address or a kind is none.
        NotFound: no such platform.
        TooManyEndpoints: there are WEBHOOK_ENDPOINTS_MAX.
        IdempotencyConflict: the id belongs to another endpoint.
    """
    require_uuid7(new.id, "body.id", clock)
    check_url(new.url, settings)
    _check_kinds(new.kinds)
    if new.platform is not None:
        await require_issuer(connection, new.platform)
    if known := await _find(connection, new.id):
        if (known.url, known.description, known.kinds, known.platform) != (
            new.url,
            new.description,
            new.kinds,
            new.platform,
        ):
            raise IdempotencyConflict(id=str(new.id))
        return known, None
    if await connection.fetchval(SQL["count_endpoints"]) >= WEBHOOK_ENDPOINTS_MAX:
        raise TooManyEndpoints
    now = clock.now()
    row = (new.id, new.url, new.description, new.kinds, new.platform, now, by)
    if await connection.fetchval(SQL["insert_endpoint"], *row) is None:
        raise IdempotencyConflict(id=str(new.id))
    await _follow_gifts(connection, new.kinds, now)
    secret = await add_secret(connection, vault_of(settings), new.id, now)
    return await require(connection, new.id), secret


def check_url(url: str, settings: Settings) -> None:
    """Raise InvalidField for an address events cannot be posted to. Where a name leads is looked at each time."""
    reason = _wrong_with(url, settings)
    if reason:
        raise InvalidField(field="body.url", reason=reason)


def _wrong_with(url: str, settings: Settings) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "must be an address such as https://platform.example/plaudit"
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0 or not url.isascii() or " " in url:
        return "must be an address such as https://platform.example/plaudit"
    if not url.isprintable() or parts.fragment or parts.username is not None:
        return "must hold no name, password or fragment"
    if parts.scheme == "http" and not settings.webhook_networks:
        return "must begin with https:// (PLAUDIT_WEBHOOK_NETWORKS names networks that http:// may go to)"
    if _is_number(parts.hostname) and not is_allowed(
        parts.hostname, networks(settings.webhook_networks), open_too=parts.scheme == "https"
    ):
        return f"leads to {parts.hostname}, and PLAUDIT_WEBHOOK_NETWORKS names no network with it"
    return None


def _is_number(host: str) -> bool:
    """Whether a host is no name to be looked up."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _check_kinds(kinds: Sequence[str]) -> None:
    if unknown := sorted(set(kinds) - CATALOGUE.keys()):
        raise InvalidField(field="body.kinds", reason=f"must not hold {unknown[0]}: there is {', '.join(CATALOGUE)}")
    if len(set(kinds)) != len(kinds):
        raise InvalidField(field="body.kinds", reason="must name each type once")


async def _follow_gifts(connection: Connection, kinds: Sequence[str], now: datetime) -> None:
    if not set(kinds).isdisjoint(ON_REQUEST):
        await want_gifts(connection, now)


async def _find(connection: Connection, endpoint_id: UUID) -> Endpoint | None:
    found = await fetch_all(connection, SQL["endpoints"], Endpoint, endpoint_id, *BEGINNING, 1)
    return found[0] if found else None


async def require(connection: Connection, endpoint_id: UUID) -> Endpoint:
    """The endpoint of that id.

    Raises:
        EndpointUnknown: there is none.
    """
    found = await _find(connection, endpoint_id)
    if found is None:
        raise EndpointUnknown(id=str(endpoint_id))
    return found


async def list_endpoints(connection: Connection, before: Place, limit: int) -> list[Endpoint]:
    """Endpoints, newest first; those removed are not among them."""
    return await fetch_all(connection, SQL["endpoints"], Endpoint, None, *before, limit)


async def count_in_trouble(connection: Connection) -> int:
    """How many endpoints have not got all they should and need a person."""
    count: int = await connection.fetchval(SQL["endpoints_in_trouble"])
    return count


async def _lock(connection: Connection, endpoint_id: UUID) -> Endpoint:
    if await connection.fetchval(SQL["lock_endpoint"], endpoint_id) is None:
        raise EndpointUnknown(id=str(endpoint_id))
    return await require(connection, endpoint_id)


async def change(
    connection: Connection, clock: Clock, settings: Settings, endpoint_id: UUID, wanted: EndpointChange
) -> Endpoint:
    """Another address, description, or other kinds of events from now on.

    Raises:
        EndpointUnknown: there is none.
        InvalidField: the address or a kind is none.
    """
    endpoint = await _lock(connection, endpoint_id)
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    changed = msgspec.structs.replace(endpoint, **given)
    if "url" in given:
        check_url(changed.url, settings)
    _check_kinds(changed.kinds)
    await connection.execute(SQL["change_endpoint"], endpoint_id, changed.url, changed.description, changed.kinds)
    await _follow_gifts(connection, changed.kinds, clock.now())
    return await require(connection, endpoint_id)


async def pause(connection: Connection, clock: Clock, endpoint_id: UUID) -> Endpoint:
    """Tell it nothing until somebody resumes; events wait for as long as they are kept. Raises EndpointUnknown."""
    await _lock(connection, endpoint_id)
    await connection.execute(SQL["pause_endpoint"], endpoint_id, clock.now(), PauseReason.OPERATOR)
    return await require(connection, endpoint_id)


async def resume(connection: Connection, clock: Clock, endpoint_id: UUID) -> Endpoint:
    """Go on where it was left; what waits is tried at once. Raises EndpointUnknown."""
    await _lock(connection, endpoint_id)
    await connection.execute(SQL["resume_endpoint"], endpoint_id)
    await connection.execute(SQL["hurry_waiting"], endpoint_id, clock.now())
    return await require(connection, endpoint_id)


async def remove(connection: Connection, clock: Clock, endpoint_id: UUID) -> None:
    """Tell it nothing any more, for good. Raises EndpointUnknown."""
    await _lock(connection, endpoint_id)
    await connection.execute(SQL["remove_endpoint"], endpoint_id, clock.now())
    await connection.execute(SQL["forget_deliveries"], endpoint_id)
    await connection.execute(SQL["forget_secrets"], endpoint_id)


async def rotate(
    connection: Connection, clock: Clock, settings: Settings, endpoint_id: UUID, old_valid_hours: int
) -> str:
    """A new secret, shown once. The one before is signed with as well for so many hours; any before that no more.

    Raises:
        EndpointUnknown: there is none.
    """
    await _lock(connection, endpoint_id)
    now = clock.now()
    await connection.execute(SQL["forget_expired_secrets"], endpoint_id, datetime.max.replace(tzinfo=now.tzinfo))
    await connection.execute(SQL["end_secret"], endpoint_id, now + timedelta(hours=old_valid_hours))
    return await add_secret(connection, vault_of(settings), endpoint_id, now)


async def replay(connection: Connection, endpoint_id: UUID, after: int) -> Endpoint:
    """Tell it again all events after a place in the log, as far as they are kept.

    Raises:
        EndpointUnknown: there is none.
        InvalidField: the log does not go that far.
    """
    await _lock(connection, endpoint_id)
    if after > (last := (await log_state(connection)).last):
        raise InvalidField(
            field="body.after", reason=f"must be at most {last}, the number of the last event", most=last
        )
    await connection.execute(SQL["replay_from"], endpoint_id, after)
    return await require(connection, endpoint_id)


async def replay_one(connection: Connection, clock: Clock, endpoint_id: UUID, position: int) -> None:
    """Tell it one event again; one that waits is not told twice.

    Raises:
        EndpointUnknown: there is none.
        NotFound: it has no such event.
    """
    await _lock(connection, endpoint_id)
    if await connection.fetchval(SQL["replay_one"], endpoint_id, position, clock.now()) is None:
        found = await list_deliveries(connection, endpoint_id, None, position + 1, 1)
        if not found or found[0].position != position:
            raise NotFound("This endpoint has no such event.", sequence=position)


async def list_deliveries(
    connection: Connection, endpoint_id: UUID, state: DeliveryState | None, before: int, limit: int
) -> list[Delivery]:
    """Events for an endpoint, the latest first, from before a position."""
    return await fetch_all(connection, SQL["deliveries"], Delivery, endpoint_id, state, before, limit)


async def list_tries(
    connection: Connection, endpoint_id: UUID, position: int | None, before: Place, limit: int
) -> list[Try]:
    """Requests to an endpoint, the latest first; of one event or of all."""
    return await fetch_all(connection, SQL["tries"], Try, endpoint_id, position, *before, limit)
