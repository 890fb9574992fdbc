"""Texts encoded line by line by `millet bench tokenizer` and by `tokenizers`, alternating; see encode_texts.sh."""

import argparse
import importlib.metadata
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from train_tokenizer import MILLET, processor

ONE_THREAD = {"RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


def millet(tokenizer, file):
    done = subprocess.run([MILLET, "bench", "tokenizer", "--tokenizer", tokenizer, "--text", file, "--json"],
                          check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout)
    return {key: told[key] for key in ("seconds", "seconds_loading", "tokens", "sum_of_ids", "lines", "bytes")}


def peer(tokenizer, file):
    """In a process of its own. One line a call; then all lines in its fastest call, which keeps no offsets."""
    from tokenizers import Tokenizer
    lines = file.read_bytes().decode().split("\n")
    if lines[-1] == "":
        lines.pop()
    began = time.perf_counter()
    loaded = Tokenizer.from_file(str(tokenizer / "tokenizer.json"))
    loading = time.perf_counter() - began
    began = time.perf_counter()
    encodings = [loaded.encode(line, add_special_tokens=False) for line in lines]
    one_by_one = time.perf_counter() - began
    ids = [encoding.ids for encoding in encodings]
    loaded = Tokenizer.from_file(str(tokenizer / "tokenizer.json"))
    began = time.perf_counter()
    loaded.encode_batch_fast(lines, add_special_tokens=False)
    batch = time.perf_counter() - began
    print(json.dumps({"seconds": one_by_one, "seconds_batch": batch, "seconds_loading": loading,
                      "tokens": sum(map(len, ids)), "sum_of_ids": sum(map(sum, ids)), "lines": len(lines),
                      "bytes": sum(len(line.encode()) for line in lines)}))


def peer_in_its_process(tokenizer, file):
    done = subprocess.run([sys.executable, "-B", __file__, "--peer", "--tokenizer", tokenizer, "--results", ".", file],
                          check=True, stdout=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD)
    return json.loads(done.stdout)


def median(rows, key):
    return statistics.median(row[key] for row in rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--tokenizer", type=pathlib.Path, action="append", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.peer:
        peer(arguments.tokenizer[0], arguments.files[0])
        sys.exit()
    arguments.results.mkdir(parents=True, exist_ok=True)

    table = []
    with (arguments.results / "encode_texts.jsonl").open("w") as raw:
        for tokenizer in arguments.tokenizer:
            for file in arguments.files:
                rows = {millet: [], peer_in_its_process: []}
                for turn in range(arguments.rounds):
                    for side in list(rows) if turn % 2 == 0 else reversed(rows):
                        row = side(tokenizer, file)
                        rows[side].append(row)
                        raw.write(json.dumps({"side": "millet" if side is millet else "tokenizers", "round": turn,
                                              "tokenizer": tokenizer.name, "text": file.name, **row,
                                              "load": os.getloadavg()[0]}) + "\n")
                        raw.flush()
                ours, theirs = rows.values()
                summary = {
                    "tokenizer": tokenizer.name, "text": file.name, "bytes": ours[0]["bytes"],
                    "same_ids": all(ours[0][key] == theirs[0][key] for key in ("tokens", "sum_of_ids", "lines", "bytes")),
                    "millet": median(ours, "seconds"), "tokenizers": median(theirs, "seconds"),
                    "tokenizers_batch": median(theirs, "seconds_batch"),
                    "loading": [median(ours, "seconds_loading"), median(theirs, "seconds_loading")],
                }
                summary["times_as_fast"] = min(summary["tokenizers"], summary["tokenizers_batch"]) / summary["millet"]
                table.append(summary)
                print(json.dumps(summary), file=sys.stderr)
    (arguments.results / "encode_texts.json").write_text(json.dumps({
        "machine": processor(), "peer": f"tokenizers {importlib.metadata.version('tokenizers')}",
        "millet": subprocess.run([MILLET, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip(),
        "rounds": arguments.rounds, "table": table}, indent=2) + "\n")
