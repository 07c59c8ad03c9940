"""The renderer's program: python3 -E -s -O Services/Reporting/Renderer. See README.md for what goes in and comes out."""

import os
from pathlib import Path

# fontconfig reads this when WeasyPrint is imported, and again for each document.
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).resolve().parent / "Fonts" / "fonts.conf")
# Nobody else's settings reach a document.
for name in ("FONTCONFIG_PATH", "FONTCONFIG_SYSROOT", "PANGO_LANGUAGE", "LANGUAGE", "LC_ALL"):
    os.environ.pop(name, None)
os.environ["LANG"] = "C.UTF-8"

from renderer.worker import main  # noqa: E402

main()
