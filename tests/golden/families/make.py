"""Makes the golden vectors of the other families: one Hugging Face directory a case, written by `transformers`, and its
answers in float64.

    python make.py [--out DIR] [CASE …]      (needs tests/golden/requirements.txt)

A case is config.json, generation_config.json and weights as `save_pretrained` writes them, and
  case.json            ids: the sequences; loss over all their next tokens; what the case is for
  golden.safetensors   F32, computed in float64:  logits.<i> [T_i, V] of sequence i;  grad.<name on disk> of the loss
"""

import argparse
import json
import pathlib
import shutil
import sys
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import float64

MOST_ROUNDING = 2e-5  # of logits in f32: a choice of experts that rounding can change would show as more


@dataclass
class Case:
    name: str
    why: str
    config: dict
    lengths: list
    dtype: torch.dtype = torch.float32  # on disk
    shards: str = ""  # the largest size of a file; empty: one file


SHARED = dict(vocab_size=24, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4,
              max_position_embeddings=128, bos_token_id=0, eos_token_id=1)
LATENT = dict(num_attention_heads=2, num_key_value_heads=2, kv_lora_rank=8, qk_nope_head_dim=6, qk_rope_head_dim=4,
              v_head_dim=5, n_routed_experts=8, n_shared_experts=2, moe_intermediate_size=6, num_experts_per_tok=3,
              first_k_dense_replace=1, moe_layer_freq=1, scoring_func="softmax", norm_topk_prob=False)

CASES = [
    Case(
        "llama",
        "heads share keys and values in pairs; Llama 3's scaling with pairs in all three ranges; BF16 in shards",
        dict(model_type="llama", num_key_value_heads=2, head_dim=8, rms_norm_eps=1e-5,
             rope_parameters=dict(rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0,
                                  high_freq_factor=4.0, original_max_position_embeddings=32)),
        [45, 6], torch.bfloat16, "8kB",
    ),
    Case(
        "llama_bias",
        "biases of all four projections, one head of keys for all, tied embeddings; F16",
        dict(model_type="llama", num_key_value_heads=1, attention_bias=True, tie_word_embeddings=True),
        [17, 2], torch.float16,
    ),
    Case(
        "qwen2",
        "biases of queries, keys and values alone, tied embeddings, YaRN as Qwen documents it: cos and sin scaled",
        dict(model_type="qwen2", num_key_value_heads=2, tie_word_embeddings=True,
             rope_parameters=dict(rope_type="yarn", rope_theta=1000.0, factor=4.0,
                                  original_max_position_embeddings=16)),
        [40, 9],
    ),
    Case(
        "qwen3",
        "norms of each head's queries and keys; heads wider than hidden_size / num_attention_heads",
        dict(model_type="qwen3", num_key_value_heads=2, head_dim=10, rms_norm_eps=1e-4),
        [23, 5],
    ),
    Case(
        "qwen3_moe",
        "softmax scores of all experts, gates renormalised, no shared expert, experts in every layer",
        dict(model_type="qwen3_moe", num_key_value_heads=2, head_dim=8, num_experts=8, num_experts_per_tok=3,
             moe_intermediate_size=6, norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[]),
        [19, 4],
    ),
    Case(
        "deepseek_v2",
        "softmax scores, groups judged by their best expert, gates scaled and not renormalised, q latent, YaRN with "
        "mscale 0.707",
        dict(model_type="deepseek_v2", **LATENT, q_lora_rank=7, topk_method="group_limited_greedy", n_group=4,
             topk_group=2, routed_scaling_factor=16.0,
             rope_parameters=dict(rope_type="yarn", rope_theta=100.0, factor=40.0, beta_fast=32, beta_slow=1,
                                  mscale=0.707, mscale_all_dim=0.707, original_max_position_embeddings=16)),
        [40, 3],
    ),
    Case(
        "deepseek_v2_lite",
        "V2-Lite's shape: no q latent, no groups",
        dict(model_type="deepseek_v2", **LATENT, q_lora_rank=None, topk_method="greedy", n_group=1, topk_group=1,
             routed_scaling_factor=1.0),
        [21, 6],
    ),
]


def random_weight(name, shape, dtype, rng):
    """Of a size at which every part matters: attention peaks, experts differ, norms and biases show."""
    normal = rng.standard_normal(shape)
    if name.endswith(".bias"):
        weight = 0.4 * normal
    elif len(shape) == 1:
        weight = 1 + 0.25 * normal
    elif "embed_tokens" in name:
        weight = normal
    else:
        weight = normal / np.sqrt(shape[-1]) * (2 if "q_proj" in name or "q_b_proj" in name else 1)
    return torch.from_numpy(weight.astype(np.float32)).to(dtype)


def write_directory(case, seed, directory):
    kind = case.config["model_type"]
    config = AutoConfig.for_model(**(SHARED | case.config))
    transformers.set_seed(0)
    model = AutoModelForCausalLM.from_config(config, dtype=case.dtype)
    model.save_pretrained(directory, max_shard_size=case.shards or "1GB")
    rng = np.random.default_rng([seed, 0])
    files = sorted(directory.glob("*.safetensors"))
    shapes = {name: (file, tuple(t.shape)) for file in files for name, t in load_file(file).items()}
    assert not any("experts.gate_up_proj" in name for name in shapes), f"{kind}: experts must be on disk one by one"
    weights = {name: random_weight(name, shape, case.dtype, rng) for name, (_, shape) in sorted(shapes.items())}
    for file in files:
        save_file({n: w for n, w in weights.items() if shapes[n][0] == file}, file, metadata={"format": "pt"})
    assert (len(files) > 1) == bool(case.shards), f"{case.name}: {len(files)} files"
    return weights


def answers(model, sequences):
    logits = [model(torch.tensor([ids])).logits[0] for ids in sequences]
    losses = [F.cross_entropy(l[:-1], torch.tensor(ids[1:]), reduction="sum") for l, ids in zip(logits, sequences)]
    return logits, sum(losses) / sum(len(ids) - 1 for ids in sequences)


def make(case, out):
    directory = out / case.name
    for seed in range(1000):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        weights = write_directory(case, seed, directory)
        rng = np.random.default_rng([seed, 1])
        sequences = [rng.integers(2, SHARED["vocab_size"], n).tolist() for n in case.lengths]
        with float64.double_precision(case.config["model_type"]):
            model = float64.load(directory)
            logits, loss = answers(model, sequences)
            loss.backward()
            grads = float64.gradients(model)
        with torch.no_grad():
            single = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32,
                                                          experts_implementation="eager")
            rounded, _ = answers(single.eval(), sequences)
        rounding = max((a - b).abs().max().item() for a, b in zip(logits, rounded))
        if rounding < MOST_ROUNDING:
            break
    else:
        raise SystemExit(f"{case.name}: no seed keeps f32 within {MOST_ROUNDING} of float64")
    assert set(grads) == set(weights), set(grads) ^ set(weights)
    golden = {f"logits.{i}": l.detach() for i, l in enumerate(logits)} | {f"grad.{n}": g for n, g in grads.items()}
    save_file({k: v.float().contiguous() for k, v in golden.items()}, directory / "golden.safetensors")
    about = {"case": case.name, "why": case.why, "ids": sequences, "loss": loss.item(), "seed": seed,
             "transformers": transformers.__version__, "torch": torch.__version__.split("+")[0],
             "numpy": np.__version__}
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in about.items()]
    (directory / "case.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    size = sum(f.stat().st_size for f in directory.iterdir())
    print(f"{case.name:17} seed {seed:3}  loss {loss.item():.6f}  f32 within {rounding:.1e}  {size / 1e3:.0f} kB")


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
