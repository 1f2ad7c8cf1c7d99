"""A worker that is killed after the mail server took a mail and before that is known: it is sent again, to be told by
its `Message-ID` and the same in every byte."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from plaudit.connections import connect
from tests.peers.mail import mail_server
from tests.support.databases import owner_of
from tests.support.mailing import ada_of, by, mails, open_mailing_shop, send
from tests.support.returns import Returns
from tests.support.waiting import WAIT_S


async def test_a_mail_whose_sender_dies_is_sent_again_with_the_same_name(database_url: str, tmp_path: Path) -> None:
    async with mail_server() as peer, open_mailing_shop(database_url, tmp_path, **by(peer)) as shop:
        ada = Returns(shop, await ada_of(shop), await shop.desk.person_id("ada"))
        await ada.buy()
        taken = asyncio.Event()
        holder = await connect(owner_of(database_url))
        await holder.execute("begin")

        async def hold(_: object) -> None:
            await holder.execute("select from mail for update")  # what became of it cannot be committed

        peer.on_message, peer.on_goodbye = hold, taken.set
        settings = shop.desk.house.settings
        told = [database_url, settings.public_url, str(peer.port)]
        command = [sys.executable, "-m", "tests.support.mailing", *told]
        worker = await asyncio.create_subprocess_exec(*command)
        async with asyncio.timeout(WAIT_S):
            await taken.wait()
        worker.kill()
        await worker.wait()
        await holder.close()
        peer.on_message = peer.on_goodbye = None
        assert [one["state"] for one in await mails(shop)] == ["waiting"]
        assert await send(shop) == 0, "the dead one's lease still holds"
        shop.clock.advance(timedelta(hours=1))
        assert await send(shop) == 1
        first, second = peer.received
        assert first["Message-ID"] == second["Message-ID"]
        assert first.as_bytes() == second.as_bytes()
        assert [(one["state"], one["tries"]) for one in await mails(shop)] == [("sent", 2)]
