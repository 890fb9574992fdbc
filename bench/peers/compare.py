"""Alternates `millet bench pretrain` and pretrain_step.py on one model; see compare.sh."""

import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MILLET = ROOT / "build/release/millet"


def output(command):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--model", type=pathlib.Path, default=pathlib.Path(__file__).with_name("ten_million.json"))
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--context", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    arguments.results.mkdir(parents=True, exist_ok=True)

    shape = [word for name in ("model", "batch", "context", "steps", "threads")
             for word in (f"--{name}", getattr(arguments, name))]
    ours = [MILLET, "bench", "pretrain", *shape, "--json"]
    theirs = [sys.executable, "-B", pathlib.Path(__file__).with_name("pretrain_step.py"), *shape]

    # PyTorch's better experts and optimizer, found once: the pairs below then measure one thing.
    best = json.loads(output(theirs))
    theirs += ["--experts", best["experts"], "--optimizer", best["optimizer"]]

    measured = {"millet": [], "pytorch": []}
    with (arguments.results / "pretrain_step.jsonl").open("w") as raw:
        for pair in range(arguments.pairs):
            order = [("millet", ours), ("pytorch", theirs)]
            for side, command in order if pair % 2 == 0 else reversed(order):
                row = json.loads(output(command))
                raw.write(json.dumps({"pair": pair, "side": side} | row) + "\n")
                raw.flush()
                measured[side].append(row["seconds_per_step"])
                print(f"pair {pair + 1}: {side:8} {row['seconds_per_step']:.4f} s a step", file=sys.stderr)

    medians = {side: statistics.median(seconds) for side, seconds in measured.items()}
    summary = {
        "model": arguments.model.name, "batch": arguments.batch, "context": arguments.context,
        "threads": arguments.threads, "pairs": arguments.pairs, "steps": arguments.steps, "machine": processor(),
        "millet": output([MILLET, "--version"]).strip(), "peer": best["peer"],
        "experts": best["experts"], "optimizer": best["optimizer"], "attention": best["attention"],
        "tried": best["tried"],
        "seconds_per_step": medians, "pytorch_over_millet": medians["pytorch"] / medians["millet"],
        "each_pair": [p / m for m, p in zip(measured["millet"], measured["pytorch"])],
    }
    (arguments.results / "pretrain_step.json").write_text(json.dumps(summary, indent=1) + "\n")
    print(f"millet {medians['millet']:.4f} s, PyTorch {medians['pytorch']:.4f} s a step: "
          f"Millet is {summary['pytorch_over_millet']:.2f} times as fast")
