"""Accounts that may be one person's: proposed by what they share, linked by an operator or said to be two people's."""

from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import are_linked
from plaudit.decisions.links import NewPersonLink, link
from plaudit.ids import new_id
from plaudit.instruments.model import InstrumentKind
from plaudit.pages import Place
from plaudit.problems import NotFound
from plaudit.safety.limits import NEAR_TOLD_MAX
from plaudit.safety.model import LinkProposal, NearAccount, OwnCase, ProposalIsOver, Verdict
from plaudit.safety.rulebook import shipped
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def propose(connection: Connection, clock: Clock, person_id: int) -> int:
    """Propose to link somebody with each account that was seen with the same card, device or bank account, once for
    ever; a shared address alone is a house. Answers how many are near. What a crowd shares proposes nothing."""
    crowd = shipped().rules["shared_instrument"]["crowd_people"]
    near = await fetch_all(connection, SQL["near_accounts"], NearAccount, person_id, crowd, NEAR_TOLD_MAX)
    of_one = [one for one in near if not one.is_linked and one.kinds != [InstrumentKind.ADDRESS.value]]
    if of_one:
        columns = (
            [new_id(clock) for _ in of_one],
            [one.person_id for one in of_one],
            [" ".join(one.kinds) for one in of_one],
        )
        await connection.execute(SQL["propose_links"], person_id, clock.now(), *columns)
    return len(of_one)


async def list_proposals(
    connection: Connection, before: Place, limit: int, *, is_open: bool | None = None
) -> list[LinkProposal]:
    """Newest first, from the one after `before`."""
    return await fetch_all(connection, SQL["link_proposals"], LinkProposal, is_open, *before, limit)


async def decide(
    connection: Connection, clock: Clock, proposal_id: UUID, verdict: Verdict, note: str, operator_id: int
) -> LinkProposal:
    """Link two accounts, or say that they are two people's. Repeating it changes nothing.

    Raises:
        NotFound: there is no such proposal.
        ProposalIsOver: it was decided otherwise.
        OwnCase: one of them is the operator's, or linked to theirs.
        AlreadyLinked: they are, by hand.
    """
    found = await _find(connection, proposal_id)
    if found.verdict is not None:
        if (found.verdict, found.decided_by) != (verdict, operator_id):
            raise ProposalIsOver
        return found
    for one in (found.person_id, found.other_id):
        if await are_linked(connection, operator_id, one):
            raise OwnCase
    link_id = None
    if verdict is Verdict.LINKED:
        new = NewPersonLink(id=new_id(clock), person_id=str(found.person_id), other_id=str(found.other_id), note=note)
        link_id = (await link(connection, clock, new, operator_id)).id
    await connection.execute(SQL["decide_proposal"], proposal_id, verdict.value, operator_id, clock.now(), link_id)
    return await _find(connection, proposal_id)


async def _find(connection: Connection, proposal_id: UUID) -> LinkProposal:
    found = await fetch_one(connection, SQL["find_proposal"], LinkProposal, proposal_id)
    if found is None:
        raise NotFound("There is no such proposal.", id=proposal_id)
    return found
