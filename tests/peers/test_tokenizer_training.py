"""A tokenizer that `millet tokenizer train` wrote is what `tokenizers` reads, and what `tokenizers` would have learned."""

import json

import pytest
from program import ROOT, millet, needs
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

TEXT = ROOT / "recipes/data/shakespeare.txt"
SIZE = 1500
KINDS = {
    "gpt2": ["--pattern", "gpt2"],
    "modern": ["--pattern", "modern"],
    "gpt2 digits": ["--pattern", "gpt2", "--digits"],
    "modern digits": ["--pattern", "modern", "--digits"],
}
TEXTS = [
    "", " ", "a", "First Citizen:\nBefore we proceed any further, hear me speak.\n\n  All:\r\n\tSpeak, speak.",
    "1597+38=1635, 2 000 000 and 3.14159; x1y22z333", "don't DON'T we'll WE'LL o'er",
    "Größe, 中文字, हिन्दी, עברית, e\u0301, \U0001f9d1\u200d\U0001f680, \u3000\u00a0\u2028", "½ ² ٣٤ Ⅻ 一",
    "    def f(x):\n        return x  # twice\n\n\n", "<bos>one<eos><pad> <think>two</think>",
    "".join(map(chr, range(1, 0x250))),
]


@pytest.fixture(scope="module", params=KINDS)
def trained(request, tmp_path_factory):
    needs("tokenizer")
    directory = tmp_path_factory.mktemp("tokenizer") / "out"
    millet("tokenizer", "train", TEXT, "--vocab-size", SIZE, "--out", directory, "--ties", "ids", "--word", "<think>",
           "--quiet", *KINDS[request.param])
    return directory


def encodings(directory, folder):
    (folder / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    answers = millet("tokenizer", "encode", directory, "--jsonl", folder / "texts.jsonl")
    return [json.loads(line) for line in answers.split("\n")[:-1]]


def test_tokenizers_cuts_and_joins_texts_alike(trained, tmp_path):
    theirs = Tokenizer.from_file(str(trained / "tokenizer.json"))
    assert theirs.get_vocab_size() == SIZE
    ours = encodings(trained, tmp_path)
    assert [line["ids"] for line in ours] == [theirs.encode(text, add_special_tokens=False).ids for text in TEXTS]
    assert [line["decoded"] for line in ours] == \
        [theirs.decode(line["ids"], skip_special_tokens=False) for line in ours] == TEXTS


def test_transformers_loads_it_with_its_roles(trained, tmp_path):
    theirs = AutoTokenizer.from_pretrained(trained)
    assert (theirs.pad_token, theirs.bos_token, theirs.eos_token) == ("<pad>", "<bos>", "<eos>")
    assert [line["ids"] for line in encodings(trained, tmp_path)] == \
        [theirs.encode(text, add_special_tokens=False) for text in TEXTS]


def test_tokenizers_learns_the_same_merges_of_the_same_words(trained):
    theirs = Tokenizer(models.BPE())
    theirs.pre_tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json")).pre_tokenizer
    # The four added tokens stand at their front and at our back.
    trainer = trainers.BpeTrainer(vocab_size=SIZE, special_tokens=["<pad>", "<bos>", "<eos>", "<think>"],
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    theirs.train_from_iterator([TEXT.read_text()], trainer)
    ours = json.loads((trained / "tokenizer.json").read_text())["model"]["merges"]
    assert len(ours) == SIZE - 256 - 4
    assert ours == json.loads(theirs.to_str())["model"]["merges"]
