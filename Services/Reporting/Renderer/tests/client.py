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

    def __init__(self, *options: str, environment: dict | None = None, command=None, folder=None):
        self.process = subprocess.Popen(
            command or [sys.executable, "-E", "-s", "-O", str(RENDERER), *options],
            cwd=folder,
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
        self.send(html, css, assets, **header)
        return self.answer()

    def send(self, html: str, css=(), assets=None, **header) -> None:
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
        self.write(struct.pack(">I", len(data)) + data + b"".join(body for _, body in parts))

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self.process.stdin.write(view) :]

    def close(self) -> int:
        self.process.stdin.close()
        return self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
        self.process.stdout.close()
