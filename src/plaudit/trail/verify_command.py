"""The command `plaudit verify`: reads files and addresses, tells what they are, and proves them."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import click
import httpx2

from plaudit.limits import VERIFY_BYTES_MAX, VERIFY_PAGES_MAX, VERIFY_WAIT_S
from plaudit.trail.signing import key_id_of
from plaudit.trail.verify import Broken, Proof

HEADS = "/.well-known/plaudit/heads"
KEYS = "/.well-known/plaudit/keys"
_Lines = Iterator[Mapping[str, Any]]


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--key", "named", multiple=True, help="A public key you trust, base64. Without it, those that are shown.")
def verify(sources: tuple[str, ...], named: tuple[str, ...]) -> int:
    """Prove published heads, and exports of the trail and the books. Needs no database, and trusts nobody but the keys.

    SOURCES: the address of a server, files with its heads (those that were kept before, too) or keys, exports of
    `plaudit trail export` and `plaudit trail books`. Exit status 1, and the first thing that does not hold, when
    something does not.
    """
    try:
        keys = {key_id_of(one): one for one in map(_key, named)}
        proof = _prove([_opened(source) for source in _addresses_first(sources)], keys, is_pinned=bool(named))
    except Broken as error:
        click.echo(f"DOES NOT HOLD: {error}")
        return 1
    except (OSError, httpx2.HTTPError) as error:
        raise click.ClickException(f"cannot be read: {error}") from error
    trusted = "keys you named" if named else "keys that were shown: compare them with those you know"
    click.echo(f"{proof.summary()}; {trusted}: {', '.join(sorted(keys))}")
    return 0


def _prove(opened: Sequence["_Source"], keys: dict[str, bytes], *, is_pinned: bool) -> Proof:
    for source in opened:
        if source.keys and not is_pinned:
            keys |= {key_id_of(one): one for one in map(_key, source.keys)}
    proof = Proof(keys)
    reached: list[tuple[str, int]] = []
    for kind, add in (("heads", proof.add_head), ("acts", proof.add_act), ("deliveries", proof.add_delivery)):
        for source in opened:
            if source.kind == kind:
                source.each(add)
            if kind == "heads" and source.is_server:
                reached.append((source.name, proof.last_head))
    for name, number in reached:
        if number < proof.last_head:
            raise Broken(f"{name}: it ends with head {number}, and head {proof.last_head} was signed and kept")
    proof.finish()
    return proof


class _Source:
    """Something to prove: what it is, and its entries in their order."""

    def __init__(
        self, name: str, kind: str, entries: Callable[[], _Lines], keys: Sequence[str] = (), *, is_server: bool = False
    ) -> None:
        self.name = name
        self.is_server = is_server
        self.kind = kind
        self.keys = keys
        self._entries = entries

    def each(self, add: Callable[[Mapping[str, Any]], None]) -> None:
        try:
            for entry in self._entries():
                add(entry)
        except (KeyError, TypeError, ValueError) as error:
            raise Broken(f"{self.name}: an entry is not in the format ({type(error).__name__}: {error})") from error
        except Broken as error:
            raise Broken(f"{self.name}: {error}") from None


def _addresses_first(sources: Sequence[str]) -> list[str]:
    return sorted(sources, key=lambda source: not source.startswith(("http://", "https://")))


def _opened(source: str) -> _Source:
    if source.startswith(("http://", "https://")):
        return _server(source)
    path = Path(source)
    first = next(_lines_of(path), None)
    if first is None:
        raise Broken(f"{source}: it is empty")
    if "items" in first:
        return _page(source, first)
    kinds = {"record": "acts", "gifts": "deliveries", "document": "heads"}
    kind = next((kind for name, kind in kinds.items() if name in first), None)
    if kind is None:
        raise Broken(f"{source}: it is neither heads, nor keys, nor an export")
    return _Source(source, kind, lambda: _lines_of(path))


def _page(name: str, page: Mapping[str, Any]) -> _Source:
    """A published page that was kept as a file."""
    items = list(page["items"])
    if items and "public_key" in items[0]:
        return _Source(name, "keys", lambda: iter(()), [str(one["public_key"]) for one in items])
    return _Source(name, "heads", lambda: iter(items))


def _server(address: str) -> _Source:
    base = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}"
    with ExitStack() as stack:
        client = stack.enter_context(httpx2.Client(timeout=VERIFY_WAIT_S))
        keys = [str(one["public_key"]) for one in _fetched(client, base + KEYS)["items"]]
        heads, following = [], HEADS
        for _ in range(VERIFY_PAGES_MAX):
            page = _fetched(client, urljoin(base, following))
            heads += page["items"]
            if not page["next"]:
                break
            following = str(page["next"])
    return _Source(base, "heads", lambda: iter(heads), keys, is_server=True)


def _fetched(client: httpx2.Client, address: str) -> Mapping[str, Any]:
    answer = client.get(address)
    answer.raise_for_status()
    try:
        found = answer.json()
        if isinstance(found["items"], list):
            return found  # type: ignore[no-any-return]  # a page, as was just seen
    except (KeyError, TypeError, ValueError):
        pass
    raise Broken(f"{address}: the answer is no page")


def _lines_of(path: Path) -> _Lines:
    with path.open("rb") as opened:
        text = opened.readline()
        try:
            json.loads(text)
        except ValueError:  # a page that somebody has laid out over lines
            opened.seek(0)
            yield _object(path, 1, opened.read(VERIFY_BYTES_MAX))
            return
        number = 0
        while text:
            number += 1
            if text.strip():
                yield _object(path, number, text)
            text = opened.readline()


def _object(path: Path, number: int, text: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Broken(f"{path}: line {number} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise Broken(f"{path}: line {number} is no object")
    return found


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Broken(f"{text}: a public key is base64 of 32 bytes")
    return key
