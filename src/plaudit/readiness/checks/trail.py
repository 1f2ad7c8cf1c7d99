"""Whether the trail is sealed as it grows, and its heads signed each day."""

from datetime import timedelta

from plaudit.limits import ACTS_SEAL_LATE_S, HEAD_LATE_HOURS
from plaudit.readiness.model import CheckOutcome, Grounds, attention, ok
from plaudit.settings import SetupError
from plaudit.trail.heads import last_head
from plaudit.trail.sealing import oldest_unsealed_at
from plaudit.trail.signing import signing_key


async def sealed(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        oldest = await oldest_unsealed_at(connection)
    if oldest is not None and grounds.clock.now() - oldest > timedelta(seconds=ACTS_SEAL_LATE_S):
        return attention(
            f"an act of {oldest:%Y-%m-%d %H:%M} UTC has no place in the chain: no server seals it",
            page="/operator/acts",
        )
    return ok("every act has its place in the chain")


async def heads(grounds: Grounds) -> CheckOutcome:
    try:
        key = signing_key(grounds.settings)
    except SetupError as error:
        return attention(str(error))
    if key is None:
        return attention("nothing is signed: there is no key", command="plaudit trail key")
    async with grounds.opened.read() as connection:
        last = await last_head(connection)
    if last is None:
        return attention("none is signed yet: a server signs one each day", command="plaudit trail sign")
    if grounds.clock.now() - last.at > timedelta(hours=HEAD_LATE_HOURS):
        return attention(f"the last is of {last.at:%Y-%m-%d %H:%M} UTC", command="plaudit trail sign")
    return ok(f"head {last.number} of {last.at:%Y-%m-%d}, signed by {last.key_id}")
