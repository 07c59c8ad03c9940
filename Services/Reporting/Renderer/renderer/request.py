"""One document asked for: its text, its style sheets, its pictures, its limits."""

from dataclasses import dataclass, field

from renderer.failure import Failure, shortened
from renderer.frames import Broken, read_exactly

# More than any honest document; what does not fit is read past, so that the next frame is found.
DOCUMENT_BYTES = 32 << 20
HTML_BYTES = 8 << 20
CSS_BYTES = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one document may take. A request may ask for less, never for more."""

    pages: int = 300
    # Seconds. An ordinary report takes half a second of either.
    cpu: int = 20
    wall: int = 30
    # Bytes on top of the warm process. An ordinary report takes 40 MB.
    memory: int = 512 << 20

    @classmethod
    def lowered(cls, asked: dict) -> "Limits":
        standard = cls()
        values = {}
        for name in ("pages", "cpu", "wall", "memory"):
            value = asked.get(name, getattr(standard, name))
            if type(value) is not int or value < 1:
                raise Failure("request", f'The limit "{name}" must be a whole number above zero.')
            values[name] = min(value, getattr(standard, name))
        return cls(**values)


@dataclass
class Request:
    id: str
    language: str
    title: str
    author: str
    created: str
    limits: Limits
    html: str = ""
    sheets: list[str] = field(default_factory=list)
    # By content id, as in asset:<id>: media type and bytes.
    assets: dict[str, tuple[str, bytes]] = field(default_factory=dict)


def read_request(header: dict, descriptor: int) -> Request:
    """Reads the parts that the header announces.

    Throws Failure for a document that is refused, after its last byte was read; Broken when the end is not known.
    """
    parts = header.get("parts")
    if not isinstance(parts, list) or not all(
        isinstance(part, dict) and type(part.get("bytes")) is int and part["bytes"] >= 0 for part in parts
    ):
        raise Broken("a header without its parts' lengths")
    total = sum(part["bytes"] for part in parts)
    if total > DOCUMENT_BYTES:
        skip(descriptor, total)
        raise Failure("too_large", f"The document and its pictures have {total} bytes; at most {DOCUMENT_BYTES}.")
    bodies = []
    for part in parts:
        body = read_exactly(descriptor, part["bytes"])
        if len(body) < part["bytes"]:
            raise Broken("the input ends inside a part")
        bodies.append(body)

    texts = {name: header.get(name, "") for name in ("id", "language", "title", "author", "created")}
    for name, text in texts.items():
        if not isinstance(text, str) or len(text) > 1000:
            raise Failure("request", f'"{name}" must be a text of at most 1000 characters.')
    asked = header.get("limits", {})
    if not isinstance(asked, dict):
        raise Failure("request", '"limits" must be an object.')
    request = Request(limits=Limits.lowered(asked), **texts)
    for part, body in zip(parts, bodies):
        add(part, body, request)
    if not request.html:
        raise Failure("request", "There is no part of the kind html.")
    return request


def add(part: dict, body: bytes, request: Request) -> None:
    kind = part.get("kind")
    if kind == "asset":
        name, media = part.get("name"), part.get("type")
        if not isinstance(name, str) or not isinstance(media, str):
            raise Failure("request", "An asset needs a name and a type.")
        request.assets[name] = (media, body)
        return
    most = {"html": HTML_BYTES, "css": CSS_BYTES}.get(kind)
    if most is None:
        raise Failure("request", f'There is no kind of part "{shortened(str(kind))}".')
    if len(body) > most:
        raise Failure("too_large", f"The {kind} has {len(body)} bytes; at most {most}.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Failure("request", f"The {kind} is not UTF-8.") from None
    if kind == "html":
        request.html = text
    else:
        request.sheets.append(text)


def skip(descriptor: int, count: int) -> None:
    while count > 0:
        piece = read_exactly(descriptor, min(count, 1 << 20))
        if not piece:
            raise Broken("the input ends inside a part")
        count -= len(piece)
