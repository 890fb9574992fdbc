"""Models of `transformers` computing in float64.

Its code casts to float32 inside norms, router, softmax and rotary angles whatever the model's dtype is. Here the name
`torch` in its modules is replaced by one whose float32 is float64, and a tensor's float() is its double(); nothing else
of it is touched.
"""

import contextlib
import importlib
import json
import pathlib

import torch
from transformers import modeling_rope_utils


class DoubleTorch:
    def __getattr__(self, name):
        return torch.float64 if name in ("float32", "float") else getattr(torch, name)


def modeling(model_type):
    """The module that holds a family's model."""
    return importlib.import_module(f"transformers.models.{model_type}.modeling_{model_type}")


@contextlib.contextmanager
def double_precision(model_type):
    modules = (modeling(model_type), modeling_rope_utils)
    to_float = torch.Tensor.float
    for module in modules:
        module.torch = DoubleTorch()
    torch.Tensor.float = torch.Tensor.double
    try:
        yield
    finally:
        torch.Tensor.float = to_float
        for module in modules:
            module.torch = torch


def load(directory):
    """The model of a directory in float64, its rotary angles included; to be used inside double_precision()."""
    config = json.loads((pathlib.Path(directory) / "config.json").read_text())
    kind = getattr(modeling(config["model_type"]), config["architectures"][0])
    model = kind.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager", experts_implementation="eager"
    )
    rotary = type(model.model.rotary_emb)(model.config)
    assert rotary.inv_freq.dtype == torch.float64 and rotary.inv_freq.shape == model.model.rotary_emb.inv_freq.shape
    model = model.double().eval()
    model.model.rotary_emb = rotary
    return model


def gradients(model):
    """Gradients by the names on disk: the experts, one tensor in memory, are taken apart."""
    out = {}
    for name, p in model.named_parameters():
        g = p.grad
        if name.endswith("experts.gate_up_proj"):
            prefix, width = name.removesuffix("gate_up_proj"), g.shape[1] // 2
            for e in range(len(g)):
                out[f"{prefix}{e}.gate_proj.weight"] = g[e, :width]
                out[f"{prefix}{e}.up_proj.weight"] = g[e, width:]
        elif name.endswith("experts.down_proj"):
            for e in range(len(g)):
                out[f"{name.removesuffix('down_proj')}{e}.down_proj.weight"] = g[e]
        else:
            out[name] = g
    return out
