"""The messages of the room socket as types for TypeScript. `python -m plaudit.http.typescript` writes them where the
scripts of our own pages find them."""

from pathlib import Path
from typing import Any, get_args

from plaudit.http.asyncapi import schemas
from plaudit.live.conversation import AnyFrame, Command, ServerMessage

FILE = Path(__file__).parents[1] / "web" / "static" / "js" / "room-messages.d.ts"

_HEAD = (
    "// What the server and a screen of a room say to each other. Made of plaudit/live/conversation.py by\n"
    "// `python -m plaudit.http.typescript`.\n"
)
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_UNIONS = {"AnyFrame": AnyFrame, "ServerMessage": ServerMessage, "Command": Command}


def types() -> str:
    """All of them, as a declaration file."""
    declared = [_interface(name, schema) for name, schema in schemas().items()]
    unions = [
        f"export type {name} = {' | '.join(part.__name__ for part in get_args(union))};\n"
        for name, union in _UNIONS.items()
    ]
    return "\n".join([_HEAD, *declared, *unions])


def _interface(name: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    lines = []
    for field, kind in schema["properties"].items():
        if said := kind.get("description"):
            lines.append(f"  /** {said} */")
        lines.append(f"  {field}{'' if field in required else '?'}: {_type(kind)};")
    said = " ".join(schema.get("description", "").split())
    return f"/** {said} */\nexport interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def _type(schema: dict[str, Any]) -> str:
    if reference := schema.get("$ref"):
        return str(reference).rpartition("/")[2]
    if values := schema.get("enum"):
        return " | ".join(f'"{value}"' for value in values)
    if parts := schema.get("anyOf"):
        return " | ".join(_type(part) for part in parts)
    if schema.get("type") == "array":
        return f"Array<{_type(schema['items'])}>"
    if schema.get("type") == "object":
        named = [f"{field}: {_type(kind)}; " for field, kind in schema.get("properties", {}).items()]
        return "{ " + "".join(named) + "[field: string]: unknown }"
    return _PLAIN[schema["type"]]


if __name__ == "__main__":
    FILE.write_text(types(), encoding="utf-8")
