"""Whole models: logits by `millet logits`, gradients by one step of `millet pretrain`, a text by `millet generate`."""

import json
import pathlib
import shutil
import sys
import tempfile

import torch
import torch.nn.functional as F
import transformers
from safetensors.torch import load_file

from comparison import VERSIONS, count, table
from made_models import IDS, MADE
from program import DATA, GOLDEN, generate, logits, millet, newest_checkpoint

sys.path.append(str(GOLDEN / "deepseek_v3"))
import float64  # noqa: E402
import reference  # noqa: E402

TRANSFORMERS = f"transformers {VERSIONS['transformers']}, float64"
FIRST = ord("A")  # the character of token 0


def loss_of(logits, ids, ahead=1):
    """Mean of −log p over the ids `ahead` places on, of as many as the next ones are."""
    scored = len(ids) - ahead
    return F.cross_entropy(logits[:scored], torch.tensor(ids[ahead:]), reduction="sum") / (len(ids) - 1)


def by_transformers(directory, sequences):
    """Logits of each sequence, and gradients of the first one's loss by the names on disk."""
    with float64.double_precision(json.loads((directory / "config.json").read_text())["model_type"]):
        model = float64.load(directory)
        answers = [model(torch.tensor([ids])).logits[0] for ids in sequences]
        loss_of(answers[0], sequences[0]).backward()
        return [a.detach() for a in answers], float64.gradients(model)


def with_second_prediction(directory, ids, weight):
    """Gradients by the reference of tests/golden, which transformers' MTP module agrees with: it has no such loss."""
    config = json.loads((directory / "config.json").read_text())
    rope = config.pop("rope_parameters")
    config["rope"] = {"theta": rope["rope_theta"]}
    weights = load_file(directory / "model.safetensors")
    layer = f"model.layers.{config['num_hidden_layers']}."
    w = {n: t.double().requires_grad_("bias" not in n) for n, t in weights.items()}
    hidden, main = reference.forward(w, config, ids, [])
    ahead = reference.mtp(w, config, ids, hidden, [])
    (loss_of(main, ids) + weight * loss_of(ahead, ids, 2)).backward()
    copies = (layer + "embed_tokens.weight", layer + "shared_head.head.weight")
    return {n: t.grad for n, t in w.items() if t.grad is not None and n not in copies}


def apart(name, t):
    """A parameter as tensors of the names on disk: gate and up, and the experts, are one in memory."""
    if name.endswith("gate_up_proj.weight"):
        gate, up = t.chunk(2, -2)
        stem = name.removesuffix("gate_up_proj.weight")
        yield from apart(stem + "gate_proj.weight", gate)
        yield from apart(stem + "up_proj.weight", up)
    elif t.dim() == 3:
        stem, _, projection = name.partition(".experts.")
        yield from ((f"{stem}.experts.{e}.{projection}", expert) for e, expert in enumerate(t))
    else:
        yield name, t


def gradients(directory, ids, folder, mtp_weight=0):
    """AdamW's first moment after one step is the gradient where beta1 = 0. The step's only window is these ids."""
    model = folder / "model"
    shutil.copytree(directory, model)
    size = json.loads((model / "config.json").read_text())["vocab_size"]
    (model / "tokenizer.json").write_text(json.dumps(
        {"model": {"type": "BPE", "vocab": {chr(FIRST + i): i for i in range(size)}, "merges": []}}))
    text = ids + ids[:-(-len(ids) * 10 // 9) - len(ids)]  # nine tenths are trained on
    (folder / "text.txt").write_text("".join(chr(FIRST + i) for i in text))
    (folder / "recipe.toml").write_text("")
    values = {"init": model, "data.source": folder / "text.txt", "data.context": len(ids) - 1,
              "train.step_tokens": len(ids) - 1, "train.steps": 1, "train.optimizer.beta1": 0, "train.optimizer.clip": 0,
              "train.objective.balance_alpha": 0, "train.objective.mtp_weight": mtp_weight}
    settings = [word for key, value in values.items() for word in ("--set", f"{key}={value}")]
    millet("pretrain", folder / "recipe.toml", *settings, "--out", folder / "run", "--quiet")
    state = load_file(newest_checkpoint(folder / "run") / "optimizer.safetensors")
    return {n: t for name, moment in state.items() if name.endswith(".m") for n, t in apart(name.removesuffix(".m"), moment)}


def worst_gradient(ours, theirs):
    """The largest distance of a tensor's gradient, of its length; none may be missing."""
    assert theirs.keys() <= ours.keys(), sorted(theirs.keys() - ours.keys())
    return max(((ours[n] - g).norm() / g.norm()).item() if g.norm() > 0 else ours[n].norm().item()
               for n, g in theirs.items() if g is not None)


def compared(name, ours, theirs, sequences, judge):
    expected, grads = by_transformers(theirs, sequences)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        worst = max((logits(ours, ids, folder) - e).abs().max().item() for ids, e in zip(sequences, expected))
        gradient = worst_gradient(gradients(ours, sequences[0], folder), grads)
    return [name, judge, f"{worst:.1e}", f"{gradient:.1e}"]


def random_models():
    for case in sorted(GOLDEN.glob("*/*/case.json")):
        ids = json.loads(case.read_text())["ids"]
        yield compared(f"`{case.parent.relative_to(GOLDEN)}`", case.parent, case.parent, ids, TRANSFORMERS)
    directory = GOLDEN / "deepseek_v3/mtp"
    ids = json.loads((directory / "case.json").read_text())["ids"][0]
    with tempfile.TemporaryDirectory() as folder:
        ours = gradients(directory, ids, pathlib.Path(folder), 0.3)
    worst = worst_gradient(ours, with_second_prediction(directory, ids, 0.3))
    yield "`deepseek_v3/mtp`, second prediction", "`reference.py` of tests/golden, float64", "–", f"{worst:.1e}"
    for name, (make, of) in MADE.items():
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            yield compared(name, make(folder), folder / "theirs", IDS, of + TRANSFORMERS)


def trained_models():
    stories = json.loads((DATA / "models/stories260K/golden.json").read_text())
    sequence = json.loads((DATA / "models/arithmetic-sequence-llama/golden.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        for name, judge, directory, ids, expected in (
                ("stories260K (trained, F32)", "llama2.c's weights in float64", "stories260K-hf",
                 stories["teacher_forced_ids"], stories["teacher_forced_logits"]),
                ("arithmetic-sequence-llama (BF16)", "its weights in float64", "arithmetic-sequence-llama",
                 sequence["ids"], sequence["logits"])):
            ours = logits(DATA / "models" / directory, ids, pathlib.Path(folder))
            yield name, judge, f"{(ours - torch.tensor(expected)).abs().max().item():.1e}", "–"


def story():
    golden = json.loads((DATA / "models/stories260K/golden.json").read_text())
    prompt, told = generate(DATA / "models/stories260K-hf", "", len(golden["greedy_ids"]) - 1)
    same = count((a == b for a, b in zip(prompt + told, golden["greedy_ids"])), len(golden["greedy_ids"]))
    return "## A story, told greedily\n\n" + table(
        ["model", "compared with", "tokens equal"],
        [["stories260K", "`golden.json`: llama2.c 350e04fe, temperature 0, from BOS", same]])


def page():
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    there = DATA.exists()
    rows = [*random_models(), *(trained_models() if there else ())]
    return ("## Models: logits and gradients, f32\n\nThe largest difference of a logit, and the largest relative L2 distance "
            "of a tensor's gradient: AdamW's first moment after one step of `millet pretrain` with beta1 = 0. FP8 is read for "
            f"transformers by PyTorch {VERSIONS['torch']}.\n\n" + table(
                ["model", "compared with", "logits", "gradients"], rows) + ("\n" + story() if there else ""))
