"""`plaudit verify`: what holds, what does not, and a second program written from docs/trail-format.md alone."""

import base64
import hashlib
import json
import struct
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from plaudit.trail.signing import SigningKey
from plaudit.trail.verify_command import verify

DOCUMENT = Path(__file__).parents[2] / "docs" / "trail-format.md"
KEY = SigningKey(bytes(range(32)))
ZEROS = "0" * 64
Line = dict[str, Any]


def sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def chain(count: int) -> list[Line]:
    """Acts that were never anywhere."""
    lines, previous = [], ZEROS
    for position in range(1, count + 1):
        record = json.dumps({"operation": "Try", "number": position, "said": "é"}, ensure_ascii=False)
        found = sha256(bytes.fromhex(previous) + record.encode())
        lines.append({"position": position, "previous": previous, "hash": found, "record": record})
        previous = found
    return lines


def deliveries() -> list[Line]:
    lines, previous = [], ""
    for number in (1, 2):
        gifts = [[str(uuid.UUID(int=number)), "7", "9", "50"], [str(uuid.UUID(int=number + 10)), "8", "9", "-1"]]
        line: Line = {"shard": 0, "source_shard": 1, "from_batch": number, "through_batch": number, "gifts": gifts}
        line["previous"] = previous
        line["hash"] = previous = second_delivery_hash(line)
        lines.append(line)
    return lines


def head(number: int, previous: str, trail: Line | None, books: list[Line]) -> Line:
    document = json.dumps(
        {
            "format": "plaudit-head-1", "installation": "https://coins.example", "number": number,
            "at": f"2026-11-{number:02}T00:05:00Z", "previous": previous,
            "trail": {"position": trail["position"] if trail else 0, "hash": trail["hash"] if trail else ZEROS},
            "books": [
                {"shard": 0, "source_shard": 1, "through": one["through_batch"], "hash": one["hash"]} for one in books
            ],
        },
        separators=(",", ":"),
    )  # fmt: skip
    signature = base64.b64encode(KEY.sign(document.encode())).decode()
    return {"number": number, "document": document, "signature": signature, "key_id": KEY.key_id}


@dataclass(frozen=True)
class Ended:
    output: str
    exit_code: int


def _run(*arguments: str) -> Ended:
    ended = CliRunner().invoke(verify, arguments, standalone_mode=False)
    assert ended.exception is None, ended.exception
    return Ended(ended.output, ended.return_value)


class Shown:
    """What somebody has to prove: heads, acts, deliveries, as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.acts, self.deliveries = chain(5), deliveries()
        self.heads = [head(1, ZEROS, self.acts[1], self.deliveries[:1])]
        self.add_head(self.acts[3], self.deliveries)
        self.key = base64.b64encode(KEY.public).decode()

    def add_head(self, act: Line, books: list[Line]) -> None:
        last = self.heads[-1]["document"]
        self.heads.append(head(len(self.heads) + 1, sha256(last.encode()), act, books))

    def run(self, *only: str, key: str | None = None) -> Ended:
        pages = {"items": self.heads, "next": None}
        (self.folder / "heads").write_text(json.dumps(pages, indent=2))
        for name, lines in (("acts", self.acts), ("deliveries", self.deliveries)):
            (self.folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
        files = [str(self.folder / name) for name in only or ("heads", "acts", "deliveries")]
        return _run("--key", key or self.key, *files)


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    return Shown(tmp_path)


def test_what_holds_is_said_in_one_line(shown: Shown) -> None:
    ended = shown.run()
    assert ended.output == (
        "holds: 2 heads, 2026-11-01 to 2026-11-02; acts 1 to 5, the last 1 not signed yet; 2 deliveries of 1 streams; "
        f"keys you named: {KEY.key_id}\n"
    )
    assert ended.exit_code == 0
    assert shown.run("heads").exit_code == 0
    shown.acts = shown.acts[2:]
    assert shown.run("heads", "acts").exit_code == 0, "a part, tied to the head before it"


def test_keys_that_are_shown_are_named(shown: Shown) -> None:
    keys = shown.folder / "keys"
    keys.write_text(json.dumps({"items": [{"key_id": KEY.key_id, "public_key": shown.key, "first_used_at": ""}]}))
    shown.run()
    ended = _run(str(shown.folder / "heads"), str(keys))
    assert "compare them with those you know" in ended.output
    assert ended.exit_code == 0


def changed_record(shown: Shown) -> None:
    shown.acts[2]["record"] = shown.acts[2]["record"].replace("Try", "Lie")


def act_left_out(shown: Shown) -> None:
    del shown.acts[2]


def acts_swapped(shown: Shown) -> None:
    shown.acts[1:3] = shown.acts[2:0:-1]


def act_put_in(shown: Shown) -> None:
    shown.acts.insert(2, shown.acts[1])


def chain_made_anew(shown: Shown) -> None:
    shown.acts = chain(6)
    for act in shown.acts:
        act["record"] += " "
    previous = ZEROS
    for act in shown.acts:
        act["previous"] = previous
        act["hash"] = previous = sha256(bytes.fromhex(previous) + act["record"].encode())


def chain_cut(shown: Shown) -> None:
    shown.acts = shown.acts[:3]


def only_what_came_after(shown: Shown) -> None:
    shown.acts = shown.acts[4:]
    shown.acts[0]["previous"] = ZEROS


def gift_changed(shown: Shown) -> None:
    shown.deliveries[1]["gifts"][0][3] = "51"


def delivery_left_out(shown: Shown) -> None:
    del shown.deliveries[0]


def books_cut(shown: Shown) -> None:
    del shown.deliveries[1]


def document_changed(shown: Shown) -> None:
    shown.heads[0]["document"] = shown.heads[0]["document"].replace('"position":2', '"position":3')


def head_left_out(shown: Shown) -> None:
    shown.add_head(shown.acts[4], shown.deliveries)
    del shown.heads[1]


def head_forked(shown: Shown) -> None:
    shown.heads[1] = head(2, ZEROS, shown.acts[3], shown.deliveries)


def head_goes_back(shown: Shown) -> None:
    shown.add_head(shown.acts[0], shown.deliveries)


def head_says_otherwise(shown: Shown) -> None:
    shown.add_head(shown.acts[3] | {"hash": "11" * 32}, shown.deliveries)


def stream_gone(shown: Shown) -> None:
    shown.add_head(shown.acts[4], [])


def signed_by_another(shown: Shown) -> None:
    other = Ed25519PrivateKey.generate()
    text = shown.heads[0]["document"].encode()
    shown.heads[0]["signature"] = base64.b64encode(other.sign(text)).decode()


def no_format(shown: Shown) -> None:
    del shown.acts[1]["hash"]


BROKEN: dict[Callable[[Shown], None], str] = {
    changed_record: "act 3: the hash is not that of its record",
    act_left_out: "act 4: it does not follow act 2",
    acts_swapped: "act 3: it does not follow act 1",
    act_put_in: "act 2: it does not follow act 2",
    chain_made_anew: "act 2: head 1 has signed another hash",
    chain_cut: "the trail ends with act 3, and head 2 has signed 4",
    only_what_came_after: "act 5: head 2 has signed another hash",
    gift_changed: "stream 1 → 0, batches 2–2: the hash is not that of their gifts",
    delivery_left_out: "holds",
    books_cut: "stream 1 → 0 ends with batch 1, and head 2 has signed 2",
    document_changed: "head 1: the signature is not that of key",
    head_left_out: "head 3: it comes after head 1",
    head_forked: "head 2: it does not follow head 1",
    head_goes_back: "head 3: the trail ends at 1, and head 2 has signed 4",
    head_says_otherwise: "head 3: the trail has another hash at 4 than in head 2",
    stream_gone: "head 3: stream 1 → 0 is gone",
    signed_by_another: "head 1: the signature is not that of key",
    no_format: "an entry is not in the format",
}


@pytest.mark.parametrize("tamper", BROKEN, ids=lambda one: one.__name__)
def test_what_does_not_hold_is_said(shown: Shown, tamper: Callable[[Shown], None]) -> None:
    tamper(shown)
    ended = shown.run()
    assert BROKEN[tamper] in ended.output
    assert len(ended.output.splitlines()) == 1
    assert ended.exit_code == (0 if BROKEN[tamper] == "holds" else 1)


def test_an_export_alone_proves_nothing(shown: Shown) -> None:
    assert "proves only that it agrees with itself" in shown.run("acts").output
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    assert f"signed with key {KEY.key_id}, which is not trusted" in shown.run(key=other).output


@contextmanager
def _published(shown: Shown, heads: list[Line]) -> Iterator[str]:
    """A server that shows these heads."""
    folder = shown.folder / "server" / ".well-known" / "plaudit"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "heads").write_text(json.dumps({"items": heads, "next": None}))
    (folder / "keys").write_text(json.dumps({"items": []}))
    handler = partial(_Silent, directory=str(shown.folder / "server"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


def test_a_server_still_shows_what_somebody_kept(shown: Shown) -> None:
    kept = shown.folder / "kept"
    kept.write_text(json.dumps({"items": shown.heads[:1], "next": None}))
    other = [head(1, ZEROS, shown.acts[0], shown.deliveries[:1])]
    for heads, kept_heads, said in (
        (shown.heads, shown.heads[:1], "holds: 2 heads"),
        (shown.heads, shown.heads, "holds: 2 heads"),
        (shown.heads[:1], shown.heads, "it ends with head 1, and head 2 was signed and kept"),
        ([], shown.heads, "it ends with head 0, and head 2 was signed and kept"),
        (other, shown.heads[:1], "head 1: two were signed, which say different things"),
    ):
        kept.write_text(json.dumps({"items": kept_heads, "next": None}))
        with _published(shown, heads) as address:
            ended = _run("--key", shown.key, address, str(kept))
        assert said in ended.output
        assert ended.exit_code == (0 if said.startswith("holds") else 1)


# The second program: what docs/trail-format.md says, and nothing of ours.


def second_array(oid: int, values: list[bytes]) -> bytes:
    found = struct.pack(">iiiii", 1, 0, oid, len(values), 1)
    for value in values:
        found += struct.pack(">i", len(value)) + value
    return found


def second_delivery_hash(line: Line) -> str:
    message = bytes.fromhex(line["previous"]) + struct.pack(">qq", line["from_batch"], line["through_batch"])
    message += second_array(2950, [uuid.UUID(gift[0]).bytes for gift in line["gifts"]])
    for column in (1, 2, 3):
        message += second_array(20, [struct.pack(">q", int(gift[column])) for gift in line["gifts"]])
    return sha256(message)


def second_proof(vector: Line) -> None:
    known = {hashlib.sha256(base64.b64decode(one)).hexdigest()[:16]: base64.b64decode(one) for one in vector["keys"]}
    before, said = "", dict[tuple[Any, ...], str]()
    for number, one in enumerate(vector["heads"], 1):
        text = one["document"].encode()
        Ed25519PublicKey.from_public_bytes(known[one["key_id"]]).verify(base64.b64decode(one["signature"]), text)
        document = json.loads(text)
        assert (document["format"], document["number"]) == ("plaudit-head-1", number)
        assert document["previous"] == (sha256(before.encode()) if before else ZEROS)
        before = one["document"]
        said["trail", document["trail"]["position"]] = document["trail"]["hash"]
        for stream in document["books"]:
            said[stream["shard"], stream["source_shard"], stream["through"]] = stream["hash"]
    previous = ZEROS
    for position, act in enumerate(vector["acts"], 1):
        assert (act["position"], act["previous"]) == (position, previous)
        previous = sha256(bytes.fromhex(previous) + act["record"].encode())
        assert act["hash"] == previous == said.pop(("trail", position), previous)
    ends: dict[tuple[int, int], tuple[int, str]] = {}
    for line in vector["deliveries"]:
        stream = line["shard"], line["source_shard"]
        assert ends.get(stream, (0, "")) == (line["from_batch"] - 1, line["previous"])
        assert line["hash"] == second_delivery_hash(line)
        assert said.pop((*stream, line["through_batch"]), line["hash"]) == line["hash"]
        ends[stream] = line["through_batch"], line["hash"]
    assert not said, "all that was signed was shown"


def test_another_program_agrees_about_the_vector_of_the_document(tmp_path: Path) -> None:
    text = DOCUMENT.read_text("utf-8").partition("```json vector\n")[2].partition("\n```")[0]
    vector: Line = json.loads(text)
    second_proof(vector)
    shown = Shown(tmp_path)
    shown.heads, shown.acts, shown.deliveries = vector["heads"], vector["acts"], vector["deliveries"]
    assert shown.run(key=vector["keys"][0]).exit_code == 0
    changed_record(shown)
    assert shown.run(key=vector["keys"][0]).exit_code == 1
    with pytest.raises(AssertionError):
        second_proof(vector)
