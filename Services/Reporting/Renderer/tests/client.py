"""Speaks to a renderer as the Swift worker does."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

RENDERER = Path(__file__).resolve().parent.parent


class Renderer:
    """One warm process."""

    def __init__(self, *options: str, environment: dict | None = None):
        self.process = subprocess.Popen(
            [sys.executable, "-E", "-s", str(RENDERER), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            bufsize=0,
        )
        self.hello, _ = self.answer()

    def answer(self) -> tuple[dict, bytes]:
        (count,) = struct.unpack(">I", self.exactly(4))
        header = json.loads(self.exactly(count))
        return header, self.exactly(header.get("bytes", 0))

    def exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.process.stdout.read(count - len(data))
            if not piece:
                raise EOFError("the renderer ended")
            data += piece
        return data

    def render(self, html: str, css=(), assets=None, **header) -> tuple[dict, bytes]:
        parts = [({"kind": "html"}, html.encode())]
        parts += [({"kind": "css"}, sheet.encode()) for sheet in css]
        for name, (media, body) in (assets or {}).items():
            parts.append(({"kind": "asset", "name": name, "type": media}, body))
        head = {
            "id": "1",
            "language": "en",
            "title": "Test",
            "created": "2026-11-01T00:00:00Z",
            **header,
            "parts": [{**part, "bytes": len(body)} for part, body in parts],
        }
        data = json.dumps(head).encode()
        self.process.stdin.write(struct.pack(">I", len(data)) + data + b"".join(body for _, body in parts))
        return self.answer()

    def close(self) -> int:
        self.process.stdin.close()
        return self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
        self.process.stdout.close()
