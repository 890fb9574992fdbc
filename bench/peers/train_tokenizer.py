"""Byte-level BPE learned by `millet tokenizer train` and by `tokenizers`, alternating; see train_tokenizer.sh."""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MILLET = ROOT / "build/release/millet"
SPECIALS = ["<pad>", "<bos>", "<eos>"]


def millet(files, size, threads, ties):
    """Seconds by the wall clock, program start and files included, and the merges."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        began = time.perf_counter()
        done = subprocess.run([MILLET, "tokenizer", "train", *files, "--vocab-size", str(size), "--threads",
                               str(threads), "--ties", ties, "--out", out, "--quiet", "--json"], check=True,
                              stdout=subprocess.PIPE, text=True)
        seconds = time.perf_counter() - began
        told = json.loads(done.stdout)
        del told["tokenizer"]  # a temporary path
        return seconds, merges_of(out / "tokenizer.json"), told


def peer(files, size, lines, out):
    """Runs in a process of its own, so that RAYON_NUM_THREADS counts; seconds of the training alone."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIALS, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    began = time.perf_counter()
    if lines:  # its own way with files: each line is a text
        tokenizer.train(files, trainer)
    else:
        tokenizer.train_from_iterator([open(file, encoding="utf-8", newline="").read() for file in files], trainer)
    seconds = time.perf_counter() - began
    tokenizer.save(out)
    print(seconds)


def peer_in_its_process(files, size, threads, lines):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "tokenizer.json"
        command = [sys.executable, "-B", __file__, "--peer", "lines" if lines else "texts", "--size", str(size),
                   "--results", str(out), *files]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                              env=os.environ | {"RAYON_NUM_THREADS": str(threads)})
        return float(done.stdout), merges_of(out)


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def merges_of(path):
    return [tuple(merge) for merge in json.loads(path.read_text())["model"]["merges"]]


def compared(ours, theirs):
    first = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    return {"ours": len(ours), "theirs": len(theirs), "equal_until": first, "in_both": len(set(ours) & set(theirs))}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--size", type=int, default=32000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--peer", choices=["lines", "texts"], help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    files, size, threads = arguments.files, arguments.size, arguments.threads
    if arguments.peer:
        peer(files, size, arguments.peer == "lines", str(arguments.results))
        sys.exit()
    arguments.results.mkdir(parents=True, exist_ok=True)

    measured = {"millet": [], "tokenizers": []}
    with (arguments.results / "train_tokenizer.jsonl").open("w") as raw:
        for pair in range(arguments.pairs):
            for side in ("millet", "tokenizers") if pair % 2 == 0 else ("tokenizers", "millet"):
                row = {"pair": pair, "side": side}
                if side == "millet":
                    seconds, by_bytes, told = millet(files, size, threads, "bytes")
                    row["told"] = told
                else:
                    seconds, by_lines = peer_in_its_process(files, size, threads, lines=True)
                raw.write(json.dumps(row | {"seconds": seconds, "load": os.getloadavg()[0]}) + "\n")
                raw.flush()
                measured[side].append(seconds)
                print(f"pair {pair + 1}: {side:10} {seconds:.2f} s", file=sys.stderr)

    # The same words: whole texts. Then the same ties as well.
    _, by_ids, _ = millet(files, size, threads, "ids")
    seconds, by_texts = peer_in_its_process(files, size, threads, lines=False)
    medians = {side: statistics.median(seconds) for side, seconds in measured.items()}
    summary = {
        "machine": processor(), "peer": f"tokenizers {importlib.metadata.version('tokenizers')}",
        "millet": subprocess.run([MILLET, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip(),
        "texts": {pathlib.Path(file).name: pathlib.Path(file).stat().st_size for file in files},
        "bytes": sum(pathlib.Path(file).stat().st_size for file in files), "size": size,
        "threads": threads, "seconds": medians, "tokenizers_whole_texts": seconds,
        "times_as_fast": medians["tokenizers"] / medians["millet"],
        "merges": {"same words, same ties": compared(by_ids, by_texts),
                   "same words, ties to the greater bytes": compared(by_bytes, by_texts),
                   "lines, same ties": compared(by_ids, by_lines)},
    }
    (arguments.results / "train_tokenizer.json").write_text(json.dumps(summary, indent=2) + "\n")
    print(json.dumps(summary, indent=2))
