"""Making the file of an export: a ZIP of each table as JSON and CSV, read in one snapshot, written as it is read."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from plaudit import spreadsheets
from plaudit.clock import Clock
from plaudit.connections import Connection, allow
from plaudit.db import Database
from plaudit.events.log import record
from plaudit.events.model import DataExportReady, PersonReference
from plaudit.holdings import Holding
from plaudit.languages.formats import format_instant
from plaudit.languages.model import Voice, language_of
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import speaking
from plaudit.people.actions import require_person
from plaudit.people.model import Person
from plaudit.people.moves import merged_into
from plaudit.personal_data.exports import EXPORTS, PARTS
from plaudit.personal_data.holders import FATES, WHYS, holdings_by_kind, term_of
from plaudit.personal_data.limits import (
    EXPORT_BYTES_MAX,
    EXPORT_LEASE_S,
    EXPORT_PART_BYTES,
    EXPORT_ROWS_AT_ONCE,
    EXPORT_ROWS_MAX,
)
from plaudit.personal_data.model import Export
from plaudit.queues import TryFailed, settle
from plaudit.retention import days_kept
from plaudit.settings import Settings
from plaudit.statements import statements
from plaudit.vault.sealing import vault_of

SQL = statements(__file__)


async def make_due(database: Database, settings: Settings, clock: Clock) -> int:
    """Make the exports that wait; how many were tried. Any number of workers may."""

    async def handle(export: Export) -> None:
        await _make(database, settings, export, clock)

    return await EXPORTS.run(database, clock, handle)


async def _make(database: Database, settings: Settings, export: Export, clock: Clock) -> None:
    """One transaction, which sees one moment: the file is there whole, or not at all."""
    vault, days = vault_of(settings), days_kept(settings.retention_days)
    async with database.read() as connection, connection.transaction(isolation="repeatable_read"):
        await allow(connection, EXPORT_LEASE_S)
        person = await require_person(connection, export.person_id)
        pieces = _Pieces()
        archive = _Archive(ZipFile(pieces, "w", ZIP_DEFLATED), clock.now())
        number = written = 0
        async for _step in _written(connection, archive, person, export, days):
            while part := pieces.take(EXPORT_PART_BYTES, archive.is_closed):
                sealed = await vault.seal(connection, PARTS, (export.id, number), part)
                await connection.execute(SQL["add_part"], export.id, number, sealed)
                number, written = number + 1, written + len(part)
                if written > EXPORT_BYTES_MAX:
                    raise TryFailed("export_too_large", f"is more than {EXPORT_BYTES_MAX} bytes")
        now = clock.now()
        ends = now + timedelta(days=days["export_files"])
        await settle(connection, SQL["export_made"], export, export.id, now, ends, written)
        who = PersonReference(str(person.id), person.issuer, person.subject)
        ready = DataExportReady(export_id=export.id, who=who, asked_by=export.asked_by, delete_at=ends)
        await record(connection, now, ready)


class _Pieces(io.RawIOBase):
    """Where the ZIP is written to: what was written is taken from it at once."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]  # what ZipFile hands over
        self._buffer += data
        return len(data)

    def take(self, size: int, is_last: bool) -> bytes:
        """A part of that size; nothing while less is there, unless no more will come."""
        if len(self._buffer) < size and not is_last:
            return b""
        part = bytes(self._buffer[:size])
        del self._buffer[:size]
        return part


class _Archive:
    """The ZIP under way, and what is in it."""

    def __init__(self, zipped: ZipFile, at: datetime) -> None:
        self._zip = zipped
        self._at = at.astimezone(UTC)
        self.is_closed = False
        self.rows: dict[str, int] = {}

    async def add(self, name: str, lines: AsyncIterator[bytes]) -> AsyncIterator[None]:
        """Write a file as its lines come; a turn for each of them."""
        info = ZipInfo(name, self._at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        with self._zip.open(info, "w", force_zip64=True) as file:
            async for line in lines:
                file.write(line)
                yield

    def close(self) -> None:
        self._zip.close()
        self.is_closed = True


async def _written(
    connection: Connection, archive: _Archive, person: Person, export: Export, days: Mapping[str, int]
) -> AsyncIterator[None]:
    """Write everything; a turn whenever something may be taken."""
    accounts = [person.id, *await merged_into(connection, person.id)]
    for kind, holdings in holdings_by_kind():
        for holding in holdings:
            if not holding.is_exported:
                continue
            statement = await _statement(connection, holding)
            place = f"{kind.name}/{holding.table}"
            held_of = [one for one in accounts if await connection.fetchval(f"select exists ({statement})", one)]
            if not held_of:
                continue
            for ending, form in (("json", _as_json), ("csv", _as_csv)):
                rows = _rows(connection, statement, held_of, archive, holding.table)
                async for _step in archive.add(f"{place}.{ending}", form(rows)):
                    yield
    async for _step in archive.add("README.txt", _readme(archive, person, export, days)):
        yield
    archive.close()
    yield


async def _statement(connection: Connection, holding: Holding) -> str:
    if holding.query:
        return holding.query.rstrip().rstrip(";")
    columns = [row["name"] for row in await connection.fetch(SQL["columns_of"], holding.table)]
    shown = ", ".join(f'"{name}"' for name in columns if name not in holding.hidden.split())
    condition = holding.where
    if not condition:
        condition = f"{holding.of} = $1" + (" and shard = shard_of($1)" if "shard" in columns else "")
    return f"select {shown} from {holding.table} where {condition}"  # noqa: S608 - names in the code


async def _rows(
    connection: Connection, statement: str, accounts: Sequence[int], archive: _Archive, table: str
) -> AsyncIterator[str]:
    count = 0
    for person_id in accounts:
        cursor = await connection.cursor(f"select row_to_json(r)::text from ({statement}) r", person_id)  # noqa: S608 - from the code
        while rows := await cursor.fetch(EXPORT_ROWS_AT_ONCE):
            count += len(rows)
            if count > EXPORT_ROWS_MAX:
                raise TryFailed("export_too_large", f"{table} has more than {EXPORT_ROWS_MAX} rows")
            for row in rows:
                yield row[0]
    archive.rows[table] = count


async def _as_json(rows: AsyncIterator[str]) -> AsyncIterator[bytes]:
    before = b"[\n"
    async for row in rows:
        yield before + row.encode()
        before = b",\n"
    yield b"\n]\n"


async def _as_csv(rows: AsyncIterator[str]) -> AsyncIterator[bytes]:
    head = True
    async for row in rows:
        values = msgspec.json.decode(row)
        if head:
            yield _line(list(values))
            head = False
        yield _line([_cell(value) for value in values.values()])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return spreadsheets.text(value)
    return msgspec.json.encode(value).decode()


def _line(cells: list[str]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue().encode()


async def _readme(archive: _Archive, person: Person, export: Export, days: Mapping[str, int]) -> AsyncIterator[bytes]:
    language = language_of(export.language)
    assert language is not None, "one of ours"
    with speaking(Voice(language, language.locale)):
        text = _readme_text(archive.rows, person, export, days)
    yield text.replace("\n", "\r\n").encode()


def _readme_text(rows: dict[str, int], person: Person, export: Export, days: Mapping[str, int]) -> str:
    lines = [
        _("All that is held of you here"),
        "",
        _("Person %(number)s, as of %(moment)s.", number=str(person.id), moment=format_instant(export.asked_at)),
        _("Each file is there as JSON and as CSV (UTF-8), with one line for each entry; times are in UTC."),
        _("Keys, hashes and notes that must stay secret are left out. Numbers of other people lead to nobody."),
    ]
    for kind, holdings in holdings_by_kind():
        found = [holding.table for holding in holdings if holding.table in rows]
        lines += ["", _(kind.title), _(kind.about), _(WHYS[kind.why]), term_of(kind, days), _(FATES[kind.fate])]
        lines += [f"  {kind.name}/{table}: {rows[table]}" for table in found] or [f"  {_('Nothing.')}"]
    return "\n".join(lines) + "\n"
