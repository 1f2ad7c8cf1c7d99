"""What breaks the laws of what is held of people."""

from tests.integration.test_clawback import Stage

_COLUMNS = "id, person_id, asked_by, gives_up_coins, gives_up_earnings, asked_at, begins_at, begun_at, subject_mac"
_ERASED = "gen_random_uuid(), id, 'person', true, true, now(), now(), now(), sha256('')"

BREAKS = [
    (
        "erased_people_are_nobody",
        f"insert into erasure ({_COLUMNS}, erased_at) select {_ERASED}, now() from person limit 1",  # noqa: S608 - above
    ),
    ("erased_people_are_nobody", "update person set display_name = 'Ada' where subject like 'erased:%'"),
]


async def prepare(stage: Stage) -> None:
    """Somebody who was erased."""
    gone = await stage.shop.desk.person_id("gone")
    async with stage.shop.desk.house.database.transaction() as connection:
        begun = f"insert into erasure ({_COLUMNS}, due_at) select {_ERASED}, now() from person where id = $1"  # noqa: S608 - above
        await connection.execute(begun, gone)
        await connection.execute("select erase_people($1, 1)", gone)
        await connection.execute("update erasure set erased_at = now(), due_at = null where person_id = $1", gone)
