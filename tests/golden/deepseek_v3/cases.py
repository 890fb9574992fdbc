"""The models of the DeepSeek-V3 golden vectors: their shapes, their token ids, their random weights.

Every number comes from numpy's PCG64, so the weights are the same bytes wherever this runs.
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Case:
    name: str
    why: str  # what this case can catch that the others cannot; written into case.json
    config: dict  # keys of config.json, beside SHARED
    lengths: list  # of its sequences
    bias: tuple = (0.05, 0.6)  # range of e_score_correction_bias
    latent_scale: float = 1.0  # of the rows of kv_a_proj and q_a_proj that feed the latent norms
    published: dict = field(default_factory=dict)  # the rope keys of the same config as DeepSeek publishes it
    mtp: bool = False


SHARED = dict(
    vocab_size=32,
    hidden_size=24,
    intermediate_size=32,
    moe_intermediate_size=8,
    num_attention_heads=3,
    num_key_value_heads=3,
    n_routed_experts=8,
    n_shared_experts=1,
    num_experts_per_tok=3,
    n_group=4,
    topk_group=2,
    norm_topk_prob=True,
    routed_scaling_factor=2.5,
    first_k_dense_replace=1,
    num_hidden_layers=2,
    q_lora_rank=20,
    kv_lora_rank=16,
    qk_nope_head_dim=6,
    qk_rope_head_dim=8,
    v_head_dim=10,
    rms_norm_eps=1e-6,
    max_position_embeddings=128,
    rope_theta=10000.0,
    num_nextn_predict_layers=0,
    bos_token_id=0,
    eos_token_id=1,
)


def yarn(factor, original, mscale, mscale_all_dim):
    return dict(
        factor=float(factor),
        original_max_position_embeddings=original,
        beta_fast=32.0,
        beta_slow=1.0,
        mscale=mscale,
        mscale_all_dim=mscale_all_dim,
    )


CASES = [
    Case(
        "q_lora_groups",
        "V3's shape: q latent, 1 dense + 2 MoE layers, 2 of 4 groups, 2 shared experts, gates renormalised and scaled",
        dict(num_hidden_layers=3, n_shared_experts=2),
        lengths=[19, 7, 2],
    ),
    Case(
        "no_q_lora",
        "Moonlight's shape: q without its latent, one group, rope_theta 50000; rms_norm_eps 1e-5 while the latent "
        "norms keep 1e-6, and latents so small that this shows",
        dict(q_lora_rank=None, n_group=1, topk_group=1, routed_scaling_factor=2.446, rope_theta=50000.0, rms_norm_eps=1e-5),
        lengths=[17, 9],
        latent_scale=0.02,
    ),
    Case(
        "yarn",
        "YaRN with mscale = mscale_all_dim: cos and sin unscaled, softmax scaled; two pairs inside the ramp; positions "
        "past the original length; all biased scores negative, so a lost group filled with 0 would win",
        dict(qk_rope_head_dim=16, rope_theta=100.0, rope_parameters=yarn(4, 32, 1.0, 1.0), n_group=2, topk_group=1),
        lengths=[45, 6],
        bias=(-1.9, -1.1),
    ),
    Case(
        "yarn_mscale",
        "mscale differs from mscale_all_dim: cos and sin scaled as well; a ramp of width one; gates not renormalised",
        dict(rope_parameters=yarn(8, 16, 1.0, 0.707), norm_topk_prob=False, routed_scaling_factor=1.5),
        lengths=[40, 11],
        published=yarn(8, 16, 1.0, 0.707),
    ),
    Case(
        "dense",
        "every layer dense: first_k_dense_replace = num_hidden_layers",
        dict(first_k_dense_replace=2, num_attention_heads=2, num_key_value_heads=2, q_lora_rank=None),
        lengths=[12, 5],
    ),
    Case(
        "mtp",
        "one multi-token-prediction module after the layers, as the published checkpoint names it",
        dict(num_hidden_layers=2, n_shared_experts=2, num_nextn_predict_layers=1),
        lengths=[15, 6, 3],
        mtp=True,
    ),
]


def token_ids(case, seed):
    rng = np.random.default_rng([seed, 1])
    return [rng.integers(2, SHARED["vocab_size"], n).tolist() for n in case.lengths]


def random_weight(case, name, shape, rng):
    """Of a size at which every part matters: attention peaks, experts differ, gates spread."""
    if name.endswith("e_score_correction_bias"):
        return rng.uniform(*case.bias, shape).astype(np.float32)
    normal = rng.standard_normal(shape)
    if len(shape) == 1:  # a norm
        return (1 + 0.25 * normal).astype(np.float32)
    if "embed_tokens" in name:
        return normal.astype(np.float32)
    weight = normal / np.sqrt(shape[-1])
    if "q_b_proj" in name or "q_proj" in name:
        weight *= 2  # peaked attention
    if "kv_a_proj_with_mqa" in name:
        weight[: SHARED["kv_lora_rank"]] *= case.latent_scale
    if "q_a_proj" in name:
        weight *= case.latent_scale
    return weight.astype(np.float32)
