"""Makes a directory such as Qwen2.5-0.5B's with random weights and small sizes, by `transformers`: the architecture, the
dtype (BF16), the tokenizer and the chat template of the published one.

    python make.py TOKENIZER_DIR OUT      (needs tests/golden/requirements.txt; a Qwen2 tokenizer's two files)
"""

import argparse
import pathlib
import shutil

import torch
from transformers import AutoConfig, AutoModelForCausalLM

SIZES = dict(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2)


def make(tokenizer, out):
    config = AutoConfig.for_model("qwen2", vocab_size=151936, max_position_embeddings=2048, tie_word_embeddings=True,
                                  rope_theta=1e6, bos_token_id=151643, eos_token_id=151645, **SIZES)
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16).save_pretrained(out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(tokenizer / name, out / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tokenizer", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    make(arguments.tokenizer, arguments.out)
