"""DeepSeek-V3 in float64, written from the report and DeepSeek's inference code, sharing nothing with `transformers`.

It checks what `transformers` computes, and it is the authority for multi-token prediction in training. One sequence at
a time, experts one token at a time: slow and plain on purpose. Weights are a dict by the names on disk.
"""

import math

import torch
import torch.nn.functional as F


def rms_norm(x, weight, eps):
    return x / torch.sqrt(x.square().mean(-1, keepdim=True) + eps) * weight


def mscale(factor, m):
    return 1.0 if factor <= 1 else 0.1 * m * math.log(factor) + 1.0


def rotations(config, length):
    """exp(i·angle) [length, D/2], YaRN's interpolation and its factor on cos and sin included."""
    dim, rope = config["qk_rope_head_dim"], config["rope"]
    base = rope["theta"]
    freqs = [base ** (-2 * i / dim) for i in range(dim // 2)]
    scale = 1.0
    if rope.get("factor"):
        factor, original = rope["factor"], rope["original_max_position_embeddings"]

        def pair(turns):  # at which pair (a real number) the rotation makes `turns` turns over the original length
            return dim * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(base))

        low, high = max(math.floor(pair(rope["beta_fast"])), 0), min(math.ceil(pair(rope["beta_slow"])), dim - 1)
        if low == high:
            high += 0.001
        for i, f in enumerate(freqs):
            ramp = min(max((i - low) / (high - low), 0.0), 1.0)
            freqs[i] = f / factor * ramp + f * (1 - ramp)
        scale = mscale(factor, rope["mscale"]) / mscale(factor, rope["mscale_all_dim"])
    angles = torch.outer(torch.arange(length, dtype=torch.float64), torch.tensor(freqs, dtype=torch.float64))
    return torch.polar(torch.full_like(angles, scale), angles)


def rotate(x, turn):
    """x [T, N, D]: neighbouring pairs (2i, 2i+1) are the complex numbers that turn."""
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2).contiguous())
    return torch.view_as_real(pairs * turn[:, None, :]).flatten(-2)


def attention(w, p, config, x):
    heads, nope, rope, value = (config[k] for k in
                                ("num_attention_heads", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"))
    length, latent = len(x), config["kv_lora_rank"]
    if config["q_lora_rank"] is None:
        q = x @ w[p + "q_proj.weight"].T
    else:
        # NOTE: the latent norms keep eps 1e-6 whatever rms_norm_eps says; DeepSeek's code and `transformers` agree.
        q = rms_norm(x @ w[p + "q_a_proj.weight"].T, w[p + "q_a_layernorm.weight"], 1e-6) @ w[p + "q_b_proj.weight"].T
    q = q.view(length, heads, nope + rope)
    compressed = x @ w[p + "kv_a_proj_with_mqa.weight"].T
    kv = rms_norm(compressed[:, :latent], w[p + "kv_a_layernorm.weight"], 1e-6) @ w[p + "kv_b_proj.weight"].T
    kv = kv.view(length, heads, nope + value)
    turn = rotations(config, length)
    q = torch.cat([q[..., :nope], rotate(q[..., nope:], turn)], -1)
    k_rope = rotate(compressed[:, None, latent:], turn).expand(-1, heads, -1)
    k = torch.cat([kv[..., :nope], k_rope], -1)
    scale = (nope + rope) ** -0.5
    if config["rope"].get("factor"):
        scale *= mscale(config["rope"]["factor"], config["rope"]["mscale_all_dim"]) ** 2
    scores = torch.einsum("thd,shd->hts", q, k) * scale
    scores = scores.masked_fill(torch.ones(length, length, dtype=torch.bool).triu(1), -math.inf)
    y = torch.einsum("hts,shd->thd", scores.softmax(-1), kv[..., nope:])
    return y.flatten(1) @ w[p + "o_proj.weight"].T


def swiglu(w, p, x):
    return (F.silu(x @ w[p + "gate_proj.weight"].T) * (x @ w[p + "up_proj.weight"].T)) @ w[p + "down_proj.weight"].T


def choose(config, biased):
    """Experts of one token and the margin of the choice: the least distance by which anything was in or out."""
    groups = config["n_group"]
    by_group = biased.view(groups, -1)
    group_score = by_group.topk(2, dim=-1).values.sum(-1)
    kept = group_score.topk(config["topk_group"]).indices
    margin = math.inf
    if config["topk_group"] < groups:
        ordered = group_score.sort(descending=True).values
        margin = (ordered[config["topk_group"] - 1] - ordered[config["topk_group"]]).item()
    open_ = torch.full_like(by_group, -math.inf)
    open_[kept] = by_group[kept]
    ordered, experts = open_.flatten().sort(descending=True)
    k = config["num_experts_per_tok"]
    return experts[:k].tolist(), min(margin, (ordered[k - 1] - ordered[k]).item())


def moe(w, p, config, x, margins):
    scores = torch.sigmoid(x @ w[p + "gate.weight"].T)
    rows = []
    for t in range(len(x)):
        biased = (scores[t] + w[p + "gate.e_score_correction_bias"]).detach()
        experts, margin = choose(config, biased)
        margins.append((margin, biased.min().item(), biased.max().item()))
        gates = scores[t, experts]
        if config["norm_topk_prob"]:
            gates = gates / gates.sum()
        gates = gates * config["routed_scaling_factor"]
        rows.append(sum(g * swiglu(w, f"{p}experts.{e}.", x[t]) for e, g in zip(experts, gates)))
    return torch.stack(rows) + swiglu(w, p + "shared_experts.", x)


def block(w, p, config, x, dense, margins):
    eps = config["rms_norm_eps"]
    x = x + attention(w, p + "self_attn.", config, rms_norm(x, w[p + "input_layernorm.weight"], eps))
    h = rms_norm(x, w[p + "post_attention_layernorm.weight"], eps)
    return x + (swiglu(w, p + "mlp.", h) if dense else moe(w, p + "mlp.", config, h, margins))


def forward(w, config, ids, margins):
    """The hidden states before the final norm [T, H] and the logits [T, V] of one sequence."""
    h = w["model.embed_tokens.weight"][ids]
    for i in range(config["num_hidden_layers"]):
        h = block(w, f"model.layers.{i}.", config, h, i < config["first_k_dense_replace"], margins)
    return h, rms_norm(h, w["model.norm.weight"], config["rms_norm_eps"]) @ w["lm_head.weight"].T


def mtp(w, config, ids, hidden, margins):
    """Logits of the MTP module at positions 0 … T−2 [T−1, V]; row i predicts token i+2.

    DeepSeek-V3 report §2.2, with the halves in the order of the published weights: the embedding of token i+1 first,
    then the hidden state of position i, taken before the model's final norm. Embedding and head are the model's own.
    """
    p, eps = f"model.layers.{config['num_hidden_layers']}.", config["rms_norm_eps"]
    embedding = rms_norm(w["model.embed_tokens.weight"][ids[1:]], w[p + "enorm.weight"], eps)
    hidden = rms_norm(hidden[:-1], w[p + "hnorm.weight"], eps)
    h = torch.cat([embedding, hidden], -1) @ w[p + "eh_proj.weight"].T
    h = block(w, p, config, h, False, margins)
    return rms_norm(h, w[p + "shared_head.norm.weight"], eps) @ w["lm_head.weight"].T
