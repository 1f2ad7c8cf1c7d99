"""Whether app stores are told in time what they want to know."""

from plaudit.readiness.model import CheckOutcome, Grounds, attention, ok
from plaudit.selling.stores.jobs import QUEUES


async def told(grounds: Grounds) -> CheckOutcome:
    """What is late, and what is refused while there is time to mend it."""
    now = grounds.clock.now()
    async with grounds.opened.read() as connection:
        standings = [await queue.standing(connection, now) for queue in QUEUES if queue.is_timed]
    late = sum(one.late for one in standings)
    refused = sum(one.failed_with.get("refused", 0) for one in standings)
    if not late and not refused:
        return ok("nothing is late")
    wanted_by = min(one.wanted_by for one in standings if one.wanted_by)
    return attention(
        f"{late} late, {refused} refused by their store; the earliest was wanted by {wanted_by:%Y-%m-%d %H:%M} UTC",
        page="/operator/queues",
    )
