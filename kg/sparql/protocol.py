"""What a guard and its worker say to each other: frames of a kind, a length and a payload."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from typing import IO

REQUEST, READY, HEADER, DATA, END = b"q", b"r", b"h", b"d", b"e"
CHUNK: Final = 1 << 16
"""Bytes of an answer in one frame, at most."""
TEXT_LIMIT: Final = 16 << 20
"""Bytes of a query, at most."""
_HEAD: Final = struct.Struct(">cI")
_LARGEST: Final = 128 << 20


def pack(kind: bytes, payload: bytes) -> bytes:
    r"""Write a frame.

    Example:
        >>> pack(DATA, b"row")
        b'd\x00\x00\x00\x03row'
    """
    return _HEAD.pack(kind, len(payload)) + payload


def pack_json(kind: bytes, content: dict[str, Any]) -> bytes:
    """Write a frame that carries JSON."""
    return pack(kind, json.dumps(content).encode())


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one frame; None when the other side has gone or speaks no longer in frames.

    Example:
        >>> import io
        >>> read_frame(io.BytesIO(pack(DATA, b"row"))), read_frame(io.BytesIO(b"d"))
        ((b'd', b'row'), None)
    """
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    if kind not in (REQUEST, READY, HEADER, DATA, END) or length > _LARGEST:
        return None
    payload = stream.read(length)
    return (kind, payload) if len(payload) == length else None
