"""Makes the DeepSeek-V3 golden vectors: one Hugging Face directory a case, written by `transformers`, and its answers.

    python make.py [--out DIR] [CASE …]      (needs tests/golden/requirements.txt)

A case is config.json, generation_config.json, model.safetensors (F32) as `save_pretrained` writes them, and
  case.json            ids: the sequences; loss and its denominators; what the case is for
  golden.safetensors   F32, computed in float64:  logits.<i> [T_i, V] of sequence i;  grad.<name on disk> of the loss
                       (mtp: also mtp_logits.<i> [T_i − 1, V], row j predicts token j + 2)
loss = mean over all next tokens of all sequences of −log p; with MTP, plus mtp_weight times the mean over all tokens
but the first two of each sequence. Correction biases have no gradient. The copies of embedding and head that an MTP
layer has on disk are the same parameters as the model's: their gradients are summed under the model's names.
"""

import argparse
import json
import pathlib
import shutil
import sys

import numpy as np
import torch
import torch.nn.functional as F
import transformers
from safetensors.torch import load_file, save_file
from transformers import DeepseekV3Config, DeepseekV3ForCausalLM
from transformers.modeling_layers import MtpModel

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import float64
import reference
from cases import CASES, SHARED, random_weight, token_ids

MTP_WEIGHT = 0.3  # V3's λ for its first 10 T tokens
LEAST_MARGIN = 2e-3  # of every choice of experts, so that rounding in f32 cannot change it


def model_config(case):
    config = SHARED | case.config
    theta = config.pop("rope_theta")
    yarn = config.pop("rope_parameters", {})
    rope = {"rope_type": "yarn" if yarn else "default", "rope_theta": theta} | yarn
    return config | {"rope": yarn | {"theta": theta}}, DeepseekV3Config(**config, rope_parameters=rope)


def mtp_shapes(config, like):
    """Shapes of the MTP layer's tensors; its block is shaped as the last MoE block."""
    last, hidden = f"model.layers.{config['num_hidden_layers'] - 1}.", config["hidden_size"]
    shapes = {name.removeprefix(last): shape for name, shape in like.items() if name.startswith(last)}
    shapes |= {"enorm.weight": (hidden,), "hnorm.weight": (hidden,), "shared_head.norm.weight": (hidden,)}
    shapes |= {"eh_proj.weight": (hidden, 2 * hidden)}
    return {f"model.layers.{config['num_hidden_layers']}.{name}": shape for name, shape in shapes.items()}


def write_directory(case, hf_config, config, seed, directory):
    """The model as `save_pretrained` writes it, filled with our random weights."""
    transformers.set_seed(0)
    model = DeepseekV3ForCausalLM(hf_config)
    model.save_pretrained(directory)
    path = directory / "model.safetensors"
    shapes = {name: tuple(t.shape) for name, t in load_file(path).items()}
    assert not any("experts.gate_up_proj" in name for name in shapes), "experts must be on disk one by one"
    if case.mtp:
        shapes |= mtp_shapes(config, shapes)
    rng = np.random.default_rng([seed, 0])
    weights = {name: torch.from_numpy(random_weight(case, name, shapes[name], rng)) for name in sorted(shapes)}
    if case.mtp:
        layer = f"model.layers.{config['num_hidden_layers']}."
        weights[layer + "embed_tokens.weight"] = weights["model.embed_tokens.weight"].clone()
        weights[layer + "shared_head.head.weight"] = weights["lm_head.weight"].clone()
    save_file(weights, path, metadata={"format": "pt"})
    return weights


def nll(logits, ids, ahead):
    """Summed −log p of the tokens `ahead` places on, and how many there are; row i of logits belongs to position i."""
    scored = len(ids) - ahead
    return F.cross_entropy(logits[:scored], torch.tensor(ids[ahead:]), reduction="sum"), scored


def by_reference(case, config, weights, sequences):
    w = {name: t.double().requires_grad_("bias" not in name) for name, t in weights.items()}
    out, margins, main, ahead, n_main, n_ahead = {}, [], 0, 0, 0, 0
    for i, ids in enumerate(sequences):
        hidden, logits = reference.forward(w, config, ids, margins)
        loss, scored = nll(logits, ids, 1)
        main, n_main, out[f"logits.{i}"] = main + loss, n_main + scored, logits
        if case.mtp:
            logits = reference.mtp(w, config, ids, hidden, margins)
            loss, scored = nll(logits, ids, 2)
            ahead, n_ahead, out[f"mtp_logits.{i}"] = ahead + loss, n_ahead + scored, logits
            out[f"hidden.{i}"] = hidden
    facts = {"loss": (main / n_main).item(), "scored": n_main}
    loss = main / n_main
    if case.mtp:
        loss = loss + MTP_WEIGHT * ahead / n_ahead
        facts |= {"mtp_loss": (ahead / n_ahead).item(), "mtp_scored": n_ahead, "mtp_weight": MTP_WEIGHT,
                  "total_loss": loss.item(),
                  # the same loss where both sums are divided by the count of main positions
                  "mtp_weight_over_main_scored": MTP_WEIGHT * n_main / n_ahead}
    loss.backward()
    grads = {name: t.grad for name, t in w.items() if t.grad is not None}
    return {k: v.detach() for k, v in out.items()}, grads, facts, margins


def by_transformers(directory, sequences):
    with float64.double_precision("deepseek_v3"):
        model = float64.load(directory)
        logits = [model(torch.tensor([ids])).logits[0] for ids in sequences]
        losses = [nll(l, ids, 1) for l, ids in zip(logits, sequences)]
        (sum(loss for loss, _ in losses) / sum(scored for _, scored in losses)).backward()
    return [l.detach() for l in logits], float64.gradients(model)


def mtp_by_transformers(directory, config, sequences, hidden):
    """`transformers` has the module for drafting: given the same hidden states, it must give the same logits."""
    pattern = [rf"model\.layers\.{config['num_hidden_layers']}.*"]  # its own is written for V3's 61 layers
    with float64.double_precision("deepseek_v3"):
        model = float64.load(directory)
        model._keys_to_ignore_on_load_unexpected = pattern
        model.config.name_or_path = str(directory)
        module = MtpModel.from_pretrained(model).double()
        for ids, h in zip(sequences, hidden):
            length = len(ids) - 1
            out = module.forward_layer(0, h[None, :-1], torch.arange(length)[None], None,
                                       input_ids=torch.tensor([ids[1:]]))
            yield model.lm_head(out)[0].detach()


def relative(a, b):
    return ((a - b).norm() / b.norm().clamp_min(1e-300)).item()


def make(case, out):
    directory = out / case.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    config, hf_config = model_config(case)
    for seed in range(1000):  # the first seed whose experts are chosen with room to spare
        weights = write_directory(case, hf_config, config, seed, directory)
        sequences = token_ids(case, seed)
        answers, grads, facts, margins = by_reference(case, config, weights, sequences)
        margin = min((m for m, _, _ in margins), default=float("inf"))
        if margin > LEAST_MARGIN:
            break
    else:
        raise SystemExit(f"{case.name}: no seed keeps every choice of experts {LEAST_MARGIN} apart")

    theirs, their_grads = by_transformers(directory, sequences)
    worst_logit = max((answers[f"logits.{i}"] - l).abs().max().item() for i, l in enumerate(theirs))
    assert worst_logit < 1e-11, f"{case.name}: transformers and the reference differ by {worst_logit}"
    if case.mtp:
        hidden = [answers.pop(f"hidden.{i}") for i in range(len(sequences))]
        for i, l in enumerate(mtp_by_transformers(directory, config, sequences, hidden)):
            assert (answers[f"mtp_logits.{i}"] - l).abs().max() < 1e-11, f"{case.name}: MTP of sequence {i}"
        worst_grad = float("nan")  # transformers cannot give gradients of MTP: it has no such loss
    else:
        assert set(grads) == set(their_grads)
        # An expert that no token chose has no gradient in one and zeros in the other: compare where there is one.
        worst_grad = max(relative(grads[n], g) for n, g in their_grads.items() if g.norm() > 0)
        assert worst_grad < 1e-10, f"{case.name}: gradients differ by {worst_grad}"
        answers = {f"logits.{i}": l for i, l in enumerate(theirs)}
        grads = their_grads

    trainable = [n for n in weights if "bias" not in n and not n.endswith(("shared_head.head.weight",))]
    trainable = [n for n in trainable if not (case.mtp and n.endswith("embed_tokens.weight") and ".layers." in n)]
    for name in trainable:
        grads.setdefault(name, torch.zeros_like(weights[name]))  # an expert without tokens
    golden = answers | {f"grad.{name}": grads[name] for name in trainable}
    save_file({k: v.float().contiguous() for k, v in golden.items()}, directory / "golden.safetensors")
    about = {"case": case.name, "why": case.why, "ids": sequences} | facts
    if margins:
        about |= {"least_margin": margin, "biased_scores": [min(m[1] for m in margins), max(m[2] for m in margins)]}
    about |= {"seed": seed, "transformers": transformers.__version__, "torch": torch.__version__.split("+")[0],
              "numpy": np.__version__}
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in about.items()]
    (directory / "case.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    if case.published:
        write_published(case, config, directory, out / f"{case.name}_published")
    size = sum(f.stat().st_size for f in directory.iterdir())
    print(f"{case.name:14} seed {seed:3}  loss {facts['loss']:.6f}  margin {margin:.4f}  "
          f"reference: logits {worst_logit:.1e}, gradients {worst_grad:.1e}  {size / 1e3:.0f} kB")


def write_published(case, config, directory, other):
    """The same weights and answers under a config.json that spells rope as DeepSeek publishes it."""
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    published = json.loads((directory / "config.json").read_text())
    published.pop("rope_parameters")
    published |= {"rope_theta": config["rope"]["theta"], "rope_scaling": {"type": "yarn"} | case.published}
    (other / "config.json").write_text(json.dumps(published, indent=2) + "\n")
    for name in ("case.json", "generation_config.json", "golden.safetensors", "model.safetensors"):
        (other / name).symlink_to(pathlib.Path("..") / directory.name / name)
    sequences = json.loads((directory / "case.json").read_text())["ids"]
    golden = load_file(directory / "golden.safetensors")
    for i, logits in enumerate(by_transformers(other, sequences)[0]):
        assert torch.equal(logits.float(), golden[f"logits.{i}"]), "both spellings must be one model"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    parser.add_argument("cases", nargs="*", help="all, if none is named")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # sums in one order
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for each in CASES:
        if not arguments.cases or each.name in arguments.cases:
            make(each, arguments.out)
