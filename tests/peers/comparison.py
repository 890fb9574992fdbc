"""What every page of the comparison needs: the verbs that answer line by line, counts, and tables of Markdown."""

import json
import pathlib
import subprocess
import tempfile

from program import GOLDEN, MILLET, ROOT

VERSIONS = dict(line.split("==") for line in (GOLDEN / "requirements.txt").read_text().split() if "==" in line)


def table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(out + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def lines(path):
    return [json.loads(line) for line in path.read_text().split("\n") if line.strip()]


def answers(records, *words):
    """What a verb says to each record, in order; of a verb that stops there are too few, and count() sees it."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "in.jsonl"
        file.write_text("".join(json.dumps(r) + "\n" for r in records))
        done = subprocess.run([MILLET, *map(str, words), "--jsonl", file], capture_output=True, text=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def count(verdicts, total):
    """n of total, as people read it."""
    return f"{sum(map(bool, verdicts)):,} of {total:,}"
