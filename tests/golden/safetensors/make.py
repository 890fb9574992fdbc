"""Writes every_dtype.safetensors by the safetensors package, and expected.json: what it must be read as.

expected.json holds for each tensor dtype, shape, its bytes in hexadecimal, and for floating-point types up to 64 bits
the bits of each value as float32 by PyTorch's own conversion.
"""

import argparse
import json
import pathlib

import safetensors.torch
import torch

arguments = argparse.ArgumentParser()
arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
here = arguments.parse_args().out


def from_bits(bits, integer, dtype):
    return torch.tensor(bits, dtype=integer).view(dtype)


# Zeros of both signs, smallest subnormal, largest subnormal, smallest normal, one, largest, infinities, a NaN.
f16 = from_bits([0x0000, -0x8000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0x7BFF, 0x7C00, -0x0400, 0x7E01], torch.int16, torch.float16)
bf16 = from_bits([0x0000, -0x8000, 0x0001, 0x007F, 0x0080, 0x3F80, 0x7F7F, 0x7F80, -0x0080, 0x7FC1], torch.int16, torch.bfloat16)
f32 = from_bits([0, -0x80000000, 1, 0x007FFFFF, 0x00800000, 0x3F800000, 0x7F7FFFFF, 0x7F800000, -0x00800000, 0x7FC00001],
                torch.int32, torch.float32)
# Ties to even, beyond float32 on both sides, π.
f64 = torch.tensor([0.0, -0.0, 1 + 2**-24, 1 + 3 * 2**-24, 1e300, -1e300, 1e-300, 2.0**-149, 3.141592653589793, float("nan")],
                   dtype=torch.float64)

tensors = {
    "model.f16": f16,
    "model.bf16": bf16.reshape(2, 5),
    "model.f32": f32.reshape(5, 2, 1),
    "model.f64": f64,
    "scalar": torch.tensor(0.1),
    "empty": torch.zeros(0, 4),
    "größe": torch.arange(3, dtype=torch.float32),
    "i64": torch.tensor([-(2**63), 2**63 - 1]),
    "i32": torch.tensor([[-(2**31)], [2**31 - 1]], dtype=torch.int32),
    "u8": torch.tensor([0, 127, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "f8": torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn),
}
safetensors.torch.save_file(tensors, here / "every_dtype.safetensors", metadata={"format": "pt", "note": "größe"})

expected = {}
for name, tensor in tensors.items():
    row = {"shape": list(tensor.shape), "bytes": tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes().hex()}
    if tensor.dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.float8_e4m3fn):
        row["f32_bits"] = [bits & 0xFFFFFFFF for bits in tensor.to(torch.float32).view(torch.int32).reshape(-1).tolist()]
    expected[name] = row
for name, dtype in {"model.f16": "F16", "model.bf16": "BF16", "model.f32": "F32", "model.f64": "F64", "scalar": "F32",
                    "empty": "F32", "größe": "F32", "i64": "I64", "i32": "I32", "u8": "U8", "bool": "BOOL", "f8": "F8_E4M3"}.items():
    expected[name]["dtype"] = dtype
(here / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
