"""What audits found, as operators see it in any process."""

from plaudit.clock import ManualClock
from plaudit.people.model import Role
from tests.support.desk import open_desk


async def test_an_audit_that_one_process_ran_is_seen_in_another(database_url: str, clock: ManualClock) -> None:
    async with open_desk(database_url, clock) as here:
        olga = await here.person("olga", Role.OPERATOR)
        assert "No audit yet" in (await olga.get("/operator/audits")).text
        assert "The books balance" in (await olga.post("/operator/audit")).text
    async with open_desk(database_url, clock) as there:
        olga = await there.person("olga", Role.OPERATOR)
        assert "asked for" in (await olga.get("/operator/audits")).text
        assert "assets_sum_to_zero" in (await olga.get("/operator/audits/1")).text
        assert (await olga.get("/operator/audits/2")).status_code == 404
        assert (await (await there.person("ada")).get("/operator/audits")).status_code == 403
