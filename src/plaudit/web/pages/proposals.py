"""What of a kind is proposed and not decided yet, beside what holds."""

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions import actions
from plaudit.decisions.answers import DecisionAnswer, answers
from plaudit.decisions.kinds import brought_kinds
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BEGINNING


async def proposed(connection: Connection, clock: Clock, kind: str) -> list[DecisionAnswer]:
    """Open decisions of a kind, the newest first; the page of decisions has those beyond PAGE_ROWS."""
    wanted = actions.Filter(kind=kind, open=True)
    found = await actions.list_decisions(connection, clock, wanted, BEGINNING, PAGE_ROWS)
    return await answers(connection, brought_kinds(), found)
