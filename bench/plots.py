#!/usr/bin/python3
"""Makes the plots and the tables of docs/performance.md of what bench/run.py measured last.

  bench/plots.py [JSON]     build/bench/bench.json without
"""
import json
import pathlib
import re
import subprocess
import sys
import textwrap

import report
from rows import Row
from subjects import ROOT

PAGE, IMAGES = ROOT / "docs/performance.md", ROOT / "docs/images"
STYLE = """
set terminal svg size 860,{height} font 'sans,13' background 'white'
set output '{path}'
set grid ytics lc rgb '#dddddd'
set key top left
set linetype 1 lc rgb '#1f5fa8' lw 2 pt 7 ps 0.6
set linetype 2 lc rgb '#8db4dd' lw 2 pt 6 ps 0.6 dt 2
set linetype 3 lc rgb '#b3541e' lw 2 pt 7 ps 0.6
set linetype 4 lc rgb '#e5ad86' lw 2 pt 6 ps 0.6 dt 2
"""


def gnuplot(name, commands, blocks, height=420):
    """Blocks are named tables, which commands plot as $NAME."""
    path = IMAGES / f"performance-{name}.svg"
    text = "".join(f"${block} << EOD\n" + "".join(
        " ".join(map(str, row)) + "\n" for row in rows) + "EOD\n" for block, rows in blocks.items())
    subprocess.run(["gnuplot"], input=STYLE.format(path=path, height=height) + text + commands,
                   check=True, text=True)


def latency(kept):
    """Bars of the rows that are times."""
    rows = [row for row in kept["tables"]["one"]
            if row.get("beside", {}).get("unit") == "us"]
    gnuplot("latency", """
set style data histograms
set style histogram clustered gap 1
set style fill solid
set boxwidth 0.9
set ylabel 'us of processor time, both ends'
set yrange [0:*]
set xtics rotate by -30 scale 0
set rmargin 24
plot $rows using 2:xtic(1) title 'module' lt 1, '' using 3 title 'floor' lt 2
""", {"rows": [(f'"{row["row"]["name"]}"', row["module"]["best"], row["beside"]["best"])
                for row in rows]}, height=520)


def throughput(kept):
    """Lines by the size of a payload: bytes a second."""
    def lines(kind, door):
        return [(point["size"], point["size"] / point["module_us"],
                 point["size"] / point["floor_us"])
                for point in kept["sizes"] if (point["kind"], point["door"]) == (kind, door)]
    plots = "".join(f"""
set title '{kind}'
plot $pty{number} using 1:2 with linespoints lt 1 title 'PTY', \\
  '' using 1:3 with linespoints lt 2 title 'PTY, floor', \\
  $tcp{number} using 1:2 with linespoints lt 3 title 'TCP door', \\
  '' using 1:3 with linespoints lt 4 title 'TCP door, floor'
""" for number, kind in enumerate(("CIPSEND", "+IPD")))
    gnuplot("throughput", f"""
set multiplot layout 1,2
set key bottom right
set logscale xy
set xlabel 'bytes of payload'
set ylabel 'MB/s'
set xtics (1, 16, 64, 256, 1024, 2048) rotate by -45
{plots}
""", {f"{door}{number}": lines(kind, door) for number, kind in enumerate(("CIPSEND", "+IPD"))
      for door in ("pty", "tcp")})


def numbers(kept):
    """Lines by the number of modules: memory, and processor time."""
    gnuplot("modules", """
set multiplot layout 1,2
set logscale x
set xlabel 'modules'
set xtics (1, 10, 100, 1000, 10000)
set yrange [0:*]
set key bottom left
set ylabel 'kB each'
plot $many using 1:($1 >= 100 ? $2 : NaN) with linespoints lt 1 title 'started', \\
  '' using 1:($1 >= 100 ? $3 : NaN) with linespoints lt 3 title 'joined, with a host'
set key top left
set ylabel 'us of processor time'
plot $many using 1:4 with linespoints lt 1 title 'AT', \\
  '' using 1:5 with linespoints lt 2 title 'AT, floor', \\
  '' using 1:($1 >= 100 ? $6 : NaN) with linespoints lt 3 title 'join'
""", {"many": [(point["modules"], point["kb_each"], point["kb_each_joined"],
                point["us_per_command"], point["floor_us_per_command"], point["us_per_join"])
               for point in kept["numbers"]]})


def result_of(kept_row):
    return {**kept_row, "row": Row(**kept_row["row"])}


def replace_between(text, name, new):
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
    if not pattern.search(text):
        raise SystemExit(f"{PAGE} has no place for {name}")
    return pattern.sub(lambda found: found[1] + new + found[2], text)


def in_the_way(kept):
    """A paragraph for each row that is short and has a profile."""
    rows = {row["row"]["key"]: row for table in kept["tables"].values() for row in table}
    return "".join(paragraph(rows[key], profile) for key, profile in kept["profiles"].items()
                   if rows[key]["verdict"] == "short")


def paragraph(kept_row, profile):
    *_, reached, wanted, _ = report.cells(result_of(kept_row))
    parts = [f"**{kept_row['row']['name']}**: {reached}, wanted {wanted}."]
    if "calls_of_module" in profile:
        parts += [f"System calls: {calls(profile['calls_of_module'])}; of the floor: "
                  f"{calls(profile['calls_of_floor'])}."]
    if "ratio" in kept_row.get("beside", {}):
        parts += [f"That of the floor is {kept_row['beside']['ratio']:.2f}."]
    functions = ", ".join(f"`{name}` {share:.0f} %" for share, name in profile["functions"])
    parts += [f"The kernel takes {profile['kernel_percent']} % of the module's time. "
              f"The most have {functions}.\n"]
    return "\n".join(textwrap.wrap(" ".join(parts), 118, break_long_words=False,
                                   break_on_hyphens=False)) + "\n\n"


def calls(found):
    names = ", ".join(f"`{name}` {each:g}" for name, each in found.items())
    return f"{sum(found.values()):.1f} ({names})"


def write_page(kept):
    about = kept["machine"]
    text = PAGE.read_text("utf-8")
    text = replace_between(text, "machine", (
        f"Measured on {about['when']} on `{about['name']}`: {about['processor']}, {about['cores']} "
        f"cores, Linux {about['kernel']}, load {about['load']} at the beginning.\n"))
    for name, rows in kept["tables"].items():
        text = replace_between(text, name, report.markdown(map(result_of, rows)))
    text = replace_between(text, "tried", report.tried_table(
        list(map(result_of, kept["tables"]["many"]))))
    if "profiles" in kept:
        text = replace_between(text, "in the way", in_the_way(kept))
    PAGE.write_text(text, "utf-8")


def main():
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/bench/bench.json")
    kept = json.loads(path.read_text("utf-8"))
    if not {"sizes", "numbers"} <= kept.keys():
        raise SystemExit(f"{path} is of a run of some rows: ./dev bench")
    for plot in (latency, throughput, numbers):
        plot(kept)
    write_page(kept)


if __name__ == "__main__":
    main()
