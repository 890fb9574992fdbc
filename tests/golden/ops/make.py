"""Makes ops.safetensors: single operations where PyTorch is the authority, in float64, under the names of src/millet/ops.

    python make.py [--out FILE]      (needs tests/golden/requirements.txt)

Names are `<operation>.<tensor>`, shapes and meanings as in the operation's header; options are tensors of one element.
Integers are I32. Widths are no multiples of 16, so the tails of vector code are seen.
"""

import argparse
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch.optim import _muon

F64 = torch.float64


class Draw:
    """Normal numbers from numpy's PCG64: the same wherever this runs."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def __call__(self, *shape, scale=1.0, mean=0.0):
        return torch.from_numpy(mean + scale * self.rng.standard_normal(shape)).requires_grad_()

    def ints(self, high, size):
        return torch.from_numpy(self.rng.integers(0, high, size))


def rms_norm(draw):
    eps = 1e-6
    x, weight, dy = draw(5, 37), draw(37, scale=0.3, mean=1), draw(5, 37).detach()
    y = F.rms_norm(x, (37,), weight, eps)
    dx, dweight = torch.autograd.grad(y, (x, weight), dy)
    rstd = torch.rsqrt(x.square().mean(-1) + eps)
    return dict(eps=eps, x=x, weight=weight, y=y, rstd=rstd, dy=dy, dx=dx, dweight=dweight)


def swiglu(draw):
    gate_up, dy = draw(4, 2 * 19, scale=2.0), draw(4, 19).detach()
    gate, up = gate_up.chunk(2, -1)
    y = F.silu(gate) * up
    (dgate_up,) = torch.autograd.grad(y, gate_up, dy)
    return dict(gate_up=gate_up, y=y, dy=dy, dgate_up=dgate_up)


def rope(draw):
    """Neighbouring pairs as complex numbers, as DeepSeek's inference code rotates them."""
    rows, heads, width, table, base = 6, 2, 10, 70, 10000.0
    positions = torch.tensor([0, 1, 2, 5, 64, 69])
    angles = torch.outer(torch.arange(table, dtype=F64), base ** (-torch.arange(0, width, 2, dtype=F64) / width))
    x, dy = draw(rows, heads, width), draw(rows, heads, width).detach()
    turn = torch.polar(torch.ones_like(angles), angles)[positions][:, None]
    y = torch.view_as_real(torch.view_as_complex(x.view(rows, heads, -1, 2)) * turn).flatten(-2)
    (dx,) = torch.autograd.grad(y, x, dy)
    return dict(theta=base, x=x, cos=angles.cos(), sin=angles.sin(), positions=positions, y=y, dy=dy, dx=dx)


def attention(draw):
    """Three sequences in one batch: longer than a tile of 64, a single row, a short one. Dqk is not Dv."""
    lengths, heads, dqk, dv, scale = [70, 1, 9], 2, 6, 4, 0.9
    rows = sum(lengths)
    q, k, v = draw(rows, heads, dqk), draw(rows, heads, dqk), draw(rows, heads, dv)
    ys, lses, first = [], [], 0
    for n in lengths:
        part = slice(first, first + n)
        qn, kn, vn = (t[part].transpose(0, 1) for t in (q, k, v))
        ys.append(F.scaled_dot_product_attention(qn, kn, vn, is_causal=True, scale=scale).transpose(0, 1))
        scores = (qn @ kn.mT * scale).masked_fill(torch.ones(n, n, dtype=torch.bool).triu(1), -torch.inf)
        lses.append(scores.logsumexp(-1).T)
        first += n
    y, lse, dy = torch.cat(ys), torch.cat(lses), draw(rows, heads, dv).detach()
    dq, dk, dv = torch.autograd.grad(y, (q, k, v), dy)
    return dict(scale=scale, rows=torch.tensor(lengths), q=q, k=k, v=v, y=y, lse=lse, dy=dy, dq=dq, dk=dk, dv=dv)


def log_prob(draw):
    """Cross entropy as ops/loss has it: log-probabilities of logits / T, their gradient, the entropy. Row 2 has no target."""
    rows, vocabulary, temperature = 6, 43, 0.7
    logits = draw(rows, vocabulary, scale=3.0)
    target = draw.ints(vocabulary, rows)
    target[2] = -1
    z = logits / temperature
    lp = -F.cross_entropy(z, target, reduction="none", ignore_index=-1)
    dlog_prob = draw(rows).detach()
    dlog_prob[4] = 0
    (dlogits,) = torch.autograd.grad(lp, logits, dlog_prob)
    return dict(temperature=temperature, logits=logits, target=target, log_prob=lp, lse=z.logsumexp(-1),
                entropy=torch.distributions.Categorical(logits=z).entropy(), dlog_prob=dlog_prob, dlogits=dlogits)


def adamw(draw):
    """Three steps of torch.optim.AdamW; the third gradient is zero, so that decay and momenta act alone."""
    options = dict(lr=3e-3, beta1=0.9, beta2=0.95, eps=1e-8, weight_decay=0.1)
    weight = draw(3, 7)
    out = options | {"weight0": weight.detach().clone()}
    optimizer = torch.optim.AdamW([weight], lr=options["lr"], betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
    for step in (1, 2, 3):
        weight.grad = draw(3, 7).detach() * (step < 3)
        optimizer.step()
        state = optimizer.state[weight]
        out |= {f"grad{step}": weight.grad, f"weight{step}": weight.detach().clone(),
                f"m{step}": state["exp_avg"].clone(), f"v{step}": state["exp_avg_sq"].clone()}
    return out


class DoubleTorch:
    """torch.optim.Muon casts to bfloat16 by name; under this name it is float64."""

    def __getattr__(self, name):
        return F64 if name == "bfloat16" else getattr(torch, name)


def muon(draw, shape):
    """Two steps of torch.optim.Muon with Moonlight's scale, on a stack of matrices, each by itself.

    PyTorch averages the gradient into its momentum, (1 − μ) of ours; the update is the same once it is normalised.
    PyTorch's norm is clamped at 1e-7 where ours has 1e-7 added: gradients are large here, so that it cannot be seen.
    """
    lr, mu, weight_decay = 0.02, 0.95, 0.1
    stack = [draw(*shape[1:]) for _ in range(shape[0])]
    optimizer = torch.optim.Muon(stack, lr=lr, momentum=mu, weight_decay=weight_decay, nesterov=True, ns_steps=5,
                                 ns_coefficients=(3.4445, -4.7750, 2.0315), adjust_lr_fn="match_rms_adamw")
    out = dict(lr=lr, mu=mu, weight_decay=weight_decay, weight0=torch.stack(stack).detach())
    _muon.torch = DoubleTorch()
    for step in (1, 2):
        for weight in stack:
            weight.grad = draw(*shape[1:], scale=1e3).detach()
        optimizer.step()
        momentum = torch.stack([optimizer.state[w]["momentum_buffer"] for w in stack]) / (1 - mu)
        out |= {f"grad{step}": torch.stack([w.grad for w in stack]), f"weight{step}": torch.stack(stack).detach(),
                f"momentum{step}": momentum}
    _muon.torch = torch
    return out


def tensors(operation, values):
    for name, value in values.items():
        value = value.detach() if torch.is_tensor(value) else torch.tensor([value], dtype=F64)
        value = value.to(F64 if value.is_floating_point() else torch.int32)
        yield f"{operation}.{name}", value.contiguous().clone()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).with_name("ops.safetensors"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # sums in one order
    made = {}
    for seed, (name, make) in enumerate({
        "rms_norm": rms_norm, "swiglu": swiglu, "rope": rope, "attention": attention, "log_prob": log_prob,
        "adamw": adamw, "muon_wide": lambda d: muon(d, (2, 5, 11)), "muon_tall": lambda d: muon(d, (1, 9, 4)),
    }.items()):
        made |= tensors(name, make(Draw(seed)))
    save_file(made, arguments.out)
    print(f"{len(made)} tensors, {arguments.out.stat().st_size / 1e3:.0f} kB")
