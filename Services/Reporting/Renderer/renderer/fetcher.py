"""All that a document can load: the pictures that came with it, and pictures written into it."""

import re
import warnings
from base64 import b64decode
from binascii import Error as Base64Error
from io import BytesIO
from urllib.parse import unquote_to_bytes

from PIL import Image
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from renderer.failure import shortened

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
SVG = "image/svg+xml"
IMAGE_BYTES = 4 << 20
# Loads of one document, each counted: a picture in a running header counts once, WeasyPrint keeps it.
IMAGES = 500
IMAGES_BYTES = 24 << 20
# 16 million pixels are 64 MB once unpacked, and more than a page of A4 at 300 dots an inch has.
PIXELS = 16_000_000
SIDE = 10_000

Image.MAX_IMAGE_PIXELS = PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

DATA = re.compile(r"data:([a-z]+/[a-z0-9.+-]+)((?:;[^,;]*)*),", re.IGNORECASE)


class PicturesOnly(URLFetcher):
    """Refuses everything else, and stops the document: a picture that is missing without a word helps nobody.

    WeasyPrint calls it for each thing it would load, from HTML, from style sheets and from within SVG. The error it
    throws is no Exception, so it is caught by name.
    """

    def __init__(self, assets: dict[str, tuple[str, bytes]]):
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.assets = assets
        self.count = 0
        self.bytes = 0
        self.refused: FatalURLFetchingError | None = None

    def fetch(self, url, headers=None):
        try:
            return self.picture(url)
        except FatalURLFetchingError as error:
            self.refused = self.refused or error
            raise

    def picture(self, url: str) -> URLFetcherResponse:
        scheme = url.split(":", 1)[0].lower()
        if scheme == "asset":
            name = url[len("asset:") :]
            if name not in self.assets:
                raise FatalURLFetchingError(f'The picture "{shortened(url)}" was not handed over with the document.')
            media, body = self.assets[name]
        elif scheme == "data":
            media, body = self.decoded(url)
        else:
            raise FatalURLFetchingError(
                f'The document asks for "{shortened(url)}". Nothing can be loaded but pictures that came with the '
                "document (asset:) or are written into it (data:image/…)."
            )
        self.check(shortened(url, 60), media.lower(), body)
        return URLFetcherResponse(url, body, {"Content-Type": media})

    def decoded(self, url: str) -> tuple[str, bytes]:
        match = DATA.match(url)
        if not match:
            raise FatalURLFetchingError(f'"{shortened(url, 60)}" is no data: URL of a picture.')
        body = unquote_to_bytes(url[match.end() :])
        if match[2].lower().endswith(";base64"):
            try:
                body = b64decode(body)
            except Base64Error:
                raise FatalURLFetchingError(f'"{shortened(url, 60)}" is not base64.') from None
        return match[1], body

    def check(self, name: str, media: str, body: bytes) -> None:
        self.count += 1
        self.bytes += len(body)
        if len(body) > IMAGE_BYTES:
            raise FatalURLFetchingError(f'The picture "{name}" has {len(body)} bytes; at most {IMAGE_BYTES}.')
        if self.count > IMAGES or self.bytes > IMAGES_BYTES:
            raise FatalURLFetchingError(f"The document has more than {IMAGES} pictures or {IMAGES_BYTES} bytes of them.")
        if media == SVG:
            # Entities are how a small file becomes a large one, or another file.
            if b"<!DOCTYPE" in body.upper() or b"<!ENTITY" in body.upper() or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise FatalURLFetchingError(f'The picture "{name}" declares a document type or entities.')
            return
        if media not in FORMATS:
            raise FatalURLFetchingError(
                f'"{name}" is of the type "{shortened(media, 40)}"; pictures are PNG, JPEG, GIF, WebP or SVG.'
            )
        try:
            with Image.open(BytesIO(body), formats=[FORMATS[media]]) as image:
                width, height = image.size
        except Exception as error:
            if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
                raise FatalURLFetchingError(f'The picture "{name}" has more than {PIXELS} pixels.') from None
            raise FatalURLFetchingError(f'The picture "{name}" is no {FORMATS[media]}.') from None
        if width > SIDE or height > SIDE or width * height > PIXELS:
            raise FatalURLFetchingError(
                f'The picture "{name}" has {width} × {height} pixels; at most {PIXELS} in all and {SIDE} a side.'
            )
