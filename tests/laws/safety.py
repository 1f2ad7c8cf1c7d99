"""What breaks the laws of safety."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from plaudit.connections import Connection
from plaudit.freezes import actions as freezing
from plaudit.freezes.model import Frozen, NewFreeze
from plaudit.ids import new_id
from plaudit.safety import following, proposals
from plaudit.safety.looking import enter
from plaudit.safety.model import EntryKind, Verdict
from tests.integration.test_clawback import Stage

_DECIDED = "update safety_case set outcome = '{}', decided_by = person_id + 1, decided_at = opened_at, reason = 'none'"
_LIFTED = "update safety_step set lifted_at = began_at, lifted_because = 'well'; "
_LATER = "; update safety_step set began_at = began_at + interval '1 second'"
_STEP = """insert into safety_step (id, case_id, person_id, kind, reason, began_at, ends_at, taken_by)
    select gen_random_uuid(), c.id, c.person_id, '{}', 'a look',
    now() - interval '40 days', now() + interval '40 days', 1 from safety_case c"""
_APPROVED = """; insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
    select shard, id, 'requested', 'approved', changed_at, 'operator', 1 from payout"""
_EXPORTED = """; insert into payout_export (number, id, currency, exported_at, exported_by)
    values (9, gen_random_uuid(), 'USD', now(), 1);
    insert into payout_export_item (shard, payout_id, export_number) select shard, id, 9 from payout"""

BREAKS = [
    ("flows_are_of_the_log", "update safety_flow set coins = coins + 1"),
    ("flows_are_of_the_log", "update safety_flow set day = day + 1"),
    ("steps_rest_on_cases", "update safety_step set person_id = (select max(id) + 1 from person)"),
    ("steps_rest_on_cases", "update safety_finding set case_id = null"),
    ("steps_rest_on_cases", _DECIDED.format("cleared")),
    (
        "steps_rest_on_cases",
        _DECIDED.format("confirmed") + _LATER,
    ),
    ("steps_rest_on_cases", _LIFTED + _DECIDED.format("cleared")),
    ("proposals_link", "update person_link set linked_by = linked_by + 1"),
    ("proposals_link", "delete from person_link"),
    ("cases_rest_on_evidence", "update safety_finding set case_id = null"),
    ("cases_rest_on_evidence", "update safety_finding set person_id = person_id + 1"),
    ("cases_rest_on_evidence", "delete from safety_entry"),
    ("cases_rest_on_evidence", _DECIDED.format("confirmed")),
    ("steps_held", _STEP.format("slow_maturity")),
    ("steps_held", _STEP.format("hold_payout") + _APPROVED),
    ("steps_held", _STEP.format("hold_payout") + _EXPORTED),
]


async def prepare(stage: Stage) -> None:
    """Gifts that are summed, and a case of the creator with what a rule found and did."""
    house, clock = stage.shop.desk.house, stage.shop.clock
    await following.follow(house.database, clock)
    now, case_id = clock.now(), new_id(clock)
    async with house.database.transaction() as connection:
        await connection.execute(
            "insert into safety_case (id, person_id, opened_at, score) values ($1, $2, $3, 60)",
            *(case_id, stage.creator_id, now),
        )
        await enter(connection, case_id, now, None, EntryKind.OPENED, "")
        finding_id = await connection.fetchval(
            "insert into safety_finding (person_id, rule, version, subject, score, sentence, evidence, others,"
            " found_at, case_id) values ($1, 'rings', 1, 'all', 60, 'A ring.', $2, '{}', $3, $4) returning id",
            *(stage.creator_id, [{"kind": "gifts", "key": "1:2", "words": "many"}], now, case_id),
        )
        await connection.execute(
            "insert into safety_step (id, case_id, person_id, kind, reason, began_at, ends_at, finding_id)"
            " values ($1, $2, $3, 'slow_maturity', 'A ring', $4, $5, $6)",
            *(new_id(clock), case_id, stage.creator_id, now, now + timedelta(days=1), finding_id),
        )
        await _freeze_and_link(connection, stage, case_id)


async def _freeze_and_link(connection: Connection, stage: Stage, case_id: UUID) -> None:
    """Something that stands still because of the case, and two accounts that a proposal linked."""
    clock, ada = stage.shop.clock, await stage.shop.desk.person_id("ada")
    wanted: dict[str, Any] = {"id": new_id(clock), "what": Frozen.WALLET, "person_id": str(stage.creator_id)}
    frozen = await freezing.freeze(connection, clock, NewFreeze(reason="A ring", **wanted), None)
    await connection.execute("insert into safety_freeze (freeze_id, case_id) values ($1, $2)", frozen.id, case_id)
    twins = sorted([ada, await stage.shop.desk.person_id("twin")])
    proposal_id = new_id(clock)
    await connection.execute(
        "insert into link_proposal (id, person_id, other_id, kinds, proposed_at) values ($1, $2, $3, $4, $5)",
        *(proposal_id, *twins, ["device"], clock.now()),
    )
    await proposals.decide(connection, clock, proposal_id, Verdict.LINKED, "They wrote so.", stage.creator_id)
