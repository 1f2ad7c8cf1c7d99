"""What breaks the laws of what is held of people."""

from tests.integration.test_clawback import Stage

_COLUMNS = "id, person_id, asked_by, gives_up_coins, gives_up_earnings, asked_at, begins_at, begun_at, subject_mac"
_ERASED = "gen_random_uuid(), id, 'person', true, true, now(), now(), now(), sha256('')"

BREAKS = [
    (
        "erased_people_are_nobody",
        f"insert into erasure ({_COLUMNS}, erased_at) select {_ERASED}, now() from person limit 1",  # noqa: S608 - above
    ),
    *(
        ("merged_accounts_stay_one", changed)
        for changed in (
            "update person_link set ended_by = 1, ended_at = now() where linked_by = 0",
            "update freeze_record set lifted_at = now(), lifted_because = 'x' where id in (select id from person_move)",
            "update person_move set subject = (select subject from person where id = person_id)",
        )
    ),
    ("erased_people_are_nobody", "update person set display_name = 'Ada' where subject like 'erased:%'"),
]


async def prepare(stage: Stage) -> None:
    """Somebody who was erased, and an account that was merged."""
    gone = await stage.shop.desk.person_id("gone")
    async with stage.shop.desk.house.database.transaction() as connection:
        begun = f"insert into erasure ({_COLUMNS}, due_at) select {_ERASED}, now() from person where id = $1"  # noqa: S608 - above
        await connection.execute(begun, gone)
        await connection.execute("select erase_people($1, 1)", gone)
        await connection.execute("update erasure set erased_at = now(), due_at = null where person_id = $1", gone)
        merged = [await stage.shop.desk.person_id(name) for name in ("merged", "staying")]
        await connection.execute("select merge_person(gen_random_uuid(), $1, $2, now())", *merged)
