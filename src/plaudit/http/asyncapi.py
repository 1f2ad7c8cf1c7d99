"""The description of the room socket (AsyncAPI 3), made of the structs of its messages; nothing is written twice."""

import inspect
from typing import Any, TypeAlias, get_args

import msgspec

from plaudit import __version__
from plaudit.live.conversation import Command, ServerMessage
from plaudit.live.socket import SOCKET_PATH
from plaudit.people.model import PersonCard

Document: TypeAlias = dict[str, Any]

_DESCRIPTION = """\
One WebSocket a screen. The first message is `hello`; then what happened after the cursor, then what happens. Frames are
numbered per room without gaps and come once each; everything else is of the moment. A screen that comes back shows the
cursor of its last `frames`. Without a token it watches as a guest. Close codes: 4401 not signed in any more, 4404 no
such room, 4408 too slow (come back with the cursor), 4429 too much. The same messages come as server-sent events at
`/v1/rooms/{room_id}/events`, and, but for `state`, of a video at `/v1/videos/{video_id}/events`.
"""
_CHANNEL = {"$ref": "#/channels/room"}


def schemas() -> Document:
    """The schemas of all messages, and of what they refer to, by name."""
    _, components = msgspec.json.schema_components(
        [ServerMessage, Command, PersonCard], ref_template="#/components/schemas/{name}"
    )
    return {name: _plain(schema) for name, schema in components.items()}


def _plain(schema: Any) -> Any:
    """AsyncAPI names the property that tells kinds apart, where OpenAPI has a mapping as well."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value["propertyName"] if key == "discriminator" and isinstance(value, dict) else _plain(value)
        for key, value in schema.items()
    }


def describe_socket(host: str) -> Document:
    """The description of the room socket of a server."""
    said, heard = _messages(ServerMessage), _messages(Command)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Plaudit rooms",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"plaudit": {"host": host, "protocol": "wss", "security": [{"$ref": _SECURITY}]}},
        "channels": {
            "room": {
                "address": SOCKET_PATH.format("{room_id}"),
                "title": "A room",
                "parameters": {"room_id": {"description": "The room."}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in said | heard},
                "bindings": {"ws": {"query": _QUERY, "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            "tell": {
                "action": "send",
                "channel": _CHANNEL,
                "summary": "What the server tells a screen.",
                "messages": [{"$ref": f"#/channels/room/messages/{name}"} for name in said],
            },
            "command": {
                "action": "receive",
                "channel": _CHANNEL,
                "summary": "What a screen asks for; each gets one `answer` of its id.",
                "messages": [{"$ref": f"#/channels/room/messages/{name}"} for name in heard],
            },
        },
        "components": {
            "messages": said | heard,
            "schemas": schemas(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Or, from scripts, the protocols `plaudit` and `plaudit.token.<token>`.",
                }
            },
        },
    }


_SECURITY = "#/components/securitySchemes/token"
_QUERY: Document = {
    "type": "object",
    "properties": {"cursor": {"type": "string", "description": "Where to go on; without it, the last frames."}},
}


def _messages(kind: Any) -> Document:
    """The messages of a union, by the names of their structs."""
    return {
        one.__name__: {
            "name": str(one.__struct_config__.tag),
            "summary": inspect.cleandoc(one.__doc__ or "").partition("\n")[0],
            "payload": {"$ref": f"#/components/schemas/{one.__name__}"},
        }
        for one in get_args(kind)
    }
