"""Until when what is unspent can be taken back: what laws say by region and day, and what the settings promise else."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.limits import WITHDRAWAL_DAYS_MAX, WITHDRAWAL_LAST_DAY_SLACK_H
from plaudit.problems import Conflict, InvalidField
from plaudit.selling.reversals.model import RegionRule, WithdrawalRule
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def rule_of(connection: Connection, region: str, paid_at: datetime, settings: Settings) -> WithdrawalRule:
    """How long coins that are bought in a region can be taken back: by law, else what the settings promise."""
    return (await rules_of(connection, [(region, paid_at)], settings))[0]


async def rules_of(
    connection: Connection, paid: Sequence[tuple[str, datetime]], settings: Settings
) -> list[WithdrawalRule]:
    """The rules of regions at moments, in their order."""
    if not paid:
        return []
    regions, moments = zip(*paid, strict=True)
    days = [moment.astimezone(UTC).date() for moment in moments]
    days_promised = min(max(settings.withdrawal_days, 0), WITHDRAWAL_DAYS_MAX)
    promised = WithdrawalRule(days=days_promised, basis="Our own promise", is_law=False)
    rows = await connection.fetch(SQL["find_rules"], list(regions), days)
    return [promised if row["days"] is None else WithdrawalRule(days=row["days"], basis=row["basis"]) for row in rows]


def deadline(paid_at: datetime, rule: WithdrawalRule) -> datetime:
    """When the last day is over, wherever the buyer is; the day of payment does not count."""
    after_last_day = datetime.combine(paid_at.astimezone(UTC).date() + timedelta(days=rule.days + 1), time(), UTC)
    return after_last_day + timedelta(hours=WITHDRAWAL_LAST_DAY_SLACK_H)


async def time_runs(connection: Connection, person_id: int, settings: Settings, now: datetime) -> bool:
    """Whether the time runs in which somebody may withdraw from a purchase, whatever is left of it."""
    days = min(max(settings.withdrawal_days, 0), WITHDRAWAL_DAYS_MAX)
    found: bool = await connection.fetchval(SQL["time_runs"], person_id, days, WITHDRAWAL_LAST_DAY_SLACK_H, now)
    return found


async def list_rules(connection: Connection) -> list[RegionRule]:
    """All that is written, by region, the latest first."""
    return await fetch_all(connection, SQL["list_rules"], RegionRule)


async def written(connection: Connection, region: str, paid_at: datetime) -> RegionRule | None:
    """The rule of a region that holds before a moment; None: none is written."""
    return await fetch_one(connection, SQL["rule_before"], RegionRule, region, paid_at.date())


async def check_rule(connection: Connection, rule: RegionRule, clock: Clock) -> None:
    """Whether a rule can be written.

    Raises:
        InvalidField: the day is over, or under way.
        Conflict: the region has a rule from that day on.
    """
    if rule.valid_from <= clock.now().astimezone(UTC).date():
        raise InvalidField(field="valid_from", reason="must be a day to come: what was promised stays")
    if await connection.fetchval(SQL["has_rule"], rule.region, rule.valid_from):
        raise Conflict(f"{rule.region} has a rule from {rule.valid_from} on.")


async def add_rule(connection: Connection, rule: RegionRule, clock: Clock) -> None:
    """Write a rule that was decided, for orders paid from a day on. What was promised to buyers before stays.

    Raises:
        InvalidField, Conflict: as `check_rule` says.
    """
    await check_rule(connection, rule, clock)
    await connection.execute(SQL["add_rule"], rule.region, rule.valid_from, rule.days, rule.basis)
