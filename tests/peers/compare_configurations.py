"""Published configurations: parameters by `millet info`, and the names and shapes of a published checkpoint."""

import csv
import json
import pathlib
import subprocess
import tempfile

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from comparison import VERSIONS, table
from program import DATA, MILLET

# Families that `transformers` has under another name alone, without MiMo's second prediction.
KNOWN_AS = {"kimi_k2": "deepseek_v3", "mimo": "qwen2"}


def counted_by_transformers(file):
    """Elements of what is in a checkpoint, tied tensors once; on the meta device nothing is allocated."""
    config = json.loads(file.read_text())
    config.pop("quantization_config", None)
    kind = config.pop("model_type")
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(KNOWN_AS.get(kind, kind), **config))
    tensors = {id(t): t.numel() for t in model.parameters()}
    # DeepSeek's correction biases are stored, and no parameters to transformers.
    return sum(tensors.values()) + sum(t.numel() for n, t in model.named_buffers() if n.endswith("correction_bias"))


def counts():
    rows = []
    for file in sorted((DATA / "configs").glob("*.config.json")):
        done = subprocess.run([MILLET, "info", file, "--json"], capture_output=True, text=True)
        name = file.name.removesuffix(".config.json").replace("_", "/", 1)
        if done.returncode:
            rows.append([name, "refused: " + done.stderr.strip().rpartition(": ")[2], "–", "–"])
            continue
        ours, theirs = json.loads(done.stdout)["parameters"], counted_by_transformers(file)
        rows.append([name, f"{ours:,}", f"{theirs:,}", f"{ours - theirs:,}"])
    return (f"## Published configurations\n\nParameters by `millet info`, without a second prediction, against the model "
            f"that transformers {VERSIONS['transformers']} makes of the same file on the meta device (MiMo as its Qwen2, "
            "Kimi-K2 as its DeepseekV3).\n\n" + table(["config.json", "millet", "transformers", "difference"], rows))


def hollow(path, tensors):
    """A safetensors file of these names and shapes in BF16 whose data are a hole: it takes no room on the disk."""
    header, end = {}, 0
    for name, shape in tensors:
        size = 2 * torch.Size(shape).numel()
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + end)


def loads(config, tensors):
    """What Millet says to a checkpoint of these tensors: nothing, or which is missing, too much or of another shape."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "config.json").write_bytes(config.read_bytes())
        hollow(folder / "model.safetensors", tensors)
        # All tensors are found before ids are looked at, and then none has to be read.
        (folder / "ids.json").write_text("[1000000000]")
        done = subprocess.run([MILLET, "logits", folder, "--ids", folder / "ids.json", "--out", folder / "out", "--quiet"],
                              capture_output=True, text=True)
    return [line for line in done.stderr.splitlines() if "outside the model's vocabulary" not in line]


def names():
    rows = []
    for file in sorted((DATA / "configs").glob("*.tensors.tsv")):
        config = file.with_name(file.name.replace(".tensors.tsv", ".config.json"))
        with open(file) as text:
            tensors = [(r["name"], [int(n) for n in r["shape"].split("x")]) for r in csv.DictReader(text, delimiter="\t")]
        said = loads(config, tensors)
        # Controls: each change must be seen, or silence would say nothing.
        name, shape = tensors[-1]
        changes = [tensors[:-1], [*tensors, ("model.surplus.weight", [2])], [*tensors[:-1], (name, [n + 1 for n in shape])]]
        seen = sum(bool(loads(config, changed)) for changed in changes)
        rows.append([f"`{file.name}`", "the published checkpoint",
                     f"all {len(tensors):,} names and shapes, none besides" if not said else " ".join(said),
                     f"{seen} of {len(changes)}"])
    return "## Published checkpoints: names and shapes\n\n" + table(
        ["file", "compared with", "equal", "one missing, one more, one of another shape: noticed"], rows)


def page():
    return "\n".join([counts(), names()]) if DATA.exists() else ""
