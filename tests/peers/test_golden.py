"""The golden vectors themselves: their scripts still make them, and they see the known mistakes."""

import json
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file

from program import DATA, GOLDEN

sys.path.insert(0, str(GOLDEN / "deepseek_v3"))
import cases  # noqa: E402
import make  # noqa: E402
import reference  # noqa: E402


def same(made, committed):
    a, b = load_file(made), load_file(committed)
    assert a.keys() == b.keys()
    for name in a:
        # Another processor may sum in another order: float64's last bits, seen or not after rounding to float32.
        torch.testing.assert_close(a[name], b[name], rtol=1e-6, atol=1e-7, msg=lambda m: f"{name}: {m}")


def test_the_scripts_make_the_committed_vectors(tmp_path):
    subprocess.run([sys.executable, "-B", GOLDEN / "ops/make.py", "--out", tmp_path / "ops.safetensors"], check=True)
    same(tmp_path / "ops.safetensors", GOLDEN / "ops/ops.safetensors")
    subprocess.run([sys.executable, "-B", GOLDEN / "deepseek_v3/make.py", "--out", tmp_path], check=True)
    for made in sorted(path.parent for path in tmp_path.glob("*/case.json")):
        committed = GOLDEN / "deepseek_v3" / made.name
        assert (made / "model.safetensors").read_bytes() == (committed / "model.safetensors").read_bytes()
        assert json.loads((made / "config.json").read_text()) == json.loads((committed / "config.json").read_text())
        same(made / "golden.safetensors", committed / "golden.safetensors")
    subprocess.run([sys.executable, "-B", GOLDEN / "families/make.py", "--out", tmp_path / "families"], check=True)
    for made in sorted((tmp_path / "families").iterdir()):
        committed = GOLDEN / "families" / made.name
        for file in sorted(made.glob("model*")):
            assert file.read_bytes() == (committed / file.name).read_bytes()
        assert json.loads((made / "config.json").read_text()) == json.loads((committed / "config.json").read_text())
        same(made / "golden.safetensors", committed / "golden.safetensors")
    subprocess.run([sys.executable, "-B", GOLDEN / "tokenizer/make.py", "--out", tmp_path / "vectors.json"], check=True)
    assert (tmp_path / "vectors.json").read_bytes() == (GOLDEN / "tokenizer/vectors.json").read_bytes()


def test_the_safetensors_package_still_writes_the_committed_file(tmp_path):
    subprocess.run([sys.executable, "-B", GOLDEN / "safetensors/make.py", "--out", tmp_path], check=True)
    name = "every_dtype.safetensors"
    assert header_and_data(tmp_path / name) == header_and_data(GOLDEN / "safetensors" / name)
    assert (tmp_path / "expected.json").read_bytes() == (GOLDEN / "safetensors/expected.json").read_bytes()


def test_transformers_still_masks_the_published_chats_so(tmp_path):
    if not (DATA / "sft").exists():
        pytest.skip("there are no test data")
    subprocess.run([sys.executable, "-B", GOLDEN / "chats/make.py", DATA, "--out", tmp_path / "said.jsonl"], check=True)
    assert (tmp_path / "said.jsonl").read_bytes() == (GOLDEN / "chats/said.jsonl").read_bytes()


def header_and_data(path):
    """The package writes metadata in an order of its own at each run, so headers are compared as what they say."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(raw[8 : 8 + size]), raw[8 + size :]


def half_split(x, turn):
    real, imaginary = x.chunk(2, -1)
    y = torch.complex(real.contiguous(), imaginary.contiguous()) * turn[:, None, :]
    return torch.cat([y.real, y.imag], -1)


def lost_groups_are_zero(config, biased):
    by_group = biased.view(config["n_group"], -1)
    kept = by_group.topk(2, dim=-1).values.sum(-1).topk(config["topk_group"]).indices
    open_ = torch.zeros_like(by_group)
    open_[kept] = by_group[kept]
    return open_.flatten().topk(config["num_experts_per_tok"]).indices.tolist(), 0.0


def best_group_by_maximum(config, biased):
    by_group = biased.view(config["n_group"], -1)
    kept = by_group.max(-1).values.topk(config["topk_group"]).indices
    open_ = torch.full_like(by_group, -torch.inf)
    open_[kept] = by_group[kept]
    return open_.flatten().topk(config["num_experts_per_tok"]).indices.tolist(), 0.0


def one_epsilon(x, weight, eps, rms_norm=reference.rms_norm):
    return rms_norm(x, weight, 1e-5 if eps == 1e-6 else eps)


MISTAKES = [
    ("q_lora_groups", "rotate", half_split),
    ("yarn", "rotate", half_split),
    ("q_lora_groups", "choose", best_group_by_maximum),
    ("yarn", "choose", lost_groups_are_zero),
    ("yarn", "mscale", lambda factor, m: 1.0),
    ("yarn_mscale", "mscale", lambda factor, m: 1.0),
    ("no_q_lora", "rms_norm", one_epsilon),
]


@pytest.mark.parametrize("case,function,mistake", MISTAKES, ids=lambda v: getattr(v, "__name__", v))
def test_the_vectors_see_a_known_mistake(monkeypatch, case, function, mistake):
    """A control: with the mistake built in, logits move by far more than the 1e-4 that tests allow."""
    case = next(c for c in cases.CASES if c.name == case)
    config, _ = make.model_config(case)
    directory = GOLDEN / "deepseek_v3" / case.name
    weights = {name: t.double() for name, t in load_file(directory / "model.safetensors").items()}
    golden = load_file(directory / "golden.safetensors")
    ids = json.loads((directory / "case.json").read_text())["ids"][0]

    def error():
        return (reference.forward(weights, config, ids, [])[1].float() - golden["logits.0"]).abs().max()

    assert error() < 1e-6
    monkeypatch.setattr(reference, function, mistake)
    assert error() > 1e-2
