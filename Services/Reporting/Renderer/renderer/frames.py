"""The pipe's framing: a JSON header with its length before it, then the bytes that the header counts."""

import json
import os
import struct

# A header lists at most a few hundred parts.
HEADER_BYTES = 256 * 1024


class Broken(Exception):
    """What came in is no frame, so nobody knows where the next one begins: the process ends."""


def read_exactly(descriptor: int, count: int) -> bytes:
    """`count` bytes, or fewer at the end of the input."""
    pieces, missing = [], count
    while missing and (piece := os.read(descriptor, min(missing, 1 << 20))):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def read_header(descriptor: int) -> dict | None:
    """The next header; None when the other side has closed the pipe between two frames."""
    prefix = read_exactly(descriptor, 4)
    if not prefix:
        return None
    if len(prefix) < 4:
        raise Broken("the input ends inside a length")
    (count,) = struct.unpack(">I", prefix)
    if count > HEADER_BYTES:
        raise Broken(f"a header of {count} bytes; at most {HEADER_BYTES}")
    data = read_exactly(descriptor, count)
    if len(data) < count:
        raise Broken("the input ends inside a header")
    try:
        header = json.loads(data)
    except ValueError as error:
        raise Broken(f"a header that is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise Broken("a header that is not an object")
    return header


def write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def write_frame(descriptor: int, header: dict, body: bytes = b"") -> None:
    data = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    write_all(descriptor, struct.pack(">I", len(data)) + data + body)
