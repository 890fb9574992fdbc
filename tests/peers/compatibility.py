"""`make compatibility`: writes docs/compatibility.md, what was compared with which version and the largest difference.

Everything goes through the program's own verbs, line by line, against the vectors of tests/golden and of the test data
beside the checkout (shared/data; what is not there is left out and said).
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from safetensors.torch import load_file

from program import GOLDEN, MILLET, ROOT, logits, millet

DATA = ROOT.parent / "shared/data"
VERSIONS = dict(line.split("==") for line in (GOLDEN / "requirements.txt").read_text().split() if "==" in line)


def table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(out + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def lines(path):
    return [json.loads(line) for line in path.read_text().split("\n") if line.strip()]


def answers(records, *words):
    """What a verb says to each record, in order."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "in.jsonl"
        file.write_text("".join(json.dumps(r) + "\n" for r in records))
        done = subprocess.run([MILLET, *map(str, words), "--jsonl", file], capture_output=True, text=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def models():
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for case in sorted(GOLDEN.glob("*/*/case.json")):
            about, golden = json.loads(case.read_text()), load_file(case.parent / "golden.safetensors")
            worst = max((logits(case.parent, ids, pathlib.Path(folder)) - golden[f"logits.{i}"]).abs().max().item()
                        for i, ids in enumerate(about["ids"]))
            name = case.parent.relative_to(GOLDEN)
            rows.append([f"`{name}`", f"transformers {about['transformers']}, float64", f"{worst:.1e}"])
        if (DATA / "models").exists():
            golden = json.loads((DATA / "models/stories260K/golden.json").read_text())
            import torch
            theirs = torch.tensor(golden["teacher_forced_logits"])
            ours = logits(DATA / "models/stories260K-hf", golden["teacher_forced_ids"], pathlib.Path(folder))
            rows.append(["stories260K (trained, F32)", "llama2.c's weights in float64",
                         f"{(ours - theirs).abs().max().item():.1e}"])
            golden = json.loads((DATA / "models/arithmetic-sequence-llama/golden.json").read_text())
            ours = logits(DATA / "models/arithmetic-sequence-llama", golden["ids"], pathlib.Path(folder))
            rows.append(["arithmetic-sequence-llama (BF16)", "its weights in float64",
                         f"{(ours - torch.tensor(golden['logits'])).abs().max().item():.1e}"])
    return "## Models: logits, f32\n\n" + table(["model", "compared with", "largest difference"], rows)


def weights_of(config):
    """Weights of the main model, counted by `transformers` on a device without memory, correction biases among them."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM
    # What it does not know by itself, or asks the vendor's code for, and is the same model: MiMo without its second
    # prediction.
    family = {"kimi_k2": "deepseek_v3", "mimo": "qwen2"}.get(config["model_type"], config["model_type"])
    left_out = ("model_type", "auto_map", "quantization_config")
    config = AutoConfig.for_model(family, **{k: v for k, v in config.items() if k not in left_out})
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    biases = sum(b.numel() for name, b in model.named_buffers() if name.endswith("e_score_correction_bias"))
    return sum(p.numel() for p in model.parameters()) + biases


def configurations():
    rows = []
    for file in sorted((DATA / "configs").glob("*.config.json")):
        done = subprocess.run([MILLET, "info", file, "--json"], capture_output=True, text=True)
        name = file.name.removesuffix(".config.json").replace("_", "/", 1)
        if done.returncode:
            rows.append([name, "refused: " + done.stderr.strip().rpartition(": ")[2], "–"])
        else:
            ours, theirs = json.loads(done.stdout)["parameters"], weights_of(json.loads(file.read_text()))
            rows.append([name, f"{ours:,} parameters", "the same" if ours == theirs else f"{theirs:,}"])
    return f"## Published configurations\n\nCounted by transformers {VERSIONS['transformers']} as well.\n\n" + table(
        ["config.json", "by `millet info`", "by transformers"], rows)


def tokenizers():
    rows = []
    for vectors in sorted((DATA / "token_vectors").glob("*.jsonl")):
        kind, name = vectors.stem.split("_", 1)
        directory = {"deepseek-llm": "deepseek-v2", "deepseek-r1-qwen": "qwen2", "llama-bpe": "llama-3"}.get(name, name)
        records = lines(vectors)
        got = answers([{"text": r["text"]} for r in records], "tokenizer", "encode", DATA / "tokenizers" / directory)
        ids = sum(g.get("ids") == r.get("tokenizer_json_ids", r["ids"]) for g, r in zip(got, records))
        back = sum(g.get("decoded") == r.get("decoded", r["text"]) for g, r in zip(got, records))
        judge = f"tokenizers {VERSIONS['tokenizers']}" if kind == "hf" else "llama.cpp c392e509"
        rows.append([name, judge, f"{ids} of {len(records)}", f"{back} of {len(records)}" if kind == "hf" else "–"])
    directory = DATA / "models/stories260K-hf"
    records = lines(directory / "token_vectors.jsonl")
    got = answers([{"text": r["text"]} for r in records], "tokenizer", "encode", directory)
    # Its vectors begin with the <s> that a prompt is given and `encode` does not add.
    ids = sum(g.get("ids") == r["ids"][1:] for g, r in zip(got, records))
    back = sum(g.get("decoded") == r["decoded"] for g, r in zip(got, records))
    rows.append(["stories260K", f"tokenizers {VERSIONS['tokenizers']}", f"{ids} of {len(records)}",
                 f"{back} of {len(records)}"])
    return "## Tokenizers\n\n" + table(["tokenizer", "compared with", "ids equal", "texts back equal"], rows)


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
        same = sum(("error" in g) if "error" in r else g.get("rendered") == r["rendered"] for g, r in zip(got, records))
        rows.append([name, f"{same} of {len(records)}"])
    return f"## Chat templates\n\nAgainst Jinja {VERSIONS['Jinja2']}, byte for byte, refusals included.\n\n" + table(
        ["template", "equal"], rows)


def pairs_judged(file):
    """Pairs of tests/golden/math as `verify math` wants them, and whether they are equal by their judge."""
    for record in lines(GOLDEN / "math" / file):
        if "golds" not in record:
            yield {k: v for k, v in record.items() if k != "equal"}, record["equal"] == 1
            continue
        for gold, verdicts in zip(record["golds"], record["verdicts"]):
            for prediction, verdict in zip(record["predictions"], verdicts):
                yield {"gold": gold, "prediction": prediction, "extract": record["extract"]}, verdict == "1"


def verifiers():
    records = lines(DATA / "math/math_equivalence_triples.jsonl")
    keys = ("gold", "prediction", "extract", "precision", "strict", "language", "allow_set_relation_comp")
    got = answers([{k: r[k] for k in keys if r.get(k) is not None} for r in records], "verify", "math")
    plain = [(g, r) for g, r in zip(got, records) if "note" not in r and "rule" not in r]
    rows = [["math_equivalence_triples", "their authors' expectation",
             f"{sum(g.get('equal') == bool(r['expected']) for g, r in plain)} of {len(plain)}"]]
    pairs = []
    questions = {r["question"]: r["answer"] for r in lines(DATA / "math/gsm8k_test_first1119.jsonl")}
    for record in lines(DATA / "math/gsm8k_model_solutions.jsonl"):
        for value in record.values():
            if isinstance(value, dict) and "is_correct" in value:
                truth = record.get("ground_truth", questions.get(record.get("question", "")))
                pairs.append((truth, value["solution"], value["is_correct"]))
    if pairs:
        got = answers([{"answer": a, "solution": s} for a, s, _ in pairs], "verify", "gsm8k")
        rows.append(["gsm8k_model_solutions", "its own judgements",
                     f"{sum(g.get('correct') == bool(c) for g, (_, _, c) in zip(got, pairs))} of {len(pairs)}"])
    for file, judge in (("cases.jsonl", f"Math-Verify {VERSIONS['math-verify']}"), ("raw.jsonl", "NeMo-Skills 0b012df8")):
        judged = list(pairs_judged(file))
        got = answers([pair for pair, _ in judged], "verify", "math")
        rows.append([f"tests/golden/math/{file}", judge,
                     f"{sum(g.get('equal') == equal for g, (_, equal) in zip(got, judged))} of {len(judged)}: "
                     "[verify_math.md](verify_math.md) says why"])
    return "## Answers judged\n\n" + table(["file", "compared with", "agree"], rows)


def main():
    version = millet("--version").splitlines()[0]
    parts = ["# Compatibility\n\nWhat was compared with other people's software, and how far it differs. Made by "
             f"`make compatibility`, by {version}.\n", models()]
    if DATA.exists():
        parts += [configurations(), tokenizers(), templates(), verifiers()]
    else:
        print("skipped: there is no shared/data beside the checkout", file=sys.stderr)
    (ROOT / "docs/compatibility.md").write_text("\n".join(parts))
    print("docs/compatibility.md")


if __name__ == "__main__":
    main()
