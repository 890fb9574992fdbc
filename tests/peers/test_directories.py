"""Directories that say one thing in two places, or in another way than usual: Millet reads them as `transformers` does,
or refuses them by the key."""

import json
import subprocess

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

import program
from program import MILLET, needs

TOLERANCE = 1e-4  # of logits in f32
IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7, 9, 5]
SIZES = {"vocab_size": 24, "hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 128}
EXPERTS = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 12, "head_dim": 8}
LATENT = {"num_key_value_heads": 4, "q_lora_rank": 12, "kv_lora_rank": 16, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4,
          "v_head_dim": 6, "n_routed_experts": 4, "n_shared_experts": 1, "moe_intermediate_size": 12,
          "num_experts_per_tok": 2, "first_k_dense_replace": 1, "n_group": 2, "topk_group": 1, "routed_scaling_factor": 2.0}
V2 = LATENT | {"topk_method": "group_limited_greedy", "scoring_func": "softmax", "norm_topk_prob": False}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 32}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}


def save(directory, model_type, **settings):
    """A model of random weights as `transformers` saves it."""
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(model_type, **(SIZES | settings)), dtype=torch.float32)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) / parameter.shape[-1] ** 0.5 if parameter.dim() > 1 else
                            1 + 0.2 * torch.randn_like(parameter))
    model.save_pretrained(directory)


def edit(directory, **values):
    """config.json with these keys; those that are ... are taken out."""
    config = json.loads((directory / "config.json").read_text()) | values
    config = {key: value for key, value in config.items() if value is not ...}
    (directory / "config.json").write_text(json.dumps(config))


def tensors(directory, change):
    file = directory / "model.safetensors"
    save_file(change(load_file(file)), file, metadata={"format": "pt"})


def forgotten(directory):
    """One shard, an index that names all of it but one weight, and a stranger that it does not name either."""
    kept = load_file(directory / "model.safetensors")
    save_file(kept | {"stranger": torch.zeros(1)}, directory / "model-00001-of-00001.safetensors", {"format": "pt"})
    (directory / "model.safetensors").unlink()
    shard = dict.fromkeys(kept.keys() - {"model.norm.weight"}, "model-00001-of-00001.safetensors")
    index = {"metadata": {"total_size": 0}, "weight_map": shard}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))


TIED = {"tie_word_embeddings": True}
HEAD, EMBEDDING = "lm_head.weight", "model.embed_tokens.weight"
READ = {
    "scaling_beside_parameters": ("llama", {}, lambda d: edit(d, rope_scaling=LLAMA3)),
    "yarn_beside_parameters": ("qwen2", {}, lambda d: edit(d, rope_scaling=YARN)),
    "yarn_beside_parameters_and_theta": ("qwen3", {"head_dim": 8}, lambda d: edit(d, rope_scaling=YARN, rope_theta=50.0)),
    "scaling_with_theta": ("llama", {}, lambda d: edit(d, rope_scaling=YARN | {"rope_theta": 100.0})),
    "empty_scaling": ("llama", {"rope_parameters": LLAMA3 | {"rope_theta": 500.0}}, lambda d: edit(d, rope_scaling={})),
    "scaling_without_context": (
        "llama", {}, lambda d: edit(d, rope_parameters=..., rope_scaling={k: LLAMA3[k] for k in list(LLAMA3)[:4]})),
    "context_of_its_own": (
        "qwen2", {"rope_parameters": YARN | {"rope_theta": 1e4}}, lambda d: edit(d, original_max_position_embeddings=16)),
    "latent_scaling_beside_parameters": (
        "deepseek_v3", LATENT, lambda d: edit(d, rope_scaling=YARN | {"mscale": 1.0, "mscale_all_dim": 0.8})),
    "tied_with_another_head": (
        "llama", TIED, lambda d: tensors(d, lambda t: t | {HEAD: t[EMBEDDING].flip(0).contiguous()})),
    "tied_with_a_copy": ("llama", TIED, lambda d: tensors(d, lambda t: t | {HEAD: t[EMBEDDING].clone()})),
    "tied_with_a_copy_of_another_dtype": (
        "qwen2", TIED, lambda d: tensors(d, lambda t: t | {HEAD: t[EMBEDDING].double()})),
    "tied_with_the_head_alone": (
        "llama", TIED, lambda d: tensors(d, lambda t: {HEAD if k == EMBEDDING else k: v for k, v in t.items()})),
    "latent_tied_with_another_head": (
        "deepseek_v2", V2 | TIED, lambda d: tensors(d, lambda t: t | {HEAD: t[EMBEDDING].flip(0).contiguous()})),
    "without_the_prefix": (
        "qwen3", TIED | {"head_dim": 8}, lambda d: tensors(d, lambda t: {k.removeprefix("model."): v for k, v in t.items()})),
    "experts_without_the_prefix": (
        "qwen3_moe", EXPERTS, lambda d: tensors(d, lambda t: {k.removeprefix("model."): v for k, v in t.items()})),
    "forgotten_in_the_index": ("llama", {}, forgotten),
    "swish": ("llama", {"hidden_act": "swish"}, lambda d: None),
    "other_tokens": ("llama", {}, lambda d: edit(d, bos_token_id=..., cls_token_id=None, eot_token_id=7)),
    "windows_of_no_layer": (
        "qwen2", {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 2}, lambda d: None),
    "windows_of_no_listed_layer": (
        "qwen3", {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 0, "head_dim": 8,
                  "layer_types": ["full_attention", "full_attention"]}, lambda d: None),
    "no_window": ("qwen3_moe", EXPERTS | {"use_sliding_window": True, "sliding_window": None}, lambda d: None),
}
REFUSED = {
    "mlp_bias": ("deepseek_v2", V2 | {"mlp_bias": True}, lambda d: None, "mlp_bias is true"),
    "windows": ("qwen2", {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1}, lambda d: None,
                "layer_types[1] is 'sliding_attention'"),
    "windows_of_experts": ("qwen3_moe", EXPERTS | {"use_sliding_window": True, "sliding_window": 4}, lambda d: None,
                           "use_sliding_window is true"),
    "a_lost_base": ("qwen2", {"rope_parameters": {"rope_type": "default", "rope_theta": 1e6}},
                  lambda d: edit(d, rope_scaling=YARN), "and not the 1000000 there"),
}


@pytest.mark.parametrize("name", READ)
def test_an_unusual_directory_is_read_as_transformers_reads_it(name, tmp_path):
    needs("logits")
    model_type, settings, change = READ[name]
    save(tmp_path, model_type, **settings)
    change(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32, experts_implementation="eager")
    with torch.no_grad():
        theirs = model.eval()(torch.tensor([IDS])).logits[0]
    assert (program.logits(tmp_path, IDS, tmp_path) - theirs).abs().max() <= TOLERANCE


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_computed_is_refused_by_its_key(name, tmp_path):
    needs("logits")
    model_type, settings, change, message = REFUSED[name]
    save(tmp_path, model_type, **settings)
    change(tmp_path)
    (tmp_path / "ids.json").write_text(json.dumps(IDS))
    done = subprocess.run([MILLET, "logits", tmp_path, "--ids", tmp_path / "ids.json", "--out", tmp_path / "out"],
                          capture_output=True, text=True)
    assert done.returncode == 2 and message in done.stderr, done.stderr
