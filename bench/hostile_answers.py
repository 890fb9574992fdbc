"""What `millet verify math` takes for hostile answers: bench/hostile_answers.py [MILLET]

Kinds of text, repeated to several lengths, bare, between dollars and in a box; 60 lines of each at once, three times.
Printed: milliseconds a line of the fastest, that of a line with a plain number taken off; the slowest first. Reading the
line of JSON is in it, which is most of it at 200 kB.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

KINDS = [
    "1.5", "\\int_0^1 ", "\\int ", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\sum_{k=1}^{9}", "\\frac{1}{", "\\sqrt{",
    "(", "[1,", "{", "9^", "9^{", "x+", "1+", "1,", "\\cup(0,1)", "x!", "\\pi", "\\sin ", "|x|", "a_1", "50%", "\\$",
    "2\\sqrt{3}+", "\\prod ", "\\lim_{x\\to 0}", "1/", "-", "=", "x=1,", "\\begin{cases}1\\\\2\\end{cases}", "\\text{a}",
    "1.51.5 ",
]
BYTES = [1000, 3900, 4100, 8000, 200_000]
PLACES = ["%s", "$%s$", "\\boxed{%s}"]
LINES = 60


def seconds(millet, prediction, folder):
    file = pathlib.Path(folder) / "in.jsonl"
    file.write_text((json.dumps({"gold": "1", "prediction": prediction}) + "\n") * LINES)
    best = float("inf")
    for _ in range(3):
        began = time.monotonic()
        subprocess.run([millet, "verify", "math", "--jsonl", file], stdout=subprocess.DEVNULL, check=True)
        best = min(best, time.monotonic() - began)
    return best


def main(millet="build/release/millet"):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        plain = seconds(millet, "2", folder)
        for kind in KINDS:
            for size in BYTES:
                text = (kind * (size // len(kind) + 1))[:size]
                for place in PLACES:
                    took = (seconds(millet, place.replace("%s", text), folder) - plain) / LINES
                    rows.append((1000 * took, size, place.replace("%s", kind + "…")))
    for took, size, what in sorted(rows, reverse=True):
        print(f"{took:6.2f} ms  {size:7d} bytes  {what}")


if __name__ == "__main__":
    main(*sys.argv[1:])
