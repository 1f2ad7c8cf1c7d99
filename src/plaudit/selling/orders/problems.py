"""Payments somebody has to look at: noted once of each kind, listed, and closed with words."""

from datetime import datetime
from uuid import UUID

from plaudit.connections import Connection
from plaudit.money import Money
from plaudit.pages import Place
from plaudit.problems import Conflict, NotFound
from plaudit.selling.orders.model import Order, PaymentProblem, PaymentProblemKind
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def note_problem(  # noqa: PLR0913 - a row of its table
    connection: Connection,
    order: Order,
    kind: PaymentProblemKind,
    payment_id: str,
    expected: Money,
    found: Money,
    now: datetime,
    detail: str = "",
    *,
    credited: bool = True,
) -> bool:
    """Note that money came, or went back, otherwise than it should; False: it is noted already.

    Args:
        payment_id: at the provider, or what else the provider knows it by.
        credited: the buyer has the coins all the same.
    """
    noted = await connection.fetchval(
        SQL["write_payment_problem"],
        *(order.shard, order.order_id, kind, payment_id, expected.amount_minor, expected.currency),
        *(found.amount_minor, found.currency, credited, detail, now),
    )
    return noted is not None


async def end_warning(connection: Connection, order: Order, warning_id: str, reason: str, now: datetime) -> bool:
    """Close a warning of fraud that came to nothing by the provider's own word; False: it is closed, or never came."""
    ended = await connection.fetchval(SQL["end_warning"], order.shard, order.order_id, warning_id, now, reason)
    return ended is not None


async def list_problems(
    connection: Connection, kind: PaymentProblemKind | None, is_open: bool | None, after: Place, limit: int
) -> list[PaymentProblem]:
    """Problems of payments, newest first, those after a place. `is_open` None: resolved ones too."""
    return await fetch_all(connection, SQL["list_problems"], PaymentProblem, kind, is_open, *after, limit)


async def count_open(connection: Connection) -> int:
    """How many problems of payments nobody has resolved."""
    count: int = await connection.fetchval(SQL["count_open_problems"])
    return count


async def resolve(
    connection: Connection, problem_id: UUID, person_id: int, resolution: str, now: datetime
) -> PaymentProblem:
    """Close a problem with what was done about it; repeated by the same person with the same words it changes nothing.

    Raises:
        NotFound: there is no such problem.
        Conflict: it was resolved otherwise before.
    """
    problem = await _find(connection, problem_id)
    resolved = await connection.fetchval(SQL["resolve_problem"], problem.shard, problem_id, now, person_id, resolution)
    present = await _find(connection, problem_id)
    if resolved is None and (present.resolved_by, present.resolution) != (person_id, resolution):
        raise Conflict("Somebody has resolved this already.", resolution=present.resolution)
    return present


async def _find(connection: Connection, problem_id: UUID) -> PaymentProblem:
    problem = await fetch_one(connection, SQL["find_problem"], PaymentProblem, problem_id)
    if problem is None:
        raise NotFound("There is no such problem.", problem_id=problem_id)
    return problem
