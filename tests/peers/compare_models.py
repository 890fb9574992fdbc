"""Whole models: logits by `millet logits`."""

import json
import pathlib
import tempfile

from safetensors.torch import load_file

from comparison import table
from program import DATA, GOLDEN, logits


def page():
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for case in sorted(GOLDEN.glob("*/*/case.json")):
            about, golden = json.loads(case.read_text()), load_file(case.parent / "golden.safetensors")
            worst = max((logits(case.parent, ids, pathlib.Path(folder)) - golden[f"logits.{i}"]).abs().max().item()
                        for i, ids in enumerate(about["ids"]))
            name = case.parent.relative_to(GOLDEN)
            rows.append([f"`{name}`", f"transformers {about['transformers']}, float64", f"{worst:.1e}"])
        if (DATA / "models").exists():
            golden = json.loads((DATA / "models/stories260K/golden.json").read_text())
            import torch
            theirs = torch.tensor(golden["teacher_forced_logits"])
            ours = logits(DATA / "models/stories260K-hf", golden["teacher_forced_ids"], pathlib.Path(folder))
            rows.append(["stories260K (trained, F32)", "llama2.c's weights in float64",
                         f"{(ours - theirs).abs().max().item():.1e}"])
            golden = json.loads((DATA / "models/arithmetic-sequence-llama/golden.json").read_text())
            ours = logits(DATA / "models/arithmetic-sequence-llama", golden["ids"], pathlib.Path(folder))
            rows.append(["arithmetic-sequence-llama (BF16)", "its weights in float64",
                         f"{(ours - torch.tensor(golden['logits'])).abs().max().item():.1e}"])
    return "## Models: logits, f32\n\n" + table(["model", "compared with", "largest difference"], rows)
