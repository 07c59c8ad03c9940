"""One document, from text to PDF."""

import logging
from hashlib import sha256

import weasyprint
from weasyprint.layout import page as page_layout
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from renderer import changes
from renderer.failure import Failure, shortened
from renderer.fetcher import PicturesOnly
from renderer.request import Request

WARNINGS = 20
# What a reader may be sent to by a click.
LINKS = ("http", "https", "mailto", "tel")


class Warnings(logging.Handler):
    """What WeasyPrint has to say about a template, for who writes it: unknown properties, bad values."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record):
        # A picture's URL may be all of the picture; the reason comes after it.
        if isinstance(record.args, tuple):
            record.args = tuple(shortened(item, 80) if isinstance(item, str) else item for item in record.args)
        message = shortened(record.getMessage(), 300)
        if len(self.messages) < WARNINGS and message not in self.messages:
            self.messages.append(message)


# Our own style sheets, by their text: each selector of a sheet is a small program that is compiled when it is read.
PREPARED: dict[str, weasyprint.CSS] = {}


def prepare(sheet: str) -> None:
    """Reads one of our own style sheets before the first document. A customer's is never read by the warm process."""
    PREPARED[sheet] = weasyprint.CSS(string=sheet, url_fetcher=PicturesOnly({}), font_config=OurFonts())


class Report(weasyprint.HTML):
    """A document with as many of WeasyPrint's own rules as it can need."""

    said = ""

    def _ua_stylesheets(self, forms=False):
        notes = any(word in self.said for word in ("footnote", "note(", "::note"))
        markers = "list-item" in self.said
        return [changes.lean_rules(sheet, notes, markers) for sheet in super()._ua_stylesheets(forms)]


class OurFonts(FontConfiguration):
    """The fonts of Fonts/fonts.conf, and no others: a font file is a program for a parser written in C."""

    def add_font_face(self, rule_descriptors, url_fetcher):
        family = shortened(str(rule_descriptors.get("font_family", "")), 40)
        raise Failure("forbidden_resource", f'The document brings a font of its own, "{family}" (@font-face).')


def render(request: Request, fonts: OurFonts | None = None) -> tuple[bytes, dict]:
    """The PDF and its facts. The same request gives the same bytes, in any process, on any day.

    With `fonts` that were used before, what they have found is not looked for again.

    Throws Failure. Limits of time and memory are the process's, not looked after here.
    """
    heard = Warnings()
    logger = logging.getLogger("weasyprint")
    logger.handlers = [heard]
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    fetcher = PicturesOnly(request.assets)
    try:
        fonts = fonts or OurFonts()
        # Without a fetcher of its own a style sheet would load its imports by the default one, while it is parsed.
        sheets = [
            PREPARED.get(sheet)
            or weasyprint.CSS(string=sheet, url_fetcher=fetcher, font_config=fonts, base_url=None)
            for sheet in request.sheets
        ]
        html = Report(string=request.html, url_fetcher=fetcher, base_url=None, encoding=None)
        html.said = " ".join((request.html, *request.sheets)).lower()
        with page_limit(request.limits.pages):
            document = html.render(
                font_config=fonts, stylesheets=sheets, presentational_hints=False, pdf_variant="pdf/ua-1"
            )
        check_links(document)
        metadata = document.metadata
        if metadata.attachments:
            raise Failure("attachment", "The document attaches a file.")
        metadata.title = request.title or metadata.title or "Report"
        metadata.lang = request.language or metadata.lang or "en"
        metadata.authors = [request.author] if request.author else metadata.authors
        metadata.created = metadata.modified = request.created or None
        metadata.generator = None
        metadata.custom = {}
        pdf = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier(request))
        # WeasyPrint catches everything while it draws SVG, and would leave a hole in the page.
        if fetcher.refused:
            raise fetcher.refused
        for message in heard.messages:
            if message.startswith(("Failed to render", "Failed to load")):
                raise Failure("picture", f"A picture cannot be drawn: {message}.")
    except FatalURLFetchingError as error:
        raise Failure("forbidden_resource", str(error)) from None
    except RecursionError:
        raise Failure("too_deep", "The document's elements are nested too deeply.") from None
    return pdf, {"pages": len(document.pages), "warnings": heard.messages}


def identifier(request: Request) -> bytes:
    """PDF wants an id a file: the hash of all that went in, in letters, since raw bytes may hold a bracket."""
    digest = sha256()
    for piece in (
        *(text.encode() for text in (request.html, *request.sheets, request.title, request.language, request.created)),
        *(name.encode() + body for name, (_, body) in sorted(request.assets.items())),
    ):
        digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.hexdigest()[:32].encode()


class page_limit:
    """Stops a layout at its first page too many: endless tables are known by it before they have eaten the memory."""

    def __init__(self, most: int):
        self.most = most

    def __enter__(self):
        self.original = page_layout.make_page

        def counted(context, root_box, page_type, resume_at, page_number, *rest, **options):
            if page_number > self.most:
                raise Failure("too_many_pages", f"The document has more than {self.most} pages.")
            return self.original(context, root_box, page_type, resume_at, page_number, *rest, **options)

        page_layout.make_page = counted

    def __exit__(self, *_):
        page_layout.make_page = self.original


def check_links(document: weasyprint.Document) -> None:
    for page in document.pages:
        for kind, target, *_ in page.links:
            if kind == "external" and target.split(":", 1)[0].lower() not in LINKS:
                raise Failure(
                    "link", f'The document links to "{shortened(target)}"; links are http, https, mailto and tel.'
                )
            if kind == "attachment":
                raise Failure("attachment", f'The document attaches "{shortened(target)}".')
