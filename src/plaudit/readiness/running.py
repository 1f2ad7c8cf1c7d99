"""Asking the checks: what others rest on first, then all at once, each within its time."""

import asyncio
import logging
from collections.abc import Sequence

from plaudit.limits import READINESS_CHECK_WAIT_S
from plaudit.readiness.checks import CHECKS
from plaudit.readiness.model import (
    Check,
    CheckOutcome,
    CheckResult,
    Grounds,
    Needs,
    Report,
    State,
    attention,
    not_asked,
)

log = logging.getLogger(__name__)


async def look(grounds: Grounds, *, slow_too: bool = True, checks: Sequence[Check] = CHECKS) -> Report:
    """The state of everything; without what is slow, what can be seen from within in a moment."""
    wanted = [check for check in checks if slow_too or not check.is_slow]
    found: dict[str, CheckOutcome] = {}
    shut: Check | None = None
    for level in Needs:
        group = [check for check in wanted if check.needs is level]
        if shut is not None:
            found |= dict.fromkeys(
                (check.id for check in group), not_asked(f"not asked before this is right: {shut.title}")
            )
            continue
        outcomes = await asyncio.gather(*(_asked(check, grounds) for check in group))
        found |= {check.id: outcome for check, outcome in zip(group, outcomes, strict=True)}
        shut = next((one for one in group if one.is_gate and found[one.id].state is State.BLOCKING), None)
    return Report([_line(check, found[check.id]) for check in wanted])


def _line(check: Check, found: CheckOutcome) -> CheckResult:
    return CheckResult(
        id=check.id, title=check.title, state=found.state, why=found.why, command=found.command, page=found.page
    )


async def _asked(check: Check, grounds: Grounds) -> CheckOutcome:
    try:
        async with asyncio.timeout(READINESS_CHECK_WAIT_S):
            return await check.run(grounds)
    except TimeoutError:
        return attention(f"no answer within {READINESS_CHECK_WAIT_S} s")
    except Exception as error:
        log.warning("the check %s failed", check.id, exc_info=error)
        return attention(f"could not be checked: {type(error).__name__}: {error}")
