"""The two tables, as text, as Markdown and as JSON."""
import dataclasses
import json
import os
import platform
import time

from rows import LESS

COLUMNS = ("", "module", "beside it", "spread", "reached", "wanted", "")


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as text:
        models = [line.partition(":")[2].strip() for line in text if line.startswith("model name")]
    return {"name": platform.node(), "processor": models[0] if models else platform.machine(),
            "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "load": round(os.getloadavg()[0], 2), "when": time.strftime("%Y-%m-%d %H:%M")}


def as_json(results):
    """Rows as they are declared, with what was reached."""
    return [{**result, "row": dataclasses.asdict(result["row"]), "verdict": verdict(result)}
            for result in results]


def verdict(result):
    if result["reached"] is None:
        return "short"
    is_met = result["row"].is_met(result["reached"])
    return {None: "", True: "met", False: "short"}[is_met]


def number(value):
    if value is None:
        return "-"
    if float(value).is_integer() and abs(value) >= 10:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def figure(taken):
    return f"{number(taken['best'])} {taken['unit']}" if taken and "best" in taken else ""


def with_unit(row, value):
    unit = "" if row.unit == "ratio" or value is None else f" {row.unit}"
    return number(value) + unit


def cells(result):
    row, module, beside = result["row"], result.get("module"), result.get("beside")
    wanted = "" if row.wanted is None else \
        f"{'<=' if row.better == LESS else '>='} {with_unit(row, row.wanted)}"
    spread = f"{module['spread']:.0%}" if module and "spread" in module else ""
    return (row.name, figure(module), figure(beside), spread,
            with_unit(row, result["reached"]), wanted, verdict(result))


def heading():
    return line(COLUMNS)


def line(texts):
    name, *middle, last = texts
    widths = (15, 19, 8, 20, 24)
    return f"{name:47}" + "".join(f"{text:>{width}}" for text, width in zip(middle, widths)) \
        + f"  {last}"


def text_of(result):
    return line(cells(result))


def markdown(results):
    rows = [COLUMNS, ("---",) * len(COLUMNS), *map(cells, results)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def tried_table(results):
    """What each number of modules came to that was tried."""
    def share(pair):
        return f"{pair[0]:.3f} to {pair[1]:.3f}"
    rows = [("", "modules", "up", "down", "breaks", "cores"), ("---",) * 6]
    rows += [(result["row"].name, str(taken["modules"]), share(taken["up"]), share(taken["down"]),
              str(taken["breaks"]), f"{taken['cores']:.2f}")
             for result in results for taken in result.get("tried", [])]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def save(path, about, tables, curves):
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {"machine": about, "tables": {name: as_json(rows) for name, rows in tables.items()},
            **curves}
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
