"""Texts: ids by `millet tokenizer encode`, merges by `millet tokenizer train`, chats by `millet template render`."""

import json
import pathlib
import tempfile

from comparison import VERSIONS, answers, count, lines, table
from program import DATA, millet

LLAMA_CPP = "llama.cpp c392e509"
FOLDERS = {"deepseek-llm": "deepseek-v2", "deepseek-r1-qwen": "qwen2", "llama-bpe": "llama-3"}


def encoded(name, judge, vectors, directory, skip=0):
    """Ids without the first `skip`, which are special tokens that `encode` does not add; texts where a file has them."""
    records = lines(vectors)
    got = answers([{"text": r["text"]} for r in records], "tokenizer", "encode", directory)
    ids = count((g.get("ids") == r.get("tokenizer_json_ids", r["ids"])[skip:] for g, r in zip(got, records)), len(records))
    back = count((g.get("decoded") == r.get("decoded", r["text"]) for g, r in zip(got, records)), len(records))
    return [name, f"`{vectors.relative_to(DATA)}`", judge, ids, "–" if judge == LLAMA_CPP else back]


def tokenizers():
    rows = []
    for vectors in sorted((DATA / "token_vectors").glob("*.jsonl")):
        kind, name = vectors.stem.split("_", 1)
        judge = LLAMA_CPP if kind == "llamacpp" else f"tokenizers {VERSIONS['tokenizers']}"
        rows.append(encoded(name, judge, vectors, DATA / "tokenizers" / FOLDERS.get(name, name)))
    stories = DATA / "models/stories260K-hf"
    rows.append(encoded("stories260K", f"llama2.c 350e04fe and tokenizers {VERSIONS['tokenizers']}",
                        stories / "token_vectors.jsonl", stories, skip=1))
    return "## Tokenizers\n\n" + table(["tokenizer", "vectors", "compared with", "ids equal", "texts back equal"], rows)


def training():
    folder = DATA / "token_vectors/bpe_training"
    merges = [line for line in (folder / "train-bpe-reference-merges.txt").read_text().split("\n") if line]
    vocabulary = json.loads((folder / "train-bpe-reference-vocab.json").read_text())
    with tempfile.TemporaryDirectory() as out:
        out = pathlib.Path(out) / "tokenizer"
        millet("tokenizer", "train", folder / "corpus.en", "--vocab-size", len(vocabulary), "--special", "<|endoftext|>",
               "--out", out, "--quiet")
        ours = json.loads((out / "tokenizer.json").read_text())
    learned = [merge if isinstance(merge, str) else " ".join(merge) for merge in ours["model"]["merges"]]
    tokens = {*ours["model"]["vocab"], *(token["content"] for token in ours["added_tokens"])}
    in_order = count((a == b for a, b in zip(learned, merges)), len(merges))
    rows = [["corpus.en", f"reference merges of stanford-cs336/assignment1-basics 25a8a49f, {len(vocabulary)} tokens",
             in_order, count((token in tokens for token in vocabulary), len(vocabulary))]]
    return "## Tokenizers learned\n\n" + table(["text", "compared with", "merges equal, in their order", "tokens equal"],
                                               rows)


def templates():
    by_template = {}
    for record in lines(DATA / "templates/rendered.jsonl"):
        by_template.setdefault(record["template"], []).append(record)
    rows = []
    for name, records in sorted(by_template.items()):
        file = DATA / "templates" / name if name.endswith(".jinja") else (DATA / name).parent
        asked = [{k: r[k] for k in ("messages", "tools", "add_generation_prompt", "bos_token", "eos_token") if k in r}
                 | {"now": "2024-07-26"} for r in records]
        if not file.exists():
            rows.append([name, f"– of {len(records)}: no such file"])
            continue
        got = answers(asked, "template", "render", file)
        same = (("error" in g) if "error" in r else g.get("rendered") == r["rendered"] for g, r in zip(got, records))
        rows.append([name, count(same, len(records))])
    return f"## Chat templates\n\nAgainst Jinja {VERSIONS['Jinja2']}, byte for byte, refusals included.\n\n" + table(
        ["template", "equal"], rows)


def page():
    return "\n".join([tokenizers(), training(), templates()]) if DATA.exists() else ""
