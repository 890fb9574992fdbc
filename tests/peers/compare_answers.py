"""Verdicts on answers to mathematical problems, by `millet verify`."""

import re
import subprocess
import sys

import sympy

from comparison import VERSIONS, answers, count, lines, table
from program import DATA, GOLDEN, MILLET, ROOT

sys.path.append(str(GOLDEN / "math"))
import make_latex  # noqa: E402

KEYS = ("gold", "prediction", "extract", "precision", "strict", "language", "allow_set_relation_comp", "rule")
REWARD_TESTS = {
    "think_format": "the form equals TRL's think format",
    "ngram_repetition": "n-gram repetition equals TRL's",
    "soft_overlong_punishment": "soft overlong punishment equals TRL's",
}
MATH_VERIFY = f"Math-Verify {VERSIONS['math-verify']}"


def verdicts(records, kind="math", key="equal"):
    return [line.get(key) for line in answers(records, "verify", kind)]


def agree(got, expected):
    return count((g is not None and g == bool(e) for g, e in zip(got, expected)), len(expected))


def pairs_of_ours():
    """Gold answers by predictions, a digit each, and single pairs, as tests/golden/math keeps them."""
    for name, judge in (("cases", MATH_VERIFY), ("raw", "NeMo-Skills 0b012df8")):
        records, expected = [], []
        for row in lines(GOLDEN / f"math/{name}.jsonl"):
            if "golds" not in row:
                records, expected = records + [{k: row[k] for k in KEYS if k in row}], expected + [row["equal"]]
                continue
            for gold, digits in zip(row["golds"], row["verdicts"]):
                records += [{"gold": gold, "prediction": p, "extract": row["extract"]} for p in row["predictions"]]
                expected += map(int, digits)
        yield f"tests/golden/math/{name}.jsonl", judge, agree(verdicts(records), expected)


def triples():
    """The cases of other projects' tests, but for those that their judges disagree on."""
    by_source = {}
    for record in lines(DATA / "math/math_equivalence_triples.jsonl"):
        if "note" not in record:
            by_source.setdefault(record["source"], []).append(record)
    for source, records in sorted(by_source.items()):
        got = verdicts([{k: r[k] for k in KEYS if r.get(k) is not None} for r in records])
        yield "math_equivalence_triples", f"expectation of {source}", agree(got, [r["expected"] for r in records])


def gsm8k():
    pairs = [(record["ground_truth"], model["solution"], model["is_correct"])
             for record in lines(DATA / "math/gsm8k_model_solutions.jsonl")
             for model in record.values() if isinstance(model, dict)]
    got = verdicts([{"answer": truth, "solution": solution} for truth, solution, _ in pairs], "gsm8k", "correct")
    yield "gsm8k_model_solutions", "its own judgements", agree(got, [correct for _, _, correct in pairs])


def as_sympy_writes(expression):
    """LaTeX of what an expression means, spelled by SymPy; nothing where SymPy has computed the meaning away."""
    names = make_latex.NAMES | {"_log": sympy.log}  # it drops the base of a logarithm that it has not evaluated
    meant = sympy.sympify(eval(expression, names))
    if meant.has(sympy.UnevaluatedExpr):
        return None
    barred = {s: "\\" + s.name for s in meant.free_symbols if s.name.startswith("bar{")}
    return sympy.latex(meant, mode="inline", fold_short_frac=False, inv_trig_style="full", ln_notation=True,
                       mat_str="pmatrix", mat_delim="", symbol_names=barred)


def latex():
    records = lines(DATA / "math/latex_expressions.jsonl")
    good = [(r["latex"], as_sympy_writes(r["sympy"])) for r in records if r["ok"]]
    spelled = [{"gold": f"${gold}$", "prediction": p, "extract": ["latex"]} for gold, p in good if p is not None]
    bad = [{"gold": f"${r['latex']}$", "prediction": "$1$", "extract": ["latex"]} for r in records if not r["ok"]]
    reasons = verdicts(bad, key="reason")
    sympy_says = f"SymPy {VERSIONS['sympy']}"
    yield "latex_expressions, what it means", f"the spelling of {sympy_says}", agree(verdicts(spelled), [1] * len(spelled))
    yield "latex_expressions, to be refused", "latex2sympy2_extended's tests", count(
        (reason.startswith("refused:") or reason == "no answer found in the gold answer" for reason in reasons), len(bad))


def failures(program, case):
    """How many assertions of one of our own test cases fail, for what no verb can be asked; nothing: it is not built."""
    if not program.exists():
        return None
    done = subprocess.run([program, "--no-colors", f"--test-case={case}"], capture_output=True, text=True, cwd=ROOT)
    ran, failed = re.search(r"assertions: +(\d+) +\| +\d+ passed \| +(\d+) failed", done.stdout).groups()
    return int(failed) if int(ran) else None


def rewards():
    by_kind = {}
    for record in lines(DATA / "math/reward_cases.jsonl"):
        by_kind.setdefault(record["reward"], []).append(record)
    for kind in ("accuracy", "reasoning_accuracy"):
        # Where no gold answer is found, TRL gives no reward at all, and the verdict must be no.
        got = verdicts([{"gold": r["gold"], "prediction": r["completion"]} for r in by_kind[kind]])
        yield f"reward_cases, {kind}", "TRL f2cd5771", agree(got, [r["expected"] for r in by_kind[kind]])
    for kind, case in REWARD_TESTS.items():
        total, failed = len(by_kind[kind]), failures(MILLET.parent / "tests/test_rl", case)
        yield (f"reward_cases, {kind} (by tests/rl)", "TRL f2cd5771",
               "– : its test is not built" if failed is None else f"{total - failed} of {total}")


def page():
    ours = list(pairs_of_ours())
    theirs = [*triples(), *gsm8k(), *latex(), *rewards()] if DATA.exists() else []
    return ("## Answers judged\n\nBy `millet verify`, `tests/rl` where it says so. Why it differs from Math-Verify, pair "
            "by pair: [verify_math.md](verify_math.md). An expression of `latex_expressions` is the gold answer, SymPy's "
            "spelling of what it means the prediction: one that is not read counts as different, too. Expressions of which "
            "SymPy has no spelling are left out; `tests/tasks` compares all of them by value."
            "\n\n" + table(["file", "compared with", "agree"], theirs + ours))
