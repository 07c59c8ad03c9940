"""The obvious stack, for measure.py: one process a report, charts by matplotlib, WeasyPrint with what it does by default."""

import io
import re
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
import weasyprint  # noqa: E402

import sample  # noqa: E402

MONTHS = ["Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"]


def chart(name: str) -> str:
    full = name in ("traffic", "indexing", "social", "clusters")
    figure, axes = plt.subplots(figsize=(6.85, 1.6) if full else (3.3, 1.7))
    if name == "traffic":
        values = [6910, 7080, 6650, 7320, 7900, 8240, 8610, 9120, 9480, 9980, 11120, 12480]
        axes.plot(MONTHS, values)
        axes.fill_between(MONTHS, values, alpha=0.12)
    elif name == "indexing":
        axes.plot(MONTHS, [121, 128, 133, 139, 146, 150, 157, 161, 166, 171, 178, 184], label="Indexed")
        axes.plot(MONTHS, [22, 19, 24, 18, 15, 17, 14, 16, 12, 13, 11, 9], label="Pending")
        axes.legend()
    elif name == "dr":
        axes.plot(MONTHS, [31, 31, 32, 32, 33, 33, 34, 35, 35, 36, 37, 38])
    elif name == "domains":
        axes.plot(MONTHS, [212, 218, 221, 229, 236, 241, 252, 259, 268, 276, 288, 301])
    elif name == "dr_distribution":
        axes.bar(["20–29", "30–39", "40–49", "50–59", "60+"], [2, 3, 5, 3, 1])
    elif name == "rankings":
        bottom = [0] * 6
        for values in ((98, 104, 109, 116, 123, 142), (74, 79, 82, 88, 90, 94), (120, 118, 124, 121, 126, 123)):
            axes.bar(MONTHS[6:], values, bottom=bottom)
            bottom = [below + value for below, value in zip(bottom, values)]
    elif name == "social":
        axes.pie([1062, 601, 439, 208], labels=["LinkedIn", "Facebook", "Instagram", "X"], wedgeprops={"width": 0.4})
    else:
        names = ["Fitted kitchens", "Worktops", "Costs", "Small kitchens", "Shaker", "Islands", "Utility rooms"]
        axes.barh(names, [92, 81, 74, 62, 55, 38, 12])
    file = io.StringIO()
    figure.savefig(file, format="svg", bbox_inches="tight")
    plt.close(figure)
    return re.sub(r"^.*?(?=<svg)", "", file.getvalue(), flags=re.DOTALL)


view = sample.view()
for section in view["sections"]:
    for block in section["blocks"]:
        for part in block.get("charts", ()):
            part["svg"] = chart(part["chart"])
html = sample.filled("report", view)
pdf = weasyprint.HTML(string=html).write_pdf(stylesheets=[weasyprint.CSS(string=sheet) for sheet in sample.sheets("report")])
sys.stdout.buffer.write(pdf)
