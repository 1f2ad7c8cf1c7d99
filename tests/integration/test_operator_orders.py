"""Operators list the orders of everybody: in pages, by state, provider and person."""

from pathlib import Path

from plaudit.people.model import Role
from tests.support.shop import open_shop


async def test_orders_of_everybody(database_url: str, tmp_path: Path) -> None:
    async with open_shop(database_url, tmp_path) as shop:
        people = [await shop.desk.person(name, locale="en-US") for name in ("ada", "ben")]
        made = [await shop.order(person) for person in people for _ in range(2)]
        await shop.pay(made[0])
        await people[0].post(f"/v1/orders/{made[0]['id']}/refresh")
        olga = await shop.desk.person("olga", Role.OPERATOR)

        async def ids(query: str) -> list[str]:
            answer = await olga.get(f"/v1/operator/orders?{query}")
            assert answer.status_code == 200, answer.text
            return [one["id"] for one in answer.json()["items"]]

        newest_first = sorted((one["id"] for one in made), reverse=True)
        assert await ids("") == newest_first
        assert await ids("state=paid") == [made[0]["id"]]
        assert await ids("provider=paypal") == []
        assert set(await ids(f"person_id={made[2]['person_id']}&provider=sandbox")) == {made[2]["id"], made[3]["id"]}
        seen, cursor = [], ""
        while cursor is not None:
            page = (await olga.get(f"/v1/operator/orders?limit=3{cursor and '&cursor='}{cursor}")).json()
            seen += [one["id"] for one in page["items"]]
            cursor = page["next"]
        assert seen == newest_first
        for wrong in ("x", f"{'0' * 32}.99999", f"{'0' * 32}"):
            assert (await olga.get(f"/v1/operator/orders?cursor={wrong}")).status_code == 400
            assert (await olga.get(f"/operator?before={wrong}")).status_code == 200
        assert (await people[0].get("/v1/operator/orders")).status_code == 403
