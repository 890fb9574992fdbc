"""How NeMo-Skills judges whole strings as answers, kind by kind: raw.jsonl.

tests/tasks/math_cases_test.cc holds that Millet judges the same. Run: python make_raw.py MATH_GRADER.py
(nemo_skills/evaluation/math_grader.py of NVIDIA/NeMo-Skills 0b012df8a09c, Apache-2.0; needs math-verify==0.9.0 and
latex2sympy2_extended==1.11.0).
"""
import json
import logging
import pathlib
import sys
import types

HERE = pathlib.Path(__file__).parent
logging.disable(logging.CRITICAL)
source = pathlib.Path(sys.argv[1]).read_text()
grader = types.ModuleType("grader")
grader.__file__ = sys.argv[1]
exec(source.replace("from nemo_skills.utils import get_logger_name", "get_logger_name = str"), grader.__dict__)

KINDS = {
    "letters": ["A", "(A)", "A.", "A)", "\\text{A}", "\\textbf{(A)}", "\\boxed{A}", "a", "B", "the answer is A",
                "Answer: B, not A", "**A**", "A. yes", "It is A", "J", "K", "x = A", "Final answer is A. I hope", "A, B"],
    "text": ["yes", "Yes", "YES", "\\text{yes}", "\\text{ yes }", "yes.", "no", "east", "\\text{east, west}", "east, west",
             "red ball", "redball", "\\text{red } \\text{ball}", "C, D", "\\text{C and D}", "Monday", "\\emptyset",
             "\\text{no solution}", "f'", "185\\", "\\mathrm{E}*2"],
    "numbers": ["1000", "1,000", "1{,}000", "1,\\!000", "1 000", "10^3", "1000.0", "1000.", "01000", "+1000", "\\$1000",
                "1000 \\text{ units}", "1000.05", "1000.5", "10", "1", "100", "1000_{10}", "1 \\times 10^3", "-1000",
                "\\text{1000}", "one thousand", "x = 1000"],
    "percent": ["50\\%", "50%", "50 \\%", "50", "0.5", "\\frac{1}{2}", "50.0\\%", "0.5\\%", "5\\times10^1\\%", "1/2", ".5",
                "50\\text{ percent}", "33\\frac13\\%", "33.3\\%", "-50\\%", "50\\%\\text{ increase}"],
    "formulas": ["x^2+2x+1", "(x+1)^2", "y = x^2+2x+1", "x^2 + 2*x + 1", "$x^2+2x+1$", "\\boxed{(x+1)^2}", "x^2+2x", "2x+1+x^2",
                 "(x+1)(x+1)", "f(x) = (x+1)^2", "x^2+2x+1=0", "\\[x^2+2x+1\\]", "X^2+2X+1"],
    "lists": ["(1,2)", "1,2", "\\{1,2\\}", "[1,2]", "(2,1)", "2, 1", "x=1, y=2", "(1.0, 2)", "1 \\text{ and } 2",
              "x \\in (1,2)", "1<x<2", "(1,2)\\cup(3,4)", "\\left(1,2\\right)", "\\begin{pmatrix}1\\\\2\\end{pmatrix}"],
}

with open(HERE / "raw.jsonl", "w") as out:
    for kind, answers in KINDS.items():
        verdicts = ["".join(str(int(bool(grader.math_equal(gold, given)))) for given in answers) for gold in answers]
        out.write(json.dumps({"kind": kind, "extract": ["raw"], "golds": answers, "predictions": answers,
                              "verdicts": verdicts}) + "\n")
