"""What the gateway really sent for a list, taken from PostgreSQL's own log, as a pgbench script.

So the bare query cannot drift from the gateway's.
"""

import json
import re
import sys


def captured(folder, mark):
    """The statements executed between the marks `begin <mark>` and `end <mark>`, as (text, parameters)."""
    entries = []
    for file in sorted(folder.glob("*.json")):
        entries += [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    messages = [(entry.get("message", ""), entry.get("detail", "")) for entry in entries]
    begin = max((i for i, (text, _) in enumerate(messages) if f"begin {mark}" in text), default=None)
    end = max((i for i, (text, _) in enumerate(messages) if f"end {mark}" in text), default=None)
    if begin is None or end is None:
        sys.exit(f"PostgreSQL's log holds no marks of {mark}")
    flight = []
    for text, detail in messages[begin:end]:
        found = re.match(r"duration: [0-9.]+ ms\s+execute [^:]+: (.*)", text, re.S)
        if found:
            flight.append((found[1], parameters(detail)))
    return flight


def parameters(detail):
    pairs = re.findall(r"\$(\d+) = (NULL|'(?:[^']|'')*')", (detail or "").removeprefix("parameters: "))
    values = {int(number): None if value == "NULL" else value[1:-1].replace("''", "'") for number, value in pairs}
    # The snapshot of a remembered answer would spare PostgreSQL the query: what is measured reads all its rows.
    return {number: "none" if value and re.fullmatch(r"\d+:\d+:[\d,]*", value) else value for number, value in values.items()}


def pgbench_script(flight, kind):
    """`bare`: the list's own query. `flight`: all the statements of the request, in one pipeline."""
    if kind == "bare":
        chosen = [one for one in flight if re.search(r"\blimit \$\d+", one[0])]
        if len(chosen) != 1:
            sys.exit(f"expected one query with a limit among {[text[:60] for text, _ in flight]}")
    else:
        chosen = flight
    lines, values = [], {}
    for index, (text, bound) in enumerate(chosen):
        def variable(match, index=index, bound=bound):
            value = bound[int(match[1])]
            if value is None:
                return "null"
            name = f"v{index}_{match[1]}"
            values[name] = value
            return ":" + name

        lines.append(re.sub(r"\$(\d+)", variable, " ".join(text.split())) + ";")
    if kind == "flight":
        lines = ["\\startpipeline", *lines, "\\endpipeline"]
    return "\n".join(lines) + "\n", values
