"""Every character of Unicode is cut, composed and found at its edges as `tokenizers` does it."""

import json

import pytest
from program import millet, needs
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
END = r"\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {
    "llama3": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + END,
    "qwen2": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + END,
    "deepseek_v3": "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|"
                   " ?[\\p{P}\\p{S}]+[\r\n]*|" + END,
    "unknown": r"[^\p{Lu}\p{Nd}]?[\p{Ll}\p{Lo}\p{Lm}\p{Mn}]+|\p{N}+|[\p{S}\p{Po}]+|\p{Lu}",
}
PRE_TOKENIZERS = {
    "gpt2": pre_tokenizers.ByteLevel(add_prefix_space=False),
    "digits": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                       pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]),
} | {name: pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
     for name, pattern in PATTERNS.items()}
# All of them but surrogates and the insides of long rows of ideographs, syllables and what is private or unassigned.
POINTS = [*range(0x3500), *range(0x4D00, 0x4F00), *range(0x9F00, 0xAD00), *range(0xD700, 0xD800), *range(0xE000, 0xE100),
          *range(0xF800, 0x17100), *range(0x18700, 0x20100), *range(0x2A600, 0x2F000), *range(0x2F800, 0x33500),
          *range(0xE0000, 0xE0200)]
TEXTS = ["".join(f"{c}a{c} {c}1'{c}  {c}\n{c}\u0301<w>{c}" for c in map(chr, POINTS[at:at + 64]))
         for at in range(0, len(POINTS), 64)]


@pytest.fixture(scope="module")
def joins_anything():
    """Merges that reach over every cut, so that each cut shows in the ids."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator([text[:20] for text in TEXTS[::4]], trainers.BpeTrainer(
        vocab_size=6000, initial_alphabet=alphabet, show_progress=False))
    tokenizer.add_tokens([AddedToken("<w>", single_word=True, normalized=False)])
    return tokenizer


@pytest.mark.parametrize("nfc", [False, True])
@pytest.mark.parametrize("name", PRE_TOKENIZERS)
def test_every_character(name, nfc, joins_anything, tmp_path):
    needs("tokenizer")
    tokenizer = Tokenizer.from_str(joins_anything.to_str())
    tokenizer.pre_tokenizer = PRE_TOKENIZERS[name]
    if nfc:
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    ours = millet("tokenizer", "encode", tmp_path, "--jsonl", tmp_path / "texts.jsonl").split("\n")[:-1]
    theirs = tokenizer.encode_batch(TEXTS, add_special_tokens=False)
    different = [i for i, line in enumerate(ours) if json.loads(line).get("ids") != theirs[i].ids]
    assert len(ours) == len(TEXTS) and different == []
