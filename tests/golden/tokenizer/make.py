"""Ids and texts as `transformers` gives them for the two tokenizers beside, which Millet wrote.

tests/text/tokenizer_golden_test.cc holds that Millet still writes these very files and agrees with vectors.json.
"""
import argparse
import json
import pathlib
import random
import shutil
import tempfile

import tokenizers
import transformers
from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).parent

TEXTS = [
    "", " ", "0-9-1+9*7=?", "3+4=7", "waitwait", "awaits", "wai wait", "  two  spaces  ", "line\nbreak\r\nand\ttab",
    "<bos>3+4=?<think>3+4=8wait3+4=7</think><answer>7</answer><eos><pad>", "<think", "think>", "<<think>>",
    "</think></answer>", "<eos><eos>", "Hello, World! It's 5 o'clock.", "\"quoted\" \\back\\slash", "don't can't I'll",
    "caf\u00e9", "\u20ac 100", "\U0001F33E millet", "e\u0301", "\u4f60\u597d", "a\u200bb", "\ufeffbom", "\u00a0nbsp",
]


def cases(tokenizer, rng):
    out = []
    for text in TEXTS:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        out.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids),
                    "skipped": tokenizer.decode(ids, skip_special_tokens=True)})
    # Ids in any order: for bytes most of these are no UTF-8. Three ids beyond the vocabulary are among them.
    for length in [1, 2, 3, 5, 8, 20, 20, 20, 20, 60, 60]:
        ids = [rng.randrange(len(tokenizer) + 3) for _ in range(length)]
        out.append({"ids": ids, "decoded": tokenizer.decode(ids), "skipped": tokenizer.decode(ids, skip_special_tokens=True)})
    return out


def load(kind, with_config):
    """As a user gets it: from a directory, with and without the config.json of a DeepSeek-V3 model beside."""
    with tempfile.TemporaryDirectory() as directory:
        for file in (HERE / kind).iterdir():
            shutil.copy(file, directory)
        if with_config:
            (pathlib.Path(directory) / "config.json").write_text(json.dumps({"model_type": "deepseek_v3"}))
        return AutoTokenizer.from_pretrained(directory)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--out", type=pathlib.Path, default=HERE / "vectors.json")
    out = arguments.parse_args().out
    vectors = {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__}
    for kind in ["characters", "bytes"]:
        tokenizer = load(kind, with_config=False)
        vectors[kind] = {
            "vocab_size": len(tokenizer),
            "bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id, "pad": tokenizer.pad_token_id,
            "cases": cases(tokenizer, random.Random(1)),
        }
        assert cases(load(kind, with_config=True), random.Random(1)) == vectors[kind]["cases"]
        direct = tokenizers.Tokenizer.from_file(str(HERE / kind / "tokenizer.json"))
        assert [direct.encode(t, add_special_tokens=False).ids for t in TEXTS] == \
            [case["ids"] for case in vectors[kind]["cases"] if "text" in case]
    lines = json.dumps(vectors, ensure_ascii=True).replace("}, {", "},\n{").replace('"cases": [', '"cases": [\n')
    out.write_text(lines + "\n")


if __name__ == "__main__":
    main()
