"""What the renderer promises, asked of the program itself over its pipe."""

import base64
import hashlib
import io
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
import zlib
from pathlib import Path

from pypdf import PdfReader

import sample
import variants
from client import RENDERER, Renderer

HERE = Path(__file__).resolve().parent
ORDINARY = "<!DOCTYPE html><html lang=en><title>Next</title><h1>The next report</h1>"


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def streams_of(pdf: bytes) -> bytes:
    """All of a file's bytes, those of its compressed streams unpacked beside them."""
    whole = [pdf]
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            whole.append(zlib.decompressobj().decompress(match[1]))
        except zlib.error:
            pass
    return b"\n".join(whole)


class Shared(unittest.TestCase):
    """One warm process for all tests of a class: that the next document is made is part of each test."""

    @classmethod
    def setUpClass(cls):
        cls.renderer = Renderer()
        _, cls.ordinary = cls.renderer.render(ORDINARY)

    @classmethod
    def tearDownClass(cls):
        assert cls.renderer.close() == 0
        cls.renderer.process.stdout.close()

    def assert_next_is_made(self):
        answer, pdf = self.renderer.render(ORDINARY)
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(pdf, self.ordinary)


class Listener:
    """A server on the loopback interface that counts who comes."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.visits = 0
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self):
        self.socket.close()


class Hostile(Shared):
    """Templates come from customers. None reads a file, none reaches a port, each is told why it is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.listener = Listener()
        cls.folder = tempfile.TemporaryDirectory()
        cls.canary = "canary" + hashlib.sha256(os.urandom(16)).hexdigest()[:20]
        for name in ("secret.txt", "secret.css", "secret.svg"):
            Path(cls.folder.name, name).write_text(
                f"<svg xmlns='http://www.w3.org/2000/svg'><text id='x' y='9'>{cls.canary}</text></svg>"
                if name.endswith("svg")
                else f"body::before {{ content: '{cls.canary}' }}"
            )

    @classmethod
    def tearDownClass(cls):
        cls.listener.close()
        cls.folder.cleanup()
        super().tearDownClass()

    def assert_refused(self, html, css=(), assets=None, kinds=("forbidden_resource",), **header):
        answer, pdf = self.renderer.render(html, css, assets, **header)
        self.assertFalse(answer["ok"], f"{html[:200]} was made: {answer}")
        self.assertIn(answer["kind"], kinds, answer)
        self.assertTrue(answer["message"].endswith("."), answer)
        self.assertEqual(pdf, b"")
        self.assertNotIn(self.canary, answer["message"])
        self.assert_next_is_made()
        return answer

    def test_whatever_loads_is_refused_by_file_and_by_network(self):
        def svg(inner):
            return f'<svg viewBox="0 0 9 9" width="9" height="9" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{inner}</svg>'

        def data(text):
            return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()

        ways = {
            "img": lambda url: f'<img src="{url}" alt="">',
            "style sheet": lambda url: f'<link rel=stylesheet href="{url}">',
            "import": lambda url: f'<style>@import "{url}";</style>',
            "attachment": lambda url: f'<link rel=attachment href="{url}"><p>a',
            "attached link": lambda url: f'<a rel=attachment href="{url}">a</a>',
            "background": lambda url: f'<p style="background: url({url})">a',
            "page background": lambda url: f"<style>@page {{ background: url({url}) }}</style>a",
            "content": lambda url: f"<style>p::before {{ content: url({url}) }}</style><p>a",
            "list": lambda url: f"<ul><li style=\"list-style-image: url('{url}')\">a</ul>",
            "border": lambda url: f'<p style="border: 3px solid; border-image-source: url({url})">a',
            "font": lambda url: f"<style>@font-face {{ font-family: x; src: url({url}) }} p {{ font: 9pt x }}</style><p>a",
            "object": lambda url: f'<object data="{url}"></object>',
            "embed": lambda url: f'<embed src="{url}">',
            "base": lambda url: f'<base href="{url}"><img src="secret.svg" alt="">',
            "image in SVG": lambda url: svg(f'<image width="9" height="9" href="{url}"/>'),
            "xlink in SVG": lambda url: svg(f'<image width="9" height="9" xlink:href="{url}"/>'),
            "use in SVG": lambda url: svg(f'<use href="{url}#x"/>'),
            "nested SVG": lambda url: f'<img alt="" src="{data(svg(f"<image width=%s href=%s/>" % (chr(34) + "9" + chr(34) + " height=" + chr(34) + "9" + chr(34), chr(34) + url + chr(34))))}">',
            "style in SVG": lambda url: f'<img alt="" src="{data(svg(f"<style>@import &quot;{url}&quot;;</style><text>a</text>"))}">',
            "picture of HTML": lambda url: "<img alt='' src='data:text/html,<img src=%s>'>" % url,
        }
        targets = {
            "file": f"file://{self.folder.name}/secret.svg",
            "loopback": f"http://127.0.0.1:{self.listener.port}/secret.svg",
            "path": f"{self.folder.name}/secret.svg",
            "other scheme": f"FTP://127.0.0.1:{self.listener.port}/x",
        }
        for way, make in ways.items():
            for target, url in targets.items():
                with self.subTest(way=way, target=target):
                    answer, pdf = self.renderer.render(make(url))
                    if answer["ok"]:
                        # A path has no base to be resolved against, and WeasyPrint does not know each of the ways.
                        self.assertTrue(target == "path" or way in ("use in SVG", "style in SVG", "border"), (way, target))
                        self.assertNotIn(self.canary.encode(), streams_of(pdf))
                        self.assertNotIn(self.canary, text_of(pdf))
                        self.assertNotIn(b"/EmbeddedFile", streams_of(pdf))
                    else:
                        self.assertIn(answer["kind"], ("forbidden_resource", "attachment", "link", "picture"), (way, target, answer))
        self.assertEqual(self.listener.visits, 0)
        self.assert_next_is_made()

    def test_a_style_sheet_of_its_own_imports_nothing(self):
        for url in (f"file://{self.folder.name}/secret.css", f"http://127.0.0.1:{self.listener.port}/a.css"):
            answer = self.assert_refused("<p>a", css=[f'@import url("{url}");'])
            self.assertIn(url.split(":")[0], answer["message"])
        self.assertEqual(self.listener.visits, 0)

    def test_links_lead_to_the_web_or_to_a_mailbox(self):
        for href in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"):
            self.assert_refused(f'<a href="{href}">a</a>', kinds=("link",))
        answer, _ = self.renderer.render('<a href="https://a.example/">a</a><a href="mailto:a@b.example">b</a>')
        self.assertTrue(answer["ok"], answer)

    def test_pictures_are_what_they_say_and_no_larger_than_agreed(self):
        def png(width, height):
            def chunk(kind, body):
                return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

            rows = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * min(height, 30000), 9)
            head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
            return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

        show = '<img src="asset:a" alt="logo">'
        answer, _ = self.renderer.render(show, assets={"a": ("image/png", png(40, 20))})
        self.assertTrue(answer["ok"], answer)
        for media, body in {
            "image/png": png(30000, 30000),
            "image/jpeg": png(40, 20),
            "image/gif": b"GIF89a" + b"\0" * (5 << 20),
            "application/pdf": b"%PDF-1.7",
            "image/svg+xml": b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>',
        }.items():
            with self.subTest(media=media):
                self.assert_refused(show, assets={"a": (media, body)})
        self.assert_refused('<img src="asset:b" alt="">', assets={"a": ("image/png", png(4, 2))})
        laughs = "<!DOCTYPE s [<!ENTITY a 'ha'>" + "".join(
            f"<!ENTITY {chr(98 + i)} '{('&%s;' % chr(97 + i)) * 10}'>" for i in range(9)
        )
        bomb = base64.b64encode((laughs + "]><svg><text>&j;</text></svg>").encode()).decode()
        self.assert_refused(f'<img alt="" src="data:image/svg+xml;base64,{bomb}">')

    def test_what_never_ends_is_ended_and_the_reason_is_named(self):
        small = {"cpu": 2, "wall": 20, "pages": 40, "memory": 160 << 20}
        names = [f"--v{i}: var(--v{i + 1}) var(--v{i + 1});" for i in range(30)]
        cases = {
            "endless table": "<table>" + "<tr><td>row</td><td>row</td></tr>" * 60_000 + "</table>",
            "pages": "<style>p { break-after: page }</style>" + "<p>a" * 200,
            "one tall box": '<div style="height: 90000cm">a</div>',
            "doubling variables": f"<style>:root {{ {''.join(names)} --v30: 1px }} p {{ border-width: var(--v0) }}</style><p>a",
            "wide table": "<table><tr>" + "<td colspan=1000>a" * 1000 + "</table>",
            "nested tables": "<table><tr><td>" * 60 + "a",
            "deep": "<div>" * 20_000 + "a",
            "flex in flex": '<div style="display: flex">' * 40 + "a",
        }
        ended = ("too_many_pages", "cpu_time", "wall_time", "memory", "too_deep", "crashed", "template")
        for name, html in cases.items():
            with self.subTest(name=name):
                answer, _ = self.renderer.render(html, limits=small)
                print(f"      {name}: {answer.get('kind', 'made')}: {answer.get('message', '')[:70]} {answer['wall_seconds']} s", file=sys.stderr)
                if not answer["ok"]:
                    self.assertIn(answer["kind"], ended, answer)
                    self.assertTrue(answer["message"].endswith("."), answer)
                self.assertLess(answer["cpu_seconds"], 3.5, answer)
                self.assertLess(answer["peak_memory_bytes"], 400 << 20, answer)
                self.assert_next_is_made()

    def test_limits_are_each_named(self):
        rows = "<table>" + "<tr><td>row</td></tr>" * 8_000 + "</table>"
        for limits, kind in (
            ({"pages": 3}, "too_many_pages"),
            ({"cpu": 1, "pages": 300}, "cpu_time"),
            ({"wall": 1}, "wall_time"),
            ({"memory": 24 << 20}, "memory"),
        ):
            answer, _ = self.renderer.render("<p>a<p style='break-before: page'>b" * 9 + rows, limits=limits)
            self.assertEqual(answer.get("kind"), kind, answer)
            self.assert_next_is_made()


class Confinement(unittest.TestCase):
    def test_the_process_itself_can_open_no_socket_and_no_file(self):
        """What stands behind the fetcher, tried from within the document's process."""
        code = """
import os, socket, sys
sys.path.insert(0, %r)
from renderer import confinement
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
confinement.confine_process()
def tried(action):
    try:
        action()
        return "done"
    except OSError as error:
        return error.errno
raw = libc.socket(2, 1, 0)
print("socket:", tried(lambda: socket.socket()))
print("raw socket:", raw)
print("write:", tried(lambda: os.open("/tmp/renderer-was-here", os.O_WRONLY | os.O_CREAT)))
print("exec:", tried(lambda: os.execv("/bin/true", ["true"])))
child = os.fork()
if child == 0:
    confinement.confine_document(5, 1 << 28)
    print("read:", tried(lambda: open("/etc/passwd")))
    print("kill:", tried(lambda: os.kill(os.getppid(), 0)), flush=True)
    os._exit(0)
os.waitpid(child, 0)
""" % str(RENDERER)
        done = subprocess.run([sys.executable, "-u", "-c", code], capture_output=True, text=True, timeout=60)
        said = dict(line.split(": ") for line in done.stdout.splitlines())
        self.assertEqual(
            said, {"socket": "1", "raw socket": "-1", "write": "1", "exec": "1", "read": "1", "kill": "1"}, done.stderr
        )


class Changes(unittest.TestCase):
    def test_what_is_done_otherwise_gives_the_same_pages(self):
        """All but SVG's text, which is set in words instead of letters: there the words are looked for."""
        code = """
import os, re, sys
sys.path[:0] = [%r, %r]
os.environ["FONTCONFIG_FILE"] = %r
import sample
from renderer import changes, document
from renderer.request import Limits, Request
from test_renderer import streams_of
view = sample.view()
report = re.sub("<svg.*?</svg>", "<i>chart</i>", sample.report(view), flags=re.S)
def made(html, sheets):
    asked = Request("1", "en", "t", "a", "2026-11-01", Limits(), html, sheets)
    return re.findall(rb"\\nBT\\n.*?\\nET|[0-9. -]+ re\\n|[0-9. -]+ [ml]\\n", streams_of(document.render(asked)[0]), re.S)
def all_made():
    return [made(report, sample.sheets("report")), *(made(html, []) for html in sample.UNUSUAL)]
before = all_made()
changes.apply()
after = all_made()
print(len(before[0]) > 300, *(len(one) > 10 and one == other for one, other in zip(before, after)))
""" % (str(RENDERER), str(HERE), str(RENDERER / "Fonts" / "fonts.conf"))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.stdout.split(), ["True"] * (2 + len(sample.UNUSUAL)), done.stdout + done.stderr)


class Reports(Shared):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.view = sample.view()
        cls.made = {}
        for theme in ("light", "dark"):
            html = sample.report(cls.view, dark=theme == "dark")
            cls.made[theme] = cls.renderer.render(html, sample.sheets("report"), **sample.header(cls.view))

    def test_the_ordinary_report_says_what_it_said(self):
        for theme, (answer, pdf) in self.made.items():
            with self.subTest(theme=theme):
                self.assertTrue(answer["ok"], answer)
                self.assertEqual(answer["warnings"], [])
                self.assertLess(len(pdf), 150 * 1024)
                self.assertEqual(answer["sha256"], hashlib.sha256(pdf).hexdigest())
                text = text_of(pdf)
                golden = HERE / "golden" / "report.txt"
                if os.environ.get("RENDERER_GOLDEN") == "write":
                    golden.parent.mkdir(exist_ok=True)
                    golden.write_text(text + "\n")
                self.assertEqual(text + "\n", golden.read_text())
                self.assertIn("Domain Rating by Ahrefs", text)
                for page, number in zip(PdfReader(io.BytesIO(pdf)).pages[1:], range(2, 99)):
                    self.assertIn(f"{number} of {answer['pages']}", page.extract_text())

    def test_it_is_tagged_and_has_language_title_and_date(self):
        reader = PdfReader(io.BytesIO(self.made["light"][1]))
        catalogue = reader.trailer["/Root"]
        self.assertEqual(catalogue["/Lang"], "en-GB")
        self.assertTrue(catalogue["/MarkInfo"]["/Marked"])
        self.assertTrue(catalogue["/ViewerPreferences"]["/DisplayDocTitle"])
        self.assertIn("/StructTreeRoot", catalogue)
        self.assertIn(b"pdfuaid", catalogue["/Metadata"].get_data())
        self.assertEqual(reader.metadata.title, self.view["document"]["title"])
        self.assertEqual(reader.metadata["/CreationDate"], "D:20261102060000Z")
        for font in {str(page["/Resources"]["/Font"][name].get_object()["/BaseFont"]) for page in reader.pages for name in page["/Resources"]["/Font"]}:
            self.assertRegex(font, r"^/[A-Z]{6}\+", "a font that is not a subset")

    def test_a_white_label_names_nobody_else(self):
        for _, pdf in self.made.values():
            reader = PdfReader(io.BytesIO(pdf))
            links = [
                annotation.get_object()["/A"].get("/URI", "")
                for page in reader.pages
                for annotation in page.get("/Annots", ())
                if "/A" in annotation.get_object()
            ]
            self.assertGreater(len(links), 20)
            everything = "\n".join(
                [text_of(pdf), json.dumps(dict(reader.metadata)), *map(str, links), streams_of(pdf).decode("latin-1")]
            ).lower()
            for name in ("igny8", "alorig"):
                self.assertNotIn(name, everything)
            self.assertEqual(list(reader.attachments), [])

    def test_the_same_data_gives_the_same_bytes_in_another_process_on_another_day(self):
        elsewhere = f"""
import datetime, os, runpy, sys, time
later = 400 * 86400
now, local, utc = time.time, time.localtime, time.gmtime
time.time = lambda: now() + later
time.localtime = lambda s=None: local(now() + later if s is None else s)
time.gmtime = lambda s=None: utc(now() + later if s is None else s)
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None): return super().now(tz) + datetime.timedelta(seconds=later)
datetime.datetime = Later
sys.argv = ["renderer"]
runpy.run_path({str(RENDERER)!r}, run_name="__main__")
"""
        other = Renderer(
            command=[sys.executable, "-c", elsewhere],
            environment={"TZ": "Asia/Karachi", "LANG": "ur_PK.UTF-8", "PYTHONHASHSEED": "7", "HOME": "/nowhere"},
            folder="/",
        )
        with other:
            for theme, (answer, pdf) in self.made.items():
                html = sample.report(self.view, dark=theme == "dark")
                again, same = other.render(html, sample.sheets("report"), **sample.header(self.view))
                self.assertEqual(again["sha256"], answer["sha256"])
                self.assertEqual(same, pdf)

    def test_invoices_and_credit_notes_are_made_by_it_too(self):
        for name, expected in (("invoice", "$4,223.52"), ("credit_note", "This credit note corrects invoice 2026-000201")):
            view = sample.view(name)
            answer, pdf = self.renderer.render(sample.filled("invoice", view), sample.sheets("invoice"), **sample.header(view))
            self.assertTrue(answer["ok"], answer)
            self.assertEqual(answer["pages"], 1)
            self.assertIn(expected, text_of(pdf))
            self.assertIn(view["number"], text_of(pdf))

    def test_reports_that_are_not_ordinary_are_made_without_an_empty_page(self):
        for name, make in variants.ALL.items():
            with self.subTest(name=name):
                view = make()
                answer, pdf = self.renderer.render(sample.report(view), sample.sheets("report"), **sample.header(view))
                self.assertTrue(answer["ok"], answer)
                self.assertEqual(answer["warnings"], [])
                pages = PdfReader(io.BytesIO(pdf)).pages
                # A header and a footer are about 120 characters.
                shortest = min(len(page.extract_text()) for page in pages)
                self.assertGreater(shortest, 200, name)
                if name == "many_links":
                    self.assertTrue(all("Anchor" in page.extract_text() for page in pages[8:20]), "a head is missing")

    def pages_of(self, html: str) -> list[str]:
        answer, pdf = self.renderer.render(html, sample.sheets("report"), title="t", language="en")
        self.assertTrue(answer["ok"], answer)
        return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]

    def test_no_row_of_a_table_stands_alone_on_a_page(self):
        rows = "".join(f"<tr><td>row {number}" for number in range(6))
        for above in range(190, 250, 4):
            pages = self.pages_of(f'<div style="height: {above}mm">above</div><table><tbody>{rows}</table>')
            self.assertNotIn(1, [page.count("row ") for page in pages], f"{above} mm above")

    def test_a_table_of_one_row_does_not_hold_what_follows_it(self):
        pages = self.pages_of(
            '<p>before</p><section class="section losses"><div style="height: 120mm">lost</div>'
            "<table><tbody><tr><td>alone</table></section>"
            '<section class="section method"><div style="height: 150mm">method</div></section>'
        )
        self.assertEqual(len(pages), 2)
        self.assertIn("before", pages[0])
        self.assertIn("alone", pages[0])

    def test_a_style_sheet_that_was_prepared_gives_what_it_gives_when_it_is_read(self):
        html = sample.report(self.view)
        read = [sheet + "\n" for sheet in sample.sheets("report")]
        _, pdf = self.renderer.render(html, read, **sample.header(self.view))
        prepared = self.made["light"][1]
        self.assertEqual(re.sub(rb"/ID ?\[.*?\]", b"", pdf), re.sub(rb"/ID ?\[.*?\]", b"", prepared))

    def test_a_text_that_differs_gives_other_bytes(self):
        view = sample.view()
        view["summary"]["paragraphs"][0] += "!"
        answer, _ = self.renderer.render(sample.report(view), sample.sheets("report"), **sample.header(view))
        self.assertNotEqual(answer["sha256"], self.made["light"][0]["sha256"])

    def test_names_are_escaped_and_of_any_script(self):
        view = sample.view()
        view["client"]["name"] = "<img src=file:///etc/passwd> & Söhne · 株式会社山田 · شركة النور"
        answer, pdf = self.renderer.render(sample.report(view), sample.sheets("report"), **sample.header(view))
        self.assertTrue(answer["ok"], answer)
        self.assertIn("株式会社山田", text_of(pdf))

    def test_a_charts_words_are_set_as_words(self):
        svg = '<svg viewBox="0 0 300 40"><text x="9" y="20" font-family="Inter">Worktops and splashbacks</text></svg>'
        _, pdf = self.renderer.render(svg)
        self.assertIn("Worktops and splashbacks", text_of(pdf))
        arabic = '<svg viewBox="0 0 300 40"><text x="9" y="20" font-family="Noto Sans Arabic">مطابخ</text></svg>'
        _, whole = self.renderer.render(arabic)
        _, apart = self.renderer.render(arabic.replace('x="9"', 'x="9" dx="0"'))
        self.assertNotEqual(streams_of(whole), streams_of(apart), "Arabic letters are not joined")


class Process(unittest.TestCase):
    def test_memory_is_flat_and_the_process_leaves_when_it_is_told_to(self):
        with Renderer("--documents", "25") as renderer:
            sizes = []
            for number in range(25):
                answer, _ = renderer.render(ORDINARY + "<p>word " * 200)
                self.assertTrue(answer["ok"])
                self.assertEqual(answer["last"], number == 24)
                if not answer["last"]:
                    sizes.append(int(Path(f"/proc/{renderer.process.pid}/statm").read_text().split()[1]))
            self.assertEqual(renderer.process.wait(timeout=20), 0)
            self.assertLess(sizes[-1] - sizes[2], 256, "the warm process grew by more than a megabyte")

    def test_what_is_no_frame_ends_it_and_a_bad_request_does_not(self):
        with Renderer() as renderer:
            for header in ({"limits": 3}, {"limits": {"pages": 0}}, {"title": 5}, {"language": "x" * 2000}):
                answer, _ = renderer.render("<p>a", **header)
                self.assertEqual(answer.get("kind"), "request", answer)
            answer, _ = renderer.render("")
            self.assertEqual(answer.get("kind"), "request", answer)
            answer, _ = renderer.render("a" * (9 << 20))
            self.assertEqual(answer.get("kind"), "too_large", answer)
            self.assertTrue(renderer.render(ORDINARY)[0]["ok"])
            renderer.process.stdin.write(b"\xff\xff\xff\xff")
            self.assertEqual(renderer.process.wait(timeout=20), 1)

    def test_it_leaves_when_its_input_ends(self):
        renderer = Renderer()
        self.assertEqual(renderer.close(), 0)
        renderer.process.stdout.close()

    def test_the_worker_may_kill_it_at_any_moment_and_nothing_stays_behind(self):
        renderer = Renderer()
        rows = "<table>" + "<tr><td>row</td></tr>" * 30_000 + "</table>"
        renderer.send(rows)
        child = None
        while child is None:
            children = Path(f"/proc/{renderer.process.pid}/task/{renderer.process.pid}/children").read_text().split()
            child = int(children[0]) if children else None
        renderer.process.kill()
        renderer.process.wait()
        # The child's parent is gone; it ends with it.
        descriptor = os.pidfd_open(child) if Path(f"/proc/{child}").exists() else None
        if descriptor is not None:
            import select

            self.assertTrue(select.select([descriptor], [], [], 20)[0], "the document's process outlived its parent")
            os.close(descriptor)
        renderer.process.stdin.close()
        renderer.process.stdout.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
