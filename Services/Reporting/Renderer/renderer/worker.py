"""The warm process: reads documents, lets a child make each, answers.

A child per document costs 10 ms and gives what a loop in one process cannot: memory that is flat however long it runs,
limits that the kernel enforces and that end one document only, the same state before each document, hence the same
bytes, and nothing of one account's document within reach of the next account's.
"""

import argparse
import gc
import json
import os
import re
import resource
import select
import signal
import struct
import sys
import time
import traceback
from hashlib import sha256
from pathlib import Path

import weasyprint

from renderer import changes, confinement, document
from renderer.failure import Failure, shortened
from renderer.frames import Broken, read_header, write_frame
from renderer.request import Limits, Request, read_request

PROTOCOL = 1
TEMPLATES = Path(__file__).resolve().parents[4] / "Shared" / "ReportDesign" / "Templates"
# The most that a child answers: a report has 0.15 MB. What is larger is no report, and no mail takes it.
PDF_BYTES = 64 << 20

# What a report's charts are set in (Shared/Charts/Drawing).
CHARTS = 'font-family="Inter,Noto Sans Arabic,Noto Sans CJK SC,Noto Sans,DejaVu Sans,sans-serif" font-size="11"'
WARM_UP = """<!DOCTYPE html><html lang=en-GB><title>Warm</title><style>
@page { @top-left { content: string(s) } @bottom-right { content: counter(page) " " counter(pages) } }
h1 { string-set: s content() } b { font-weight: 600 } i { font-style: italic } p { hyphens: auto }
a::after { content: target-counter(attr(href), page) } p { display: inline-block; border-radius: 4px; color: #123 }
</style><h1 id=a>Warm <b>semi</b> <strong>bold</strong> <i>italic</i> 0123 %</h1><p>reporting <a href="#a">there</a></p>
<p lang=ar>تقرير</p><p lang=ur>رپورٹ</p><p lang=zh>报告</p><ul><li>one</ul>
<table><thead><tr><th scope=col>a<tbody><tr><td>b</table>
<svg viewBox="0 0 10 10" width=10 height=10><title>t</title><path d="M0 0L5 5" stroke="#000"/><text y=5>1</text></svg>
"""
CHART = f"""<svg viewBox="0 0 90 90" width=90 height=90><g {CHARTS}>
<text x=1 y=9>12 Oct</text><text x=1 y=9 font-weight=600>1,200</text></g></svg>"""


def warm_text(sheets: list[str]) -> str:
    """A document that sets a word in each size and weight that our own templates set text in: each is a search among the
    fonts, of a millisecond and a thread."""
    css = "\n".join(sheets)
    family = re.search(r"font-family: ([^;]+);", css)
    face = family[1].replace('"', "") if family else "sans-serif"
    sizes = sorted(set(re.findall(r"font-size: ([\d.]+(?:pt|px))", css)))
    words = (f'<p style="font-family: {face}; font-size: {size}">a <b>b</b></p>' for size in sizes)
    return WARM_UP + CHART + "".join(words)


def main() -> None:
    parser = argparse.ArgumentParser(prog="renderer", description="Makes PDF files of what comes in on its input.")
    parser.add_argument("--documents", type=int, default=5000, help="leave after this many documents")
    parser.add_argument("--growth", type=int, default=64, help="leave when the warm process has grown by so many MiB")
    options = parser.parse_args()

    # Answers go to a descriptor that nothing prints to by accident.
    answers = os.dup(1)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    lines, fonts = warm_up()
    at_first = resident()
    write_frame(
        answers,
        {
            "ready": True,
            "protocol": PROTOCOL,
            "weasyprint": weasyprint.__version__,
            "confinement": lines,
        },
    )
    served = 0
    while True:
        try:
            header = read_header(0)
            if header is None:
                return
            served += 1
            last = served >= options.documents or resident() - at_first > options.growth << 20
            answer, pdf = serve(header, fonts)
        except Broken as error:
            sys.exit(f"renderer: {error}")
        write_frame(answers, {**answer, "bytes": len(pdf), "last": last}, pdf)
        if last:
            return


def warm_up() -> tuple[list[str], document.OurFonts | None]:
    """Imports, fonts and the caches of both are there before the first document, and never copied after it."""
    changes.apply()
    fonts = document.OurFonts()
    sheets = [file.read_text() for file in sorted(TEMPLATES.glob("*.css"))]
    html = warm_text(sheets)
    document.render(Request(id="", language="en", title="Warm", author="", created="", limits=Limits(), html=html), fonts)
    for sheet in sheets:
        document.prepare(sheet)
    # Later versions of Pango search in a thread, which a child would not have: there each document searches for itself.
    if len(os.listdir("/proc/self/task")) > 1:
        fonts = None
    lines = confinement.confine_process()
    gc.collect()
    gc.freeze()
    return lines, fonts


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def serve(header: dict, fonts: document.OurFonts | None) -> tuple[dict, bytes]:
    id = header.get("id", "")
    started = time.monotonic()
    facts, pdf = {}, b""
    try:
        request = read_request(header, 0)
        facts, pdf = in_a_child(request, fonts)
        answer = {"ok": True, "sha256": sha256(pdf).hexdigest()}
    except Failure as failure:
        answer = {"ok": False, "kind": failure.kind, "message": failure.message}
        facts = getattr(failure, "facts", {})
    return {"id": id, **answer, **facts, "wall_seconds": round(time.monotonic() - started, 4)}, pdf


def in_a_child(request: Request, fonts: document.OurFonts | None) -> tuple[dict, bytes]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        be_the_child(request, fonts, writing)
    os.close(writing)
    try:
        data, in_time = gather(reading, time.monotonic() + request.limits.wall)
    finally:
        os.close(reading)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    facts = {
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 4),
        "peak_memory_bytes": usage.ru_maxrss * 1024,
    }
    try:
        if not in_time:
            raise Failure("wall_time", f"The document was not finished after {request.limits.wall} seconds.")
        return understood(data, status, facts, request.limits)
    except Failure as failure:
        failure.facts = facts
        raise


def gather(descriptor: int, deadline: float) -> tuple[bytes, bool]:
    """What the child writes until it ends; False when time is up first."""
    pieces, size = [], 0
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left)[0]:
            break
        piece = os.read(descriptor, 1 << 20)
        if not piece:
            return b"".join(pieces), True
        pieces.append(piece)
        size += len(piece)
        if size > PDF_BYTES + (1 << 20):
            break
    return b"", False


def understood(data: bytes, status: int, facts: dict, limits: Limits) -> tuple[dict, bytes]:
    """The child is believed in nothing but what its document looks like."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL):
            raise Failure("cpu_time", f"The document took more than {limits.cpu} seconds of processor time.")
        if facts["peak_memory_bytes"] > limits.memory // 2:
            raise Failure("memory", f"The document took more than {limits.memory >> 20} MiB of memory.")
        raise Failure("crashed", f"The renderer ended with signal {number} while it made the document.")
    try:
        (count,) = struct.unpack(">I", data[:4])
        told = json.loads(data[4 : 4 + count])
        if not told["ok"]:
            raise Failure(str(told["kind"]), shortened(str(told["message"]), 500))
        return {"pages": int(told["pages"]), "warnings": list(told["warnings"]), **facts}, data[4 + count :]
    except (struct.error, ValueError, KeyError, TypeError):
        raise Failure("crashed", "The renderer ended without an answer while it made the document.") from None


def be_the_child(request: Request, fonts: document.OurFonts | None, writing: int) -> None:
    """Never returns."""
    try:
        # Nobody else's document can be read from here, nor an answer be written past the parent.
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.closerange(3, writing)
        os.closerange(writing + 1, 64)
        signal.signal(signal.SIGXCPU, lambda *_: out_of_time(request.limits.cpu))
        confinement.confine_document(request.limits.cpu, request.limits.memory)
        # A process that makes one document and ends has no use for a collector: a seventh of its time.
        gc.disable()
        try:
            pdf, facts = changes.with_room(document.render, request, fonts)
            answer = {"ok": True, **facts}
            if len(pdf) > PDF_BYTES:
                raise Failure("too_large", f"The PDF has {len(pdf)} bytes; at most {PDF_BYTES}.")
        except Failure as failure:
            answer, pdf = {"ok": False, "kind": failure.kind, "message": failure.message}, b""
        except MemoryError:
            most = request.limits.memory >> 20
            answer = {"ok": False, "kind": "memory", "message": f"The document took more than {most} MiB of memory."}
            pdf = b""
        except Exception as error:
            traceback.print_exc()
            said = shortened(f"{type(error).__name__}: {error}", 200)
            answer = {"ok": False, "kind": "template", "message": f"WeasyPrint cannot make the document: {said}"}
            pdf = b""
        write_frame(writing, answer, pdf)
    except BaseException:
        os._exit(1)
    os._exit(0)


def out_of_time(seconds: int) -> None:
    raise Failure("cpu_time", f"The document took more than {seconds} seconds of processor time.")
