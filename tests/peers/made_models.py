"""Small random models of what tests/golden has none of, each twice: as it is published, and as `transformers` loads it."""

import json
import shutil
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from program import GOLDEN

sys.path.insert(0, str(GOLDEN))
sys.path.insert(0, str(GOLDEN / "families"))
from make import LATENT, Case, random_weight, write_directory  # noqa: E402

V3 = LATENT | dict(model_type="deepseek_v3", q_lora_rank=7, n_group=1, topk_group=1, scoring_func="sigmoid",
                   norm_topk_prob=True, routed_scaling_factor=2.5)
BLOCK = 128  # rows and columns that share a factor


def changed(directory, out, weights=None, **config):
    """A copy with other weights and other keys of config.json."""
    shutil.copytree(directory, out)
    if weights is not None:
        save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    read = json.loads((out / "config.json").read_text())
    (out / "config.json").write_text(json.dumps(read | config))
    return out


def mimo(folder):
    """Qwen2 with biases, and a second prediction under MiMo's own names."""
    case = Case("mimo", "", dict(model_type="qwen2", num_key_value_heads=2), [])
    weights = write_directory(case, 0, folder / "theirs")
    hidden, last, rng = 16, "model.layers.1.", np.random.default_rng(1)
    shapes = {name.removeprefix(last): tuple(t.shape) for name, t in weights.items() if name.startswith(last)}
    shapes |= {f"{n}_layernorm.weight": (hidden,) for n in ("token", "hidden", "final")}
    shapes["input_proj.weight"] = (hidden, 2 * hidden)
    second = {f"model.mtp_layers.0.{name}": random_weight(name, shape, torch.float32, rng)
              for name, shape in sorted(shapes.items())}
    return changed(folder / "theirs", folder / "ours", weights | second, model_type="mimo", attention_bias=True,
                   architectures=["MiMoForCausalLM"], num_nextn_predict_layers=1)


def kimi_k2(folder):
    """DeepSeek-V3 with one group and Kimi's rotary scaling, under its own model_type."""
    rope = dict(rope_type="yarn", rope_theta=50000.0, factor=32.0, beta_fast=1.0, beta_slow=1.0, mscale=1.0,
                mscale_all_dim=1.0, original_max_position_embeddings=16)
    write_directory(Case("kimi_k2", "", V3 | dict(rope_parameters=rope), []), 0, folder / "theirs")
    return changed(folder / "theirs", folder / "ours", model_type="kimi_k2")


def in_blocks(weight):
    """FP8 and the factors of its blocks; and what PyTorch reads from these."""
    rows, columns = weight.shape
    padded = F.pad(weight, (0, -columns % BLOCK, 0, -rows % BLOCK))
    factors = padded.unflatten(1, (-1, BLOCK)).unflatten(0, (-1, BLOCK)).abs().amax((1, 3)) / 448
    spread = factors.repeat_interleave(BLOCK, 0).repeat_interleave(BLOCK, 1)[:rows, :columns]
    stored = (weight / spread).to(torch.float8_e4m3fn)
    return stored, factors, stored.float() * spread


def fp8_blocks(folder):
    """DeepSeek-V3 of several blocks a matrix, the last of them in part, quantised as it is published."""
    sizes = dict(hidden_size=192, intermediate_size=320, moe_intermediate_size=136, kv_lora_rank=136, q_lora_rank=144,
                 qk_nope_head_dim=72, qk_rope_head_dim=8, v_head_dim=80)
    weights = write_directory(Case("fp8", "", V3 | sizes, []), 0, folder / "theirs")
    ours, theirs = dict(weights), dict(weights)
    for name, weight in weights.items():
        if weight.dim() == 2 and not name.endswith(("embed_tokens.weight", "lm_head.weight", "mlp.gate.weight")):
            ours[name], ours[name + "_scale_inv"], theirs[name] = in_blocks(weight)
    save_file(theirs, folder / "theirs/model.safetensors", metadata={"format": "pt"})
    quantised = dict(quant_method="fp8", fmt="e4m3", activation_scheme="dynamic", weight_block_size=[BLOCK, BLOCK])
    return changed(folder / "theirs", folder / "ours", ours, quantization_config=quantised)


MADE = {"kimi_k2": (kimi_k2, "DeepseekV3 of "), "mimo": (mimo, "Qwen2 of "),
        "deepseek_v3, FP8 blocks of 128 × 128": (fp8_blocks, "")}
IDS = [[2 + (i * i + 3 * i) % 22 for i in range(40)], [5, 2, 19, 7, 7, 3]]
